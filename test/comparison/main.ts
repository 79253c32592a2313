/**
 * Real Redis beside lightsout, on what crashes leave of their files: `npm run compare -- --help`.
 *
 * Each server runs the same workload under strace. What it did to its directory is done again on a SimDisk, the lights go
 * out at every operation, and on a sample of what may be left both servers are started for real.
 *
 * Ends with 0 where ours kept its word: nothing wrong anywhere, and of its own files nothing refused and nothing missing on
 * an honest disk; with 1 where it did not; with 2 on a bad option.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { haveAll } from '../e2e/support/programs.ts';
import { cellOf, judgeAll, prepare, prepareAimed } from './compare.ts';
import type { Cell, JudgeOptions } from './compare.ts';
import { lightsoutIn, redis, redisVersion } from './make.ts';
import type { Make } from './make.ts';
import { fullDiskObstacle, fillUp } from './full-disk.ts';
import { aimed, classes, fullDisk } from './plan.ts';
import type { FailureClass } from './plan.ts';
import { record } from './record.ts';
import { broken, renderMarkdown } from './table.ts';
import { statesOf, workload } from './workload.ts';

const usage = `npm run compare -- [options]
  --images <n>   images of each kind that both servers are started on (default: 20)
  --seed <seed>  of the workload and the samples (default: 1)
  --jobs <n>     servers at a time (default: 2)
  --class <n>    only this table, counted from 1; the last two are the full disk, and
                 images aimed at known answers
  --files-of <make>  only files that Redis wrote, or lightsout
  --keep <dir>   write images there that somebody did not read completely
  --output <file>  write the tables there (docs/comparison.md)`;

async function main(): Promise<number> {
  let options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`compare: ${(error as Error).message}\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  if (!haveAll('redis-server', 'strace')) return 2;
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'lightsout-compare-'));
  try {
    const ours = lightsoutIn(path.join(scratch, 'bundle'));
    const readers = [redis, ours];
    const writers = readers.filter(({ name }) => options.filesOf === undefined || name === options.filesOf);
    const judging: Comparing = { ...options, readers, writers, scratch };
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
    const about = { commit, redis: redisVersion(), node: process.version, ...options };
    const cells: Cell[] = [];
    const done = (cell: Cell): void => {
      cells.push(cell);
      tell(cell);
      // What is there when somebody loses patience is as true as the whole.
      if (options.output !== undefined) writeFileSync(options.output, renderMarkdown(cells, about));
    };
    const isWanted = (_: unknown, i: number): boolean => options.only === undefined || options.only === i + 1;
    if (isWanted(fullDisk, classes.length)) await compareFullDisks(judging, done);
    for (const failure of classes.filter(isWanted)) await compareCrashes(failure, judging, done);
    if (isWanted(aimed, classes.length + 1)) await compareCrashes(aimed, judging, done);
    const breaches = broken(cells);
    for (const breach of breaches) console.log(`BROKEN: ${breach}`);
    return breaches.length === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Comparing extends JudgeOptions {
  /** Whose files are judged. */
  readonly writers: readonly Make[];
}

/** Records lives, crashes what they left, and judges. */
async function compareCrashes(
  failure: FailureClass,
  options: Comparing,
  done: (cell: Cell) => void,
): Promise<void> {
  for (const [number, life] of failure.lives.entries()) {
    const steps = workload(options.seed, life.units, life.admin, life.every);
    for (const make of options.writers) {
      if (failure === aimed && make !== redis) continue;
      const place = path.join(options.scratch, `${failure.kind}-${number}-${make.name}`);
      const recording = await record(make, life.configuration, steps, place, life);
      rmSync(place, { recursive: true });
      for (const profile of failure.profiles) {
        const prepared =
          failure === aimed
            ? prepareAimed(recording, failure, life, profile, options)
            : [prepare(recording, failure, life, profile, options)];
        for (const { cell, sample } of prepared) {
          await judgeAll(cell, sample, statesOf(steps), options);
          done(cell);
        }
      }
    }
  }
}

async function compareFullDisks(options: Comparing, done: (cell: Cell) => void): Promise<void> {
  const obstacle = fullDiskObstacle(options.scratch);
  if (obstacle !== undefined) {
    console.log(`SKIPPED: ${fullDisk.title}: ${obstacle}`);
    return;
  }
  const [life] = fullDisk.lives;
  for (const make of options.writers) {
    const cell = cellOf(fullDisk, life!, 'tmpfs', make, fullDisk.roomsBytes.length, options.readers);
    for (const roomBytes of fullDisk.roomsBytes) {
      const steps = workload(`${options.seed}/${roomBytes}`, life!.units, life!.admin, life!.every);
      const { image, states } = await fillUp(make, steps, roomBytes, options.scratch);
      await judgeAll(cell, [image], states, options);
    }
    done(cell);
  }
}

function tell({ failure, profile, life, trap, writer, distinct, judged, tallies, notes }: Cell): void {
  console.log(
    `${failure.title}, ${profile}, ${life.configuration.name}${trap === undefined ? '' : `, ${trap}`}, files of ${writer.name}: ${judged} of ${distinct} images`,
  );
  for (const [reader, tally] of tallies) console.log(`  ${reader.name}: ${JSON.stringify(tally)}`);
  const seen = new Set<string>();
  for (const { reader, image, verdict } of notes) {
    const what = `${reader.name} ${verdict.outcome}: ${verdict.why}`;
    if (seen.has(what) || seen.size >= 6) continue;
    seen.add(what);
    console.log(`    at '${image.operation}': ${what}`);
  }
}

function readOptions(args: readonly string[]): 'help' | Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      images: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '2' },
      class: { type: 'string' },
      'files-of': { type: 'string' },
      keep: { type: 'string' },
      output: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  if (values['files-of'] !== undefined && !/^(Redis|lightsout)$/.test(values['files-of']))
    throw new Error(`--files-of: got '${values['files-of']}', expected Redis or lightsout`);
  return {
    images: whole('--images', values.images),
    seed: values.seed,
    jobs: whole('--jobs', values.jobs),
    only: values.class === undefined ? undefined : whole('--class', values.class),
    filesOf: values['files-of'],
    keep: values.keep,
    output: values.output,
  };
}

interface Settings {
  readonly images: number;
  readonly seed: string;
  readonly jobs: number;
  readonly only: number | undefined;
  readonly filesOf: string | undefined;
  readonly keep: string | undefined;
  readonly output: string | undefined;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name}: got '${text}', expected a whole number from 1 on`);
  return value;
}

process.exitCode = await main();
