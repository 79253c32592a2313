/**
 * Where headers of batches stand in what is left of a file, whole batches or not: what damage hides from a replay that stops
 * at it.
 */
import {
  type BatchHeader,
  batchHeaderBytes,
  batchMark,
  isBatchBody,
  parseBatchHeader,
} from '../../aof/batch.ts';
import type { File } from '../../ports/disk.ts';
import { FileWindow } from './file-window.ts';

const hash = 0x23;

export interface FoundHeader {
  readonly header: BatchHeader;
  /** The batch is there to its end, with the right hash, at its place. */
  readonly isWhole: boolean;
}

/** Each line of the file from `offset` on that has the form of a header, in values too. @throws DiskError */
export async function* headersFrom(
  file: Pick<File, 'read'>,
  offset: number,
  fileBytes: number,
  sliceBytes: number,
  key: number,
): AsyncGenerator<FoundHeader> {
  const window = new FileWindow(file, offset, fileBytes, sliceBytes);
  for (;;) {
    const at = indexOfMark(window.bytes, window.start, window.end);
    if (at < 0) {
      window.take(Math.max(0, window.length - batchMark.length));
      if (!(await window.fill())) return;
      continue;
    }
    window.take(at - window.start);
    if (await window.ensure(batchHeaderBytes)) {
      const header = parseBatchHeader(window.bytes, window.start);
      if (header !== undefined) yield { header, isWhole: await isWhole(window, header, fileBytes, key) };
    }
    window.take(1);
  }
}

/** Whether the batch of the header that the window begins with is there. */
async function isWhole(
  window: FileWindow,
  header: BatchHeader,
  fileBytes: number,
  key: number,
): Promise<boolean> {
  const bytes = batchHeaderBytes + header.lengthBytes;
  return (
    window.offset + bytes <= fileBytes &&
    (await window.ensure(bytes)) &&
    isBatchBody(header, { key, offset: window.offset }, window.bytes, window.start + batchHeaderBytes)
  );
}

function indexOfMark(bytes: Uint8Array, start: number, end: number): number {
  const last = end - batchMark.length;
  for (let at = bytes.indexOf(hash, start); at >= 0 && at <= last; at = bytes.indexOf(hash, at + 1)) {
    let i = 1;
    while (i < batchMark.length && bytes[at + i] === batchMark.charCodeAt(i)) i++;
    if (i === batchMark.length) return at;
  }
  return -1;
}
