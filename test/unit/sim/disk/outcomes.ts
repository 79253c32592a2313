/** Helpers: all states that a crash may leave, as readable texts. */
import { crash, filesOf, posixStrict } from '../../../../sim/disk/index.ts';
import type { CrashKind, OpenFile, Profile, SimDisk } from '../../../../sim/disk/index.ts';
import { Odometer, SeededChoices } from '../../../../sim/draws/index.ts';

const encoder = new TextEncoder();

/** Noise that can be told from data: question marks. */
export class ReadableOdometer extends Odometer {
  override noise(_key: string, bytes: Uint8Array, start: number, end: number): void {
    bytes.fill(0x3f, start, end);
  }
}

class ReadableChoices extends SeededChoices {
  override noise(_key: string, bytes: Uint8Array, start: number, end: number): void {
    bytes.fill(0x3f, start, end);
  }
}

/** The states that this many seeds find, sorted, each once. */
export function sampled(disk: SimDisk, seeds: number): string[] {
  const found = new Set<string>();
  for (let seed = 0; seed < seeds; seed++) {
    found.add(show(crash(disk, 'power', posixStrict, new ReadableChoices(seed)).disk));
  }
  return [...found].sort();
}

/** Every state that a crash of `disk` may leave, sorted, each once: 'path=content' with '.' for zero and '?' for noise. */
export function outcomes(
  disk: SimDisk,
  kind: CrashKind = 'power',
  sectorBytes: 512 | 4096 = 512,
  profile: Profile = posixStrict,
): string[] {
  const found = new Set<string>();
  const odometer = new ReadableOdometer();
  do found.add(show(crash(disk, kind, profile, odometer, { sectorBytes }).disk));
  while (odometer.next());
  return [...found].sort();
}

/** The files of a disk in one line; long runs of a letter as 'letter*count'. */
export function show(disk: SimDisk): string {
  return [...filesOf(disk)].map(([path, bytes]) => `${path.slice(1)}=${showBytes(bytes)}`).join(' ');
}

function showBytes(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length;) {
    let end = i;
    while (end < bytes.length && bytes[end] === bytes[i]) end++;
    const letter = bytes[i] === 0 ? '.' : String.fromCharCode(bytes[i]!);
    out += end - i > 8 ? `${letter}*${end - i}` : letter.repeat(end - i);
    i = end;
  }
  return out;
}

export function create(disk: SimDisk, path: string): OpenFile {
  return disk.open(path, { read: true, write: true, create: true, append: true });
}

export function append(disk: SimDisk, file: OpenFile, text: string): void {
  disk.write(file, encoder.encode(text));
}

/** Overwrites at a position. */
export function overwrite(disk: SimDisk, path: string, at: number, text: string): void {
  const file = disk.open(path, { write: true });
  file.positionBytes = at;
  disk.write(file, encoder.encode(text));
  disk.close(file);
}

export function sync(disk: SimDisk, file: OpenFile): void {
  disk.syncEnd(file.inode, disk.syncBegin(file));
}

export function syncDir(disk: SimDisk, path: string): void {
  const dir = disk.directory(path, 'sync');
  disk.syncEnd(dir, disk.dirSyncBegin(dir));
}
