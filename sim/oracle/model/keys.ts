/** Commands about keys whatever they hold: removal, names, expiry, databases. */
import { NO_EXPIRY_MS, recordOf } from '../record.ts';
import type { ModelRecord } from '../record.ts';
import { OK } from '../reply.ts';
import type { Expectation } from '../reply.ts';
import { arg, fail, integer, NO_SUCH_KEY } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

function live(call: Call, key: string, database = call.database): ModelRecord | undefined {
  return call.state.get(database, key, call.nowMs);
}

/** Removes the keys, expired ones silently, and counts those that were there. */
function remove(call: Call): Expectation {
  let count = 0;
  for (const key of call.args) {
    if (live(call, key) !== undefined) count++;
    call.state.put(call.database, key, undefined);
  }
  return count;
}

function expire(scaleMs: number, relative: boolean): ModelCommand {
  return (call) => {
    const number = integer(arg(call, 1));
    const atMs = number * scaleMs + (relative ? call.nowMs : 0);
    const record = live(call, arg(call, 0));
    if (record === undefined) return 0;
    const condition = call.args[2]?.toUpperCase();
    if (condition !== undefined && !conditionHolds(condition, record.expireAtMs, atMs)) return 0;
    call.state.put(call.database, arg(call, 0), atMs <= call.nowMs ? undefined : recordOf(record, atMs));
    return 1;
  };
}

/** NX, XX, GT and LT of EXPIRE and its kin. */
export function conditionHolds(condition: string, oldMs: number, newMs: number): boolean {
  const none = oldMs === NO_EXPIRY_MS;
  if (condition === 'NX') return none;
  if (condition === 'XX') return !none;
  if (condition === 'GT') return !none && newMs > oldMs;
  return condition === 'LT' ? none || newMs < oldMs : fail(`ERR Unsupported option ${condition}`);
}

function persist(call: Call): Expectation {
  const record = live(call, arg(call, 0));
  if (record === undefined || record.expireAtMs === NO_EXPIRY_MS) return 0;
  call.state.put(call.database, arg(call, 0), recordOf(record, NO_EXPIRY_MS));
  return 1;
}

/** -2 without a key, -1 without an expiry, else `form` of it. */
function timeOf(form: (expireAtMs: number, nowMs: number) => number): ModelCommand {
  return (call) => {
    const record = live(call, arg(call, 0));
    if (record === undefined) return -2;
    return record.expireAtMs === NO_EXPIRY_MS ? -1 : form(record.expireAtMs, call.nowMs);
  };
}

function rename(call: Call): Expectation {
  const [from, to] = [arg(call, 0), arg(call, 1)];
  const record = live(call, from) ?? fail(NO_SUCH_KEY);
  if (from === to) return OK;
  call.state.put(call.database, to, undefined);
  call.state.put(call.database, from, undefined);
  call.state.put(call.database, to, record);
  return OK;
}

function renameIfAbsent(call: Call): Expectation {
  const [from, to] = [arg(call, 0), arg(call, 1)];
  if (live(call, from) === undefined) fail(NO_SUCH_KEY);
  if (live(call, to) !== undefined) return 0;
  rename(call);
  return 1;
}

function copy(call: Call): Expectation {
  const [from, to] = [arg(call, 0), arg(call, 1)];
  const replace = call.args.slice(2).some((option) => option.toUpperCase() === 'REPLACE');
  if (from === to) fail('ERR source and destination objects are the same');
  const record = live(call, from);
  if (record === undefined || (live(call, to) !== undefined && !replace)) return 0;
  call.state.put(call.database, to, record);
  return 1;
}

function move(call: Call): Expectation {
  const target = integer(arg(call, 1));
  if (target < 0 || target >= call.state.databases) fail('ERR DB index is out of range');
  if (target === call.database) fail('ERR source and destination objects are the same');
  const record = live(call, arg(call, 0));
  if (record === undefined || live(call, arg(call, 0), target) !== undefined) return 0;
  call.state.put(call.database, arg(call, 0), undefined);
  call.state.put(target, arg(call, 0), record);
  return 1;
}

function flush(call: Call, database: number): void {
  for (const key of call.state.rawKeys(database)) call.state.put(database, key, undefined);
}

function swap(call: Call): Expectation {
  const [a, b] = [
    integer(arg(call, 0), 'ERR invalid first DB index'),
    integer(arg(call, 1), 'ERR invalid second DB index'),
  ];
  if (a < 0 || b < 0 || a >= call.state.databases || b >= call.state.databases)
    fail('ERR DB index is out of range');
  const inA = call.state.rawKeys(a).map((key) => [key, call.state.raw(a, key)] as const);
  const inB = call.state.rawKeys(b).map((key) => [key, call.state.raw(b, key)] as const);
  flush(call, a);
  if (a !== b) flush(call, b);
  for (const [key, record] of inA) call.state.put(b, key, record);
  if (a !== b) for (const [key, record] of inB) call.state.put(a, key, record);
  return OK;
}

export const keys: Readonly<Record<string, ModelCommand>> = {
  DEL: remove,
  UNLINK: remove,
  EXISTS: (call) => call.args.filter((key) => live(call, key) !== undefined).length,
  TYPE: (call) => ({ status: live(call, arg(call, 0))?.type ?? 'none' }),
  KEYS: (call) => {
    if (arg(call, 0) !== '*') throw new Error('the model lists all keys or none');
    return { unordered: call.state.keys(call.database, call.nowMs) };
  },
  EXPIRE: expire(1000, true),
  PEXPIRE: expire(1, true),
  EXPIREAT: expire(1000, false),
  PEXPIREAT: expire(1, false),
  PERSIST: persist,
  TTL: timeOf((expireAtMs, nowMs) => Math.floor((expireAtMs - nowMs + 500) / 1000)),
  PTTL: timeOf((expireAtMs, nowMs) => expireAtMs - nowMs),
  PEXPIRETIME: timeOf((expireAtMs) => expireAtMs),
  RENAME: rename,
  RENAMENX: renameIfAbsent,
  COPY: copy,
  MOVE: move,
  FLUSHDB: (call) => {
    flush(call, call.database);
    return OK;
  },
  FLUSHALL: (call) => {
    for (let database = 0; database < call.state.databases; database++) flush(call, database);
    return OK;
  },
  SWAPDB: swap,
  TIME: ({ nowMs }) => [String(Math.floor(nowMs / 1000)), String((nowMs % 1000) * 1000)],
  PING: (call) => call.args[0] ?? { status: 'PONG' },
  ECHO: (call) => arg(call, 0),
};
