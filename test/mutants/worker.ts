/** The thread that hunts: one engine over one range of seeds, by name. */
import { loadEngine } from '../../sim/mutants/bundle.ts';
import { mutants } from '../../sim/mutants/catalogue/index.ts';
import { hunt, huntMutant, preyOf } from '../../sim/mutants/hunt.ts';
import type { Hunt, SeedRange } from '../../sim/mutants/hunt.ts';
import { nullEngines } from '../../sim/mutants/null-engines.ts';
import type { NullEngine } from '../../sim/mutants/null-engines.ts';

export interface Job {
  readonly kind: 'clean' | 'mutant' | 'null';
  /** Of the mutant or the null engine; the clean engine can be given a mutant's, to be tried where that one is hunted. */
  readonly id?: string;
  readonly range: SeedRange;
  /** Instead of the mutant's own. */
  readonly profile?: string;
}

export async function run({ kind, id, range, profile }: Job): Promise<Hunt> {
  const clean = await loadEngine();
  if (kind === 'null') return hunt({ engine: nullEngine(id).make(clean), filters: {} }, range);
  if (id === undefined)
    return hunt({ engine: clean, filters: profile === undefined ? {} : { profiles: [profile] } }, range);
  const mutant = mutants.find((candidate) => candidate.id === id);
  if (mutant === undefined) throw new Error(`there is no mutant '${id}'`);
  if (kind === 'clean') return hunt(preyOf(mutant, clean, profile), range);
  return huntMutant(mutant, await loadEngine(mutant), clean, range, profile);
}

function nullEngine(id: string | undefined): NullEngine {
  const found = nullEngines.find((engine) => engine.id === id);
  if (found === undefined) throw new Error(`there is no null engine '${id}'`);
  return found;
}
