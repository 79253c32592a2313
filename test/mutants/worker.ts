/** The thread that hunts: one engine over one range of seeds, by name. */
import { loadEngine } from '../../sim/mutants/bundle.ts';
import { mutants } from '../../sim/mutants/catalogue/index.ts';
import { hunt, preyOf } from '../../sim/mutants/hunt.ts';
import type { Hunt, Prey, SeedRange } from '../../sim/mutants/hunt.ts';
import { nullEngines } from '../../sim/mutants/null-engines.ts';

export interface Job {
  readonly kind: 'clean' | 'mutant' | 'null';
  /** Of the mutant or the null engine; the clean engine can be given a mutant's, to be tried where that one is hunted. */
  readonly id?: string;
  readonly range: SeedRange;
  /** Instead of the mutant's own. */
  readonly profile?: string;
}

export async function run(job: Job): Promise<Hunt> {
  return hunt(await preyFor(job), job.range);
}

async function preyFor({ kind, id, profile }: Job): Promise<Prey> {
  const anything: Prey = { engine: await loadEngine(), filters: profile === undefined ? {} : { profiles: [profile] } };
  if (kind === 'null') {
    const found = nullEngines.find((engine) => engine.id === id);
    if (found === undefined) throw new Error(`there is no null engine '${id}'`);
    return { ...anything, engine: found.make(anything.engine) };
  }
  if (id === undefined) return anything;
  const mutant = mutants.find((candidate) => candidate.id === id);
  if (mutant === undefined) throw new Error(`there is no mutant '${id}'`);
  return preyOf(mutant, kind === 'clean' ? anything.engine : await loadEngine(mutant), profile);
}
