/**
 * The hash of keys, members and fields.
 *
 * Seeded, so that nobody who chooses keys can choose which page they fall into. The low bits index the directory; the
 * slots inside a page use `slotMix` of it, for with the same bits all keys of a page would want the same slots.
 */
export interface HashSeed {
  readonly low: number;
  readonly high: number;
}

/** A seed as text: 16 hexadecimal digits, the high word first. */
export function seedText({ low, high }: HashSeed): string {
  return hexWord(high) + hexWord(low);
}

/** The seed that a text stands for, or undefined where it stands for none. */
export function parseSeed(text: string): HashSeed | undefined {
  if (!/^[0-9a-f]{16}$/.test(text)) return undefined;
  return { low: Number.parseInt(text.slice(8), 16) | 0, high: Number.parseInt(text.slice(0, 8), 16) | 0 };
}

function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** 32 bits, signed: use it with masks and shifts only. Reads words of four bytes; the length is mixed in at the end. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: HashSeed): number {
  let a = seed.low;
  let b = seed.high;
  let i = start;
  for (const last = end - 4; i <= last; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    a = Math.imul(a ^ word, 0x2c9277b5);
    b = Math.imul(b + word, 0x5f356495) ^ (a >>> 15);
    a ^= b >>> 13;
  }
  let tail = end - start;
  for (; i < end; i++) tail = (tail << 8) | bytes[i]!;
  a = Math.imul(a ^ tail, 0x2c9277b5);
  b = Math.imul(b + tail, 0x5f356495) ^ (a >>> 15);
  a = Math.imul(a ^ b ^ (b >>> 17), 0x53c8d1e9);
  a = Math.imul(a ^ (a >>> 15), 0x2f19d4a7);
  return a ^ (a >>> 16);
}

/** Bits for the place in a page, independent of those that led to it. */
export function slotMix(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x6b43a9b5);
  return mixed ^ (mixed >>> 14);
}
