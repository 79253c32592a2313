/**
 * `sim hunt`: looks where nobody has looked. Its seeds begin at the present moment, it goes on until a failure or the end
 * of its budget, and what it finds it shrinks to a file and a test.
 */
import type { Plan, SeedReport } from '../report/reporter.ts';
import { drive } from './drive.ts';
import { readOptions } from './options.ts';
import type { RawOptions } from './options.ts';
import { seedJobs } from './run.ts';
import { shrinkFile } from './shrink.ts';

const DEFAULT_OUTPUT = 'sim-output';
/** Two hunts that begin one after the other never meet: no machine gets through so many seeds in a millisecond. */
const SEEDS_A_MS = 100;

/**
 * Hunts. Returns the exit status.
 *
 * @param nowMs Unix time: what the seeds begin at where none are named
 */
export async function huntSeeds(raw: RawOptions, nowMs: number): Promise<number> {
  const named = raw.seed !== undefined || raw.seeds !== undefined;
  const given = readOptions({ ...raw, bail: raw.bail ?? true, output: raw.output ?? DEFAULT_OUTPUT });
  const options = named ? given : { ...given, seeds: freshSeeds(nowMs) };
  const { seeds, shard } = options;
  if (!('one' in seeds) && !options.quiet)
    process.stderr.write(
      `hunt: seeds from ${seeds.first}${Number.isFinite(seeds.last) ? ` to ${seeds.last}` : ' on'}\n`,
    );
  const size = 'one' in seeds ? 1 : seeds.last - seeds.first + 1;
  const mine = Math.floor((size + shard.count - shard.index) / shard.count);
  const plan: Plan = {
    seeds: Number.isFinite(mine) ? mine : undefined,
    single: false,
    pinned: options.pinned,
  };
  const settle = async (failed: readonly SeedReport[]): Promise<void> => {
    const { output, mutant, quiet } = options;
    const json = options.reporters.includes('json');
    for (const { file } of failed)
      if (file !== undefined)
        await shrinkFile(file, {
          quiet,
          json,
          ...(output === undefined ? {} : { output }),
          ...(mutant === undefined ? {} : { mutant }),
        });
  };
  const { status } = await drive(seedJobs(options), plan, options, { settle });
  return status;
}

/** Seeds that nobody had before that time. */
export function freshSeeds(nowMs: number): { readonly first: number; readonly last: number } {
  return { first: Math.floor(nowMs) * SEEDS_A_MS, last: Infinity };
}
