/**
 * The profiles by name. A profile says what a loss of power may leave; whether a crash is a kill or a loss of power is
 * a choice at every crash.
 */
import { errorModels } from './error-model.ts';
import { posixStrict } from './posix-strict.ts';
import type { CrashChooser, Profile } from './profile.ts';

const everythingKept: CrashChooser = {
  sectorBytes: 4096,
  keepsRename: () => true,
  slot: () => 0,
  size: () => 0,
  page: () => 0,
  torn: () => 0,
  hole: () => 'zeros',
  noiseKey: () => '',
};

/** Kills only: the power never fails, the page cache survives. */
export const procKill: Profile = {
  name: 'proc-kill',
  about: 'Processes are killed; the power never fails, so that the page cache survives.',
  losesPower: false,
  errors: errorModels.strict,
  chooser: () => everythingKept,
};

/** The null disk: the power fails, but nothing is ever lost. Durability mutants must survive on it. */
export const lossless: Profile = {
  name: 'lossless',
  about: 'Nothing is ever lost, synced or not: the null disk on which durability mutants must survive.',
  losesPower: true,
  errors: errorModels.strict,
  chooser: () => everythingKept,
};

export const profiles: ReadonlyMap<string, Profile> = new Map(
  [posixStrict, procKill, lossless].map((profile) => [profile.name, profile]),
);
