/** Members drawn by chance: SPOP, SRANDMEMBER. The log says which ones they were. */
import { NO_EXPIRY, type SetView } from '../data/index.ts';
import { find, isWrongType, remove, setToChange, touch } from './access.ts';
import { atLeastOrReply, signedCountOrReply } from './arguments.ts';
import { latin1 } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';
import { sample } from './sample.ts';

/** `count` different members, 0 < count < size. */
function drawMembers(context: Context, set: SetView, count: number): Uint8Array[] {
  const draw = () => context.draw();
  // Where few are wanted of many, drawing again is cheaper than gathering all.
  if (count * 3 <= set.size) {
    const drawn = new Map<string, Uint8Array>();
    while (drawn.size < count) {
      const member = set.random(draw);
      drawn.set(latin1(member), member);
    }
    return [...drawn.values()];
  }
  const all: Uint8Array[] = [];
  set.forEach((member) => void all.push(member));
  return sample(all, count, draw);
}

function spop(context: Context): void {
  const { argv, reply } = context;
  if (argv.count > 3) return reply.error(errors.syntax);
  if (argv.count === 3) return spopSeveral(context);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  if (entry === undefined) return reply.nil();
  const set = setToChange(context, 1);
  const member = set.random(() => context.draw());
  set.remove(member);
  if (set.size === 0) remove(context, 1);
  touch(context, 1);
  context.effects.command('SREM', argv.bytes(1), member);
  reply.bulk(member);
}

function spopSeveral(context: Context): void {
  const { argv, reply, effects } = context;
  const count = atLeastOrReply(context, 2, 0, errors.notPositive);
  if (count === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  if (entry === undefined || count === 0) return reply.set(0);
  const view = entry.set();
  const { size } = view;
  const key = argv.bytes(1);
  if (count >= size) {
    reply.set(size);
    view.forEach((member) => reply.bulk(member));
    context.db.remove(key);
    touch(context, 1, size);
    effects.command('DEL', key);
    return;
  }
  const members = drawMembers(context, view, count);
  const set = setToChange(context, 1);
  reply.set(count);
  for (const member of members) {
    set.remove(member);
    reply.bulk(member);
    effects.command('SREM', key, member);
  }
  if ((size - count) * leftBehindFactor <= count) layAnew(context, key);
  touch(context, 1, count);
}

/** Where what is left is so much less than what goes, Redis moves it into a set of its own, which may be compact again. */
const leftBehindFactor = 5;

function layAnew({ db }: Context, key: Uint8Array): void {
  const entry = db.find(key)!;
  const { expireAtMs } = entry;
  const left: Uint8Array[] = [];
  entry.set().forEach((member) => void left.push(member.slice()));
  db.remove(key);
  const set = db.set(key, true)!;
  for (const member of left) set.add(member);
  if (expireAtMs !== NO_EXPIRY) db.setExpiry(key, expireAtMs);
}

function srandmember(context: Context): void {
  const { argv, reply } = context;
  if (argv.count > 3) return reply.error(errors.syntax);
  const wanted = argv.count === 3 ? signedCountOrReply(context, 2) : 1;
  if (wanted === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  const draw = () => context.draw();
  if (argv.count === 2) return entry === undefined ? reply.nil() : reply.bulk(entry.set().random(draw));
  if (entry === undefined || wanted === 0) return reply.array(0);
  const set = entry.set();
  if (wanted < 0) {
    // The same member may come again.
    reply.array(-wanted);
    for (let i = wanted; i < 0; i++) reply.bulk(set.random(draw));
  } else if (wanted >= set.size) {
    reply.array(set.size);
    set.forEach((member) => reply.bulk(member));
  } else {
    reply.array(wanted);
    for (const member of drawMembers(context, set, wanted)) reply.bulk(member);
  }
}

export const setRandomCommands: readonly Command[] = [
  define('spop', -2, 'write fast', oneKey, spop),
  define('srandmember', -2, 'readonly', oneKey, srandmember),
];
