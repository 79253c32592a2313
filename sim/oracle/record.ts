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
  | { readonly type: 'hash'; readonly value: ReadonlyMap<string, string> }
  /** Member to score. */
  | { readonly type: 'zset'; readonly value: ReadonlyMap<string, number> }
  | { readonly type: 'stream'; readonly value: ModelStream };

export type ValueType = Value['type'];

export type ModelRecord = Value & {
  /** Unix milliseconds, or NO_EXPIRY_MS. */
  readonly expireAtMs: number;
};

/** A record of a value. (Every record is made in one form, by name: spreading a value is many times as slow.) */
export function recordOf({ type, value }: Value, expireAtMs: number): ModelRecord {
  return { type, value, expireAtMs } as ModelRecord;
}

/** True when the key counts as gone at that wall time (Redis: now > when). */
export function isExpired(record: ModelRecord, wallMs: number): boolean {
  return record.expireAtMs !== NO_EXPIRY_MS && wallMs > record.expireAtMs;
}

/** True when both hold the same value and expiry. Sets, hashes and sorted sets are compared without an order, lists with. */
export function sameRecord(a: ModelRecord | undefined, b: ModelRecord | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.expireAtMs === b.expireAtMs && sameValue(a, b);
}

export function sameValue(a: Value, b: Value): boolean {
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
      return `hash of ${record.value.size}: ${pairs.map(([field, value]) => `${clip(field)}=${clip(value)}`).join(' ')}${expiry}`;
    }
  }
}

function clip(text: string): string {
  const shown = text.length > 24 ? `${text.slice(0, 10)}…${text.slice(-8)}` : text;
  return text.length > 24 ? `${JSON.stringify(shown)} (${text.length} bytes)` : JSON.stringify(shown);
}
