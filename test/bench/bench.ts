/** What a measurement is given, and what it gives. */
import type { Dataset } from './harness/dataset.ts';
import { type Both, type Directives, Server, type Side } from './harness/server.ts';
import type { Figure } from './figure.ts';
import type { Plan } from './plan.ts';

export interface Bench extends Both<Side> {
  readonly plan: Plan;
  /** A directory for files, removed at the end. */
  readonly scratch: string;
  /** So many keys as a file of commands; made at the first call. */
  dataset(keys: number): Dataset;
  /** Tells the person at the terminal how far it is. */
  readonly progress: (text: string) => void;
}

export interface Measurement {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<Figure[]>;
}

/** Does the work of a round for both sides, one after the other; each goes first in every second round. */
export async function alternate<T>(
  bench: Bench,
  round: number,
  both: Both<T>,
  work: (one: T, side: keyof Both<T>) => Promise<void>,
): Promise<void> {
  const order = round % 2 === 0 ? (['ours', 'redis'] as const) : (['redis', 'ours'] as const);
  for (const side of order) {
    bench.progress(`round ${round + 1} of ${bench.plan.rounds}, ${bench[side].name}`);
    await work(both[side], side);
  }
}

/** The same work for both sides, before the rounds or after them. */
export async function onBoth<T>(work: (side: keyof Both<T>) => Promise<T>): Promise<Both<T>> {
  return { ours: await work('ours'), redis: await work('redis') };
}

/** Lists for the values of both sides, one a round. */
export function emptyRounds(): Both<number[]> {
  return { ours: [], redis: [] };
}

export function startBoth(bench: Bench, directives: Directives): Promise<Both<Server>> {
  return onBoth((side) => Server.start(bench[side], directives));
}

export async function discardBoth({ ours, redis }: Both<Server>): Promise<void> {
  await ours.discard();
  await redis.discard();
}
