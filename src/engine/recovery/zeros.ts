/**
 * Zeros in a file that was being written to when the power failed: at its end, where its size was known to the disk before
 * its data, or as a hole, where a page or some of its sectors were not written and what came later was.
 *
 * A hole ends where a sector ends. One that begins and ends between units may be another thing: redis-server 7 leaves
 * zeros between two writes of its log when the disk was full for a while (it cuts back what was written in part, and goes
 * on where it was), and behind them nothing is missing.
 */
import type { File } from '../../ports/disk.ts';
import { FileWindow } from './file-window.ts';

/** A row of zeros in a file: of bytes [start, end). */
export interface Hole {
  readonly start: number;
  readonly end: number;
}

const sectorBytes = 512;
/** Fewer in a row are taken for data, but where a unit has to begin: none begins with a zero. */
const leastHoleBytes = 8;

/** Where the zeros begin that a file ends in; its length where it ends in something else. @throws DiskError */
export async function endWithoutZeros(file: Pick<File, 'read'>, fileBytes: number): Promise<number> {
  const slice = new Uint8Array(4096);
  for (let end = fileBytes; end > 0;) {
    const from = Math.max(0, end - slice.length);
    const window = new FileWindow(file, from, fileBytes, slice.length);
    if (!(await window.ensure(end - from))) return fileBytes;
    for (let i = end - from - 1; i >= 0; i--) if (window.bytes[window.start + i] !== 0) return from + i + 1;
    end = from;
  }
  return 0;
}

/** The first hole from byte `from` on, where a unit has to begin, that has something behind it. @throws DiskError */
export async function firstHole(
  file: Pick<File, 'read'>,
  from: number,
  fileBytes: number,
  sliceBytes: number,
): Promise<Hole | undefined> {
  const window = new FileWindow(file, from, fileBytes, sliceBytes);
  let start: number | undefined;
  while (await window.ensure(1)) {
    for (let i = window.start; i < window.end; i++) {
      const at = window.offset + i - window.start;
      if (window.bytes[i] === 0) {
        start ??= at;
      } else if (start !== undefined) {
        if (at % sectorBytes === 0 && (start === from || at - start >= leastHoleBytes))
          return { start, end: at };
        start = undefined;
      }
    }
    window.take(window.length);
  }
  return undefined;
}

/** The file as if it ended at `end`. */
export function cutAt(file: Pick<File, 'read'>, end: number): Pick<File, 'read'> {
  return {
    read: (into, position) =>
      position >= end
        ? Promise.resolve(0)
        : file.read(into.subarray(0, Math.min(into.length, end - position)), position),
  };
}
