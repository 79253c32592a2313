/**
 * Random numbers for commands (SPOP, RANDOMKEY …): a small generator seeded once from the system's entropy.
 *
 * xorshift128 of George Marsaglia ("Xorshift RNGs", 2003). Not for secrets.
 */
import type { Process } from '../ports/process.ts';

export class Randomness {
  #x: number;
  #y: number;
  #z: number;
  #w: number;

  constructor(process: Process) {
    const seed = process.entropy(16);
    const word = (at: number): number =>
      seed[at]! | (seed[at + 1]! << 8) | (seed[at + 2]! << 16) | (seed[at + 3]! << 24);
    this.#x = word(0) | 1;
    this.#y = word(4);
    this.#z = word(8);
    this.#w = word(12);
  }

  /** Uniform in [0, 1), 32 bits of it. */
  draw(): number {
    let t = this.#x ^ (this.#x << 11);
    t ^= t >>> 8;
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = (this.#w ^ (this.#w >>> 19) ^ t) | 0;
    return (this.#w >>> 0) / 4294967296;
  }
}
