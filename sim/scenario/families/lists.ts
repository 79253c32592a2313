/** Lists. */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawList(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.key('l');
  switch (draw.weighted([8, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 1, 0.5])) {
    case 0:
      return ['RPUSH', key, words.value()];
    case 1:
      return ['LPUSH', key, words.word(), words.word()];
    case 2:
      return ['LPOP', key];
    case 3:
      return ['RPOP', key];
    case 4:
      return ['LSET', key, words.number(-3, 3), words.word()];
    case 5:
      return ['LTRIM', key, words.number(0, 1), words.number(-3, 8)];
    case 6:
      return ['RPOPLPUSH', key, words.key('l')];
    case 7:
      return ['LINSERT', key, draw.pick(['BEFORE', 'AFTER']), words.member(), words.member()];
    case 8:
      return ['LREM', key, words.number(-1, 1), words.member()];
    case 9: {
      const source = words.key(draw.pick(['l', 't', 'z']));
      return ['SORT', source, 'ALPHA', draw.pick(['ASC', 'DESC']), 'STORE', key];
    }
    case 10:
      return ['RPUSH', key, words.member(), words.member(), words.number(-200, 70_000)];
    case 11:
      return [draw.pick(['LPUSHX', 'RPUSHX']), key, words.word()];
    case 12:
      return ['LMOVE', key, words.key('l'), side(words), side(words)];
    case 13:
      return ['LMPOP', '2', key, words.key('l'), side(words), 'COUNT', words.number(1, 3)];
    default:
      return [draw.pick(['LPOP', 'RPOP']), key, words.number(0, 3)];
  }
}

function side({ draw }: Vocabulary): string {
  return draw.pick(['LEFT', 'RIGHT']);
}
