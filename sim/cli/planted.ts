/** The bug that --mutant plants. */
import { mutants } from '../mutants/catalogue/index.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { UsageError } from './exit-status.ts';

/** A mutant of the catalogue by its id. @throws UsageError */
export function mutantOf(id: string): Mutant {
  const mutant = mutants.find((candidate) => candidate.id === id);
  if (mutant !== undefined) return mutant;
  const ids = mutants.map((candidate) => candidate.id).join(', ');
  throw new UsageError(`--mutant: got ${JSON.stringify(id)}, expected one of ${ids}`);
}
