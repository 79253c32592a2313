/**
 * The simulator: standard scenarios (200 commands, three generations, a power loss each, recovery and oracle included)
 * that one thread runs in a second, one seed after the other as `npm run sim -- --jobs 1` does. Each round the same seeds,
 * as many as time allows.
 */
import { generateScenario } from '../../../sim/scenario/generate.ts';
import { runScenario } from '../../../sim/scenario/run.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';

const warmingScenarios = 100;
const wantedScenarios = 200;

export async function measureSimulator({ plan, progress }: Bench): Promise<Figure[]> {
  progress('warming up');
  for (let i = 1; i <= warmingScenarios; i++) await runScenario(generateScenario(`${plan.seed} warm ${i}`));
  const scenarios: number[] = [];
  const events: number[] = [];
  const crashStates: number[] = [];
  const onCore: number[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    progress(`round ${round + 1} of ${plan.rounds}`);
    const sum = { scenarios: 0, events: 0, crashStates: 0 };
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    while (performance.now() - startedAt < plan.simulatorMs) {
      const result = await runScenario(generateScenario(`${plan.seed} ${sum.scenarios}`));
      if (result.fault !== undefined) throw new Error(`seed "${result.seed}": ${result.fault}`);
      sum.scenarios++;
      sum.events += result.events;
      sum.crashStates += result.crashStates;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    scenarios.push(sum.scenarios / seconds);
    events.push(sum.events / seconds);
    crashStates.push(sum.crashStates / seconds);
    onCore.push((sum.scenarios / (user + system)) * 1e6);
  }
  const common = { measurement: 'simulator', better: 'more', redis: [], notes: [] } as const;
  const note = `by the processor time of the whole process: ${median(onCore).toFixed(0)}/s`;
  return [
    {
      ...common,
      name: 'standard scenarios on one core',
      unit: '1/s',
      ours: scenarios,
      target: { value: wantedScenarios },
      notes: [note],
    },
    { ...common, name: 'events of them', unit: '1/s', ours: events },
    { ...common, name: 'crash states judged', unit: '1/s', ours: crashStates },
  ];
}
