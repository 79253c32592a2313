/**
 * What is left of a file after a power loss: rules R1 (floors), R4 (truncation), R5 (size) and R6 (same page), and
 * tearing.
 *
 * The size is one of its versions, each page one of its own, at or after the durable ones, and independent of each
 * other as far as the profile lets them. A page version stands for the cached page as it was then, so it has in it
 * every truncation before it; a chosen truncation cuts older page versions too. Bytes below the size that no chosen
 * version has written are a hole.
 */
import { copyBytes } from './arena.ts';
import type { CrashTally } from './crash-report.ts';
import { PAGE_BYTES } from './file-inode.ts';
import type { Change, FileInode } from './file-inode.ts';
import type { ChosenSize, CrashChooser } from './profile.ts';
import { countTears, decodeTear } from './tear.ts';
import type { Choices } from '../draws/choices.ts';

const scratch = new Uint8Array(PAGE_BYTES);

/** Gives `twin` a content that a power loss may leave of `file`. */
export function crashFile(
  file: FileInode,
  twin: FileInode,
  chooser: CrashChooser,
  choices: Choices,
  tally: CrashTally,
): void {
  const { log } = file;
  if (log.length === 0) {
    twin.shareBaseOf(file);
    twin.sizeBytes = file.durableSizeBytes;
    return;
  }
  tally.pendingData += log.length;
  const sizes: Change[] = [];
  const truncations: Change[] = [];
  const pages = new Map<number, Change[]>();
  for (const change of log) {
    if (change.resizes) sizes.unshift(change);
    if (change.kind === 'truncate') truncations.push(change);
    else group(change, pages);
  }

  const size = chooser.size(file, sizes);
  const { sizeBytes, seq: sizeSeq } = size;
  const sizeLost = sizes.length > 0 && (sizes[0]!.seq > sizeSeq || sizeBytes !== file.sizeBytes);
  noteSize(file, sizes, size, sizeLost, tally);

  const out = new Uint8Array(sizeBytes);
  copyBytes(file.base, 0, Math.min(sizeBytes, file.durableSizeBytes, file.base.length), out, 0);
  for (const truncation of truncations) {
    if (truncation.seq <= sizeSeq && truncation.sizeBytes < sizeBytes) out.fill(0, truncation.sizeBytes);
  }

  let lostBefore = false;
  let intactLast = false;
  for (const [page, versions] of pages) {
    const start = page * PAGE_BYTES;
    if (start >= sizeBytes) continue;
    const stop = Math.min(sizeBytes, start + PAGE_BYTES);
    if (!versions.some((version) => version.at < sizeBytes)) {
      spoil(file, page, chooser, choices, out, stop, tally);
      continue;
    }
    const most = chooser.most(file, page, versions, size);
    const least = Math.min(
      most,
      Math.max(chooser.least(file, page, versions, size), alreadyThere(file, versions)),
    );
    const chosen = least < most ? chooser.page(file, page, versions, least, most) : most;
    const lost = versions.length - chosen;
    if (lost > 0) tally.count('page-lost');
    if (lost === 0 && lostBefore) tally.count('later-page-without-earlier');
    if (lost > 0) {
      tally.lost++;
      lostBefore = true;
    }
    intactLast = lost === 0;
    replay(file, versions, chosen, truncations, sizeSeq, start, out, start, stop);
    const edge = truncations.some((cut) => cut.seq <= sizeSeq && cut.sizeBytes <= start)
      ? start
      : Math.max(start, Math.min(file.durableSizeBytes, stop));
    let holes = holesAfter(edge, versions, chosen, versions.length, start, stop, 0xffff, chooser.sectorBytes);

    let torn = false;
    if (chosen > least) {
      const oldest = chooser.beneath(file, page, versions, chosen, least, size);
      const underneath = differences(versions, chosen, oldest, start, chooser.sectorBytes);
      const ways = countTears(underneath);
      const way = ways === 1 ? 0 : chooser.torn(file, page, underneath, ways);
      if (way > 0) {
        torn = true;
        const { index, sectors } = decodeTear(underneath, way);
        const under = chosen - 1 - index;
        replay(file, versions, under, truncations, sizeSeq, start, scratch, 0, start + PAGE_BYTES);
        copySectors(scratch, sectors, chooser.sectorBytes, out, start, stop);
        holes = holes.concat(
          holesAfter(edge, versions, under, chosen, start, stop, sectors, chooser.sectorBytes),
        );
        tally.count('torn-page');
        if (lost === 0) tally.lost++;
      }
    }
    if (spoil(file, page, chooser, choices, out, stop, tally)) torn = true;
    if (holes.length > 0) {
      tally.count('size-without-data');
      if (chooser.hole(file, page) === 'noise') {
        tally.count('size-without-data-noise');
        const key = chooser.noiseKey(file, page);
        for (const hole of holes) choices.noise(key, out, hole.from, hole.to);
      }
    }
    tally.rows?.push({
      object: file.key,
      what: 'page',
      detail: `page ${page}: ${chosen} of ${versions.length} versions${torn ? ', torn' : ''}${holes.length > 0 ? ', with a hole' : ''}`,
      fate: lost === 0 && !torn ? 'kept' : chosen === 0 ? 'dropped' : 'partly',
    });
  }
  if (sizeLost && intactLast) tally.count('data-without-size');
  twin.adopt(out);
}

