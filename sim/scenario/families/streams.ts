/** Streams. */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawStream(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.key('x');
  const group = draw.pick(['g0', 'g0', 'g0', 'g1']);
  switch (draw.weighted([8, 2, 1, 1, 3, 6, 2, 0.3, 1])) {
    case 0:
      return ['XADD', key, '*', words.member(), words.value()];
    case 1:
      return ['XADD', key, 'MAXLEN', words.number(0, 8), '*', 'f', words.word(), 'g', words.member()];
    case 2:
      return ['XTRIM', key, 'MAXLEN', words.number(0, 5)];
    case 3:
      return ['XADD', key, id(words), 'f', words.word()];
    case 4:
      return ['XGROUP', 'CREATE', key, group, draw.pick(['$', '0', '0']), 'MKSTREAM'];
    case 5: {
      const count = draw.chance(0.5) ? ['COUNT', words.number(1, 3)] : [];
      return ['XREADGROUP', 'GROUP', group, words.member(), ...count, 'STREAMS', key, '>'];
    }
    case 6:
      return ['XDEL', key, id(words)];
    case 7:
      return ['XGROUP', 'DESTROY', key, group];
    default:
      return ['XACK', key, group, id(words)];
  }
}

function id(words: Vocabulary): string {
  return `${words.number(1, 9)}-${words.number(1, 9)}`;
}
