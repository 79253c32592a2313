/**
 * `rot`: media that change what was durable. While the power is off, one or two sectors of the files that are left may be
 * flipped in a bit, changed in a byte, zeroed, filled with noise, exchanged for another, made unreadable (EIO until they
 * are written), be as they were before the last sync that made the file longer (a write that went nowhere), or a line of
 * them may be gone or stand where another belongs (`rot-lines.ts`).
 *
 * A third of the losses of power are blind, as media are. The others lean to where a format is weak: the shortest file, a
 * bit at a *seam* (where a word or a line begins), a digit that becomes another, sectors that begin a line, and a second
 * place that the reader of the first relies on. Nothing is possible there that is not possible blindly; it only comes about
 * in hundreds of runs and not in tens of thousands.
 */
import type { Choices } from '../draws/choices.ts';
import type { CrashTally } from './crash-report.ts';
import { newest } from './dir-inode.ts';
import { SECTOR_BYTES } from './file-inode.ts';
import type { DirInode } from './dir-inode.ts';
import type { FileInode } from './file-inode.ts';
import type { Profile } from './profile.ts';
import { confuseLines } from './rot-lines.ts';
import type { Pick } from './rot-lines.ts';
import type { SimDisk } from './sim-disk.ts';

/** A profile on media that rot. */
export function rotUnder(base: Profile, name: string): Profile {
  return {
    ...base,
    name,
    about: `Durable sectors may be flipped, zeroed, garbage, exchanged, unreadable or old, lines gone or misplaced; else ${base.name}.`,
    honest: false,
    decay,
  };
}

const MOST_DAMAGES = 2;
const AIMED_SHARE = 2 / 3;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
/** Begins a command of the log. */
const ASTERISK = 0x2a;
/** Of words, of lines and of the parts of a name. */
const SEPARATORS = [SPACE, LINE_FEED, 0x0d, 0x2e];
const kinds = ['flipped', 'zeroed', 'noise', 'exchanged', 'unreadable', 'old', 'changed', 'lines'] as const;
type Kind = (typeof kinds)[number];
/** What aimed damage is, by weight. */
const weights: Readonly<Record<Kind, number>> = {
  flipped: 5,
  zeroed: 1,
  noise: 1,
  exchanged: 5,
  unreadable: 4,
  old: 1,
  changed: 3,
  lines: 8,
};
/** Lines are only worth aiming at where there are few. */
const MOST_AIMED_LINES_BYTES = 2 * SECTOR_BYTES;

function decay(left: SimDisk, choices: Choices, prefix: string, tally: CrashTally): void {
  const files = filesOn(left.root);
  if (files.length === 0) return;
  const isAimed = choices.uniform(`${prefix}/rot aimed`) < AIMED_SHARE;
  let before = 0;
  for (let i = 1; i <= MOST_DAMAGES; i++) {
    const key = `${prefix}/rot ${i}`;
    const u = choices.uniform(key);
    const lean = !isAimed
      ? blindFile(files, u)
      : before === 0
        ? aimedFile(files, u)
        : nextFile(files, before, u);
    const chosen = choices.choose(key, files.length + 1, lean);
    if (chosen === 0) return;
    damage(files[chosen - 1]!, isAimed, choices, key, tally);
    before = chosen;
  }
}

/** Half of the time none, else any: its number from 1. */
function blindFile(files: readonly FileInode[], u: number): number {
  return u < 0.5 ? 0 : 1 + Math.floor((u - 0.5) * 2 * files.length);
}

/** One in ten times none, else twice as often the shortest as any. */
function aimedFile(files: readonly FileInode[], u: number): number {
  if (u < 0.1) return 0;
  if (u < 0.4) return 1 + Math.floor(((u - 0.1) / 0.3) * files.length);
  const shortest = files.reduce((least, file) => (file.sizeBytes < least.sizeBytes ? file : least));
  return 1 + files.indexOf(shortest);
}

/** Seldom none, else the same once more, the longest, or any: what one file says of the other is believed until both are wrong. */
function nextFile(files: readonly FileInode[], before: number, u: number): number {
  if (u < 0.1) return 0;
  if (u < 0.35) return before;
  if (u < 0.65) return 1 + Math.floor(((u - 0.35) / 0.3) * files.length);
  const longest = files.reduce((most, file) => (file.sizeBytes > most.sizeBytes ? file : most));
  return 1 + files.indexOf(longest);
}

function damage(file: FileInode, isAimed: boolean, choices: Choices, key: string, tally: CrashTally): void {
  // The first damage may have taken all of it.
  if (file.sizeBytes === 0) return;
  const bytes = file.base.slice(0, file.sizeBytes);
  const sectors = Math.ceil(file.sizeBytes / SECTOR_BYTES);
  const seams = isAimed ? seamsOf(bytes) : [];
  const pick: Pick = (what, count, weak) => {
    const at = `${key}/${what}`;
    const isLed = isAimed && weak.length > 0;
    return choices.choose(at, count, isLed ? oneOf(weak, choices.uniform(at)) : undefined);
  };
  const kind = kinds[pick('kind', kinds.length, kindsFor(bytes))]!;
  const beginLines = seams
    .filter((at) => at % SECTOR_BYTES === 0 && (at === 0 || bytes[at - 1] === LINE_FEED))
    .map((at) => at / SECTOR_BYTES);
  const beginCommands = beginLines.filter((sector) => bytes[sector * SECTOR_BYTES] === ASTERISK);
  const alike = beginCommands.length > 0 ? beginCommands : beginLines;
  if (kind === 'lines') {
    file.adopt(confuseLines(bytes, pick));
    tally.count('medium-damaged');
    tally.rows?.push({ object: file.key, what: 'medium', detail: 'lines are confused', fate: 'dropped' });
    return;
  }
  const sector = pick('sector', sectors, kind === 'exchanged' ? alike : []);
  const from = sector * SECTOR_BYTES;
  const to = Math.min(from + SECTOR_BYTES, bytes.length);
  switch (kind) {
    case 'flipped': {
      const weak = seams.filter((at) => at >= from && at < to).flatMap((at) => bitsOf(at - from));
      const bit = pick('bit', (to - from) * 8, weak);
      bytes[from + (bit >> 3)]! ^= 1 << (bit & 7);
      break;
    }
    case 'changed': {
      const at = from + pick('byte', to - from, numbersIn(bytes, from, to));
      const old = bytes[at]!;
      const next = [old - 1, old + 1].filter(isDigit).map((digit) => (digit - old - 1) & 0xff);
      bytes[at] = old + 1 + pick('value', 255, next);
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

/** Of a file of one sector there is none to exchange, and of a long one no line that matters more than its sector. */
function kindsFor(bytes: Uint8Array): number[] {
  const isShort = bytes.length <= SECTOR_BYTES;
  const hasFewLines = bytes.length <= MOST_AIMED_LINES_BYTES && bytes.includes(LINE_FEED);
  return kinds.flatMap((kind, place) => {
    const isLeft = kind === 'exchanged' ? !isShort : kind === 'lines' ? hasFewLines : true;
    return isLeft ? Array.from({ length: weights[kind] }, () => place) : [];
  });
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Digits that stand alone: the small numbers by which things are told apart, and values that syntax says nothing about. */
function numbersIn(bytes: Uint8Array, from: number, to: number): number[] {
  const isBound = (at: number): boolean => SEPARATORS.includes(bytes[at] ?? LINE_FEED);
  return Array.from({ length: to - from }, (_, at) => at).filter(
    (at) => isDigit(bytes[from + at]) && isBound(from + at - 1) && isBound(from + at + 1),
  );
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
