/** Sets. */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawSet(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.key('t');
  switch (draw.weighted([8, 4, 1, 0.7, 1, 1, 1.5])) {
    case 0:
      return ['SADD', key, words.member(), words.member()];
    case 1:
      return ['SREM', key, words.member()];
    case 2:
      return ['SMOVE', key, words.key('t'), words.member()];
    case 3:
      return ['SPOP', key, '1000'];
    case 4:
      return [
        draw.pick(['SUNIONSTORE', 'SUNIONSTORE', 'SINTERSTORE', 'SDIFFSTORE']),
        key,
        words.key('t'),
        words.key('t'),
      ];
    case 5:
      return ['SADD', words.key('i'), words.number(-40_000, 40_000), words.number(0, 30)];
    default:
      return ['SPOP', key, ...draw.pick([[], ['1'], ['2']])];
  }
}
