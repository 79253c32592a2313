/** Sets. Where Redis draws a member, the model says which replies are legal, and what each of them has done. */
import { NO_EXPIRY_MS } from '../record.ts';
import type { Expectation } from '../reply.ts';
import { arg, expiryOf, fail, integer, putSet, read } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

const none: ReadonlySet<string> = new Set();

function members(call: Call, key: string): ReadonlySet<string> {
  return read(call, key, 'set')?.value ?? none;
}

function add(call: Call): Expectation {
  const record = read(call, arg(call, 0), 'set');
  const value = new Set([...(record?.value ?? none), ...call.args.slice(1)]);
  putSet(call, arg(call, 0), value, expiryOf(record));
  return value.size - (record?.value.size ?? 0);
}

function remove(call: Call): Expectation {
  const record = read(call, arg(call, 0), 'set');
  if (record === undefined) return 0;
  const value = new Set(record.value);
  for (const member of call.args.slice(1)) value.delete(member);
  putSet(call, arg(call, 0), value, record.expireAtMs);
  return record.value.size - value.size;
}

function move(call: Call): Expectation {
  const [source, target, member] = [arg(call, 0), arg(call, 1), arg(call, 2)];
  const from = read(call, source, 'set');
  const to = from === undefined ? undefined : read(call, target, 'set');
  if (from === undefined) return 0;
  if (!from.value.has(member)) return 0;
  if (source === target) return 1;
  putSet(call, source, new Set([...from.value].filter((other) => other !== member)), from.expireAtMs);
  putSet(call, target, new Set([...(to?.value ?? none), member]), expiryOf(to));
  return 1;
}

/** Members that chance takes, each selection of them a draw of its own. */
function pop(call: Call): Expectation {
  const record = read(call, arg(call, 0), 'set');
  const count = call.args.length === 1 ? 1 : integer(arg(call, 1));
  if (count < 0) fail('ERR value is out of range, must be positive');
  if (record === undefined) return call.args.length === 1 ? null : [];
  if (count === 0) return [];
  const members = [...record.value];
  const selections = count < members.length ? selectionsOf(members, count) : [members];
  const taken = selections[call.chance.draw(selections.length)]!;
  const left = new Set(members.filter((member) => !taken.includes(member)));
  putSet(call, arg(call, 0), left, record.expireAtMs);
  return call.args.length === 1 ? taken[0]! : { unordered: taken };
}

/** Every way to take `count` of them. */
function selectionsOf(members: readonly string[], count: number): readonly (readonly string[])[] {
  if (count === 0) return [[]];
  return members.flatMap((member, i) =>
    selectionsOf(members.slice(i + 1), count - 1).map((others) => [member, ...others]),
  );
}

function combine(call: Call, keys: readonly string[], how: 'union' | 'inter' | 'diff'): Set<string> {
  const sets = keys.map((key) => members(call, key));
  if (how === 'union') return new Set(sets.flatMap((set) => [...set]));
  const [first = none, ...others] = sets;
  const wanted = how === 'inter';
  return new Set([...first].filter((member) => others.every((set) => set.has(member) === wanted)));
}

function store(how: 'union' | 'inter' | 'diff'): ModelCommand {
  return (call) => {
    const result = combine(call, call.args.slice(1), how);
    putSet(call, arg(call, 0), result, NO_EXPIRY_MS);
    return result.size;
  };
}

export const sets: Readonly<Record<string, ModelCommand>> = {
  SADD: add,
  SREM: remove,
  SMOVE: move,
  SPOP: pop,
  SCARD: (call) => members(call, arg(call, 0)).size,
  SISMEMBER: (call) => (members(call, arg(call, 0)).has(arg(call, 1)) ? 1 : 0),
  SMEMBERS: (call) => ({ unordered: [...members(call, arg(call, 0))] }),
  SRANDMEMBER: (call) => {
    const all = members(call, arg(call, 0));
    return all.size === 0 ? null : { oneOf: [...all] };
  },
  SUNION: (call) => ({ unordered: [...combine(call, call.args, 'union')] }),
  SINTER: (call) => ({ unordered: [...combine(call, call.args, 'inter')] }),
  SDIFF: (call) => ({ unordered: [...combine(call, call.args, 'diff')] }),
  SUNIONSTORE: store('union'),
  SINTERSTORE: store('inter'),
  SDIFFSTORE: store('diff'),
};
