/**
 * A number that stands for a whole state, and that one changed key changes in constant time.
 *
 * A state's fingerprint is the sum, modulo 2^52, of the fingerprints of its keys; so a unit that changes one key
 * subtracts one number and adds another, and a key that has expired is left out by not adding it. Within a record the
 * members of sets and hashes are summed too, since their order means nothing. Two different states give the same number
 * about once in 2^52.
 */
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
    let body = 0;
    switch (record.type) {
      case 'string':
        body = this.#text(record.value, 1);
        break;
      case 'list':
        body = 2;
        for (const item of record.value) body = this.#text(item, body);
        break;
      case 'set':
        for (const member of record.value) body = addFingerprint(body, this.#text(member, 3));
        break;
      case 'hash':
        for (const [field, value] of record.value)
          body = addFingerprint(body, this.#text(value, this.#text(field, 4)));
        break;
    }
    return textHash(`${database} ${record.type} ${record.expireAtMs} ${body} ${key}`, 5);
  }

  #text(text: string, start: number): number {
    if (text.length < LONG_TEXT) return textHash(text, start);
    let hash = this.#long.get(text);
    if (hash === undefined) {
      hash = textHash(text, 6);
      this.#long.set(text, hash);
    }
    return textHash(String(hash), start);
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
  a = Math.imul(a ^ (a >>> 15) ^ text.length, 0x2c1b3c6d);
  b = Math.imul(b ^ (b >>> 13) ^ (a >>> 3), 0x297a2d39);
  a ^= b >>> 16;
  return (a >>> 0) + (b >>> 12) * LOW;
}
