/** Runs jobs, tells the reporters, and decides the exit status. */
import type { Plan, Provenance, SeedReport, Summary } from '../report/reporter.ts';
import { Totals } from '../report/summary.ts';
import { generateScenario } from '../scenario/generate.ts';
import { EXIT } from './exit-status.ts';
import { onInterrupt } from './interruption.ts';
import type { Options } from './options.ts';
import { runJobs } from './pool.ts';
import type { Finished } from './pool.ts';
import { makeReporters } from './reporters.ts';
import { writeScenarioFile } from './scenario-file.ts';
import { sourceDigest } from './source-digest.ts';
import type { Job } from './task.ts';

export interface DriveOptions {
  /** The file that the job was read from: a failure names it, and is not written once more. */
  readonly replayed?: string;
  /** Called with the failures before the reporters are told of the end; not after an interruption. */
  readonly settle?: (failed: readonly SeedReport[]) => Promise<void>;
}

/** What came of it; `reports` holds the only seed, or those that failed. */
export interface Outcome {
  readonly status: number;
  readonly reports: readonly SeedReport[];
}

export async function drive(
  jobs: Iterable<Job>,
  plan: Plan,
  options: Options,
  { replayed, settle }: DriveOptions = {},
): Promise<Outcome> {
  const reporters = makeReporters(options, () => provenanceOf(options));
  const totals = new Totals();
  const startedAtMs = performance.now();
  const interruption = onInterrupt();
  const kept: SeedReport[] = [];
  let overBudget = false;
  const stillTime = function* (): Generator<Job> {
    for (const job of jobs) {
      overBudget ||= options.budgetMs !== undefined && performance.now() - startedAtMs >= options.budgetMs;
      if (overBudget || interruption.happened) return;
      yield job;
    }
  };
  for (const reporter of reporters) reporter.begin(plan);
  const workers = plan.single ? 1 : Math.min(options.jobs, plan.seeds ?? options.jobs);
  if (workers > 0) {
    const results = runJobs(stillTime(), {
      jobs: workers,
      filters: options.filters,
      doublecheck: options.doublecheck,
      narrate: plan.single,
      mutant: options.mutant,
    });
    for (;;) {
      const next = await Promise.race([results.next(), interruption.promise]);
      if (next === undefined || next.done === true) break;
      const report = toReport(next.value, options, replayed);
      totals.add(report);
      if (plan.single || (settle !== undefined && report.result.verdict === 'fail')) kept.push(report);
      for (const reporter of reporters) reporter.seed(report);
      if (totals.failed >= options.bail) break;
    }
    if (interruption.happened) void results.return(undefined);
    else await results.return(undefined);
  }
  interruption.end();
  const summary = totals.summary({
    wallMs: performance.now() - startedAtMs,
    // A shard's COVERAGE is judged where the shards are merged.
    filtered: options.filtered || options.shard.count > 1,
    interrupted: interruption.happened,
  });
  if (settle !== undefined && !summary.interrupted) await settle(kept);
  for (const reporter of reporters) reporter.end(summary);
  return { status: statusOf(summary), reports: kept };
}

function toReport(
  { job, result, wallMs, second }: Finished,
  options: Options,
  replayed: string | undefined,
): SeedReport {
  const failed = result.verdict === 'fail' && result.fault === undefined;
  const file =
    replayed ??
    (failed && options.output !== undefined
      ? writeScenarioFile(
          options.output,
          'scenario' in job ? job.scenario : generateScenario(job.seed, options.filters),
          result,
        )
      : undefined);
  return { result, wallMs, second, file };
}

export function statusOf(summary: Summary): number {
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.seeds === 0) return EXIT.nothing;
  if (summary.faults > 0 || summary.diverged > 0) return EXIT.fault;
  if (summary.failed > 0 || (summary.coverageCounts && summary.missed.length > 0)) return EXIT.violated;
  return EXIT.ok;
}

function provenanceOf({ pinned, filtered, shard }: Options): Provenance {
  return { source: sourceDigest(), pinned, filtered, shard: `${shard.index}/${shard.count}` };
}
