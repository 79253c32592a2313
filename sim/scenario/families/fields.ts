/**
 * Fields of hashes that expire: few, and soon, and counted up between, so that many are made anew where one has just
 * expired. A log that does not say when it did counts on from the old value.
 */
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

export function drawField(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.key('e');
  const field = fieldOf(words);
  switch (draw.weighted([8, 2, 1, 3, 8])) {
    case 0:
      return ['HINCRBY', key, field, words.number(1, 9)];
    case 1:
      return ['HSET', key, field, words.number(0, 9)];
    case 2:
      return ['HDEL', key, field];
    case 3:
      return ['HINCRBYFLOAT', key, field, words.fraction()];
    default:
      return drawExpiry(words, key, field);
  }
}

function fieldOf({ draw }: Vocabulary): string {
  return draw.pick(['due', 'due', 'late']);
}

/** A field expires, no longer does, or is asked when. */
function drawExpiry(words: Vocabulary, key: string, first: string): Command {
  const { draw } = words;
  const fields = draw.chance(0.7) ? [first] : [first, fieldOf(words)];
  const named = ['FIELDS', String(fields.length), ...fields];
  const condition = draw.pick([[], [], [], [], ['NX'], ['XX'], ['GT'], ['LT']]);
  switch (draw.weighted([10, 1, 1, 1, 1, 1, 1])) {
    case 0:
      return ['HPEXPIRE', key, String(words.momentMs()), ...condition, ...named];
    case 1:
      return ['HEXPIRE', key, String(words.lifetimeSeconds()), ...condition, ...named];
    case 2:
      return ['HEXPIREAT', key, String(words.date()), ...named];
    case 3:
      return ['HPEXPIREAT', key, String(words.date() * 1000 + draw.int(1000)), ...condition, ...named];
    case 4:
      return ['HPERSIST', key, ...named];
    case 5:
      return ['HPEXPIRE', key, '0', ...named];
    default:
      return [draw.pick(['HTTL', 'HPTTL', 'HEXPIRETIME', 'HPEXPIRETIME']), key, ...named];
  }
}
