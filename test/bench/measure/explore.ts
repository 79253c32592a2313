/**
 * Exploring: crash states that one thread walks, recovers and judges in a second, in standard workloads (60 commands, two
 * lives) at the default limits, one seed after the other as `npm run sim -- explore` does; the distinct ones beside. And the
 * same in the protocols of A.8 under every honest profile, where all states are walked.
 */
import * as engine from '../../../src/index.ts';
import { procKill, profiles } from '../../../sim/disk/index.ts';
import { explore } from '../../../sim/explore/explore.ts';
import type { Exploration } from '../../../sim/explore/explore.ts';
import { protocols } from '../../../sim/explore/protocols.ts';
import { exploreScenario } from '../../../sim/explore/workload.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';

const wantedStates = 5000;

export async function measureExplore({ plan, progress }: Bench): Promise<Figure[]> {
  const honest = [...profiles.values()].filter((profile) => profile.honest && profile.losesPower);
  const workload = (i: number): Promise<Exploration> =>
    explore(exploreScenario(`${plan.seed} ${i}`), { engineModule: engine });
  const protocol = (i: number): Promise<Exploration> =>
    explore(protocols[i % protocols.length]!.scenario, {
      engineModule: engine,
      profiles: [procKill, ...honest],
      limits: { again: 0, mostStates: 2000 },
    });
  progress('warming up');
  await rates(workload, plan.simulatorMs);
  const standard = { states: [] as number[], distinct: [] as number[] };
  const whole = { states: [] as number[], distinct: [] as number[] };
  for (let round = 0; round < plan.rounds; round++) {
    progress(`round ${round + 1} of ${plan.rounds}`);
    for (const [into, run] of [
      [standard, workload],
      [whole, protocol],
    ] as const) {
      const { states, distinct } = await rates(run, plan.simulatorMs);
      into.states.push(states);
      into.distinct.push(distinct);
    }
  }
  const common = { measurement: 'explore', unit: '1/s', better: 'more', redis: [], notes: [] } as const;
  return [
    {
      ...common,
      name: 'crash states recovered, standard workload',
      ours: standard.states,
      target: { value: wantedStates },
    },
    { ...common, name: 'distinct ones of them', ours: standard.distinct },
    { ...common, name: 'crash states recovered, protocols', ours: whole.states },
    { ...common, name: 'distinct ones of these', ours: whole.distinct },
  ];
}

/** States and distinct states a second, of as many runs as the time allows. */
async function rates(
  run: (i: number) => Promise<Exploration>,
  lengthMs: number,
): Promise<{ readonly states: number; readonly distinct: number }> {
  const startedAt = performance.now();
  let states = 0;
  let distinct = 0;
  for (let i = 0; performance.now() - startedAt < lengthMs; i++) {
    const { counts, verdict, scenario, findings } = await run(i);
    if (verdict !== 'pass')
      throw new Error(`seed "${scenario.seed}": ${findings[0]?.message ?? 'the run failed'}`);
    states += counts.states;
    distinct += counts.distinct;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { states: states / seconds, distinct: distinct / seconds };
}
