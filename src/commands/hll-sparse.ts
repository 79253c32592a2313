/**
 * Raising one register of a sparse HyperLogLog, in Redis's steps, which decide the bytes that result: the run that holds
 * the register is split, then runs of equal values are joined again from the run before it on, looking at five at most.
 */
import { denseRaise, headerBytes, isSparse, toDense } from './hll-registers.ts';

/** Values beyond this, runs of zeros beyond this in one byte, and runs of values beyond this have no sparse form. */
const maxSparseValue = 32;
const maxShortZeros = 64;
const maxValueRun = 4;

const isValue = (head: number) => head >= 0x80;
const isLongZeros = (head: number) => head >= 0x40 && head < 0x80;
const valueOf = (head: number) => ((head >>> 2) & 31) + 1;
const runOf = (head: number) => (head & 3) + 1;
const valueRun = (value: number, length: number) => 0x80 | ((value - 1) << 2) | (length - 1);

function zeroRun(length: number): number[] {
  if (length <= maxShortZeros) return length === 0 ? [] : [length - 1];
  return [0x40 | ((length - 1) >>> 8), (length - 1) & 0xff];
}

/**
 * The string after the raise; the same object where the register is as high already; undefined where it is damaged.
 * @param maxSparseBytes a sparse string that would grow beyond it becomes dense
 */
export function raise(
  hll: Uint8Array,
  index: number,
  to: number,
  maxSparseBytes: number,
): Uint8Array | undefined {
  if (!isSparse(hll)) {
    if (to > 63) return undefined;
    const copy = hll.slice();
    return denseRaise(copy, index, to) ? copy : hll;
  }
  if (to > maxSparseValue) return raiseDense(hll, index, to);

  // The run that holds the register, from register `first` on.
  let at = headerBytes;
  let before = -1;
  let first = 0;
  let span = 0;
  for (; at < hll.length; at += isLongZeros(hll[at]!) ? 2 : 1) {
    const head = hll[at]!;
    span = isValue(head) ? runOf(head) : (head & 63) + 1;
    if (isLongZeros(head)) span = (((head & 63) << 8) | (hll[at + 1] ?? 0)) + 1;
    if (index < first + span) break;
    before = at;
    first += span;
  }
  if (at >= hll.length) return undefined;

  const head = hll[at]!;
  if (isValue(head) && valueOf(head) >= to) return hll;
  const left = index - first;
  const right = first + span - 1 - index;
  const parts = isValue(head)
    ? [
        ...(left > 0 ? [valueRun(valueOf(head), left)] : []),
        valueRun(to, 1),
        ...(right > 0 ? [valueRun(valueOf(head), right)] : []),
      ]
    : [...zeroRun(left), valueRun(to, 1), ...zeroRun(right)];
  const oldBytes = isLongZeros(head) ? 2 : 1;
  const growth = parts.length - oldBytes;
  if (growth > 0 && hll.length + growth > maxSparseBytes) return raiseDense(hll, index, to);
  const split = new Uint8Array(hll.length + growth);
  split.set(hll.subarray(0, at));
  split.set(parts, at);
  split.set(hll.subarray(at + oldBytes), at + parts.length);
  return joined(split, before < 0 ? headerBytes : before);
}

/** Joins runs of equal values from `from` on, with five looks. */
function joined(hll: Uint8Array, from: number): Uint8Array {
  let end = hll.length;
  let at = from;
  for (let looks = 5; at < end && looks > 0; looks--) {
    const head = hll[at]!;
    if (isLongZeros(head)) {
      at += 2;
      continue;
    }
    const next = hll[at + 1]!;
    if (isValue(head) && at + 1 < end && isValue(next) && valueOf(head) === valueOf(next)) {
      const length = runOf(head) + runOf(next);
      if (length <= maxValueRun) {
        hll[at + 1] = valueRun(valueOf(head), length);
        hll.copyWithin(at, at + 1, end);
        end--;
        continue;
      }
    }
    at++;
  }
  return hll.slice(0, end);
}

function raiseDense(hll: Uint8Array, index: number, to: number): Uint8Array | undefined {
  const dense = toDense(hll);
  if (dense !== undefined) denseRaise(dense, index, to);
  return dense;
}