/** How many versions of a page are durable although the floor, and with it the size, is lower. */
function alreadyThere({ dataFloor }: FileInode, versions: readonly Change[]): number {
  let count = 0;
  while (count < versions.length && versions[count]!.seq <= dataFloor) count++;
  return count;
}

/** Damages a durable sector of a page that was being rewritten; false where none is. */
function spoil(
  file: FileInode,
  page: number,
  chooser: CrashChooser,
  choices: Choices,
  out: Uint8Array,
  stop: number,
  tally: CrashTally,
): boolean {
  const { sectorBytes } = chooser;
  const start = page * PAGE_BYTES;
  const durable = Math.min(stop, file.durableSizeBytes) - start;
  if (durable <= 0) return false;
  const sector = chooser.damaged(file, page, Math.ceil(durable / sectorBytes));
  if (sector === 0) return false;
  const from = start + (sector - 1) * sectorBytes;
  choices.noise(`${chooser.noiseKey(file, page)}/damaged`, out, from, Math.min(stop, from + sectorBytes));
  tally.count('durable-sector-damaged');
  return true;
}

function group(change: Change, pages: Map<number, Change[]>): void {
  const last = Math.floor((change.end - 1) / PAGE_BYTES);
  for (let page = Math.floor(change.at / PAGE_BYTES); page <= last; page++) {
    const versions = pages.get(page);
    if (versions === undefined) pages.set(page, [change]);
    else versions.push(change);
  }
}

/**
 * Makes a page as it was at its version `chosen` (0 for the durable one), cut by the truncations that the size brings,
 * and puts [start, stop) of the file into out[at, …).
 */
function replay(
  file: FileInode,
  versions: readonly Change[],
  chosen: number,
  truncations: readonly Change[],
  sizeSeq: number,
  start: number,
  out: Uint8Array,
  at: number,
  stop: number,
): void {
  const length = stop - start;
  const known = Math.max(0, Math.min(stop, file.durableSizeBytes, file.base.length) - start);
  if (known > 0) copyBytes(file.base, start, start + known, out, at);
  if (known < length) out.fill(0, at + known, at + length);
  const upTo = Math.max(chosen === 0 ? 0 : versions[chosen - 1]!.seq, sizeSeq);
  let cut = 0;
  for (let i = 0; i < chosen; i++) {
    const change = versions[i]!;
    for (; cut < truncations.length && truncations[cut]!.seq < change.seq; cut++) {
      zeroFrom(truncations[cut]!.sizeBytes - start, length, out, at);
    }
    const from = Math.max(change.at, start);
    const to = Math.min(change.end, stop);
    const offset = change.offset + from - change.at;
    if (to > from) copyBytes(change.chunk, offset, offset + to - from, out, at + from - start);
  }
  for (; cut < truncations.length && truncations[cut]!.seq <= upTo; cut++) {
    zeroFrom(truncations[cut]!.sizeBytes - start, length, out, at);
  }
}

