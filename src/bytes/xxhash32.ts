/**
 * XXH32, the 32-bit hash of Yann Collet, from its published specification (xxhash_spec.md, version 0.2.0).
 *
 * Chosen for the batches of the append-only file: where the bytes lie on a 4-byte boundary it reads whole words and runs
 * several times as fast as a table-driven CRC, which would cost more than the rest of an append. Elsewhere each word is put
 * together from two whole ones.
 */

const prime1 = 0x9e3779b1 | 0;
const prime2 = 0x85ebca77 | 0;
const prime3 = 0xc2b2ae3d | 0;
const prime4 = 0x27d4eb2f;
const prime5 = 0x165667b1;

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The hash of bytes[start, end), as an unsigned number. */
export function xxh32(bytes: Uint8Array, start = 0, end = bytes.length, seed = 0): number {
  const length = end - start;
  let at = start;
  let hash: number;
  if (length >= 16) {
    let a = (seed + prime1 + prime2) | 0;
    let b = (seed + prime2) | 0;
    let c = seed | 0;
    let d = (seed - prime1) | 0;
    const stripes = length >>> 4;
    if (littleEndian && ((bytes.byteOffset + start) & 3) === 0) {
      const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, stripes * 4);
      for (let i = 0; i < words.length; i += 4) {
        a = round(a, words[i]!);
        b = round(b, words[i + 1]!);
        c = round(c, words[i + 2]!);
        d = round(d, words[i + 3]!);
      }
      at += stripes * 16;
    } else if (littleEndian) {
      // Whole words from the boundary before, each put together from two; the last stripe may end where no word does.
      const aside = (bytes.byteOffset + start) & 3;
      const down = aside * 8;
      const up = 32 - down;
      const words = new Int32Array(bytes.buffer, bytes.byteOffset + start - aside, stripes * 4);
      let word = words[0]!;
      for (let i = 4; i < words.length; i += 4) {
        const second = words[i - 3]!;
        const third = words[i - 2]!;
        const fourth = words[i - 1]!;
        const next = words[i]!;
        a = round(a, (word >>> down) | (second << up));
        b = round(b, (second >>> down) | (third << up));
        c = round(c, (third >>> down) | (fourth << up));
        d = round(d, (fourth >>> down) | (next << up));
        word = next;
      }
      at += stripes * 16 - 16;
    }
    for (const last = start + stripes * 16; at < last; at += 16) {
      a = round(a, wordAt(bytes, at));
      b = round(b, wordAt(bytes, at + 4));
      c = round(c, wordAt(bytes, at + 8));
      d = round(d, wordAt(bytes, at + 12));
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  } else {
    hash = (seed + prime5) | 0;
  }
  hash = (hash + length) | 0;
  for (; at + 4 <= end; at += 4)
    hash = Math.imul(rotate((hash + Math.imul(wordAt(bytes, at), prime3)) | 0, 17), prime4);
  for (; at < end; at++) hash = Math.imul(rotate((hash + Math.imul(bytes[at]!, prime5)) | 0, 11), prime1);
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, prime2)) | 0, 13), prime1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
