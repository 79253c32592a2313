/**
 * Intersection, union and difference of sets, as a reply or stored under a key.
 *
 * The result is gathered before anything is stored, since the destination may be one of the sources.
 */
import type { SetView } from '../data/index.ts';
import { expireBefore, find, isWrongType, touch } from './access.ts';
import { atLeastOrReply } from './arguments.ts';
import { latin1 } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { allKeys, define, noKeys } from './define.ts';
import { errors } from './errors.ts';

type Combine = (sets: readonly (SetView | undefined)[]) => Uint8Array[];

/** The sets at words [from, end), undefined for a missing one. Undefined after a wrong type was replied. */
function sources(context: Context, from: number, end: number): (SetView | undefined)[] | undefined {
  const present: boolean[] = [];
  for (let i = from; i < end; i++) {
    const entry = find(context, i);
    if (isWrongType(context, entry, 'set')) return undefined;
    present.push(entry !== undefined);
  }
  // Only now, since finding a key may expire another one.
  return present.map((is, i) => (is ? context.db.set(context.argv.bytes(from + i), false) : undefined));
}

/** Members of the smallest set that all others have; stops after `limit`. */
function intersect(sets: readonly (SetView | undefined)[], limit = Infinity): Uint8Array[] {
  const result: Uint8Array[] = [];
  const all = sets.filter((set) => set !== undefined);
  if (all.length < sets.length) return result;
  const [smallest, ...others] = all.toSorted((a, b) => a.size - b.size);
  smallest?.forEach((member) => {
    if (others.every((other) => other.has(member))) result.push(member);
    return result.length < limit;
  });
  return result;
}

function unite(sets: readonly (SetView | undefined)[]): Uint8Array[] {
  const seen = new Set<string>();
  const result: Uint8Array[] = [];
  for (const set of sets) {
    set?.forEach((member) => {
      const name = latin1(member);
      if (seen.has(name)) return;
      seen.add(name);
      result.push(member);
    });
  }
  return result;
}

function subtract([first, ...others]: readonly (SetView | undefined)[]): Uint8Array[] {
  const result: Uint8Array[] = [];
  first?.forEach((member) => {
    if (!others.some((other) => other?.has(member))) result.push(member);
  });
  return result;
}

function answer(combine: Combine): (context: Context) => void {
  return (context) => {
    const sets = sources(context, 1, context.argv.count);
    if (sets === undefined) return;
    const members = combine(sets);
    context.reply.set(members.length);
    for (const member of members) context.reply.bulk(member);
  };
}

function store(combine: Combine): (context: Context) => void {
  return (context) => {
    const { argv, db, reply } = context;
    const sets = sources(context, 2, argv.count);
    if (sets === undefined) return;
    const members = combine(sets);
    const key = argv.bytes(1);
    if (members.length > 0) expireBefore(context, 1);
    const wasThere = db.remove(key);
    reply.integer(members.length);
    if (members.length > 0) {
      const set = db.set(key, true)!;
      for (const member of members) set.add(member);
    } else if (!wasThere) {
      return;
    }
    touch(context, 1);
    context.effects.verbatim();
  };
}

/** SINTERCARD numkeys key [key ...] [LIMIT limit] */
function sintercard(context: Context): void {
  const { argv, reply } = context;
  const keys = atLeastOrReply(context, 1, 1, errors.numkeysNotPositive);
  if (keys === undefined) return;
  if (keys > argv.count - 2) return reply.error(errors.numkeysTooLarge);
  let limit = 0;
  for (let i = keys + 2; i < argv.count; i += 2) {
    if (!argv.is(i, 'LIMIT') || i + 1 >= argv.count) return reply.error(errors.syntax);
    const value = atLeastOrReply(context, i + 1, 0, errors.limitNegative);
    if (value === undefined) return;
    limit = value;
  }
  const sets = sources(context, 2, keys + 2);
  if (sets !== undefined) reply.integer(intersect(sets, limit === 0 ? Infinity : limit).length);
}

export const setAlgebraCommands: readonly Command[] = [
  define(
    'sinter',
    -2,
    'readonly',
    allKeys,
    answer((sets) => intersect(sets)),
  ),
  define('sunion', -2, 'readonly', allKeys, answer(unite)),
  define('sdiff', -2, 'readonly', allKeys, answer(subtract)),
  define(
    'sinterstore',
    -3,
    'write denyoom',
    allKeys,
    store((sets) => intersect(sets)),
  ),
  define('sunionstore', -3, 'write denyoom', allKeys, store(unite)),
  define('sdiffstore', -3, 'write denyoom', allKeys, store(subtract)),
  define('sintercard', -3, 'readonly movablekeys', noKeys, sintercard),
];
