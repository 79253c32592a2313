/** Sorted sets: a Map from member to score, put in order whenever somebody asks for it. */
import { NO_EXPIRY_MS } from '../record.ts';
import type { Expectation } from '../reply.ts';
import { arg, expiryOf, fail, integer, putZset, range, read, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

type Scores = ReadonlyMap<string, number>;
type Pair = readonly [member: string, score: number];

const none: Scores = new Map();

function scoresOf(call: Call, key: string): Scores {
  return read(call, key, 'zset')?.value ?? none;
}

/** By score, then by member: binary text compares as its bytes do. */
function inOrder(scores: Scores): Pair[] {
  return [...scores].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x - y));
}

/** C's %.17g: seventeen digits, not the fewest that tell a double from its neighbours, without the zeros at the end. */
function textOf(score: number): string {
  if (!Number.isFinite(score)) return score > 0 ? 'inf' : '-inf';
  if (Object.is(score, -0)) return '-0';
  const isTiny = score !== 0 && Math.abs(score) < 1e-4;
  const digits = isTiny ? score.toExponential(16) : score.toPrecision(17);
  return digits
    .replace(/\.(\d*?)0*(?=e|$)/, (_, rest: string) => (rest === '' ? '' : `.${rest}`))
    .replace(/e-(\d)$/, 'e-0$1');
}

function scoreOf(text: string, error = 'ERR value is not a valid float'): number {
  const infinity = /^([+-]?)inf$/.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? -Infinity : Infinity;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : fail(error);
}

function flat(pairs: readonly Pair[], withScores: boolean): string[] {
  return pairs.flatMap(([member, score]) => (withScores ? [member, textOf(score)] : [member]));
}

export function add(call: Call, options: ReadonlySet<string>, words: readonly string[]): Expectation {
  const has = (name: string): boolean => options.has(name);
  if (words.length === 0 || words.length % 2 === 1) fail(SYNTAX);
  if (has('NX') && has('XX')) fail('ERR XX and NX options at the same time are not compatible');
  if ((has('GT') || has('LT')) && (has('NX') || (has('GT') && has('LT'))))
    fail('ERR GT, LT, and/or NX options at the same time are not compatible');
  if (has('INCR') && words.length > 2) fail('ERR INCR option supports a single increment-element pair');
  const given = words.filter((_, i) => i % 2 === 0).map((text) => scoreOf(text));
  const record = read(call, arg(call, 0), 'zset');
  const value = new Map(record?.value ?? none);
  let [added, updated] = [0, 0];
  let result: string | null = null;
  for (const [i, score] of given.entries()) {
    const member = words[2 * i + 1]!;
    const old = value.get(member);
    if (old === undefined ? has('XX') : has('NX')) continue;
    const wanted = has('INCR') ? (old ?? 0) + score : score;
    if (Number.isNaN(wanted)) fail('ERR resulting score is not a number (NaN)');
    if (old !== undefined && ((has('GT') && wanted <= old) || (has('LT') && wanted >= old))) continue;
    result = textOf(wanted);
    if (old === undefined) added++;
    else if (old !== wanted) updated++;
    value.set(member, wanted);
  }
  putZset(call, arg(call, 0), value, expiryOf(record));
  if (has('INCR')) return result;
  return has('CH') ? added + updated : added;
}

function zadd(call: Call): Expectation {
  let from = 1;
  const options = new Set<string>();
  while (['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'].includes((call.args[from] ?? '').toUpperCase()))
    options.add(call.args[from++]!.toUpperCase());
  return add(call, options, call.args.slice(from));
}

/** Removes what `chosen` gives of the elements in order. */
function cut(call: Call, chosen: (pairs: Pair[]) => readonly Pair[]): readonly Pair[] {
  const record = read(call, arg(call, 0), 'zset');
  if (record === undefined) return [];
  const gone = chosen(inOrder(record.value));
  const value = new Map(record.value);
  for (const [member] of gone) value.delete(member);
  putZset(call, arg(call, 0), value, record.expireAtMs);
  return gone;
}

function between(minText: string, maxText: string): (pair: Pair) => boolean {
  const [[low, lowOut], [high, highOut]] = [minText, maxText].map((text) => {
    const out = text.startsWith('(');
    return [scoreOf(out ? text.slice(1) : text, 'ERR min or max is not a float'), out] as const;
  }) as [readonly [number, boolean], readonly [number, boolean]];
  return ([, score]) => (lowOut ? score > low : score >= low) && (highOut ? score < high : score <= high);
}

