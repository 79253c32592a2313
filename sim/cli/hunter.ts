/** A thread's work on a mutant: seed after seed, until it is dead, and the clean engine beside the fatal seed. */
import { loadEngine } from '../mutants/bundle.ts';
import { preyOf, tryPrey } from '../mutants/hunt.ts';
import type { Prey } from '../mutants/hunt.ts';
import type { Chase } from '../mutants/matrix.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { nullEngines } from '../mutants/null-engines.ts';
import { threadMs } from './thread-time.ts';

/** What is hunted: a mutant; the clean engine in the scenarios that a mutant is hunted in; a null engine. */
export type Quarry =
  | { readonly kind: 'mutant'; readonly mutant: Mutant }
  | { readonly kind: 'clean'; readonly mutant?: Mutant }
  | { readonly kind: 'null'; readonly id: string };

export interface ChaseOrder {
  readonly quarry: Quarry;
  readonly firstSeed: number;
  readonly mostSeeds: number;
  /** No more seeds are begun after that much of a core. */
  readonly budgetMs: number;
  /** Instead of the mutant's first. */
  readonly profile?: string;
}

/** What this thread has bundled: the chases of a mutant come one after the other, and bundling takes as long as some of them. */
let engineWithoutBug: Promise<Prey['engine']> | undefined;
let newest: { readonly mutant: string; readonly engine: Promise<Prey['engine']> } | undefined;

function engineWith(mutant: Mutant): Promise<Prey['engine']> {
  const text = JSON.stringify(mutant);
  if (newest?.mutant !== text) newest = { mutant: text, engine: loadEngine(mutant) };
  return newest.engine;
}

/** @throws where the clean engine fails at the fatal seed as well, or the simulator itself is at fault */
export async function chase(order: ChaseOrder): Promise<Chase> {
  const { quarry, firstSeed, mostSeeds, budgetMs } = order;
  const clean = await (engineWithoutBug ??= loadEngine());
  const prey = await preyFor(order, clean);
  const startedAtMs = threadMs();
  const spentMs = (): number => threadMs() - startedAtMs;
  for (let seeds = 1; seeds <= mostSeeds; seeds++) {
    const seed = firstSeed + seeds - 1;
    const violation = await tryPrey(prey, seed);
    if (violation !== undefined) {
      const spent = spentMs();
      if (quarry.kind === 'mutant') {
        const beside = await tryPrey({ ...prey, engine: clean }, seed);
        if (beside !== undefined)
          throw new Error(
            `seed ${seed} kills the mutant '${quarry.mutant.id}', and the clean engine as well: ${beside.property} ${beside.message}`,
          );
      }
      return { firstSeed, seeds, spentMs: spent, kill: { seed: String(seed), violation } };
    }
    if (spentMs() >= budgetMs) return { firstSeed, seeds, spentMs: spentMs(), kill: undefined };
  }
  return { firstSeed, seeds: mostSeeds, spentMs: spentMs(), kill: undefined };
}

async function preyFor({ quarry, profile }: ChaseOrder, clean: Prey['engine']): Promise<Prey> {
  switch (quarry.kind) {
    case 'mutant':
      return preyOf(quarry.mutant, await engineWith(quarry.mutant), profile);
    case 'clean':
      if (quarry.mutant !== undefined) return preyOf(quarry.mutant, clean, profile);
      return { engine: clean, filters: profile === undefined ? {} : { profiles: [profile] } };
    case 'null': {
      const found = nullEngines.find(({ id }) => id === quarry.id);
      if (found === undefined) throw new Error(`there is no null engine '${quarry.id}'`);
      return { engine: found.make(clean), filters: {} };
    }
  }
}
