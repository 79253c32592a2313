/**
 * `posix-strict`: everything that POSIX does not forbid.
 *
 * All choices are independent: a sync of a file makes its data and size durable and nothing else; a rename is atomic but
 * ordered after nothing; an unlink may persist before an earlier rename; a size may come without its data (zeros or
 * noise) and data without its size; a directory and what is in it are independent.
 */
import { errorModels } from './error-model.ts';
import { FreeChooser } from './free-chooser.ts';
import type { Profile } from './profile.ts';

export const posixStrict: Profile = {
  name: 'posix-strict',
  about: 'Everything that POSIX does not forbid: only what was synced is sure, all else is independent.',
  losesPower: true,
  losesEndsOnly: false,
  errors: errorModels.strict,
  honest: true,
  chooser: (_disk, choices, prefix, settings) => new FreeChooser(choices, prefix, settings),
};
