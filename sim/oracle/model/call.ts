/**
 * One command as the model sees it, and the errors and argument forms that the families share.
 *
 * The model is written from Redis's documentation, apart from the engine, and stays obvious: text, arrays, Sets and
 * Maps, every command a function from (state, arguments, wall time) to the reply that is expected.
 */
import { hashRecord, NO_EXPIRY_MS } from '../record.ts';
import type { ModelRecord, ValueType } from '../record.ts';
import type { Expectation } from '../reply.ts';
import type { Chance } from './chance.ts';
import type { ModelState } from './state.ts';

export interface Call {
  readonly state: ModelState;
  readonly database: number;
  /** Without the command's name. */
  readonly args: readonly string[];
  readonly nowMs: number;
  /** What the engine draws is tried in every way. */
  readonly chance: Chance;
}

export type ModelCommand = (call: Call) => Expectation;

/** Thrown by a command that ends with an error: it has changed nothing. */
export class ModelError extends Error {
  readonly reply: string;

  private constructor(reply: string) {
    super(reply);
    this.reply = reply;
  }

  /** Without a stack, which costs more than the command that failed. */
  static of(reply: string): ModelError {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const error = new ModelError(reply);
    Error.stackTraceLimit = stackTraceLimit;
    return error;
  }
}

export const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';
export const NOT_INTEGER = 'ERR value is not an integer or out of range';
export const SYNTAX = 'ERR syntax error';
export const NO_SUCH_KEY = 'ERR no such key';
export const OUT_OF_RANGE = 'ERR index out of range';

export function fail(reply: string): never {
  throw ModelError.of(reply);
}

export function arg(call: Call, index: number): string {
  return call.args[index] ?? fail(SYNTAX);
}

/** The time at which logs are read: nothing has expired by then. */
export const LOG_TIME_MS = 0;

type RecordOf<T extends ValueType> = Extract<ModelRecord, { readonly type: T }>;

/** The record of that type, undefined where there is no key. */
export function read<T extends ValueType>(call: Call, key: string, type: T): RecordOf<T> | undefined {
  const record = call.state.get(call.database, key, call.nowMs);
  if (record === undefined) return undefined;
  if (record.type !== type) fail(WRONG_TYPE);
  return record as RecordOf<T>;
}

export function expiryOf(record: ModelRecord | undefined): number {
  return record?.expireAtMs ?? NO_EXPIRY_MS;
}

export function putString(call: Call, key: string, value: string, expireAtMs: number): void {
  call.state.put(call.database, key, { type: 'string', value, expireAtMs });
}

/** Stores a list; an empty one removes the key. */
export function putList(
  call: Call,
  key: string,
  value: readonly string[],
  expireAtMs: number,
  database = call.database,
): void {
  call.state.put(database, key, value.length === 0 ? undefined : { type: 'list', value, expireAtMs });
}

/** Stores a set; an empty one removes the key. */
export function putSet(call: Call, key: string, value: ReadonlySet<string>, expireAtMs: number): void {
  call.state.put(call.database, key, value.size === 0 ? undefined : { type: 'set', value, expireAtMs });
}

/** Stores a hash; an empty one removes the key. Expiries of fields that are not there are left out. */
export function putHash(
  call: Call,
  key: string,
  value: ReadonlyMap<string, string>,
  expireAtMs: number,
  fieldExpiries?: ReadonlyMap<string, number>,
): void {
  const record = value.size === 0 ? undefined : hashRecord(value, expireAtMs, fieldExpiries);
  call.state.put(call.database, key, record);
}

/** Stores a sorted set; an empty one removes the key. */
export function putZset(
  call: Call,
  key: string,
  value: ReadonlyMap<string, number>,
  expireAtMs: number,
): void {
  call.state.put(call.database, key, value.size === 0 ? undefined : { type: 'zset', value, expireAtMs });
}

const canonicalInteger = /^(?:0|-?[1-9][0-9]{0,18})$/;

/** An integer in Redis's one spelling. The generator keeps counters far below 2^53. */
export function integer(text: string, error = NOT_INTEGER): number {
  if (!canonicalInteger.test(text)) fail(error);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) fail(error);
  return value;
}

/** A decimal number whose binary form is exact: the generator uses quarters, and sums that stay small. */
export function fraction(text: string, error = 'ERR value is not a valid float'): number {
  if (!/^-?[0-9]+(?:\.[0-9]+)?$/.test(text)) fail(error);
  return Number(text);
}

/** Start and end of a Redis range over `length` items, end exclusive: negative numbers count from the end. */
export function range(startText: string, endText: string, length: number): { start: number; end: number } {
  const from = integer(startText);
  const to = integer(endText);
  const start = from < 0 ? Math.max(0, length + from) : from;
  const last = to < 0 ? length + to : Math.min(to, length - 1);
  return start > last || start >= length ? { start: 0, end: 0 } : { start, end: last + 1 };
}
