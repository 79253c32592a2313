/** `sim run` and `sim replay`: runs scenarios, tells the reporters, and decides the exit status. */
import { jsonReporter } from '../report/json.ts';
import { lineReporter } from '../report/line.ts';
import { progressReporter } from '../report/progress.ts';
import type { Plan, Reporter, SeedReport, Summary } from '../report/reporter.ts';
import { Totals } from '../report/summary.ts';
import { generateScenario } from '../scenario/generate.ts';
import { EXIT } from './exit-status.ts';
import type { Options } from './options.ts';
import { runJobs } from './pool.ts';
import type { Finished } from './pool.ts';
import { readScenarioFile, writeScenarioFile } from './scenario-file.ts';
import type { Job } from './task.ts';

/** Runs seeds. Returns the exit status. */
export async function runSeeds(options: Options): Promise<number> {
  const single = 'one' in options.seeds;
  const last = single ? 1 : options.seeds.last - options.seeds.first + 1;
  const mine = Math.floor((last + options.shard.count - options.shard.index) / options.shard.count);
  const plan: Plan = { seeds: Number.isFinite(mine) ? mine : undefined, single, pinned: options.pinned };
  const outcome = await drive(seedJobs(options), plan, options);
  return outcome.status;
}

/** Runs one scenario from a file. With --strict the recorded course is insisted on. */
export async function replayFile(path: string, options: Options): Promise<number> {
  const { scenario, recorded } = readScenarioFile(path);
  const plan: Plan = { seeds: 1, single: true, pinned: options.pinned };
  const { status, reports } = await drive(
    [{ scenario }],
    plan,
    { ...options, jobs: 1, output: undefined },
    path,
  );
  const trace = reports[0]?.result.trace;
  if (!options.strict || recorded === undefined || trace === recorded.trace) return status;
  process.stderr.write(
    `replay --strict: ${path}: got the trace ${trace}, expected ${recorded.trace}: the course is another than the recorded one\n`,
  );
  return EXIT.fault;
}

function* seedJobs(options: Options): Generator<Job> {
  if ('one' in options.seeds) {
    if (options.shard.index === 1) yield { seed: options.seeds.one };
    return;
  }
  const { first, last } = options.seeds;
  for (let seed = first + options.shard.index - 1; seed <= last; seed += options.shard.count)
    yield { seed: String(seed) };
}

async function drive(
  jobs: Iterable<Job>,
  plan: Plan,
  options: Options,
  replayed?: string,
): Promise<{ readonly status: number; readonly reports: readonly SeedReport[] }> {
  const reporters = makeReporters(options);
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
      if (plan.single) kept.push(report);
      for (const reporter of reporters) reporter.seed(report);
      if (totals.failed >= options.bail) break;
    }
    if (interruption.happened) void results.return(undefined);
    else await results.return(undefined);
  }
  interruption.end();
  const summary = totals.summary({
    wallMs: performance.now() - startedAtMs,
    filtered: options.filtered,
    interrupted: interruption.happened,
  });
  for (const reporter of reporters) reporter.end(summary);
  return { status: statusOf(summary), reports: kept };
}

function toReport(
  { job, result, wallMs, secondTrace }: Finished,
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
  return { result, wallMs, secondTrace, file };
}

function statusOf(summary: Summary): number {
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.seeds === 0) return EXIT.nothing;
  if (summary.faults > 0 || summary.diverged > 0) return EXIT.fault;
  if (summary.failed > 0 || (summary.coverageCounts && summary.missed.length > 0)) return EXIT.violated;
  return EXIT.ok;
}

function makeReporters(options: Options): Reporter[] {
  const { stdout, stderr } = process;
  const json = options.reporters.includes('json');
  const reporters: Reporter[] = [];
  if (stderr.isTTY && !options.quiet)
    reporters.push(
      progressReporter(
        (text) => stderr.write(text),
        () => performance.now(),
      ),
    );
  for (const name of new Set(options.reporters)) {
    if (name === 'json') reporters.push(jsonReporter((text) => stdout.write(text)));
    else {
      const stream = json ? stderr : stdout;
      reporters.push(
        lineReporter({
          write: (text) => stream.write(text),
          colour: stream.isTTY && process.env['NO_COLOR'] === undefined,
          quiet: options.quiet,
        }),
      );
    }
  }
  return reporters;
}

/** The first SIGINT or SIGTERM ends the run after the present results; a second one ends the process. */
function onInterrupt(): { readonly promise: Promise<undefined>; readonly happened: boolean; end(): void } {
  let happened = false;
  let resolve: (value: undefined) => void = () => {};
  const promise = new Promise<undefined>((settle) => {
    resolve = settle;
  });
  const stop = (): void => {
    if (happened) process.exit(EXIT.interrupted);
    happened = true;
    resolve(undefined);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    promise,
    get happened() {
      return happened;
    },
    end: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
