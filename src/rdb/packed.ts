/**
 * The nested blobs in which Redis keeps small collections: intset, ziplist, listpack, zipmap (formats.md 2.6).
 *
 * Each walker visits the elements of bytes[start, end) in order and believes nothing: the lengths in the header, the
 * links back, the count and the terminator must all agree with what is there, to the byte. Integers are handed out as
 * decimal text. Two visits in a row may be kept side by side (a field and its value); the third overwrites the first.
 */
import { ByteWriter } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import { uint32BE, uint32LE } from './reader.ts';

/** Gets an element as bytes[start, end). */
export type VisitPacked = (bytes: Uint8Array, start: number, end: number) => void;

export function walkIntset(bytes: Uint8Array, start: number, end: number, visit: VisitPacked): void {
  if (end - start < 8) throw damaged('intset', 'shorter than its header');
  const width = uint32LE(bytes, start);
  const count = uint32LE(bytes, start + 4);
  if (width !== 2 && width !== 4 && width !== 8) throw damaged('intset', `integers of ${width} bytes`);
  if (end - start !== 8 + count * width)
    throw damaged('intset', `${count} integers of ${width} bytes announced in ${end - start} bytes`);
  const digits = new Digits(visit);
  let last = -(2n ** 63n) - 1n;
  let lastSmall = -Infinity;
  for (let at = start + 8; at < end; at += width) {
    if (width === 8) {
      const value = int64LE(bytes, at);
      if (value <= last) throw damaged('intset', 'integers out of order');
      last = value;
      digits.visitBig(value);
      continue;
    }
    const value = width === 2 ? int16LE(bytes, at) : uint32LE(bytes, at) | 0;
    if (value <= lastSmall) throw damaged('intset', 'integers out of order');
    lastSmall = value;
    digits.visit(value);
  }
}

export function walkListpack(bytes: Uint8Array, start: number, end: number, visit: VisitPacked): void {
  if (end - start < 7) throw damaged('listpack', 'shorter than its header');
  if (uint32LE(bytes, start) !== end - start)
    throw damaged('listpack', `${uint32LE(bytes, start)} bytes announced, ${end - start} there`);
  if (bytes[end - 1] !== 0xff) throw damaged('listpack', 'no terminator at its end');
  const announced = bytes[start + 4]! | (bytes[start + 5]! << 8);
  const digits = new Digits(visit);
  const last = end - 1;
  let count = 0;
  let at = start + 6;
  while (at < last) {
    const head = bytes[at]!;
    // Size of the entry without its link back, and where a string begins in it.
    let size = 1;
    let text = 0;
    if (head < 0x80) size = 1;
    else if (head < 0xc0) size = (text = 1) + (head & 0x3f);
    else if (head < 0xe0) size = 2;
    else if (head < 0xf0) size = (text = 2) + (at + 1 < last ? ((head & 15) << 8) | bytes[at + 1]! : 0);
    else if (head === 0xf0) size = (text = 5) + (at + 4 < last ? uint32LE(bytes, at + 1) : 0);
    else if (head <= 0xf3) size = head - 0xf1 + 3;
    else if (head === 0xf4) size = 9;
    else throw damaged('listpack', `entry of unknown form 0x${head.toString(16)}`);

    const back = size <= 127 ? 1 : size < 16383 ? 2 : size < 2097151 ? 3 : size < 268435455 ? 4 : 5;
    if (at + size + back > last) throw damaged('listpack', 'an entry goes beyond the end');
    let linked = size;
    for (let i = at + size + back - 1; i >= at + size; i--) {
      // Groups of 7 bits, the lowest last; all but the first byte are marked.
      if (bytes[i] !== ((linked & 0x7f) | (i > at + size ? 0x80 : 0)))
        throw damaged('listpack', 'an entry and its link back disagree');
      linked = Math.floor(linked / 128);
    }

    if (text > 0) visit(bytes, at + text, at + size);
    else if (head < 0x80) digits.visit(head);
    else if (head < 0xe0) digits.visit((((head & 31) << 27) | (bytes[at + 1]! << 19)) >> 19);
    else if (head === 0xf1) digits.visit(int16LE(bytes, at + 1));
    else if (head === 0xf2) digits.visit(int24LE(bytes, at + 1));
    else if (head === 0xf3) digits.visit(uint32LE(bytes, at + 1) | 0);
    else digits.visitBig(int64LE(bytes, at + 1));
    count++;
    at += size + back;
  }
  if (announced !== 65535 && announced !== count)
    throw damaged('listpack', `${announced} entries announced, ${count} there`);
}

