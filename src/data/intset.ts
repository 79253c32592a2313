/** Intsets: `u32 width (2, 4, 8), u32 n, n signed integers ascending`, little-endian, as Redis saves small sets of integers. */
import { formatInteger } from '../bytes/integer.ts';
import type { ByteWriter } from '../bytes/writer.ts';
import { appendSigned, readSigned } from './listpack.ts';
import { readWord } from './stored-string.ts';

export const intsetHeaderBytes = 8;

export function intsetSize(bytes: Uint8Array, intset: number): number {
  return readWord(bytes, intset + 4);
}

export function intsetAt(bytes: Uint8Array, intset: number, index: number): number | bigint {
  const width = bytes[intset]!;
  return readSigned(bytes, intset + intsetHeaderBytes + index * width, width);
}

export function intsetText(bytes: Uint8Array, intset: number, index: number): Uint8Array {
  return formatInteger(intsetAt(bytes, intset, index));
}

/** Index of the least member at or above `value`: its own where it is there. Numbers and bigints compare by value. */
export function intsetSearch(bytes: Uint8Array, intset: number, value: number | bigint): number {
  let low = 0;
  let high = intsetSize(bytes, intset);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (intsetAt(bytes, intset, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function intsetHas(bytes: Uint8Array, intset: number, value: number | bigint): boolean {
  const index = intsetSearch(bytes, intset, value);
  return index < intsetSize(bytes, intset) && intsetAt(bytes, intset, index) <= value;
}

function widthOf(value: number | bigint): number {
  return value >= -32_768 && value <= 32_767 ? 2 : value >= -2_147_483_648 && value <= 2_147_483_647 ? 4 : 8;
}

function appendHeader(writer: ByteWriter, width: number, count: number): void {
  appendSigned(writer, width, 4);
  appendSigned(writer, count, 4);
}

/** Appends an intset without members. */
export function appendEmptyIntset(writer: ByteWriter): void {
  appendHeader(writer, 2, 0);
}

/** Appends the intset with one member more, which it does not have. */
export function appendIntsetWith(
  writer: ByteWriter,
  bytes: Uint8Array,
  intset: number,
  value: number | bigint,
): void {
  const size = intsetSize(bytes, intset);
  const index = intsetSearch(bytes, intset, value);
  const old = bytes[intset]!;
  const width = Math.max(old, widthOf(value));
  const start = intset + intsetHeaderBytes;
  appendHeader(writer, width, size + 1);
  if (width === old) {
    writer.bytes(bytes, start, start + index * width);
    appendSigned(writer, value, width);
    writer.bytes(bytes, start + index * width, start + size * width);
    return;
  }
  // A member that needs more room than all others stands before or behind all of them, but this way nobody has to know.
  for (let i = 0; i < index; i++) appendSigned(writer, intsetAt(bytes, intset, i), width);
  appendSigned(writer, value, width);
  for (let i = index; i < size; i++) appendSigned(writer, intsetAt(bytes, intset, i), width);
}

/** Appends the intset without the member at `index`. Widths never shrink, as in Redis. */
export function appendIntsetWithout(
  writer: ByteWriter,
  bytes: Uint8Array,
  intset: number,
  index: number,
): void {
  const size = intsetSize(bytes, intset);
  const width = bytes[intset]!;
  const start = intset + intsetHeaderBytes;
  appendHeader(writer, width, size - 1);
  writer.bytes(bytes, start, start + index * width);
  writer.bytes(bytes, start + (index + 1) * width, start + size * width);
}
