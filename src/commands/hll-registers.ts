/**
 * HyperLogLog's 16384 registers of six bits: where an element goes, what a set of registers says, and both ways in which
 * Redis keeps them in a string.
 *
 *     header  "HYLL", encoding (0 dense, 1 sparse), three bytes, the cached cardinality (u64 LE, highest bit: stale)
 *     dense   12288 bytes, register i at bit 6 * i, counted from the lowest bit of each byte
 *     sparse  00nnnnnn: n + 1 zeros | 01nnnnnn n: as many zeros | 1vvvvvll: l + 1 registers of v + 1
 *
 * Everything is byte for byte as Redis has it, so that digests and files agree.
 */
import { murmur64a } from '../bytes/murmur64a.ts';

export const registerCount = 16384;
export const headerBytes = 16;
export const denseBytes = headerBytes + (registerCount * 6) / 8;

const hashSeed = 0xadc83b19;

/** Which register an element goes to, and the value that it asks for: the zeros at the end of its hash, and one. */
export function placeOf(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly index: number; readonly value: number } {
  const { low, high } = murmur64a(bytes, start, end, hashSeed);
  // The 50 bits above those of the index, with a bit behind them that ends every run.
  const restLow = (low >>> 14) | (high << 18);
  const restHigh = (high >>> 14) | (1 << 18);
  const zeros = restLow !== 0 ? trailingZeros(restLow) : 32 + trailingZeros(restHigh);
  return { index: low & (registerCount - 1), value: zeros + 1 };
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Whether a string is one that these functions may be asked about. */
export function looksLikeHll(value: Uint8Array): boolean {
  const hasMagic =
    value.length >= headerBytes &&
    value[0] === 0x48 &&
    value[1] === 0x59 &&
    value[2] === 0x4c &&
    value[3] === 0x4c;
  return hasMagic && value[4]! <= 1 && (value[4] === 1 || value.length === denseBytes);
}

export function isSparse(value: Uint8Array): boolean {
  return value[4] === 1;
}

/** No element: one run of 16384 zeros, and a cached cardinality of 0. */
export function emptyHll(): Uint8Array {
  return Uint8Array.of(0x48, 0x59, 0x4c, 0x4c, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0xff);
}

/** Says that the cached cardinality no longer holds. */
export function spoilCache(value: Uint8Array): void {
  value[15]! |= 0x80;
}

export function cachedCount(value: Uint8Array): number | undefined {
  if ((value[15]! & 0x80) !== 0) return undefined;
  let count = 0;
  for (let i = 15; i >= 8; i--) count = count * 256 + value[i]!;
  return count;
}

export function cacheCount(value: Uint8Array, count: number): void {
  let rest = count;
  for (let i = 8; i < 16; i++) {
    value[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

function denseGet(value: Uint8Array, index: number): number {
  const at = headerBytes + ((index * 6) >>> 3);
  const shift = (index * 6) & 7;
  return ((value[at]! | ((value[at + 1] ?? 0) << 8)) >>> shift) & 63;
}

/** Raises a register of a dense one. False where it is as high already. */
export function denseRaise(value: Uint8Array, index: number, to: number): boolean {
  if (denseGet(value, index) >= to) return false;
  const at = headerBytes + ((index * 6) >>> 3);
  const shift = (index * 6) & 7;
  value[at] = (value[at]! & ~(63 << shift)) | ((to << shift) & 0xff);
  if (shift > 2) value[at + 1] = (value[at + 1]! & ~(63 >>> (8 - shift))) | (to >>> (8 - shift));
  return true;
}

/** Visits the runs of a sparse one: `length` registers from `first` on. False where they are not 16384 in all. */
function forEachRun(
  value: Uint8Array,
  visit: (register: number, first: number, length: number) => void,
): boolean {
  let first = 0;
  for (let at = headerBytes; at < value.length; at++) {
    const head = value[at]!;
    let register = 0;
    let length = (head & 63) + 1;
    if (head >= 0x80) {
      register = ((head >>> 2) & 31) + 1;
      length = (head & 3) + 1;
    } else if (head >= 0x40) {
      if (++at >= value.length) return false;
      length = (((head & 63) << 8) | value[at]!) + 1;
    }
    if (first + length > registerCount) return false;
    visit(register, first, length);
    first += length;
  }
  return first === registerCount;
}

/** The registers, a byte each, or undefined where the string is damaged. */
export function registersOf(value: Uint8Array): Uint8Array | undefined {
  const registers = new Uint8Array(registerCount);
  if (isSparse(value)) {
    const isWhole = forEachRun(value, (register, first, length) =>
      registers.fill(register, first, first + length),
    );
    return isWhole ? registers : undefined;
  }
  for (let i = 0; i < registerCount; i++) registers[i] = denseGet(value, i);
  return registers;
}

/** The same in dense form, the header kept; undefined where a sparse one is damaged. */
export function toDense(value: Uint8Array): Uint8Array | undefined {
  if (!isSparse(value)) return value;
  const registers = registersOf(value);
  if (registers === undefined) return undefined;
  const dense = new Uint8Array(denseBytes);
  dense.set(value.subarray(0, headerBytes));
  dense[4] = 0;
  registers.forEach((register, i) => register > 0 && denseRaise(dense, i, register));
  return dense;
}

/** 0.5 / ln 2. */
const alpha = 0.7213475204444817;

/**
 * How many different elements were seen, about: Ertl's estimator, with the roundings of Redis. Square roots and products
 * are all it needs, so that it gives the same on every machine.
 */
export function estimate(registers: Uint8Array): number {
  const histogram = new Array<number>(64).fill(0);
  for (const register of registers) histogram[register]!++;
  let z = registerCount * tau((registerCount - histogram[51]!) / registerCount);
  for (let j = 50; j >= 1; j--) {
    z += histogram[j]!;
    z *= 0.5;
  }
  z += registerCount * sigma(histogram[0]! / registerCount);
  return Math.round((alpha * registerCount * registerCount) / z);
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (;;) {
    const before = z;
    x = Math.sqrt(x);
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
    if (z === before) return z / 3;
  }
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = x;
  for (;;) {
    const before = z;
    x *= x;
    z += x * y;
    y += y;
    if (z === before) return z;
  }
}
