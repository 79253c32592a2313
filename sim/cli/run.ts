/** `sim run` and `sim replay`: the jobs that they stand for. */
import type { Plan } from '../report/reporter.ts';
import { drive } from './drive.ts';
import { explainCourse } from './explain-course.ts';
import { EXIT } from './exit-status.ts';
import type { Options } from './options.ts';
import { readScenarioFile } from './scenario-file.ts';
import type { Job } from './task.ts';

/** Runs seeds. Returns the exit status. */
export async function runSeeds(options: Options): Promise<number> {
  const single = 'one' in options.seeds;
  const last = single ? 1 : options.seeds.last - options.seeds.first + 1;
  const mine = Math.floor((last + options.shard.count - options.shard.index) / options.shard.count);
  const plan: Plan = { seeds: Number.isFinite(mine) ? mine : undefined, single, pinned: options.pinned };
  const { status } = await drive(seedJobs(options), plan, options);
  return status;
}

/** Runs one scenario from a file. With --strict the recorded course is insisted on. */
export async function replayFile(path: string, options: Options): Promise<number> {
  const { scenario, recorded } = readScenarioFile(path);
  const plan: Plan = { seeds: 1, single: true, pinned: options.pinned };
  const { status, reports } = await drive([{ scenario }], plan, { ...options, jobs: 1 }, { replayed: path });
  const trace = reports[0]?.result.trace;
  if (!options.strict || recorded === undefined || trace === recorded.trace) return status;
  const course = await explainCourse(scenario, recorded.milestones, options.mutant);
  process.stderr.write(
    `replay --strict: ${path}: got the trace ${trace}, expected ${recorded.trace}: the course is another than the recorded one${course}\n`,
  );
  return EXIT.fault;
}

/** The seeds of the options, of this shard. */
export function* seedJobs(options: Options): Generator<Job> {
  if ('one' in options.seeds) {
    if (options.shard.index === 1) yield { seed: options.seeds.one };
    return;
  }
  const { first, last } = options.seeds;
  for (let seed = first + options.shard.index - 1; seed <= last; seed += options.shard.count)
    yield { seed: String(seed) };
}