function zeroFrom(from: number, length: number, out: Uint8Array, at: number): void {
  if (from < length) out.fill(0, at + Math.max(0, from), at + length);
}

/** For each older version that may lie under the chosen one, the nearest first: the sectors in which they differ. */
function differences(
  versions: readonly Change[],
  chosen: number,
  oldest: number,
  start: number,
  sectorBytes: number,
): number[] {
  const out: number[] = [];
  let mask = 0;
  for (let i = chosen - 1; i >= oldest; i--) {
    mask |= sectorsOf(versions[i]!, start, sectorBytes);
    out.push(mask);
  }
  return out;
}

/** The sectors of a page that a change touches, as a mask. */
function sectorsOf(change: Change, start: number, sectorBytes: number): number {
  const first = Math.floor(Math.max(0, change.at - start) / sectorBytes);
  const last = Math.floor((Math.min(PAGE_BYTES, change.end - start) - 1) / sectorBytes);
  return ((2 << last) - 1) & ~((1 << first) - 1);
}

function copySectors(
  from: Uint8Array,
  sectors: number,
  sectorBytes: number,
  out: Uint8Array,
  start: number,
  stop: number,
): void {
  for (let sector = 0; sector * sectorBytes < stop - start; sector++) {
    if ((sectors & (1 << sector)) === 0) continue;
    const at = sector * sectorBytes;
    copyBytes(from, at, Math.min(at + sectorBytes, stop - start), out, start + at);
  }
}

interface Hole {
  readonly from: number;
  readonly to: number;
}

/**
 * The bytes that versions[chosen, until) would have written below `stop` in these sectors, beyond `known` (where
 * the durable content ends) and everything that versions[0, chosen) have: there a size came without its data.
 */
function holesAfter(
  known: number,
  versions: readonly Change[],
  chosen: number,
  until: number,
  start: number,
  stop: number,
  sectors: number,
  sectorBytes: number,
): Hole[] {
  let covered = known;
  for (let i = 0; i < chosen; i++) covered = Math.max(covered, Math.min(versions[i]!.end, stop));
  const holes: Hole[] = [];
  for (let i = chosen; i < until; i++) {
    const from = Math.max(covered, versions[i]!.at);
    const to = Math.min(versions[i]!.end, stop);
    for (let at = from; at < to;) {
      const sector = Math.floor((at - start) / sectorBytes);
      const end = Math.min(to, start + (sector + 1) * sectorBytes);
      if ((sectors & (1 << sector)) !== 0) {
        const last = holes.at(-1);
        if (last?.to === at) holes[holes.length - 1] = { from: last.from, to: end };
        else holes.push({ from: at, to: end });
      }
      at = end;
    }
    covered = Math.max(covered, to);
  }
  return holes;
}

function noteSize(
  file: FileInode,
  sizes: readonly Change[],
  { sizeBytes, seq }: ChosenSize,
  lost: boolean,
  tally: CrashTally,
): void {
  if (lost) {
    tally.lost++;
    tally.count('size-lost');
    if (sizes.some((size) => size.seq > seq && size.kind === 'truncate')) tally.count('truncation-lost');
  }
  if (sizeBytes === 0 && file.sizeBytes > 0) tally.count('zero-length-file');
  if (sizes.length > 0) {
    tally.rows?.push({
      object: file.key,
      what: 'size',
      detail: `${file.sizeBytes} in the cache, ${file.durableSizeBytes} durable, ${sizeBytes} left`,
      fate: lost ? 'dropped' : 'kept',
    });
  }
}
