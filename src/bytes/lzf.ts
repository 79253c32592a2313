/**
 * LZF, the compression of long strings in RDB files (formats.md 2.3).
 *
 * A compressed string is a row of instructions. A control byte c below 32 says "c + 1 literal bytes follow". Otherwise
 * it is a back reference: length c >> 5 (7: the next byte is added), then plus 2; distance ((c & 31) << 8 | next byte)
 * plus 1, counted back from the end of the output, which it may overlap.
 *
 * Many outputs decode to the same string; which one an encoder finds is its own affair. Ours is a function of the input
 * alone: the table of earlier calls is never seen, because each call works above a `floor` that only grows, and what
 * stands below the floor is as good as empty. That is why the table need not be cleared for each short string.
 */
import { LightsoutError } from '../errors.ts';

const maxDistance = 8192;
const maxMatch = 264;
const maxLiterals = 32;

/** Scratch, not state: positions plus the floor of the call that wrote them. */
const table = new Uint32Array(1 << 14);
const scratch = { floor: 1 };

/**
 * Compresses source[start, end) into target[targetStart, targetEnd) and gives the number of bytes written, or 0 where
 * the result does not fit. Redis asks for a gain of 4 bytes at least: targetEnd = targetStart + length - 4.
 */
export function lzfCompress(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
  targetEnd: number,
): number {
  const length = end - start;
  if (length < 4 || targetEnd - targetStart < 4) return 0;
  if (scratch.floor + length > 0xffffffff) {
    table.fill(0);
    scratch.floor = 1;
  }
  // A slot holds (position + bias), which is at or above the floor exactly when this call wrote it.
  const floor = scratch.floor;
  const bias = floor - start;
  scratch.floor = floor + length;

  // Short strings use a corner of the table, which stays in the processor's cache.
  const shift = length <= 256 ? 23 : length <= 4096 ? 20 : 18;
  const lastStart = end - 3;
  let from = start;
  let out = targetStart;
  let literalStart = start;
  let misses = 0;

  while (from <= lastStart) {
    const slot =
      Math.imul((source[from]! << 16) | (source[from + 1]! << 8) | source[from + 2]!, 0x9e3779b1) >>> shift;
    const seen = table[slot]!;
    table[slot] = from + bias;
    const reference = seen - bias;
    if (
      seen < floor ||
      from - reference > maxDistance ||
      source[reference] !== source[from] ||
      source[reference + 1] !== source[from + 1] ||
      source[reference + 2] !== source[from + 2]
    ) {
      // The longer nothing is found, the longer the steps.
      from += 1 + (misses++ >> 5);
      continue;
    }
    misses = 0;

    const limit = end - from < maxMatch ? end - from : maxMatch;
    let matched = 3;
    while (matched < limit && source[reference + matched] === source[from + matched]) matched++;

    const literals = from - literalStart;
    const distance = from - reference - 1;
    const code = matched - 2;
    if (out + literals + Math.ceil(literals / maxLiterals) + (code < 7 ? 2 : 3) > targetEnd) return 0;
    if (literals > 0) out = writeLiterals(source, literalStart, from, target, out);
    if (code < 7) {
      target[out++] = (code << 5) | (distance >> 8);
    } else {
      target[out++] = (7 << 5) | (distance >> 8);
      target[out++] = code - 7;
    }
    target[out++] = distance & 0xff;

    // Remember the two last positions of the match: repetition often goes on from there.
    const next = from + matched;
    for (let p = next - 2; p < next && p <= lastStart; p++) {
      table[Math.imul((source[p]! << 16) | (source[p + 1]! << 8) | source[p + 2]!, 0x9e3779b1) >>> shift] =
        p + bias;
    }
    from = next;
    literalStart = next;
  }

  const literals = end - literalStart;
  if (out + literals + Math.ceil(literals / maxLiterals) > targetEnd) return 0;
  if (literals > 0) out = writeLiterals(source, literalStart, end, target, out);
  return out - targetStart;
}

/** Writes source[from, to) in runs of at most 32 and gives the new end of the output. */
function writeLiterals(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  out: number,
): number {
  while (from < to) {
    const run = to - from < maxLiterals ? to - from : maxLiterals;
    target[out++] = run - 1;
    for (let i = 0; i < run; i++) target[out++] = source[from++]!;
  }
  return out;
}

/**
 * Undoes `lzfCompress`: source[start, end) must give exactly `lengthBytes` bytes at target[targetStart, …).
 *
 * @throws LightsoutError CORRUPT where an instruction is cut short, reaches back beyond the start of the output, or
 * gives more or fewer bytes than `lengthBytes`. Nothing outside the target range is written.
 */
export function lzfDecompress(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
  lengthBytes: number,
): void {
  const targetEnd = targetStart + lengthBytes;
  if (targetEnd > target.length)
    throw new RangeError(`lzfDecompress: ${lengthBytes} bytes do not fit the target`);
  let from = start;
  let out = targetStart;
  while (from < end) {
    const control = source[from++]!;
    if (control < 32) {
      const run = control + 1;
      if (from + run > end) throw lie('its last literal run is cut short');
      if (out + run > targetEnd) throw lie(`it gives more than the ${lengthBytes} bytes announced`);
      for (let i = 0; i < run; i++) target[out++] = source[from++]!;
      continue;
    }
    let length = control >> 5;
    if (from + (length === 7 ? 2 : 1) > end) throw lie('its last back reference is cut short');
    if (length === 7) length += source[from++]!;
    length += 2;
    let reference = out - (((control & 31) << 8) | source[from++]!) - 1;
    if (reference < targetStart) throw lie('a back reference points before its start');
    if (out + length > targetEnd) throw lie(`it gives more than the ${lengthBytes} bytes announced`);
    for (let i = 0; i < length; i++) target[out++] = target[reference++]!;
  }
  if (out !== targetEnd) throw lie(`it gives ${out - targetStart} bytes where ${lengthBytes} were announced`);
}

/** No LZF input of this many bytes can decode to more than the result: three bytes give at most 264. */
export function lzfMaxLengthBytes(compressedBytes: number): number {
  return compressedBytes * (maxMatch / 3);
}

function lie(why: string): LightsoutError {
  return new LightsoutError('CORRUPT', `LZF string is damaged: ${why}`);
}
