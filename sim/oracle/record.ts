/**
 * What the reference model holds under a key: a plain JavaScript value that is never changed once it is there.
 *
 * A command that alters a value makes a new record. So a state can be kept, compared or returned to by keeping the
 * record: the clone taken at a fork costs nothing and no later command can reach into it.
 *
 * Text is "binary" text: one character a byte, 0 to 255.
 */

import { streamText } from './stream.ts';
import type { ModelStream } from './stream.ts';

/** "No expiry". */
export const NO_EXPIRY_MS = -1;

export type Value =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'list'; readonly value: readonly string[] }
  | { readonly type: 'set'; readonly value: ReadonlySet<string> }
  | {
      readonly type: 'hash';
      readonly value: ReadonlyMap<string, string>;
      /** Of the fields that expire, in Unix milliseconds; missing where none does. */
      readonly fieldExpiries?: ReadonlyMap<string, number>;
    }
  /** Member to score. */
  | { readonly type: 'zset'; readonly value: ReadonlyMap<string, number> }
  | { readonly type: 'stream'; readonly value: ModelStream };

export type ValueType = Value['type'];

export type ModelRecord = Value & {
  /** Unix milliseconds, or NO_EXPIRY_MS. */
  readonly expireAtMs: number;
};

/** A record of a value. (Every record is made in one form, by name: spreading a value is many times as slow.) */
export function recordOf(value: Value, expireAtMs: number): ModelRecord {
  if (value.type === 'hash') return hashRecord(value.value, expireAtMs, value.fieldExpiries);
  return { type: value.type, value: value.value, expireAtMs } as ModelRecord;
}

/** A hash; `fieldExpiries` may be empty, and may tell of fields that are not there. */
export function hashRecord(
  value: ReadonlyMap<string, string>,
  expireAtMs: number,
  fieldExpiries?: ReadonlyMap<string, number>,
): ModelRecord {
  if (fieldExpiries === undefined) return { type: 'hash', value, expireAtMs };
  const kept = new Map([...fieldExpiries].filter(([field]) => value.has(field)));
  return kept.size === 0
    ? { type: 'hash', value, expireAtMs }
    : { type: 'hash', value, expireAtMs, fieldExpiries: kept };
}

/** True when the key counts as gone at that wall time (Redis: now > when): itself, or every field of the hash. */
export function isExpired(record: ModelRecord, wallMs: number): boolean {
  if (record.expireAtMs !== NO_EXPIRY_MS && wallMs > record.expireAtMs) return true;
  return record.type === 'hash' && aliveAt(record, wallMs) === undefined;
}

/** What a client sees of a record at that wall time: without the fields that have expired; undefined where nothing is left. */
export function aliveAt(record: ModelRecord, wallMs: number): ModelRecord | undefined {
  if (record.expireAtMs !== NO_EXPIRY_MS && wallMs > record.expireAtMs) return undefined;
  if (record.type !== 'hash' || record.fieldExpiries === undefined) return record;
  const over = [...record.fieldExpiries].filter(([, atMs]) => wallMs > atMs);
  if (over.length === 0) return record;
  if (over.length === record.value.size) return undefined;
  const value = new Map(record.value);
  for (const [field] of over) value.delete(field);
  return hashRecord(value, record.expireAtMs, record.fieldExpiries);
}

/** True when both hold the same value and expiries. Sets, hashes and sorted sets are compared without an order, lists with. */
export function sameRecord(a: ModelRecord | undefined, b: ModelRecord | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.expireAtMs === b.expireAtMs && sameValue(a, b);
}

export function sameValue(a: Value, b: Value): boolean {
  if (a.type === 'hash' && b.type === 'hash' && !sameFieldExpiries(a.fieldExpiries, b.fieldExpiries))
    return false;
  return sameContent(a, b);
}

type FieldExpiries = ReadonlyMap<string, number> | undefined;

function sameFieldExpiries(a: FieldExpiries, b: FieldExpiries): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.size !== b.size) return false;
  for (const [field, atMs] of a) if (b.get(field) !== atMs) return false;
  return true;
}

/** True when both hold the same, whenever fields of it expire. */
export function sameContent(a: Value, b: Value): boolean {
  if (a.type === 'string') return b.type === 'string' && a.value === b.value;
  if (a.type === 'list') {
    return (
      b.type === 'list' &&
      a.value.length === b.value.length &&
      a.value.every((item, i) => item === b.value[i])
    );
  }
  if (a.type === 'set') {
    if (b.type !== 'set' || a.value.size !== b.value.size) return false;
    for (const member of a.value) if (!b.value.has(member)) return false;
    return true;
  }
  if (a.type === 'stream') return b.type === 'stream' && streamText(a.value) === streamText(b.value);
  if (b.type === 'stream' || a.type !== b.type || a.value.size !== b.value.size) return false;
  for (const [name, value] of a.value) if (b.value.get(name) !== value) return false;
  return true;
}

/** A short description for people: `string of 5 bytes "hello"`, with the expiry where there is one. */
export function describeRecord(record: ModelRecord | undefined): string {
  if (record === undefined) return 'no such key';
  const expiry = record.expireAtMs === NO_EXPIRY_MS ? '' : `, expires at ${record.expireAtMs}`;
  switch (record.type) {
    case 'string':
      return `string ${clip(record.value)}${expiry}`;
    case 'list':
      return `list of ${record.value.length}: ${record.value.slice(-4).map(clip).join(' ')}${expiry}`;
    case 'set':
      return `set of ${record.value.size}: ${[...record.value].toSorted().slice(0, 6).map(clip).join(' ')}${expiry}`;
    case 'stream':
      return `stream ${clip(streamText(record.value))}${expiry}`;
    case 'zset': {
      const pairs = [...record.value].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).slice(0, 4);
      return `sorted set of ${record.value.size}: ${pairs.map(([member, score]) => `${score} ${clip(member)}`).join(', ')}${expiry}`;
    }
    case 'hash': {
      const pairs = [...record.value].toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, 4);
      const dates = [...(record.fieldExpiries ?? [])].map(([field, atMs]) => `, ${clip(field)} at ${atMs}`);
      return `hash of ${record.value.size}: ${pairs.map(([field, value]) => `${clip(field)}=${clip(value)}`).join(' ')}${dates.join('')}${expiry}`;
    }
  }
}

function clip(text: string): string {
  const shown = text.length > 24 ? `${text.slice(0, 10)}…${text.slice(-8)}` : text;
  return text.length > 24 ? `${JSON.stringify(shown)} (${text.length} bytes)` : JSON.stringify(shown);
}
