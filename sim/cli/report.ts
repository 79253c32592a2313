/** `sim report`: the outputs of shards as one, told by any reporter, with COVERAGE judged over all of it. */
import { readFileSync } from 'node:fs';
import { MergeError, mergeShards } from '../report/merge.ts';
import type { Merged, NamedShard } from '../report/merge.ts';
import { readShard } from '../report/shard.ts';
import { FormError } from '../scenario/check.ts';
import { statusOf } from './drive.ts';
import { EXIT, UsageError } from './exit-status.ts';
import { readReporters } from './options.ts';
import type { RawOptions } from './options.ts';
import { checkOutput, makeReporters } from './reporters.ts';

/** Merges files that --json wrote. Returns the exit status that the whole sweep would have had. */
export function reportFiles(paths: readonly string[], raw: RawOptions): number {
  const options = { reporters: readReporters(raw), quiet: raw.quiet === true, output: raw.output };
  checkOutput(options);
  let merged: Merged;
  try {
    merged = mergeShards(paths.map(readNamed));
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    if (!error.isNondeterminism) throw new UsageError(`report: ${error.message}`);
    process.stderr.write(`sim: report: ${error.message}\n`);
    return EXIT.fault;
  }
  const { reports, summary, provenance } = merged;
  const reporters = makeReporters(options, () => provenance);
  for (const reporter of reporters) {
    reporter.begin({ seeds: reports.length, single: false, pinned: provenance.pinned });
    for (const report of reports) reporter.seed(report);
    reporter.end(summary);
  }
  return statusOf(summary);
}

function readNamed(path: string): NamedShard {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: got ${(error as Error).message}, expected a file that --json has written`);
  }
  try {
    return { name: path, ...readShard(content) };
  } catch (error) {
    if (error instanceof FormError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}
