/** Lists. */
import { OK } from '../reply.ts';
import type { Expectation } from '../reply.ts';
import {
  arg,
  expiryOf,
  fail,
  integer,
  NO_SUCH_KEY,
  OUT_OF_RANGE,
  putList,
  range,
  read,
  SYNTAX,
} from './call.ts';
import type { Call, ModelCommand } from './call.ts';

type Side = 'LEFT' | 'RIGHT';

function push(side: Side, onlyIfPresent = false): ModelCommand {
  return (call) => {
    const key = arg(call, 0);
    const record = read(call, key, 'list');
    if (record === undefined && onlyIfPresent) return 0;
    const items = [...(record?.value ?? [])];
    for (const item of call.args.slice(1)) {
      if (side === 'LEFT') items.unshift(item);
      else items.push(item);
    }
    putList(call, key, items, expiryOf(record));
    return items.length;
  };
}

function pop(side: Side): ModelCommand {
  return (call) => {
    const key = arg(call, 0);
    const record = read(call, key, 'list');
    const count = call.args.length > 1 ? integer(arg(call, 1)) : undefined;
    if (count !== undefined && count < 0) fail('ERR value is out of range, must be positive');
    if (record === undefined) return null;
    const items = record.value;
    const taken = count ?? 1;
    const out =
      side === 'LEFT' ? items.slice(0, taken) : items.slice(Math.max(0, items.length - taken)).toReversed();
    const rest = side === 'LEFT' ? items.slice(taken) : items.slice(0, Math.max(0, items.length - taken));
    if (out.length > 0) putList(call, key, rest, record.expireAtMs);
    return count === undefined ? out[0]! : out;
  };
}

function move(call: Call, source: string, target: string, from: Side, to: Side): Expectation {
  const record = read(call, source, 'list');
  if (record === undefined) return null;
  read(call, target, 'list');
  const item = from === 'LEFT' ? record.value[0]! : record.value.at(-1)!;
  const rest = from === 'LEFT' ? record.value.slice(1) : record.value.slice(0, -1);
  if (source === target) {
    putList(call, source, to === 'LEFT' ? [item, ...rest] : [...rest, item], record.expireAtMs);
    return item;
  }
  const other = read(call, target, 'list');
  const items = other?.value ?? [];
  putList(call, target, to === 'LEFT' ? [item, ...items] : [...items, item], expiryOf(other));
  putList(call, source, rest, record.expireAtMs);
  return item;
}

function side(text: string): Side {
  const upper = text.toUpperCase();
  return upper === 'LEFT' || upper === 'RIGHT' ? upper : fail(SYNTAX);
}

/** BLPOP key [key ...] timeout: what it does when it need not wait; null where it would. */
function popFromFirst(side: Side): ModelCommand {
  return (call) => {
    for (const key of call.args.slice(0, -1)) {
      const item = pop(side)({ ...call, args: [key] });
      if (item !== null) return [key, item];
    }
    return null;
  };
}

/** LMPOP n key ... LEFT|RIGHT [COUNT n] */
function popSeveral(call: Call): Expectation {
  const keys = call.args.slice(1, 1 + integer(arg(call, 0)));
  const [from = '', , count = '1'] = call.args.slice(1 + keys.length);
  for (const key of keys) {
    const items = pop(side(from))({ ...call, args: [key, count] });
    if (items !== null) return [key, items];
  }
  return null;
}

function setAt(call: Call): Expectation {
  const record = read(call, arg(call, 0), 'list') ?? fail(NO_SUCH_KEY);
  const index = integer(arg(call, 1));
  const at = index < 0 ? record.value.length + index : index;
  if (at < 0 || at >= record.value.length) fail(OUT_OF_RANGE);
  putList(call, arg(call, 0), record.value.with(at, arg(call, 2)), record.expireAtMs);
  return OK;
}

function insert(call: Call): Expectation {
  const where = arg(call, 1).toUpperCase();
  if (where !== 'BEFORE' && where !== 'AFTER') fail(SYNTAX);
  const record = read(call, arg(call, 0), 'list');
  if (record === undefined) return 0;
  const pivot = record.value.indexOf(arg(call, 2));
  if (pivot < 0) return -1;
  const items = record.value.toSpliced(where === 'BEFORE' ? pivot : pivot + 1, 0, arg(call, 3));
  putList(call, arg(call, 0), items, record.expireAtMs);
  return items.length;
}

function removeItems(call: Call): Expectation {
  const count = integer(arg(call, 1));
  const record = read(call, arg(call, 0), 'list');
  if (record === undefined) return 0;
  let left = count === 0 ? record.value.length : Math.abs(count);
  const wanted = arg(call, 2);
  const keep = (item: string): boolean => item !== wanted || left-- <= 0;
  const items = count < 0 ? record.value.toReversed().filter(keep).toReversed() : record.value.filter(keep);
  putList(call, arg(call, 0), items, record.expireAtMs);
  return record.value.length - items.length;
}

export const lists: Readonly<Record<string, ModelCommand>> = {
  LPUSH: push('LEFT'),
  RPUSH: push('RIGHT'),
  LPUSHX: push('LEFT', true),
  RPUSHX: push('RIGHT', true),
  LPOP: pop('LEFT'),
  RPOP: pop('RIGHT'),
  BLPOP: popFromFirst('LEFT'),
  BRPOP: popFromFirst('RIGHT'),
  LMPOP: popSeveral,
  BLMPOP: (call) => popSeveral({ ...call, args: call.args.slice(1) }),
  LLEN: (call) => read(call, arg(call, 0), 'list')?.value.length ?? 0,
  LINDEX: (call) => read(call, arg(call, 0), 'list')?.value.at(integer(arg(call, 1))) ?? null,
  LRANGE: (call) => {
    const items = read(call, arg(call, 0), 'list')?.value ?? [];
    const { start, end } = range(arg(call, 1), arg(call, 2), items.length);
    return items.slice(start, end);
  },
  LSET: setAt,
  LINSERT: insert,
  LREM: removeItems,
  LTRIM: (call) => {
    const { start, end } = range(
      arg(call, 1),
      arg(call, 2),
      read(call, arg(call, 0), 'list')?.value.length ?? 0,
    );
    const record = read(call, arg(call, 0), 'list');
    if (record !== undefined) putList(call, arg(call, 0), record.value.slice(start, end), record.expireAtMs);
    return OK;
  },
  RPOPLPUSH: (call) => move(call, arg(call, 0), arg(call, 1), 'RIGHT', 'LEFT'),
  BRPOPLPUSH: (call) => move(call, arg(call, 0), arg(call, 1), 'RIGHT', 'LEFT'),
  LMOVE: (call) => move(call, arg(call, 0), arg(call, 1), side(arg(call, 2)), side(arg(call, 3))),
  BLMOVE: (call) => move(call, arg(call, 0), arg(call, 1), side(arg(call, 2)), side(arg(call, 3))),
};
