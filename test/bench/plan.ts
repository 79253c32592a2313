/** How much of everything: in earnest, and to see whether it runs. */
import type { Options } from './options.ts';

export interface Plan {
  readonly rounds: number;
  readonly seed: string;
  /** Keys that are saved, loaded and weighed. */
  readonly keys: number;
  /** Keys at the fork and at the end of growth. */
  readonly manyKeys: number;
  /** Requests of one run of redis-benchmark at pipeline 1 and at pipeline 16. */
  readonly requests: { readonly 1: number; readonly 16: number };
  /** How long the simulator runs, milliseconds of each round. */
  readonly simulatorMs: number;
}

export const valueBytes = 100;
export const clients = 50;

export function makePlan({ quick, rounds, seed }: Options): Plan {
  if (quick) {
    const requests = { 1: 60_000, 16: 400_000 };
    return { rounds: rounds ?? 1, seed, keys: 250_000, manyKeys: 500_000, requests, simulatorMs: 2000 };
  }
  const requests = { 1: 150_000, 16: 1_000_000 };
  return { rounds: rounds ?? 5, seed, keys: 1_000_000, manyKeys: 2_000_000, requests, simulatorMs: 3000 };
}
