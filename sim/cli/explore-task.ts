/** One workload explored, here or on a worker: what goes there and what comes back are plain values. */
import { explainFinding } from '../explore/finding-scenario.ts';
import type { Explained } from '../explore/finding-scenario.ts';
import { explore } from '../explore/explore.ts';
import type { ExploreCounts } from '../explore/explorer.ts';
import type { ExploreLimits } from '../explore/image.ts';
import type { Finding } from '../explore/judge.ts';
import { findProfile } from '../disk/index.ts';
import { loadEngine } from '../mutants/bundle.ts';
import type { RunResult } from '../scenario/result.ts';
import type { Scenario } from '../scenario/schema.ts';
import { writeImages } from './explore-images.ts';
import { mutantOf } from './planted.ts';

/** So many findings of a workload are explained: the others are counted. */
const EXPLAINED = 3;

export interface ExploreTask {
  readonly scenario: Scenario;
  /** Names of the profiles that share the run. Missing: the scenario's own. */
  readonly profiles: readonly string[] | undefined;
  readonly limits: ExploreLimits;
  /** Where every distinct image is written. Missing: nowhere. */
  readonly images: string | undefined;
  /** Explores the engine with this bug of the catalogue. */
  readonly mutant: string | undefined;
}

export type NamedFinding = Omit<Finding, 'profile'> & { readonly profile: string };

export interface Explored {
  readonly task: ExploreTask;
  readonly verdict: 'pass' | 'fail';
  readonly counts: Readonly<ExploreCounts>;
  readonly findings: readonly NamedFinding[];
  /** Of the first findings, in their order. */
  readonly explained: readonly Explained[];
  readonly run: RunResult;
  /** How many images were written. */
  readonly images: number;
  readonly wallMs: number;
}

export async function exploreTask(task: ExploreTask): Promise<Explored> {
  const { scenario, limits } = task;
  const begunAtMs = performance.now();
  const engineModule =
    task.mutant === undefined ? await import('../../src/index.ts') : await loadEngine(mutantOf(task.mutant));
  let images = 0;
  const { verdict, counts, findings, run } = await explore(scenario, {
    engineModule,
    limits,
    ...(task.profiles === undefined ? {} : { profiles: task.profiles.map(findProfile) }),
    ...(task.images === undefined
      ? {}
      : { onLife: (life) => void (images += writeImages(task.images!, scenario, life)) }),
  });
  const explained: Explained[] = [];
  for (const finding of findings.slice(0, EXPLAINED))
    explained.push(await explainFinding(finding, scenario, engineModule, limits));
  return {
    task,
    verdict,
    counts,
    findings: findings.map(({ profile, ...finding }) => ({ ...finding, profile: profile.name })),
    explained,
    run,
    images,
    wallMs: Math.round((performance.now() - begunAtMs) * 10) / 10,
  };
}
