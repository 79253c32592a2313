/**
 * Union, intersection and difference of sorted sets, and of sets, whose members count as scored 1.
 *
 * For union and intersection the inputs are taken from the smallest to the largest, as Redis does: the order in which scores
 * are added decides about their last bit. The result is gathered before anything is stored, since the destination may be
 * one of the inputs.
 */
import type { SetView, ZsetView } from '../data/index.ts';
import { find, isWrongType } from './access.ts';
import { atLeastOrReply, integerOrReply } from './arguments.ts';
import { latin1 } from './bytes.ts';
import type { Command, CommandInfo, Context } from './context.ts';
import { define, noKeys, oneKey } from './define.ts';
import { errors, inputKeyNeeded } from './errors.ts';
import { beginPairs } from './random-pairs.ts';
import { scoreOrReply } from './scores.ts';
import { storeZset } from './store-zset.ts';

type Operation = 'union' | 'inter' | 'diff';
type Use = 'reply' | 'store' | 'count';
type Aggregate = 'SUM' | 'MIN' | 'MAX';

interface Input {
  readonly size: number;
  weight: number;
  score(member: Uint8Array): number | undefined;
  forEach(visit: (member: Uint8Array, score: number) => boolean | void): void;
}

interface Options {
  aggregate: Aggregate;
  withScores: boolean;
  limit: number;
}

interface Scored {
  readonly member: Uint8Array;
  score: number;
}

/** The collections at words [from, end). Undefined after a wrong type was replied. */
function inputsOrReply(context: Context, from: number, end: number): Input[] | undefined {
  const types: ('set' | 'zset' | undefined)[] = [];
  for (let i = from; i < end; i++) {
    const entry = find(context, i);
    if (entry?.type !== 'set' && isWrongType(context, entry, 'zset')) return undefined;
    types.push(entry === undefined ? undefined : entry.type === 'set' ? 'set' : 'zset');
  }
  // Only now, since finding a key may expire another one.
  return types.map((type, i) => {
    const key = context.argv.bytes(from + i);
    if (type === undefined) return emptyInput();
    return type === 'set' ? setInput(context.db.set(key, false)!) : zsetInput(context.db.zset(key, false)!);
  });
}

function emptyInput(): Input {
  return { size: 0, weight: 1, score: () => undefined, forEach: () => undefined };
}

function setInput(set: SetView): Input {
  return {
    size: set.size,
    weight: 1,
    score: (member) => (set.has(member) ? 1 : undefined),
    forEach: (visit) => set.forEach((member) => visit(member, 1)),
  };
}

function zsetInput(zset: ZsetView): Input {
  return {
    size: zset.size,
    weight: 1,
    score: (member) => zset.score(member),
    forEach: (visit) => zset.forEach((member, score) => visit(member, score)),
  };
}

/** Weights, which are written into the inputs, and the other options, from word `from` on. */
function optionsOrReply(
  context: Context,
  from: number,
  inputs: readonly Input[],
  operation: Operation,
  use: Use,
): Options | undefined {
  const { argv, reply } = context;
  const options: Options = { aggregate: 'SUM', withScores: false, limit: 0 };
  const mayWeigh = operation !== 'diff' && use !== 'count';
  for (let i = from; i < argv.count; i++) {
    const behind = argv.count - 1 - i;
    if (mayWeigh && behind >= inputs.length && argv.is(i, 'WEIGHTS')) {
      for (const input of inputs) {
        const weight = scoreOrReply(context, ++i, errors.weightNotFloat);
        if (weight === undefined) return undefined;
        input.weight = weight;
      }
    } else if (mayWeigh && behind >= 1 && argv.is(i, 'AGGREGATE')) {
      i++;
      const aggregate = (['SUM', 'MIN', 'MAX'] as const).find((name) => argv.is(i, name));
      if (aggregate === undefined) return (reply.error(errors.syntax), undefined);
      options.aggregate = aggregate;
    } else if (use === 'reply' && argv.is(i, 'WITHSCORES')) {
      options.withScores = true;
    } else if (use === 'count' && behind >= 1 && argv.is(i, 'LIMIT')) {
      const limit = atLeastOrReply(context, ++i, 0, errors.limitNegative);
      if (limit === undefined) return undefined;
      options.limit = limit;
    } else {
      reply.error(errors.syntax);
      return undefined;
    }
  }
  return options;
}

