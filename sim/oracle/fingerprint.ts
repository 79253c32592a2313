/**
 * A number that stands for a whole state, and that one changed key changes in constant time.
 *
 * A state's fingerprint is the sum, modulo 2^52, of the fingerprints of its keys; so a unit that changes one key
 * subtracts one number and adds another, and a key that has expired is left out by not adding it. Within a record the
 * members of sets and hashes are summed too, since their order means nothing. Two different states give the same number
 * about once in 2^52.
 */
import { streamText } from './stream.ts';
import type { ModelRecord } from './record.ts';

const LOW = 0x1_0000_0000;
const MODULUS = LOW * 0x10_0000;
const LONG_TEXT = 200;

/** The fingerprint of the empty state. */
export const EMPTY_FINGERPRINT = 0;

export function addFingerprint(state: number, part: number): number {
  const sum = state + part;
  return sum >= MODULUS ? sum - MODULUS : sum;
}

export function subtractFingerprint(state: number, part: number): number {
  return state >= part ? state - part : state - part + MODULUS;
}

/** Makes fingerprints, and remembers those of long texts: a list that grows hashes its large elements once. */
export class Fingerprints {
  readonly #long = new Map<string, number>();

  /** The fingerprint of one key: database, name, type, value and expiry. */
  of(database: number, key: string, record: ModelRecord): number {
    // The start of each body tells the types apart, and so does the kind at the end: an empty sum has no start.
    let kind: number;
    let body: number;
    switch (record.type) {
      case 'string':
        kind = 1;
        body = this.#text(record.value, kind);
        break;
      case 'list':
        body = kind = 2;
        for (const item of record.value) body = this.#text(item, body);
        break;
      case 'set':
        kind = 3;
        body = EMPTY_FINGERPRINT;
        for (const member of record.value) body = addFingerprint(body, this.#text(member, kind));
        break;
      case 'hash':
        kind = 4;
        body = EMPTY_FINGERPRINT;
        for (const [field, value] of record.value)
          body = addFingerprint(body, this.#text(value, this.#text(field, kind)));
        for (const [field, atMs] of record.fieldExpiries ?? [])
          body = addFingerprint(body, numberHash(atMs, this.#text(field, kind)));
        break;
      case 'stream':
        kind = 6;
        body = this.#text(streamText(record.value), kind);
        break;
      case 'zset':
        kind = 5;
        body = EMPTY_FINGERPRINT;
        for (const [member, score] of record.value)
          body = addFingerprint(body, this.#text(String(score), this.#text(member, kind)));
        break;
    }
    return numberHash(database * 8 + kind, numberHash(record.expireAtMs, textHash(key, body)));
  }

  #text(text: string, start: number): number {
    if (text.length < LONG_TEXT) return textHash(text, start);
    let hash = this.#long.get(text);
    if (hash === undefined) {
      hash = textHash(text, 6);
      this.#long.set(text, hash);
    }
    return numberHash(hash, start);
  }
}

/** 52 bits of a text, from a 52-bit start: two 32-bit lanes of multiply and xor. */
function textHash(text: string, start: number): number {
  let a = (start >>> 0) ^ 0x811c9dc5;
  let b = Math.floor(start / LOW) ^ 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  return finish(a ^ (a >>> 15) ^ text.length, b ^ (b >>> 13));
}

/** The same of a whole number of at most 53 bits. */
function numberHash(value: number, start: number): number {
  const a = (start >>> 0) ^ 0x811c9dc5;
  const b = Math.floor(start / LOW) ^ 0x9e3779b9;
  const low = value | 0;
  const high = Math.floor(value / LOW);
  const once = Math.imul(a ^ low, 0x01000193) ^ high;
  const again = Math.imul(b ^ low, 0x85ebca6b) ^ high;
  return finish(Math.imul(once ^ (once >>> 15), 0x01000193), Math.imul(again ^ (again >>> 13), 0x85ebca6b));
}

function finish(first: number, second: number): number {
  let a = Math.imul(first, 0x2c1b3c6d);
  const b = Math.imul(second ^ (a >>> 3), 0x297a2d39);
  a ^= b >>> 16;
  return (a >>> 0) + (b >>> 12) * LOW;
}
