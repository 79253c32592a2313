/**
 * MurmurHash64A, little-endian, over halves of 32 bits: bigint would make an object a step.
 *
 * Austin Appleby's hash of 64 bits, as Redis seeds it for HyperLogLog.
 */

/** A hash of 64 bits, both halves unsigned. */
export interface Hash64 {
  readonly low: number;
  readonly high: number;
}

/** The multiplier 0xc6a4a7935bd1e995. */
const mLow = 0x5bd1e995;
const mHigh = 0xc6a4a793;

/** The high 32 bits of a product of two unsigned words. */
function mulHigh(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + (middle >>> 16) + (other >>> 16)) >>> 0;
}

/** The high word of (high, low) times the multiplier; the low one is Math.imul(low, mLow). */
function timesHigh(low: number, high: number): number {
  return (mulHigh(low >>> 0, mLow) + Math.imul(low, mHigh) + Math.imul(high, mLow)) | 0;
}

export function murmur64a(bytes: Uint8Array, start: number, end: number, seedLow: number): Hash64 {
  const length = end - start;
  let low = seedLow ^ Math.imul(length, mLow);
  let high = timesHigh(length, 0);
  let at = start;
  for (; at + 8 <= end; at += 8) {
    let kLow = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    let kHigh = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
    kHigh = timesHigh(kLow, kHigh);
    kLow = Math.imul(kLow, mLow);
    // k ^= k >>> 47
    kLow ^= kHigh >>> 15;
    kHigh = timesHigh(kLow, kHigh);
    kLow = Math.imul(kLow, mLow);
    low ^= kLow;
    high ^= kHigh;
    high = timesHigh(low, high);
    low = Math.imul(low, mLow);
  }
  if (at < end) {
    for (let i = end - 1; i >= at; i--) {
      const place = i - at;
      if (place < 4) low ^= bytes[i]! << (8 * place);
      else high ^= bytes[i]! << (8 * (place - 4));
    }
    high = timesHigh(low, high);
    low = Math.imul(low, mLow);
  }
  low ^= high >>> 15;
  high = timesHigh(low, high);
  low = Math.imul(low, mLow);
  low ^= high >>> 15;
  return { low: low >>> 0, high: high >>> 0 };
}
