/**
 * Choices: every decision of the simulated world that a test may want to replay, shrink or enumerate.
 *
 * A choice has a key that means something (generation, file, kind of operation, ordinal, page), never a position in a
 * row of draws: so a record still fits when the engine gains or loses an operation. Its value is an option's number, and
 * option 0 is always the kindest one (nothing lost, no fault), so that shrinking means lowering and leaving out.
 *
 * A value comes from the record when the key stands there, else from the `lean` that the asker computed from
 * `uniform(key)` (a hash of seed and key, which is not recorded: it shapes probabilities, never what is possible).
 */
import { fillNoise, hashText, toUnit } from './hash.ts';
import type { Seed } from './random.ts';

export interface Choices {
  /**
   * One of the options 0 … count-1; the same answer for the same key. `lean` is the option to take where nothing is
   * recorded; without it all options are equally likely.
   */
  choose(key: string, count: number, lean?: number): number;
  /** A number in [0, 1) that depends on seed and key alone. Not a choice: never recorded, never enumerated. */
  uniform(key: string): number;
  /** Fills bytes[start, end) with noise that depends on seed and key alone. */
  noise(key: string, bytes: Uint8Array, start: number, end: number): void;
}

/** What was chosen, by key, in the order of asking. */
export type ChoiceRecord = Readonly<Record<string, number>>;

/** What to do with a key that the record lacks: draw it, or take the kindest option (for shrinking). */
export type Unrecorded = 'draw' | 'kindest';

/** Choices of a seed, with a record that goes before it. */
export class SeededChoices implements Choices {
  readonly #basis: number;
  readonly #given: ReadonlyMap<string, number>;
  readonly #unrecorded: Unrecorded;
  readonly #made = new Map<string, number>();

  constructor(seed: Seed, given: ChoiceRecord = {}, unrecorded: Unrecorded = 'draw') {
    this.#basis = hashText(String(seed), 0x51ed270b);
    // To look a composed key up in an object is to intern it.
    this.#given = new Map(Object.entries(given));
    this.#unrecorded = unrecorded;
  }

  choose(key: string, count: number, lean?: number): number {
    const made = this.#made.get(key);
    if (made !== undefined) return clamp(made, count);
    let value: number;
    const given = this.#given.get(key);
    if (given !== undefined) value = clamp(given, count);
    else if (this.#unrecorded === 'kindest') value = 0;
    else if (lean !== undefined) value = clamp(lean, count);
    else value = Math.floor(this.uniform(key) * count);
    this.#made.set(key, value);
    return value;
  }

  uniform(key: string): number {
    return toUnit(hashText(key, this.#basis));
  }

  noise(key: string, bytes: Uint8Array, start: number, end: number): void {
    fillNoise(hashText(key, ~this.#basis), bytes, start, end);
  }

  /** Everything chosen so far: given to a new `SeededChoices`, it takes the same course. */
  record(): Record<string, number> {
    return Object.fromEntries(this.#made);
  }

  /** How many choices were made. */
  get size(): number {
    return this.#made.size;
  }
}

/**
 * Walks every combination of options, one a pass, as an odometer does: the last choice asked for turns fastest. What
 * later choices are asked for may depend on earlier answers.
 *
 * ```ts
 * const odometer = new Odometer();
 * do { outcomes.add(describe(crash(disk, 'power', posixStrict, odometer))); } while (odometer.next());
 * ```
 */
export class Odometer implements Choices {
  readonly #digits: number[] = [];
  readonly #counts: number[] = [];
  readonly #made = new Map<string, number>();
  #asked = 0;
  #passes = 1;

  choose(key: string, count: number): number {
    const made = this.#made.get(key);
    if (made !== undefined) return clamp(made, count);
    const place = this.#asked++;
    if (place === this.#digits.length) {
      this.#digits.push(0);
      this.#counts.push(count);
    }
    this.#counts[place] = count;
    const value = clamp(this.#digits[place]!, count);
    this.#made.set(key, value);
    return value;
  }

  uniform(key: string): number {
    return toUnit(hashText(key, 0x27d4eb2f));
  }

  noise(key: string, bytes: Uint8Array, start: number, end: number): void {
    fillNoise(hashText(key, 0x165667b1), bytes, start, end);
  }

  /** Turns to the next combination; false when all were seen. */
  next(): boolean {
    this.#digits.length = this.#asked;
    this.#counts.length = this.#asked;
    this.#made.clear();
    this.#asked = 0;
    while (this.#digits.length > 0) {
      const last = this.#digits.length - 1;
      if (this.#digits[last]! + 1 < this.#counts[last]!) {
        this.#digits[last]!++;
        this.#passes++;
        return true;
      }
      this.#digits.pop();
      this.#counts.pop();
    }
    return false;
  }

  /** The number of this pass, from 1. */
  get passes(): number {
    return this.#passes;
  }

  /** This pass's choices: replays as the record of a `SeededChoices`. */
  record(): Record<string, number> {
    return Object.fromEntries(this.#made);
  }
}

/** A recorded option may be out of range when the world has changed since: then the nearest one is meant. */
function clamp(value: number, count: number): number {
  return value < count ? (value < 0 ? 0 : value) : count - 1;
}
