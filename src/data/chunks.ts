/**
 * Addresses, and the views through which they are read.
 *
 * Memory is a row of chunks, each one SharedArrayBuffer. An address is 32 bits: chunk number (upper 16) and offset in
 * units of 64 bytes (lower 16). Chunk 0 does not exist, so address 0 means "nothing". Everything that has an address is
 * a *block*: a whole number of units, whose first two words are the same for all kinds:
 *
 *     word 0   units (24 bits) | kind << 24
 *     word 1   birth: the epoch in which this copy of the block was made
 *
 * Blocks are little-endian words and bytes, on every machine we run on. A reader on another thread has the same chunks
 * under the same numbers; blocks that its image sees never change.
 */
export const unitBytes = 64;

export const blockKind = {
  free: 1,
  root: 2,
  segment: 3,
  page: 4,
  extent: 5,
  listLeaf: 6,
  listPlain: 7,
  listNode: 8,
  streamHead: 20,
  streamGroup: 21,
  streamConsumer: 22,
  streamEntries: 23,
  idLeaf: 24,
  idNode: 25,
} as const;

/** Bytes of an extent before its content: the two words that all blocks have. */
export const extentHeaderBytes = 8;

/** The same chunks seen as bytes, 16-bit and 32-bit words, and words at any place; holes where a chunk was given back. */
export interface Chunks {
  readonly bytes: Uint8Array[];
  readonly shorts: Uint16Array[];
  readonly words: Uint32Array[];
  readonly views: DataView[];
}

const noBytes = new Uint8Array(0);
const noShorts = new Uint16Array(0);
const noWords = new Uint32Array(0);
const noView = new DataView(new ArrayBuffer(0));

export function emptyChunks(): Chunks {
  return { bytes: [noBytes], shorts: [noShorts], words: [noWords], views: [noView] };
}

export function setChunk(chunks: Chunks, number: number, buffer: SharedArrayBuffer): void {
  chunks.bytes[number] = new Uint8Array(buffer);
  chunks.shorts[number] = new Uint16Array(buffer);
  chunks.words[number] = new Uint32Array(buffer);
  chunks.views[number] = new DataView(buffer);
}

export function dropChunk(chunks: Chunks, number: number): void {
  chunks.bytes[number] = noBytes;
  chunks.shorts[number] = noShorts;
  chunks.words[number] = noWords;
  chunks.views[number] = noView;
}

/** The buffers by chunk number, null where there is none: what another thread needs. */
export function shareChunks(chunks: Chunks): (SharedArrayBuffer | null)[] {
  return chunks.bytes.map((bytes) => (bytes.length === 0 ? null : (bytes.buffer as SharedArrayBuffer)));
}

export function openChunks(buffers: readonly (SharedArrayBuffer | null)[]): Chunks {
  const chunks = emptyChunks();
  for (let number = 1; number < buffers.length; number++) {
    const buffer = buffers[number];
    if (buffer) setChunk(chunks, number, buffer);
    else dropChunk(chunks, number);
  }
  return chunks;
}

/** Index of the block's first word in its chunk's words. */
export function wordOf(address: number): number {
  return (address & 0xffff) << 4;
}

/** Index of the block's first byte in its chunk's bytes. */
export function byteOf(address: number): number {
  return (address & 0xffff) << 6;
}

export function kindOf(chunks: Chunks, address: number): number {
  return chunks.words[address >>> 16]![(address & 0xffff) << 4]! >>> 24;
}

export function unitsOf(chunks: Chunks, address: number): number {
  return chunks.words[address >>> 16]![(address & 0xffff) << 4]! & 0xffffff;
}

export function birthOf(chunks: Chunks, address: number): number {
  return chunks.words[address >>> 16]![((address & 0xffff) << 4) + 1]!;
}

/** Where copying by words is worth it: below a loop over bytes is as good, above `set`. */
export const wordsFrom = 32;
export const wordsUpTo = 400;

/**
 * As `copyBytes`, by words of 32 bits at any place: half the time of a `subarray` and `set`, for lengths between `wordsFrom`
 * and `wordsUpTo`. At least 4 bytes (unchecked); source and target do not overlap.
 */
export function copyWords(source: DataView, start: number, end: number, target: DataView, at: number): void {
  const last = end - 4;
  const toLast = at + last - start;
  for (let from = start; from < last; from += 4, at += 4)
    target.setUint32(at, source.getUint32(from, true), true);
  // The last word overlaps the one before it rather than going on by bytes.
  target.setUint32(toLast, source.getUint32(last, true), true);
}

/** Copies bytes between chunks or from the heap; by loop where that costs less than a view. */
export function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): void {
  const count = end - start;
  if (count < 32) {
    for (let i = 0; i < count; i++) target[at + i] = source[start + i]!;
  } else if (source === target) {
    target.copyWithin(at, start, end);
  } else if (start === 0 && end === source.length) {
    target.set(source, at);
  } else {
    target.set(source.subarray(start, end), at);
  }
}
