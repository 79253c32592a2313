/**
 * The words that commands are made of: few keys, so that commands collide; texts that no other command sends, so that every
 * write shows; now and then a value that spans many sectors; and expiries.
 */
import type { Stream } from '../draws/random.ts';
import { NOON_MS } from './configuration.ts';
import type { Argument } from './schema.ts';

/** What a seed's words are like. */
export interface Manner {
  /** Keys of a family. */
  readonly keysEach: number;
  /** Of those values that may be long, the share that is. */
  readonly longShare: number;
  readonly maxLongBytes: number;
  /** Expiries are decades away, where no jump of the wall reaches them. */
  readonly livesLong: boolean;
}

/** The time to live of a key that outlives every jump of the wall: forty years. */
const LONG_LIFE_SECONDS = 1_262_304_000;
/** The same for a date, which does not move on with a wall that has jumped ahead already: four hundred years. */
const LONG_LIFE_FROM_NOON_SECONDS = 10 * LONG_LIFE_SECONDS;

const families = ['n', 's', 's', 'b', 'f', 'l', 't', 'i', 'h', 'e', 'z', 'x'];

export class Vocabulary {
  readonly draw: Stream;
  readonly #manner: Manner;
  readonly #mark: string;
  #stamp = 0;

  /** `mark`: what its texts begin with, so that they are nobody else's. */
  constructor(draw: Stream, manner: Manner, mark = 'w') {
    this.draw = draw;
    this.#manner = manner;
    this.#mark = mark;
  }

  key(family: string): string {
    return `${family}:${this.draw.int(this.#manner.keysEach)}`;
  }

  anyKey(): string {
    return this.key(this.draw.pick(families));
  }

  member(): string {
    return `m${this.draw.int(6)}`;
  }

  /** A short text that no other command sends. */
  word(): string {
    return `${this.#mark}${++this.#stamp}`;
  }

  /** A word, or a long value. */
  value(): Argument {
    const { draw } = this;
    if (!draw.chance(this.#manner.longShare)) return this.word();
    return { lengthBytes: draw.range(5_000, this.#manner.maxLongBytes), salt: ++this.#stamp };
  }

  /** A whole number between the two, as text. */
  number(least: number, most: number): string {
    return String(this.draw.range(least, most));
  }

  /** A sum of halves and quarters, which decimals write exactly. */
  fraction(): string {
    return String(this.draw.range(-20, 40) / 4);
  }

  /** A time to live: often so short that the key expires within the run. */
  lifetimeMs(): number {
    const { draw } = this;
    const ms = draw.pick([draw.range(5, 60), draw.range(100, 3000), draw.range(3000, 100_000)]);
    return ms + (this.#manner.livesLong ? LONG_LIFE_SECONDS * 1000 : 0);
  }

  /** A time to live that is over a few commands later. */
  momentMs(): number {
    return this.draw.range(3, 60) + (this.#manner.livesLong ? LONG_LIFE_SECONDS * 1000 : 0);
  }

  lifetimeSeconds(): number {
    return this.draw.range(1, 20) + (this.#manner.livesLong ? LONG_LIFE_SECONDS : 0);
  }

  /** A date, in Unix seconds: it may be over by the time that somebody sends it. */
  date(): number {
    const ahead = this.#manner.livesLong ? LONG_LIFE_FROM_NOON_SECONDS : 0;
    return NOON_MS / 1000 + this.draw.range(0, 60) + ahead;
  }

  /** An expiry as SET and GETEX take one: a word that says what the number is, and the number. */
  expiry(): readonly [string, string] {
    switch (this.draw.int(4)) {
      case 0:
        return ['EX', String(this.lifetimeSeconds())];
      case 1:
        return ['PX', String(this.lifetimeMs())];
      case 2:
        return ['EXAT', String(this.date())];
      default:
        return ['PXAT', String(this.date() * 1000 + this.draw.int(1000))];
    }
  }
}
