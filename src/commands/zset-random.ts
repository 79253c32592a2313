/** ZRANDMEMBER key [count [WITHSCORES]] */
import type { ZsetView } from '../data/index.ts';
import { find, isWrongType } from './access.ts';
import type { Context } from './context.ts';
import { beginPairs, drawPairs, randomOptionsOrReply, type PairSource } from './random-pairs.ts';

type Scored = { readonly member: Uint8Array; readonly score: number };

export function zrandmember(context: Context): void {
  const { reply } = context;
  const options = randomOptionsOrReply(context, 'WITHSCORES');
  if (options === undefined) return;
  const { wanted, withValues } = options;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  if (wanted === 'one')
    return entry === undefined ? reply.nil() : reply.bulk(entry.zset().random(() => context.draw()).member);
  if (entry === undefined || wanted === 0) return reply.array(0);
  const source = sourceOf(entry.zset());
  const begin = beginPairs(context, wanted < 0 ? -wanted : Math.min(wanted, source.size), withValues);
  drawPairs(context, source, wanted, ({ member, score }) => {
    begin();
    reply.bulk(member);
    if (withValues) reply.double(score);
  });
}

function sourceOf(zset: ZsetView): PairSource<Scored> {
  return {
    size: zset.size,
    random: (draw) => zset.random(draw),
    all: () => {
      const all: Scored[] = [];
      zset.forEach((member, score) => void all.push({ member, score }));
      return all;
    },
    nameOf: ({ member }) => member,
  };
}