/** Infinities of both signs, or one times zero, give 0. */
function orZero(score: number): number {
  return Number.isNaN(score) ? 0 : score;
}

function joined(a: number, b: number, aggregate: Aggregate): number {
  if (aggregate === 'SUM') return orZero(a + b);
  return (aggregate === 'MIN' ? b < a : b > a) ? b : a;
}

function unite(inputs: readonly Input[], aggregate: Aggregate): Scored[] {
  const all = new Map<string, Scored>();
  for (const input of inputs) {
    input.forEach((member, given) => {
      const score = orZero(input.weight * given);
      const name = latin1(member);
      const found = all.get(name);
      if (found === undefined) all.set(name, { member, score });
      else found.score = joined(found.score, score, aggregate);
    });
  }
  return [...all.values()];
}

/** Stops after `limit`. */
function intersect(inputs: readonly Input[], aggregate: Aggregate, limit: number): Scored[] {
  const [smallest, ...others] = inputs;
  const result: Scored[] = [];
  smallest?.forEach((member, given) => {
    let score = orZero(smallest.weight * given);
    for (const input of others) {
      const other = input.score(member);
      if (other === undefined) return true;
      score = joined(score, input.weight * other, aggregate);
    }
    result.push({ member, score });
    return result.length < limit;
  });
  return result;
}

function subtract([first, ...others]: readonly Input[]): Scored[] {
  const result: Scored[] = [];
  first?.forEach((member, score) => {
    if (others.every((other) => other.score(member) === undefined)) result.push({ member, score });
  });
  return result;
}

function combine(operation: Operation, use: Use): (context: Context) => void {
  const name = `z${operation}${use === 'store' ? 'store' : use === 'count' ? 'card' : ''}`;
  return (context) => {
    const { argv, reply } = context;
    const countIndex = use === 'store' ? 2 : 1;
    const keys = integerOrReply(context, countIndex);
    if (keys === undefined) return;
    if (keys < 1) return reply.error(inputKeyNeeded(name));
    if (keys > argv.count - countIndex - 1) return reply.error(errors.syntax);
    const from = countIndex + 1;
    const inputs = inputsOrReply(context, from, from + keys);
    if (inputs === undefined) return;
    const options = optionsOrReply(context, from + keys, inputs, operation, use);
    if (options === undefined) return;
    const { aggregate, withScores, limit } = options;
    const inOrder = operation === 'diff' ? inputs : inputs.toSorted((a, b) => a.size - b.size);
    const result =
      operation === 'union'
        ? unite(inOrder, aggregate)
        : operation === 'inter'
          ? intersect(inOrder, aggregate, limit === 0 ? Infinity : limit)
          : subtract(inOrder);
    if (use === 'count') reply.integer(result.length);
    else if (use === 'store') {
      storeZset(context, 1, result);
      reply.integer(result.length);
    } else replyAll(context, result, withScores);
  };
}

function replyAll(context: Context, result: Scored[], withScores: boolean): void {
  const { reply } = context;
  const begin = beginPairs(context, result.length, withScores);
  const names = new Map(result.map((scored) => [scored, latin1(scored.member)]));
  result.sort((a, b) => {
    if (a.score !== b.score) return a.score < b.score ? -1 : 1;
    return names.get(a)! < names.get(b)! ? -1 : 1;
  });
  for (const { member, score } of result) {
    begin();
    reply.bulk(member);
    if (withScores) reply.double(score);
  }
}

function commands(operation: Operation): Command[] {
  const row = (use: Use, arity: number, flags: string, keys: CommandInfo['keys']): Command => {
    const suffix = use === 'store' ? 'store' : use === 'count' ? 'card' : '';
    return define(`z${operation}${suffix}`, arity, flags, keys, combine(operation, use));
  };
  return [
    row('reply', -3, 'readonly movablekeys', noKeys),
    row('store', -4, 'write denyoom movablekeys', oneKey),
    ...(operation === 'inter' ? [row('count', -3, 'readonly movablekeys', noKeys)] : []),
  ];
}

export const zsetAlgebraCommands: readonly Command[] = [
  ...commands('union'),
  ...commands('inter'),
  ...commands('diff'),
];
