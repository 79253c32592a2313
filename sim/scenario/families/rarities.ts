/**
 * Commands that few send, of types that others make as well: integers inside strings, places, ranges by member, values as
 * DUMP gives them. They came late, draw from a stream of their own, and step in between.
 */
import type { Stream } from '../../draws/random.ts';
import { payloadOf } from './payloads.ts';
import type { Payload } from './payloads.ts';
import type { Command } from '../schema.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { Manner } from '../vocabulary.ts';

/** Longitude and latitude. */
const places: readonly (readonly [string, string])[] = [
  ['13.361389', '38.115556'],
  ['15.087269', '37.502669'],
  ['-0.1276', '51.5072'],
  ['139.6917', '35.6895'],
  ['-179.9', '-84.5'],
  ['0', '0'],
];

export class Rarities {
  readonly #draw: Stream;
  readonly #share: number;
  readonly #words: Vocabulary;

  constructor(draw: Stream, manner: Manner) {
    this.#draw = draw;
    this.#share = draw.pick([0, 0, 0, 0.02, 0.1]);
    this.#words = new Vocabulary(draw, manner, 'r');
  }

  /** Whether the next command is one of these. */
  isNext(): boolean {
    return this.#draw.chance(this.#share);
  }

  next(): readonly Command[] {
    return [this.#one()];
  }

  #one(): Command {
    const [draw, words] = [this.#draw, this.#words];
    switch (draw.weighted([5, 3, 1.5, 2, 1, 4, 2, 2, 1])) {
      case 0:
        return ['BITFIELD', words.key('b'), ...this.#bits()];
      case 1:
        return [
          'GEOADD',
          this.#map(),
          ...draw.pick([[], [], ['CH'], ['NX'], ['XX', 'CH']]),
          ...this.#place(),
        ];
      case 2:
        return this.#search();
      case 3:
        return [
          'ZREMRANGEBYLEX',
          this.#lexicon(),
          draw.pick(['-', '[m1', '(m2']),
          draw.pick(['(m1', '[m3', '+']),
        ];
      case 4:
        return ['HMSET', words.key('h'), words.member(), words.word(), words.member(), words.word()];
      case 5:
        return this.#restore();
      case 6:
        return this.#wait();
      case 7:
        return this.#serve();
      default:
        return ['ZADD', this.#lexicon(), '0', words.member(), '0', words.member()];
    }
  }

  /** In the database of queues (`queues.ts`), under its rules. */
  #wait(): Command {
    const [draw, words] = [this.#draw, this.#words];
    const count = ['COUNT', words.number(1, 3)];
    switch (draw.int(3)) {
      case 0:
        return ['BLMPOP', '0', '2', words.key('q'), words.key('q'), draw.pick(['LEFT', 'RIGHT']), ...count];
      case 1:
        return ['BZMPOP', '0', '2', words.key('p'), words.key('p'), draw.pick(['MIN', 'MAX']), ...count];
      default:
        return ['BRPOPLPUSH', words.key('q'), words.key('q'), '0'];
    }
  }

  #serve(): Command {
    const words = this.#words;
    return this.#draw.chance(0.5)
      ? ['RPUSH', words.key('q'), words.word(), words.word()]
      : ['ZADD', words.key('p'), '1', words.word(), '2', words.word()];
  }

  /** A sorted set of places alone: what a search finds among other scores is nobody's promise. */
  #map(): string {
    return `map:${this.#draw.int(2)}`;
  }

  /** A sorted set of equal scores alone: only there does a range by member mean something. */
  #lexicon(): string {
    return `lexicon:${this.#draw.int(2)}`;
  }

  /** One to three operations; one that must not overflow may do nothing but make the string longer. */
  #bits(): readonly string[] {
    const [draw, words] = [this.#draw, this.#words];
    return Array.from({ length: draw.range(1, 3) }, () => {
      const type = draw.pick(['u8', 'i5', 'u3', 'i16', 'u32']);
      const offset = draw.pick([words.number(0, 90), `#${words.number(0, 6)}`]);
      const overflow = draw.pick([[], ['OVERFLOW', 'FAIL'], ['OVERFLOW', 'SAT'], ['OVERFLOW', 'WRAP']]);
      const [name, ...value] = draw.pick([
        ['GET'],
        ['SET', words.number(-3, 40)],
        ['INCRBY', words.number(-40, 400)],
        ['INCRBY', words.number(1, 20)],
      ]);
      return [...overflow, name!, type, offset, ...value];
    }).flat();
  }

  #place(): readonly string[] {
    return [...this.#draw.pick(places), this.#words.member()];
  }

  #search(): Command {
    const draw = this.#draw;
    const centre = ['FROMLONLAT', ...draw.pick(places)];
    const circle = [
      'BYRADIUS',
      ...draw.pick([
        ['300', 'km'],
        ['6000', 'km'],
        ['25000', 'km'],
        ['90000', 'm'],
      ]),
    ];
    return ['GEOSEARCHSTORE', this.#map(), this.#map(), ...centre, ...circle];
  }

  #restore(): Command {
    const [draw, words] = [this.#draw, this.#words];
    const made = this.#value();
    const key = words.key(draw.chance(0.1) ? draw.pick(['s', 'l', 't', 'h', 'z']) : made.family);
    const expiry = draw.chance(0.7) ? ['0'] : [String(words.lifetimeMs())];
    const until = draw.chance(0.15) ? [String(words.date() * 1000), 'ABSTTL'] : expiry;
    const [ttl, ...absolute] = until as [string, ...string[]];
    const replace = draw.chance(0.7) ? ['REPLACE'] : [];
    return ['RESTORE', key, ttl, payloadOf(made.value), ...replace, ...absolute];
  }

  #value(): { readonly family: string; readonly value: Payload } {
    const [draw, words] = [this.#draw, this.#words];
    const texts = Array.from({ length: draw.range(1, 4) }, () => words.word());
    switch (draw.int(5)) {
      case 0:
        return { family: 's', value: { type: 'string', value: words.word() } };
      case 1:
        return { family: 'l', value: { type: 'list', value: texts } };
      case 2:
        return { family: 't', value: { type: 'set', value: texts } };
      case 3:
        return { family: 'h', value: { type: 'hash', value: texts.map((text, i) => [`m${i}`, text]) } };
      default:
        return { family: 'z', value: { type: 'zset', value: texts.map((_, i) => [`m${i}`, 2 - i * 1.25]) } };
    }
  }
}
