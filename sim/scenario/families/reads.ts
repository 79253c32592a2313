/** Reads: what a client that only looks may see. */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawRead(words: Vocabulary): Command {
  const { draw } = words;
  switch (draw.weighted([4, 2, 2, 2, 1, 1, 1, 1, 1, 1])) {
    case 0:
      return ['GET', draw.chance(0.5) ? words.key('n') : words.key('s')];
    case 1:
      return ['LRANGE', words.key('l'), '0', '-1'];
    case 2:
      return draw.chance(0.9) ? ['SMEMBERS', words.key('t')] : ['SRANDMEMBER', words.key('t')];
    case 3:
      return ['HGETALL', words.key(draw.pick(['h', 'e']))];
    case 4:
      return ['MGET', 'pair:a', 'pair:b', 'twin:a', 'twin:b'];
    case 5:
      return ['PTTL', words.anyKey()];
    case 6:
      return ['EXISTS', words.anyKey(), words.anyKey()];
    case 7:
      return ['TYPE', words.anyKey()];
    case 8:
      return drawOrderedRead(words);
    default:
      return ['STRLEN', words.key('s')];
  }
}

/** Of sorted sets and streams. */
function drawOrderedRead(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.key('z');
  switch (draw.int(5)) {
    case 0:
      return ['ZRANGE', key, '0', '-1', 'WITHSCORES'];
    case 1:
      return ['ZRANGE', key, '+inf', '(0', 'BYSCORE', 'REV'];
    case 2:
      return ['ZRANK', key, words.member()];
    case 3:
      return ['ZCOUNT', key, '-1', '(4'];
    default:
      return draw.chance(0.5) ? ['XLEN', words.key('x')] : ['XRANGE', words.key('x'), '-', '+'];
  }
}
