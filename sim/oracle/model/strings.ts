/** Strings. */
import { NO_EXPIRY_MS } from '../record.ts';
import { OK } from '../reply.ts';
import type { Expectation } from '../reply.ts';
import { arg, expiryOf, fail, fraction, integer, putString, read, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

function set(call: Call): Expectation {
  const key = arg(call, 0);
  const value = arg(call, 1);
  let expireAtMs: number | undefined;
  let onlyIf: 'absent' | 'present' | undefined;
  let get = false;
  let keep = false;
  for (let i = 2; i < call.args.length; i++) {
    const option = call.args[i]!.toUpperCase();
    if (option === 'NX') onlyIf = 'absent';
    else if (option === 'XX') onlyIf = 'present';
    else if (option === 'GET') get = true;
    else if (option === 'KEEPTTL') keep = true;
    else expireAtMs = expiryArgument(call, option, arg(call, ++i), 'set');
  }
  const present = call.state.get(call.database, key, call.nowMs);
  const old = get ? (read(call, key, 'string')?.value ?? null) : undefined;
  if ((onlyIf === 'absent' && present !== undefined) || (onlyIf === 'present' && present === undefined)) {
    return old === undefined ? null : old;
  }
  putString(call, key, value, keep ? expiryOf(present) : (expireAtMs ?? NO_EXPIRY_MS));
  return old === undefined ? OK : old;
}

/** EX, PX, EXAT or PXAT with its number, as Unix milliseconds. */
function expiryArgument(call: Call, option: string, text: string, command: string): number {
  const number = integer(text);
  if (!['EX', 'PX', 'EXAT', 'PXAT'].includes(option)) fail(SYNTAX);
  if (number <= 0) fail(`ERR invalid expire time in '${command}' command`);
  const ms = option === 'EX' || option === 'EXAT' ? number * 1000 : number;
  return option === 'EX' || option === 'PX' ? call.nowMs + ms : ms;
}

function setWithExpiry(unit: 'EX' | 'PX', command: string): ModelCommand {
  return (call) => {
    putString(call, arg(call, 0), arg(call, 2), expiryArgument(call, unit, arg(call, 1), command));
    return OK;
  };
}

function increment(call: Call, by: number): Expectation {
  const key = arg(call, 0);
  const old = read(call, key, 'string');
  const value = integer(old?.value ?? '0') + by;
  putString(call, key, String(value), expiryOf(old));
  return value;
}

function append(call: Call): Expectation {
  const key = arg(call, 0);
  const old = read(call, key, 'string');
  const value = (old?.value ?? '') + arg(call, 1);
  putString(call, key, value, expiryOf(old));
  return value.length;
}

function setRange(call: Call): Expectation {
  const key = arg(call, 0);
  const offset = integer(arg(call, 1));
  const patch = arg(call, 2);
  if (offset < 0) fail('ERR offset is out of range');
  const record = read(call, key, 'string');
  const old = record?.value ?? '';
  if (patch === '') return old.length;
  const head = old.slice(0, offset).padEnd(offset, '\0');
  const value = head + patch + old.slice(offset + patch.length);
  putString(call, key, value, expiryOf(record));
  return value.length;
}

function getDelete(call: Call): Expectation {
  const key = arg(call, 0);
  const record = read(call, key, 'string');
  if (record === undefined) return null;
  call.state.put(call.database, key, undefined);
  return record.value;
}

/** GET, and an expiry or (PERSIST) none. */
function getWithExpiry(call: Call): Expectation {
  const key = arg(call, 0);
  const option = call.args[1]?.toUpperCase();
  const record = read(call, key, 'string');
  if (record === undefined) return null;
  if (option === undefined) return record.value;
  const expireAtMs =
    option === 'PERSIST' ? NO_EXPIRY_MS : expiryArgument(call, option, arg(call, 2), 'getex');
  if (expireAtMs !== NO_EXPIRY_MS && expireAtMs <= call.nowMs) call.state.put(call.database, key, undefined);
  else putString(call, key, record.value, expireAtMs);
  return record.value;
}

/** Fractions that a double holds exactly: the generator adds quarters. */
function incrementByFraction(call: Call): Expectation {
  const key = arg(call, 0);
  const record = read(call, key, 'string');
  const value = String(fraction(record?.value ?? '0') + fraction(arg(call, 1)));
  putString(call, key, value, expiryOf(record));
  return value;
}

function setMany(call: Call): Expectation {
  if (call.args.length === 0 || call.args.length % 2 !== 0)
    fail("ERR wrong number of arguments for 'mset' command");
  for (let i = 0; i < call.args.length; i += 2)
    putString(call, call.args[i]!, call.args[i + 1]!, NO_EXPIRY_MS);
  return OK;
}

function setManyIfNone(call: Call): Expectation {
  const isThere = (key: string): boolean => call.state.get(call.database, key, call.nowMs) !== undefined;
  if (call.args.some((key, i) => i % 2 === 0 && isThere(key))) return 0;
  setMany(call);
  return 1;
}

function getMany(call: Call): Expectation {
  return call.args.map((key) => {
    const record = call.state.get(call.database, key, call.nowMs);
    return record?.type === 'string' ? record.value : null;
  });
}

export const strings: Readonly<Record<string, ModelCommand>> = {
  SET: set,
  SETNX: (call) =>
    call.state.get(call.database, arg(call, 0), call.nowMs) === undefined ? (setMany(call), 1) : 0,
  SETEX: setWithExpiry('EX', 'setex'),
  PSETEX: setWithExpiry('PX', 'psetex'),
  GET: (call) => read(call, arg(call, 0), 'string')?.value ?? null,
  GETSET: (call) => {
    const old = read(call, arg(call, 0), 'string')?.value ?? null;
    putString(call, arg(call, 0), arg(call, 1), NO_EXPIRY_MS);
    return old;
  },
  GETDEL: getDelete,
  GETEX: getWithExpiry,
  STRLEN: (call) => read(call, arg(call, 0), 'string')?.value.length ?? 0,
  APPEND: append,
  SETRANGE: setRange,
  GETRANGE: (call) => {
    const value = read(call, arg(call, 0), 'string')?.value ?? '';
    const from = integer(arg(call, 1));
    const to = integer(arg(call, 2));
    const start = from < 0 ? Math.max(0, value.length + from) : from;
    const last = to < 0 ? Math.max(0, value.length + to) : to;
    return value.slice(start, last + 1);
  },
  INCR: (call) => increment(call, 1),
  DECR: (call) => increment(call, -1),
  INCRBY: (call) => increment(call, integer(arg(call, 1))),
  DECRBY: (call) => increment(call, -integer(arg(call, 1))),
  INCRBYFLOAT: incrementByFraction,
  MSET: setMany,
  MSETNX: setManyIfNone,
  MGET: getMany,
};
