/** Strings, counters, bits: what depends on what is there, and what the log must say otherwise than it was sent. */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawString(words: Vocabulary): Command {
  const { draw } = words;
  const [counter, text] = [words.key('n'), words.key('s')];
  switch (draw.weighted([8, 2, 2, 6, 4, 1, 1, 0.7, 0.7, 0.3, 1, 2, 0.5, 2, 1.5, 1])) {
    case 0:
      return ['INCR', counter];
    case 1:
      return ['INCRBY', counter, words.number(-50, 5000)];
    case 2:
      return ['DECR', counter];
    case 3:
      return ['APPEND', text, words.value()];
    case 4:
      return ['SET', text, words.value()];
    case 5:
      return ['SETRANGE', text, words.number(0, 40), words.word()];
    case 6:
      return ['GETSET', text, words.word()];
    case 7:
      return ['SETNX', text, words.word()];
    case 8:
      return ['MSET', text, words.word(), counter, words.number(0, 99)];
    case 9:
      return ['MSETNX', text, words.word(), counter, words.number(0, 99)];
    case 10:
      return ['GETDEL', text];
    case 11:
      // Often a zero behind the end: the string grows, and no bit changes.
      return ['SETBIT', words.key('b'), words.number(0, 300), draw.pick(['0', '0', '1'])];
    case 12:
      return ['BITOP', draw.pick(['AND', 'OR', 'XOR']), words.key('b'), words.key('b'), words.key('b')];
    case 13:
      return setWithOptions(words, text);
    case 14:
      return getWithExpiry(words, text);
    default:
      return ['INCRBYFLOAT', words.key('f'), words.fraction()];
  }
}

/** SET with what it may be told beside the value: a condition, the question for the old value, an expiry or none. */
function setWithOptions(words: Vocabulary, key: string): Command {
  const { draw } = words;
  const condition = draw.pick([[], [], ['NX'], ['XX']]);
  const get = draw.chance(0.5) ? ['GET'] : [];
  const expiry = draw.chance(0.5) ? ['KEEPTTL'] : draw.chance(0.6) ? words.expiry() : [];
  return ['SET', key, words.word(), ...condition, ...expiry, ...get];
}

function getWithExpiry(words: Vocabulary, key: string): Command {
  const { draw } = words;
  const how = draw.weighted([6, 3, 1]);
  return ['GETEX', key, ...(how === 0 ? words.expiry() : how === 1 ? ['PERSIST'] : [])];
}
