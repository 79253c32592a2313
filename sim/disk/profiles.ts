/**
 * The profiles by name. A profile says what a loss of power may leave; whether a crash is a kill or a loss of power is
 * a choice at every crash.
 */
import { btrfs } from './btrfs.ts';
import { errorModels } from './error-model.ts';
import { ext4Ordered, ext4Writeback } from './ext4.ts';
import { lazyfs } from './lazyfs.ts';
import { lyingUnder } from './lying.ts';
import { posixStrict } from './posix-strict.ts';
import type { CrashChooser, Profile } from './profile.ts';
import { rotUnder } from './rot.ts';
import { xfs } from './xfs.ts';

const everythingKept: CrashChooser = {
  sectorBytes: 4096,
  ties: 'all',
  crosses: () => 'kept',
  damaged: () => 0,
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
  losesEndsOnly: true,
  errors: errorModels.strict,
  honest: true,
  chooser: () => everythingKept,
};

/** The null disk: the power fails, but nothing is ever lost. Durability mutants must survive on it. */
export const lossless: Profile = {
  name: 'lossless',
  about: 'Nothing is ever lost, synced or not: the null disk on which durability mutants must survive.',
  losesPower: true,
  losesEndsOnly: true,
  errors: errorModels.strict,
  honest: true,
  chooser: () => everythingKept,
};

/** Nothing about a rename is sure: the weakest that is known (ALICE's, ext2; btrfs had such bugs). */
const paranoid: Profile = {
  ...posixStrict,
  name: 'paranoid',
  about: 'As posix-strict, but the two sides of a rename go their own ways.',
  chooser: (disk, choices, prefix, settings) =>
    posixStrict.chooser(disk, choices, prefix, {
      ...settings,
      knobs: { renameAtomic: false, crossDirTie: false },
    }),
};

/** By name. `findProfile` also takes knobs. */
export const profiles: ReadonlyMap<string, Profile> = new Map(
  [
    posixStrict,
    ext4Ordered,
    ext4Writeback,
    xfs,
    btrfs,
    lazyfs,
    procKill,
    lossless,
    paranoid,
    lyingUnder(posixStrict, 'lying'),
    rotUnder(posixStrict, 'rot'),
  ].map((profile) => [profile.name, profile]),
);
