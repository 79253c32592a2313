/** Judging: every make of server on what crashes left of every make's files. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { profiles } from '../../sim/disk/index.ts';
import { gather, sampleOf } from './images.ts';
import type { CrashImage } from './images.ts';
import { trapIn, traps } from './known-answers.ts';
import type { Trap } from './known-answers.ts';
import type { Make } from './make.ts';
import type { FailureClass, Life } from './plan.ts';
import type { Recording } from './record.ts';
import { judge, writeFiles } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** One server on images of one kind. */
export interface Tally {
  complete: number;
  /** Less than was promised, and the server said that something is missing. */
  reported: number;
  /** Less than was promised, in silence. */
  silent: number;
  wrong: number;
  refused: number;
}

/** What all makes made of images of one kind. */
export interface Cell {
  readonly failure: FailureClass;
  readonly profile: string;
  readonly life: Life;
  /** Only images that hold it. */
  readonly trap: Trap | undefined;
  readonly writer: Make;
  readonly distinct: number;
  judged: number;
  readonly tallies: ReadonlyMap<Make, Tally>;
  /** What was not complete, with where it comes about. */
  readonly notes: Note[];
}

export interface Note {
  readonly reader: Make;
  readonly image: CrashImage;
  readonly verdict: Verdict;
}

export interface JudgeOptions {
  readonly readers: readonly Make[];
  readonly seed: string;
  /** At most so many images of a kind are judged. */
  readonly images: number;
  /** At a time. */
  readonly jobs: number;
  readonly scratch: string;
  /** Where images go that somebody did not read completely, to be looked at by hand. */
  readonly keep: string | undefined;
}

export interface Prepared {
  readonly cell: Cell;
  readonly sample: readonly CrashImage[];
}

/** The images of a recording under a profile, to be judged. */
export function prepare(
  recording: Recording,
  failure: FailureClass,
  life: Life,
  profile: string,
  options: JudgeOptions,
): Prepared {
  const key = keyOf(recording, profile, life, options);
  const all = imagesOf(recording, failure, profile, key);
  return {
    cell: cellOf(failure, life, profile, recording.make, all.length, options.readers),
    sample: sampleOf(all, options.images, key),
  };
}

/** The same, of images that hold a trap: a sample for each trap that there is. */
export function prepareAimed(
  recording: Recording,
  failure: FailureClass,
  life: Life,
  profile: string,
  options: JudgeOptions,
): Prepared[] {
  const key = keyOf(recording, profile, life, options);
  const trapped = imagesOf(recording, failure, profile, key).map((image) => ({ image, trap: trapIn(image) }));
  return traps.flatMap((trap) => {
    const some = trapped.flatMap((one) => (one.trap === trap ? [one.image] : []));
    if (some.length === 0) return [];
    const cell = cellOf(failure, life, profile, recording.make, some.length, options.readers, trap);
    return [{ cell, sample: sampleOf(some, options.images, `${key}/${trap}`) }];
  });
}

function keyOf(recording: Recording, profile: string, life: Life, { seed }: JudgeOptions): string {
  return `${seed}/${recording.make.name}/${profile}/${life.configuration.name}`;
}

function imagesOf(recording: Recording, { kind }: FailureClass, profile: string, seed: string): CrashImage[] {
  return gather(recording, { kind, profile: profiles.get(profile)!, seed, samples: 4 });
}

/** A cell of images that a real disk has left. */
export function cellOf(
  failure: FailureClass,
  life: Life,
  profile: string,
  writer: Make,
  distinct: number,
  readers: readonly Make[],
  trap?: Trap,
): Cell {
  const tallies = new Map(
    readers.map((reader) => [reader, { complete: 0, reported: 0, silent: 0, wrong: 0, refused: 0 }] as const),
  );
  return { failure, profile, life, trap, writer, distinct, judged: 0, tallies, notes: [] };
}

/** Judges a sample, and adds what it came to. */
export async function judgeAll(
  cell: Cell,
  sample: readonly CrashImage[],
  states: readonly string[],
  options: JudgeOptions,
): Promise<void> {
  const { configuration } = cell.life;
  const left = sample.flatMap((image) => options.readers.map((reader) => ({ image, reader })));
  cell.judged += sample.length;
  let ordinal = 0;
  const worker = async (): Promise<void> => {
    for (let work = left.shift(); work !== undefined; work = left.shift()) {
      const { image, reader } = work;
      const scratch = path.join(options.scratch, `start-${++ordinal}`);
      const verdict = await judge(reader, configuration, image, states, scratch);
      count(cell.tallies.get(reader)!, verdict);
      if (verdict.outcome === 'complete') continue;
      const note = { reader, image, verdict };
      cell.notes.push(note);
      if (options.keep !== undefined) keepImage(cell, note, options.keep);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
}

function keepImage(
  { profile, life, writer, notes }: Cell,
  { reader, image, verdict }: Note,
  to: string,
): void {
  const kind = `${profile} ${life.configuration.name} of ${writer.name}`.replaceAll(' ', '-');
  const directory = path.join(to, kind, `${notes.length}-${reader.name}-${verdict.outcome}`);
  writeFiles(image.files, directory);
  writeFileSync(path.join(directory, 'verdict'), `${verdict.why}\nthe lights out at ${image.operation}\n`);
}

function count(tally: Tally, { outcome, isReported }: Verdict): void {
  if (outcome !== 'short') tally[outcome]++;
  else if (isReported) tally.reported++;
  else tally.silent++;
}