/** By members between `[a`, `(a`, `-` and `+`, where all scores are equal. */
function betweenMembers(minText: string, maxText: string): (pair: Pair) => boolean {
  const [low, high] = [minText, maxText].map((text) =>
    /^(?:[-+]$|[[(])/.test(text) ? text : fail('ERR min or max not valid string range item'),
  ) as [string, string];
  const isFrom = (member: string): boolean =>
    low === '-' || (low !== '+' && (low.startsWith('(') ? member > low.slice(1) : member >= low.slice(1)));
  const isTo = (member: string): boolean =>
    high === '+' ||
    (high !== '-' && (high.startsWith('(') ? member < high.slice(1) : member <= high.slice(1)));
  return ([member]) => isFrom(member) && isTo(member);
}

function slice(pairs: readonly Pair[], from: string, to: string): readonly Pair[] {
  const { start, end } = range(from, to, pairs.length);
  return pairs.slice(start, end);
}

function zrange(call: Call): readonly Pair[] {
  const [, from = '', to = '', ...words] = call.args;
  const options = new Set(words.map((word) => word.toUpperCase()));
  const pairs = inOrder(scoresOf(call, arg(call, 0)));
  if (!options.has('BYSCORE')) return slice(options.has('REV') ? pairs.reverse() : pairs, from, to);
  return options.has('REV') ? pairs.filter(between(to, from)).reverse() : pairs.filter(between(from, to));
}

function pop(end: 'MIN' | 'MAX'): ModelCommand {
  return (call) => {
    const count = call.args.length > 1 ? integer(arg(call, 1)) : 1;
    const gone = cut(call, (pairs) => (end === 'MIN' ? pairs : pairs.reverse()).slice(0, count));
    return flat(gone, true);
  };
}

/** BZPOPMIN key [key ...] timeout: what it does when it need not wait; null where it would. */
function popFromFirst(end: 'MIN' | 'MAX'): ModelCommand {
  return (call) => {
    for (const key of call.args.slice(0, -1)) {
      const only = { ...call, args: [key] };
      const gone = cut(only, (pairs) => (end === 'MIN' ? pairs : pairs.reverse()).slice(0, 1));
      if (gone.length > 0) return [key, ...flat(gone, true)];
    }
    return null;
  };
}

/** ZMPOP n key ... MIN|MAX [COUNT n] */
function popSeveral(call: Call): Expectation {
  const keys = call.args.slice(1, 1 + integer(arg(call, 0)));
  const [end, , count = '1'] = call.args.slice(1 + keys.length);
  for (const key of keys) {
    const only = { ...call, args: [key] };
    const gone = cut(only, (pairs) => (end === 'MIN' ? pairs : pairs.reverse()).slice(0, integer(count)));
    if (gone.length > 0) return [key, gone.map((pair) => flat([pair], true))];
  }
  return null;
}

function store(how: 'union' | 'inter' | 'diff'): ModelCommand {
  return (call) => {
    const inputs = call.args.slice(2).map((key) => {
      const record = call.state.get(call.database, key, call.nowMs);
      return record?.type === 'set'
        ? new Map([...record.value].map((member) => [member, 1]))
        : scoresOf(call, key);
    });
    const result = new Map<string, number>();
    const [first = none] = inputs;
    for (const input of how === 'union' ? inputs : [first])
      for (const [member] of input) {
        const found = inputs.map((other) => other.get(member));
        if (how === 'inter' && found.includes(undefined)) continue;
        if (how === 'diff' && found.slice(1).some((score) => score !== undefined)) continue;
        const sum = found.reduce<number>((total, score) => total + (score ?? 0), 0);
        result.set(member, how === 'diff' ? first.get(member)! : sum);
      }
    putZset(call, arg(call, 0), result, NO_EXPIRY_MS);
    return result.size;
  };
}

function rank(isReverse: boolean): ModelCommand {
  return (call) => {
    const pairs = inOrder(scoresOf(call, arg(call, 0)));
    const at = (isReverse ? pairs.reverse() : pairs).findIndex(([member]) => member === arg(call, 1));
    return at < 0 ? null : at;
  };
}

function scoreReply(score: number | undefined): Expectation {
  return score === undefined ? null : textOf(score);
}

export const zsets: Readonly<Record<string, ModelCommand>> = {
  ZADD: zadd,
  ZINCRBY: (call) => add(call, new Set(['INCR']), call.args.slice(1)),
  ZREM: (call) => cut(call, (pairs) => pairs.filter(([member]) => call.args.includes(member, 1))).length,
  ZREMRANGEBYRANK: (call) => cut(call, (pairs) => slice(pairs, arg(call, 1), arg(call, 2))).length,
  ZREMRANGEBYSCORE: (call) => cut(call, (pairs) => pairs.filter(between(arg(call, 1), arg(call, 2)))).length,
  ZREMRANGEBYLEX: (call) =>
    cut(call, (pairs) => pairs.filter(betweenMembers(arg(call, 1), arg(call, 2)))).length,
  ZPOPMIN: pop('MIN'),
  ZPOPMAX: pop('MAX'),
  BZPOPMIN: popFromFirst('MIN'),
  BZPOPMAX: popFromFirst('MAX'),
  ZMPOP: popSeveral,
  BZMPOP: (call) => popSeveral({ ...call, args: call.args.slice(1) }),
  ZCARD: (call) => scoresOf(call, arg(call, 0)).size,
  ZSCORE: (call) => scoreReply(scoresOf(call, arg(call, 0)).get(arg(call, 1))),
  ZMSCORE: (call) => {
    const scores = scoresOf(call, arg(call, 0));
    return call.args.slice(1).map((member) => scoreReply(scores.get(member)));
  },
  ZRANK: rank(false),
  ZREVRANK: rank(true),
  ZCOUNT: (call) => [...scoresOf(call, arg(call, 0))].filter(between(arg(call, 1), arg(call, 2))).length,
  ZRANGE: (call) =>
    flat(
      zrange(call),
      call.args.slice(3).some((word) => word.toUpperCase() === 'WITHSCORES'),
    ),
  ZRANGESTORE: (call) => {
    const taken = zrange({ ...call, args: call.args.slice(1) });
    putZset(call, arg(call, 0), new Map(taken), NO_EXPIRY_MS);
    return taken.length;
  },
  ZUNIONSTORE: store('union'),
  ZINTERSTORE: store('inter'),
  ZDIFFSTORE: store('diff'),
};