export function walkZiplist(bytes: Uint8Array, start: number, end: number, visit: VisitPacked): void {
  if (end - start < 11) throw damaged('ziplist', 'shorter than its header');
  if (uint32LE(bytes, start) !== end - start)
    throw damaged('ziplist', `${uint32LE(bytes, start)} bytes announced, ${end - start} there`);
  if (bytes[end - 1] !== 0xff) throw damaged('ziplist', 'no terminator at its end');
  const tail = uint32LE(bytes, start + 4);
  const announced = bytes[start + 8]! | (bytes[start + 9]! << 8);
  const digits = new Digits(visit);
  const last = end - 1;
  let count = 0;
  let previous = 0;
  let entry = start + 10;
  let at = entry;
  while (at < last) {
    entry = at;
    const wide = bytes[at] === 254;
    if (bytes[at] === 255 || (wide && at + 5 > last))
      throw damaged('ziplist', 'an entry goes beyond the end');
    if ((wide ? uint32LE(bytes, at + 1) : bytes[at]) !== previous)
      throw damaged('ziplist', 'an entry and its link back disagree');
    at += wide ? 5 : 1;
    if (at >= last) throw damaged('ziplist', 'an entry goes beyond the end');

    const head = bytes[at]!;
    let size = 1;
    let text = 0;
    if (head < 0x40) size = (text = 1) + head;
    else if (head < 0x80) size = (text = 2) + (at + 1 < last ? ((head & 0x3f) << 8) | bytes[at + 1]! : 0);
    else if (head < 0xc0) size = (text = 5) + (at + 4 < last ? uint32BE(bytes, at + 1) : 0);
    else if (head === 0xc0) size = 3;
    else if (head === 0xd0) size = 5;
    else if (head === 0xe0) size = 9;
    else if (head === 0xf0) size = 4;
    else if (head === 0xfe) size = 2;
    else if (head > 0xf0 && head < 0xfe) size = 1;
    else throw damaged('ziplist', `entry of unknown form 0x${head.toString(16)}`);
    if (at + size > last) throw damaged('ziplist', 'an entry goes beyond the end');

    if (text > 0) visit(bytes, at + text, at + size);
    else if (head === 0xc0) digits.visit(int16LE(bytes, at + 1));
    else if (head === 0xd0) digits.visit(uint32LE(bytes, at + 1) | 0);
    else if (head === 0xe0) digits.visitBig(int64LE(bytes, at + 1));
    else if (head === 0xf0) digits.visit(int24LE(bytes, at + 1));
    else if (head === 0xfe) digits.visit((bytes[at + 1]! << 24) >> 24);
    else digits.visit(head - 0xf1);
    count++;
    at += size;
    previous = at - entry;
  }
  if (tail !== entry - start)
    throw damaged('ziplist', `last entry announced at ${tail}, there at ${entry - start}`);
  if (announced !== 65535 && announced !== count)
    throw damaged('ziplist', `${announced} entries announced, ${count} there`);
}

export function walkZipmap(bytes: Uint8Array, start: number, end: number, visit: VisitPacked): void {
  if (end - start < 2) throw damaged('zipmap', 'shorter than its header');
  if (bytes[end - 1] !== 0xff) throw damaged('zipmap', 'no terminator at its end');
  const last = end - 1;
  const announced = bytes[start]!;
  let count = 0;
  let at = start + 1;
  while (at < last) {
    for (let part = 0; part < 2; part++) {
      if (at >= last) throw damaged('zipmap', 'a field without a value');
      const wide = bytes[at] === 254;
      if (bytes[at] === 255 || (wide && at + 5 > last))
        throw damaged('zipmap', 'an entry goes beyond the end');
      const length = wide ? uint32LE(bytes, at + 1) : bytes[at]!;
      at += wide ? 5 : 1;
      // A value may have spare bytes behind it.
      let spare = 0;
      if (part === 1) {
        if (at >= last) throw damaged('zipmap', 'an entry goes beyond the end');
        spare = bytes[at++]!;
      }
      if (at + length + spare > last) throw damaged('zipmap', 'an entry goes beyond the end');
      visit(bytes, at, at + length);
      at += length + spare;
    }
    count++;
  }
  // 254 stands for any count from there on; no writer ever gets to 255.
  if (announced !== 254 && announced !== count)
    throw damaged('zipmap', `${announced} fields announced, ${count} there`);
}

/** Integers as text, in two places taken in turn. */
class Digits {
  readonly #visit: VisitPacked;
  #writer = new ByteWriter(24);
  #other = new ByteWriter(24);

  constructor(visit: VisitPacked) {
    this.#visit = visit;
  }

  visit(value: number): void {
    const writer = this.#turn();
    writer.decimal(value);
    this.#visit(writer.buffer, 0, writer.length);
  }

  visitBig(value: bigint): void {
    const writer = this.#turn();
    writer.latin1(value.toString());
    this.#visit(writer.buffer, 0, writer.length);
  }

  #turn(): ByteWriter {
    const writer = this.#other;
    this.#other = this.#writer;
    this.#writer = writer;
    writer.clear();
    return writer;
  }
}

function int16LE(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16;
}

function int24LE(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) << 8) >> 8;
}

function int64LE(bytes: Uint8Array, at: number): bigint {
  return (BigInt(uint32LE(bytes, at + 4) | 0) << 32n) | BigInt(uint32LE(bytes, at));
}

function damaged(what: string, why: string): LightsoutError {
  return new LightsoutError('CORRUPT', `${what} is damaged: ${why}`);
}
