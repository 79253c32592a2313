/**
 * The kill matrix: what it takes to kill each mutant, over many places to begin, and which property does it.
 *
 * A *chase* begins at a seed of its own and goes on, seed after seed, until the mutant is dead or patience ends. Median and
 * 95th percentile are over chases, a survivor counting as longer than all others: luck at one seed is no power.
 */
import type { Property, Violation } from '../oracle/violation.ts';
import type { Mutant } from './mutant.ts';

/** One chase, ended. */
export interface Chase {
  readonly firstSeed: number;
  /** Seeds tried, the fatal one included. */
  readonly seeds: number;
  /** Of one core. */
  readonly spentMs: number;
  readonly kill: { readonly seed: string; readonly violation: Violation } | undefined;
}

export interface Quantiles {
  /** Infinity where so many chases came to nothing. */
  readonly median: number;
  readonly p95: number;
}

export interface Row {
  readonly mutant: Mutant;
  readonly profile: string;
  readonly chases: number;
  readonly survived: number;
  readonly seeds: Quantiles;
  readonly seconds: Quantiles;
  /** How many chases each property ended, the most frequent first. */
  readonly kills: readonly (readonly [property: Property, times: number])[];
  /** Properties that killed it although its entry does not name them. */
  readonly unexpected: readonly Property[];
}

export function rowOf(mutant: Mutant, profile: string, chases: readonly Chase[]): Row {
  const kills = new Map<Property, number>();
  for (const { kill } of chases) {
    if (kill === undefined) continue;
    const { property } = kill.violation;
    kills.set(property, (kills.get(property) ?? 0) + 1);
  }
  const of = (measure: (chase: Chase) => number): Quantiles =>
    quantiles(chases.map((chase) => (chase.kill === undefined ? Infinity : measure(chase))));
  return {
    mutant,
    profile,
    chases: chases.length,
    survived: chases.filter(({ kill }) => kill === undefined).length,
    seeds: of(({ seeds }) => seeds),
    seconds: of(({ spentMs }) => spentMs / 1000),
    kills: [...kills].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
    unexpected: [...kills.keys()].filter((property) => !mutant.kills.includes(property)),
  };
}

/** Survivors first, then those that took longest. */
export function inOrder(rows: readonly Row[]): Row[] {
  const weight = ({ survived, chases }: Row): number => (survived === chases ? 2 : survived > 0 ? 1 : 0);
  return rows.toSorted(
    (a, b) =>
      weight(b) - weight(a) || b.seeds.median - a.seeds.median || (a.mutant.id < b.mutant.id ? -1 : 1),
  );
}

/** A survivor that its entry does not explain. */
export function isUnexplained({ mutant, survived, chases }: Row): boolean {
  return survived === chases && mutant.survives === undefined;
}

/** By nearest rank. */
function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => (a === b ? 0 : a - b));
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Infinity;
  return { median: at(0.5), p95: at(0.95) };
}
