/** Hashes. */
import { OK } from '../reply.ts';
import type { Expectation } from '../reply.ts';
import { arg, expiryOf, fail, fraction, integer, putHash, read } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

const none: ReadonlyMap<string, string> = new Map();

function fields(call: Call): ReadonlyMap<string, string> {
  return read(call, arg(call, 0), 'hash')?.value ?? none;
}

function set(name: string): ModelCommand {
  return (call) => {
    if (call.args.length < 3 || call.args.length % 2 !== 1)
      fail(`ERR wrong number of arguments for '${name}' command`);
    const record = read(call, arg(call, 0), 'hash');
    const value = new Map(record?.value ?? none);
    const expiries = new Map(record?.fieldExpiries);
    for (let i = 1; i < call.args.length; i += 2) {
      value.set(call.args[i]!, call.args[i + 1]!);
      expiries.delete(call.args[i]!);
    }
    putHash(call, arg(call, 0), value, expiryOf(record), expiries);
    return name === 'hmset' ? OK : value.size - (record?.value.size ?? 0);
  };
}

function remove(call: Call): Expectation {
  const record = read(call, arg(call, 0), 'hash');
  if (record === undefined) return 0;
  const value = new Map(record.value);
  for (const field of call.args.slice(1)) value.delete(field);
  const removed = record.value.size - value.size;
  if (removed > 0) putHash(call, arg(call, 0), value, record.expireAtMs, record.fieldExpiries);
  return removed;
}

function increment(call: Call): Expectation {
  const by = integer(arg(call, 2));
  const record = read(call, arg(call, 0), 'hash');
  const sum = integer(record?.value.get(arg(call, 1)) ?? '0', 'ERR hash value is not an integer') + by;
  putHash(
    call,
    arg(call, 0),
    new Map(record?.value ?? none).set(arg(call, 1), String(sum)),
    expiryOf(record),
    record?.fieldExpiries,
  );
  return sum;
}

function incrementByFraction(call: Call): Expectation {
  const by = fraction(arg(call, 2));
  const record = read(call, arg(call, 0), 'hash');
  const value = new Map(record?.value ?? none);
  const sum = String(fraction(value.get(arg(call, 1)) ?? '0', 'ERR hash value is not a float') + by);
  putHash(call, arg(call, 0), value.set(arg(call, 1), sum), expiryOf(record), record?.fieldExpiries);
  return sum;
}

function setIfAbsent(call: Call): Expectation {
  const record = read(call, arg(call, 0), 'hash');
  if (record?.value.has(arg(call, 1)) === true) return 0;
  putHash(
    call,
    arg(call, 0),
    new Map(record?.value ?? none).set(arg(call, 1), arg(call, 2)),
    expiryOf(record),
    record?.fieldExpiries,
  );
  return 1;
}

export const hashes: Readonly<Record<string, ModelCommand>> = {
  HSET: set('hset'),
  HMSET: set('hmset'),
  HSETNX: setIfAbsent,
  HDEL: remove,
  HINCRBY: increment,
  HINCRBYFLOAT: incrementByFraction,
  HGET: (call) => fields(call).get(arg(call, 1)) ?? null,
  HMGET: (call) => {
    const values = fields(call);
    return call.args.slice(1).map((field) => values.get(field) ?? null);
  },
  HGETALL: (call) => ({ pairs: [...fields(call)] }),
  HKEYS: (call) => ({ unordered: [...fields(call).keys()] }),
  HVALS: (call) => ({ unordered: [...fields(call).values()] }),
  HLEN: (call) => fields(call).size,
  HEXISTS: (call) => (fields(call).has(arg(call, 1)) ? 1 : 0),
  HSTRLEN: (call) => fields(call).get(arg(call, 1))?.length ?? 0,
};
