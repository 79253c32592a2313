/** Hashes. */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawHash(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.key('h');
  switch (draw.weighted([6, 5, 3, 1, 1, 1])) {
    case 0:
      return ['HINCRBY', key, words.member(), words.number(-5, 9)];
    case 1:
      return ['HSET', key, words.member(), words.number(0, 9)];
    case 2:
      return ['HDEL', key, words.member()];
    case 3:
      return ['HSET', key, `text:${draw.int(3)}`, words.value()];
    case 4:
      return ['HSETNX', key, words.member(), '1'];
    default:
      return ['HINCRBYFLOAT', key, `fraction:${draw.int(2)}`, words.fraction()];
  }
}
