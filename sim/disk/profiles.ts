/**
 * The profiles by name. A profile says what a loss of power may leave; whether a crash is a kill or a loss of power is
 * a choice at every crash.
 */
import { btrfs } from './btrfs.ts';
import { errorModels } from './error-model.ts';
import { ext4Ordered, ext4Writeback } from './ext4.ts';
import { lazyfs } from './lazyfs.ts';
import { posixStrict } from './posix-strict.ts';
import type { CrashChooser, Profile } from './profile.ts';
import { xfs } from './xfs.ts';

const everythingKept: CrashChooser = {
  sectorBytes: 4096,
  keepsRename: () => true,
  slot: () => 0,
  size: (file, sizes) => sizes[0] ?? { sizeBytes: file.durableSizeBytes, seq: 0 },
  least: (_file, _page, versions) => versions.length,
  most: (_file, _page, versions) => versions.length,
  page: (_file, _page, _versions, _least, most) => most,
  beneath: (_file, _page, _versions, chosen) => chosen,
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
  honest: true,
  chooser: () => everythingKept,
};

/** The null disk: the power fails, but nothing is ever lost. Durability mutants must survive on it. */
export const lossless: Profile = {
  name: 'lossless',
  about: 'Nothing is ever lost, synced or not: the null disk on which durability mutants must survive.',
  losesPower: true,
  errors: errorModels.strict,
  honest: true,
  chooser: () => everythingKept,
};

export const profiles: ReadonlyMap<string, Profile> = new Map(
  [posixStrict, ext4Ordered(), ext4Writeback, xfs(), btrfs, lazyfs, procKill, lossless].map((profile) => [
    profile.name,
    profile,
  ]),
);
