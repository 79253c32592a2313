/** Sorted sets. */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawZset(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.key('z');
  const score = (): string => draw.pick([words.number(-3, 12), '0.5', '-2.25', '4503599627370497']);
  switch (draw.weighted([6, 4, 2, 2, 1, 1, 1, 1, 1, 1, 1])) {
    case 0:
      return ['ZADD', key, score(), words.member(), score(), words.member()];
    case 1:
      return ['ZINCRBY', key, score(), words.member()];
    case 2:
      return ['ZREM', key, words.member(), words.member()];
    case 3:
      return ['ZADD', key, draw.pick(['NX', 'XX', 'GT', 'LT']), 'CH', score(), words.member()];
    case 4:
      return [draw.pick(['ZPOPMIN', 'ZPOPMAX']), key, words.number(1, 3)];
    case 5:
      return ['ZREMRANGEBYRANK', key, words.number(-3, 2), words.number(-1, 4)];
    case 6:
      return ['ZREMRANGEBYSCORE', key, `(${score()}`, score()];
    case 7: {
      const name = draw.pick(['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE']);
      return [name, key, '2', words.key('z'), draw.chance(0.2) ? words.key('t') : words.key('z')];
    }
    case 8:
      return ['ZRANGESTORE', key, words.key('z'), words.number(-4, 2), words.number(-2, 5)];
    case 9:
      return ['ZMPOP', '2', key, words.key('z'), draw.pick(['MIN', 'MAX']), 'COUNT', words.number(1, 3)];
    default:
      return ['ZADD', key, score(), words.value()];
  }
}
