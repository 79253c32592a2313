/** Commands about keys, whatever they hold: removal, names, databases, expiry. */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawKeyCommand(words: Vocabulary): Command {
  const { draw } = words;
  switch (draw.weighted([6, 2, 2, 1, 1, 2, 0.4, 0.1, 0.3])) {
    case 0:
      return ['DEL', words.anyKey()];
    case 1:
      return ['UNLINK', words.anyKey(), words.anyKey()];
    case 2:
      return ['RENAME', words.anyKey(), words.anyKey()];
    case 3:
      return ['RENAMENX', words.anyKey(), words.anyKey()];
    case 4:
      return ['COPY', words.anyKey(), words.anyKey(), 'REPLACE'];
    case 5:
      return ['MOVE', words.anyKey(), String(draw.int(3))];
    case 6:
      return ['FLUSHDB'];
    case 7:
      return ['FLUSHALL'];
    default:
      return ['SWAPDB', '0', '1'];
  }
}

export function drawExpiry(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.anyKey();
  switch (draw.weighted([5, 2, 2, 1, 1, 1, 1, 1])) {
    case 0:
      return ['PEXPIRE', key, String(words.lifetimeMs())];
    case 1:
      return ['SET', words.key('s'), words.word(), 'PX', String(words.lifetimeMs())];
    case 2:
      return ['PERSIST', key];
    case 3:
      return ['EXPIRE', key, String(words.lifetimeSeconds())];
    case 4:
      return ['PEXPIRE', key, String(words.lifetimeMs()), draw.pick(['NX', 'XX', 'GT', 'LT'])];
    case 5:
      return ['EXPIRE', key, '-1'];
    case 6:
      return draw.chance(0.5)
        ? ['SETEX', words.key('s'), String(words.lifetimeSeconds()), words.word()]
        : ['PSETEX', words.key('s'), String(words.lifetimeMs()), words.word()];
    default:
      return draw.chance(0.5)
        ? ['EXPIREAT', key, String(words.date())]
        : ['PEXPIREAT', key, String(words.date() * 1000 + draw.int(1000))];
  }
}
