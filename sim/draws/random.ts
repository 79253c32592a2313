/**
 * Randomness by name.
 *
 * One stream a concern (`workload`, `schedule`, `disk` …), each a generator of its own, so that a draw more in one place
 * shifts nothing in another. The generator is `alea` of seedrandom: floating-point additions and multiplications only,
 * the same on every machine. Its first draws for neighbouring seeds form an arithmetic row, so seed and name are hashed
 * together and the first draws are thrown away.
 */
import seedrandom from 'seedrandom';
import { hashText, hex32 } from './hash.ts';

const DISCARDED_DRAWS = 8;

/** A seed as people write it: `42` and `'42'` are the same. */
export type Seed = number | string;

export class Stream {
  readonly name: string;
  readonly #draw: () => number;

  constructor(seed: Seed, name: string) {
    this.name = name;
    const text = `${seed}/${name}`;
    this.#draw = seedrandom.alea(hex32(hashText(text, 0x811c9dc5)) + hex32(hashText(text, 0x2b992ddf)));
    for (let i = 0; i < DISCARDED_DRAWS; i++) this.#draw();
  }

  /** A number in [0, 1), with 32 bits of resolution. */
  float(): number {
    return this.#draw();
  }

  /** An integer in [0, below). `below` is at most 2^32. */
  int(below: number): number {
    return Math.floor(this.#draw() * below);
  }

  /** An integer in [from, to], both included. */
  range(from: number, to: number): number {
    return from + Math.floor(this.#draw() * (to - from + 1));
  }

  /** True with this probability. Draws once, whatever the probability. */
  chance(probability: number): boolean {
    return this.#draw() < probability;
  }

  /** One of the items, which are not none. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError(`stream '${this.name}' was asked to pick from nothing`);
    return items[this.int(items.length)]!;
  }

  /** An index, as often as its weight says. Weights are not negative and not all zero. */
  weighted(weights: readonly number[]): number {
    let total = 0;
    for (const weight of weights) total += weight;
    let rest = this.#draw() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i]! <= 0) continue;
      last = i;
      rest -= weights[i]!;
      if (rest < 0) return i;
    }
    return last;
  }

  bytes(lengthBytes: number): Uint8Array {
    const out = new Uint8Array(lengthBytes);
    for (let i = 0; i < lengthBytes; i++) out[i] = this.int(256);
    return out;
  }
}

/** All streams of one seed, made when first asked for. */
export class Streams {
  readonly seed: string;
  readonly #streams = new Map<string, Stream>();

  constructor(seed: Seed) {
    this.seed = String(seed);
  }

  stream(name: string): Stream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new Stream(this.seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}
