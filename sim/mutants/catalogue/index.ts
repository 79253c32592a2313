/** All mutants of the house, by the parts of the bug zoo. */
import type { Mutant } from '../mutant.ts';
import { acknowledgementMutants } from './acknowledgement.ts';
import { backupMutants } from './backups.ts';
import { badStartMutants } from './bad-starts.ts';
import { childMutants } from './children.ts';
import { effectMutants } from './effects.ts';
import { fieldMutants } from './fields.ts';
import { mishapMutants } from './mishaps.ts';
import { nameMutants } from './names.ts';
import { plainLogMutants } from './plain-logs.ts';
import { punctualityMutants } from './punctuality.ts';
import { rarityMutants } from './rarities.ts';
import { recoveryMutants } from './recovery.ts';
import { scriptMutants } from './scripts.ts';
import { severalMutants } from './several.ts';
import { streamMutants } from './streams.ts';
import { switchMutants } from './switches.ts';
import { waitingMutants } from './waiting.ts';
import { watchingMutants } from './watching.ts';

export const mutants: readonly Mutant[] = [
  ...acknowledgementMutants,
  ...nameMutants,
  ...recoveryMutants,
  ...badStartMutants,
  ...plainLogMutants,
  ...childMutants,
  ...effectMutants,
  ...fieldMutants,
  ...mishapMutants,
  ...severalMutants,
  ...streamMutants,
  ...rarityMutants,
  ...scriptMutants,
  ...waitingMutants,
  ...watchingMutants,
  ...backupMutants,
  ...punctualityMutants,
  ...switchMutants,
];

/** The seven that every range of 200 seeds must kill. */
export const plantedMutants: readonly Mutant[] = mutants.filter(({ planted }) => planted === true);
