/** Fields of hashes that expire, as Redis 7.4 documents them. */
import type { Expectation } from '../reply.ts';
import { arg, fail, integer, putHash, read, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';
import { conditionHolds } from './keys.ts';
import { NO_EXPIRY_MS } from '../record.ts';

const NO_FIELD = -2;
const NO_EXPIRY = -1;
const UNMET = 0;
const DONE = 1;
const REMOVED = 2;

/** The fields behind `FIELDS count`, which stands at that place. */
function fieldsAt(call: Call, index: number): readonly string[] {
  if (arg(call, index).toUpperCase() !== 'FIELDS') fail(SYNTAX);
  const fields = call.args.slice(index + 2);
  if (integer(arg(call, index + 1)) !== fields.length || fields.length === 0)
    fail('ERR The `numfields` parameter must match the number of arguments');
  return fields;
}

function expire(scaleMs: number, relative: boolean): ModelCommand {
  return (call) => {
    const record = read(call, arg(call, 0), 'hash');
    const number = integer(arg(call, 1));
    if (number < 0) fail('ERR invalid expire time, must be >= 0');
    const atMs = number * scaleMs + (relative ? call.nowMs : 0);
    const option = arg(call, 2).toUpperCase();
    const condition = option === 'FIELDS' ? undefined : option;
    const fields = fieldsAt(call, condition === undefined ? 2 : 3);
    if (record === undefined) return fields.map(() => NO_FIELD);
    const value = new Map(record.value);
    const expiries = new Map(record.fieldExpiries);
    const replies = fields.map((field) => {
      if (!value.has(field)) return NO_FIELD;
      const oldMs = expiries.get(field) ?? NO_EXPIRY_MS;
      if (condition !== undefined && !conditionHolds(condition, oldMs, atMs)) return UNMET;
      if (atMs <= call.nowMs) value.delete(field);
      else expiries.set(field, atMs);
      return atMs <= call.nowMs ? REMOVED : DONE;
    });
    if (replies.some((reply) => reply > UNMET))
      putHash(call, arg(call, 0), value, record.expireAtMs, expiries);
    return replies;
  };
}

function persist(call: Call): Expectation {
  const record = read(call, arg(call, 0), 'hash');
  const expiries = new Map(record?.fieldExpiries);
  const replies = fieldsAt(call, 1).map((field) => {
    if (record?.value.has(field) !== true) return NO_FIELD;
    return expiries.delete(field) ? DONE : NO_EXPIRY;
  });
  if (record !== undefined && replies.includes(DONE))
    putHash(call, arg(call, 0), record.value, record.expireAtMs, expiries);
  return replies;
}

/** -2 without the field, -1 without an expiry, else `form` of it. */
function timeOf(form: (expireAtMs: number, nowMs: number) => number): ModelCommand {
  return (call) => {
    const record = read(call, arg(call, 0), 'hash');
    return fieldsAt(call, 1).map((field) => {
      if (record?.value.has(field) !== true) return NO_FIELD;
      const atMs = record.fieldExpiries?.get(field);
      return atMs === undefined ? NO_EXPIRY : form(atMs, call.nowMs);
    });
  };
}

export const hashExpiries: Readonly<Record<string, ModelCommand>> = {
  HEXPIRE: expire(1000, true),
  HPEXPIRE: expire(1, true),
  HEXPIREAT: expire(1000, false),
  HPEXPIREAT: expire(1, false),
  HPERSIST: persist,
  HTTL: timeOf((expireAtMs, nowMs) => Math.ceil((expireAtMs - nowMs) / 1000)),
  HPTTL: timeOf((expireAtMs, nowMs) => expireAtMs - nowMs),
  HEXPIRETIME: timeOf((expireAtMs) => Math.ceil(expireAtMs / 1000)),
  HPEXPIRETIME: timeOf((expireAtMs) => expireAtMs),
};
