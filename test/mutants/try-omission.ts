/** Tries an omission: the engine without that step goes through the protocol, and every crash state of it is judged. */
import { procKill, profiles } from '../../sim/disk/index.ts';
import type { Profile } from '../../sim/disk/index.ts';
import { explore } from '../../sim/explore/explore.ts';
import type { Exploration } from '../../sim/explore/explore.ts';
import type { Finding } from '../../sim/explore/judge.ts';
import { protocols } from '../../sim/explore/protocols.ts';
import { loadEngine } from '../../sim/mutants/bundle.ts';
import type { EngineModule } from '../../sim/scenario/engine-module.ts';
import type { Scenario } from '../../sim/scenario/schema.ts';
import type { Column, Omission } from './omissions.ts';

export interface Cell {
  readonly column: Column;
  /** What killed it; undefined where it survived. */
  readonly finding: Finding | undefined;
  /** States of one instant were too many to try them all. */
  readonly wasCut: boolean;
}

export interface Row {
  readonly omission: Omission;
  readonly cells: readonly Cell[];
  /** What the engine as it is does where the omission was killed: must be empty. */
  readonly control: readonly Finding[];
  readonly states: number;
  readonly distinct: number;
}

/** More than any instant of a protocol has under any profile. */
const MOST_STATES = 30_000;

export async function tryOmission(omission: Omission): Promise<Row> {
  const { protocol, timings = 1, fates } = omission;
  const scenario = protocols.find(({ name }) => name === protocol)?.scenario;
  if (scenario === undefined) throw new Error(`there is no protocol '${protocol}'`);
  const [omitting, whole] = await Promise.all([loadEngine(omission.edit), loadEngine()]);
  const columns = Object.keys(fates) as Column[];
  const found = new Map<Column, Finding>();
  const cut = new Set<Column>();
  const control: Finding[] = [];
  let states = 0;
  let distinct = 0;
  for (let timing = 1; timing <= timings; timing++) {
    const seed = timing === 1 ? scenario.seed : `${scenario.seed} ${timing}`;
    const before = found.size;
    for (const exploration of await explorations({ ...scenario, seed }, omission, omitting)) {
      states += exploration.counts.states;
      distinct += exploration.counts.distinct;
      for (const column of columns) {
        const finding = exploration.findings.find((candidate) => columnOf(candidate) === column);
        if (finding !== undefined && !found.has(column)) found.set(column, finding);
        if (exploration.counts.cut[countOf(column)] !== undefined) cut.add(column);
      }
    }
    if (found.size > before)
      for (const { findings } of await explorations({ ...scenario, seed }, omission, whole))
        control.push(...findings);
    if (columns.every((column) => fates[column] === 'no' || found.has(column))) break;
  }
  const cells = columns.map((column) => ({ column, finding: found.get(column), wasCut: cut.has(column) }));
  return { omission, cells, control, states, distinct };
}

/** All profiles share one run, unless something fails in it: what a failed sync leaves is the profile's business. */
function explorations(
  scenario: Scenario,
  omission: Omission,
  engineModule: EngineModule,
): Promise<Exploration[]> {
  const { generation = 1, failing, timings } = omission;
  const losing = [...profiles.values()].filter(
    ({ losesPower, name }) => losesPower && name in omission.fates,
  );
  const mostStates = timings === undefined && failing === undefined ? MOST_STATES : 400;
  const limits = { mostStates, samples: 20, again: 0, depth: 0, fromGeneration: generation };
  const one = (profile: Profile | undefined): Promise<Exploration> =>
    explore(
      {
        ...scenario,
        ...(profile === undefined ? {} : { profile: profile.name }),
        ...(failing === undefined ? {} : { latency: 'explored-failing', choices: failing }),
      },
      { engineModule, limits, profiles: profile === undefined ? [procKill, ...losing] : [profile] },
    );
  return inTurn(failing === undefined ? [undefined] : [procKill, ...losing], one);
}

/** One after the other: a run replaces globals while it lasts. */
async function inTurn<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Kills count where the profile is that of kills: what a failed sync leaves in the cache differs between the others. */
function columnOf({ kind, profile }: Finding): string | undefined {
  return kind === 'kill' && profile !== procKill ? undefined : profile.name;
}

function countOf(column: Column): string {
  return `${column === 'proc-kill' ? 'kill' : 'power'} ${column}`;
}
