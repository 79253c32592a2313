/**
 * `rot`: media that change what was durable. While the power is off, one or two sectors of the files that are left may be
 * flipped in a bit, zeroed, filled with noise, exchanged for another, made unreadable (EIO until they are written), or be as
 * they were before the last sync that made the file longer (a write that went nowhere).
 *
 * Half of the losses of power are blind, as media are. The other half lean to where a format is weak: the shortest file, a
 * bit at a *seam* (where a word or a line begins), sectors that begin a line. Nothing is possible there that is not
 * possible blindly; it only comes about in hundreds of runs and not in tens of thousands.
 */
import type { Choices } from '../draws/choices.ts';
import type { CrashTally } from './crash-report.ts';
import { newest } from './dir-inode.ts';
import { SECTOR_BYTES } from './file-inode.ts';
import type { DirInode } from './dir-inode.ts';
import type { FileInode } from './file-inode.ts';
import type { Profile } from './profile.ts';
import type { SimDisk } from './sim-disk.ts';

/** A profile on media that rot. */
export function rotUnder(base: Profile, name: string): Profile {
  return {
    ...base,
    name,
    about: `Durable sectors may be flipped, zeroed, garbage, exchanged, unreadable or old; else ${base.name}.`,
    honest: false,
    decay,
  };
}

const MOST_DAMAGES = 2;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const kinds = ['flipped', 'zeroed', 'noise', 'exchanged', 'unreadable', 'old'] as const;
type Kind = (typeof kinds)[number];
/** What aimed damage is, each as often as it says here in ten times. */
const timesInTen: Readonly<Record<Kind, number>> = {
  flipped: 4,
  zeroed: 1,
  noise: 1,
  exchanged: 2,
  unreadable: 1,
  old: 1,
};
const aimedKinds = kinds.flatMap((kind, place) => Array.from({ length: timesInTen[kind] }, () => place));

function decay(left: SimDisk, choices: Choices, prefix: string, tally: CrashTally): void {
  const files = filesOn(left.root);
  if (files.length === 0) return;
  const isAimed = choices.uniform(`${prefix}/rot aimed`) < 0.5;
  for (let i = 1; i <= MOST_DAMAGES; i++) {
    const key = `${prefix}/rot ${i}`;
    const lean = isAimed ? aimedFile(files, choices.uniform(key)) : blindFile(files, choices.uniform(key));
    const chosen = choices.choose(key, files.length + 1, lean);
    if (chosen === 0) return;
    damage(files[chosen - 1]!, isAimed, choices, key, tally);
  }
}

/** Half of the time none, else any: its number from 1. */
function blindFile(files: readonly FileInode[], u: number): number {
  return u < 0.5 ? 0 : 1 + Math.floor((u - 0.5) * 2 * files.length);
}

/** One in five times none, else as often the shortest as any. */
function aimedFile(files: readonly FileInode[], u: number): number {
  if (u < 0.2) return 0;
  if (u < 0.6) return 1 + Math.floor(((u - 0.2) / 0.4) * files.length);
  const shortest = files.reduce((least, file) => (file.sizeBytes < least.sizeBytes ? file : least));
  return 1 + files.indexOf(shortest);
}

function damage(file: FileInode, isAimed: boolean, choices: Choices, key: string, tally: CrashTally): void {
  const bytes = file.base.slice(0, file.sizeBytes);
  const sectors = Math.ceil(file.sizeBytes / SECTOR_BYTES);
  const seams = isAimed ? seamsOf(bytes) : [];
  /** Among all `count` of them, or where it is aimed and there are some, among `weak`. */
  const pick = (what: string, count: number, weak: readonly number[]): number => {
    const at = `${key}/${what}`;
    return choices.choose(at, count, weak.length === 0 ? undefined : oneOf(weak, choices.uniform(at)));
  };
  const kind = kinds[pick('kind', kinds.length, isAimed ? aimedKinds : [])]!;
  const beginLines = seams
    .filter((at) => at % SECTOR_BYTES === 0 && (at === 0 || bytes[at - 1] === LINE_FEED))
    .map((at) => at / SECTOR_BYTES);
  const sector = pick('sector', sectors, kind === 'exchanged' ? beginLines : []);
  const from = sector * SECTOR_BYTES;
  const to = Math.min(from + SECTOR_BYTES, bytes.length);
  switch (kind) {
    case 'flipped': {
      const weak = seams.filter((at) => at >= from && at < to).flatMap((at) => bitsOf(at - from));
      const bit = pick('bit', (to - from) * 8, weak);
      bytes[from + (bit >> 3)]! ^= 1 << (bit & 7);
      break;
    }
    case 'zeroed':
      bytes.fill(0, from, to);
      break;
    case 'noise':
      choices.noise(key, bytes, from, to);
      break;
    case 'exchanged': {
      const other = pick('other', sectors, beginLines) * SECTOR_BYTES;
      const length = Math.min(to - from, bytes.length - other);
      const kept = bytes.slice(from, from + length);
      bytes.copyWithin(from, other, other + length);
      bytes.set(kept, other);
      break;
    }
    case 'unreadable':
      (file.badSectors ??= new Set()).add(sector);
      break;
    case 'old':
      bytes.fill(0, Math.min(to, Math.max(from, file.earlierSizeBytes)), to);
      break;
  }
  file.adopt(bytes);
  tally.count('medium-damaged');
  tally.rows?.push({
    object: file.key,
    what: 'medium',
    detail: `sector ${sector} is ${kind}`,
    fate: 'dropped',
  });
}

/** Where in a text a word begins, and where a line ends. */
function seamsOf(bytes: Uint8Array): number[] {
  const seams: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const before = at === 0 ? LINE_FEED : bytes[at - 1]!;
    if (before === LINE_FEED || before === SPACE || bytes[at] === LINE_FEED) seams.push(at);
  }
  return seams;
}

function bitsOf(at: number): number[] {
  return Array.from({ length: 8 }, (_, bit) => at * 8 + bit);
}

function oneOf(options: readonly number[], u: number): number {
  return options[Math.floor(u * options.length)]!;
}

/** The files with any content, in the order of their names. */
function filesOn(root: DirInode): FileInode[] {
  const found: FileInode[] = [];
  const visit = (dir: DirInode): void => {
    for (const name of [...dir.slots.keys()].sort()) {
      const { inode } = newest(dir.slots.get(name)!);
      if (inode?.kind === 'directory') visit(inode);
      else if (inode !== undefined && inode.sizeBytes > 0 && !found.includes(inode)) found.push(inode);
    }
  };
  visit(root);
  return found;
}
