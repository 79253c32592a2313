/**
 * `posix-strict`: everything that POSIX does not forbid.
 *
 * All choices are independent: a sync of a file makes its data and size durable and nothing else; a rename is atomic but
 * ordered after nothing; an unlink may persist before an earlier rename; a size may come without its data (zeros or
 * noise) and data without its size; a directory and what is in it are independent.
 *
 * What is possible is fixed by the options; what is likely is shaped here, so that samples do not all look like noise:
 * one crash in ten loses nothing, one in ten loses everything unsynced, and otherwise each file has a mood that its
 * pages and its size follow.
 */
import type { Choices } from '../draws/choices.ts';
import { errorModels } from './error-model.ts';
import type { Change, DirInode, FileInode, Rename, Slot, SlotVersion } from './inode.ts';
import type { CrashChooser, CrashSettings, Profile } from './profile.ts';
import { encodeTear } from './tear.ts';

export const posixStrict: Profile = {
  name: 'posix-strict',
  about: 'Everything that POSIX does not forbid: only what was synced is sure, all else is independent.',
  losesPower: true,
  errors: errorModels.strict,
  chooser: (_disk, choices, prefix, settings) => new StrictChooser(choices, prefix, settings),
};

/** What a file's pages and size tend to in one crash. */
type Mood = 'kept' | 'lost' | 'cut' | 'size only' | 'data only' | 'scattered';

class StrictChooser implements CrashChooser {
  readonly sectorBytes: number;
  readonly #choices: Choices;
  readonly #prefix: string;
  readonly #weather: 'everything' | 'nothing' | 'mixed';
  #mooded: FileInode | undefined;
  #mood: Mood = 'scattered';
  #cutSeq = 0;

  constructor(choices: Choices, prefix: string, settings: CrashSettings) {
    this.sectorBytes = settings.sectorBytes ?? 512;
    this.#choices = choices;
    this.#prefix = prefix;
    const u = choices.uniform(`${prefix}/weather`);
    this.#weather = u < 0.1 ? 'everything' : u < 0.2 ? 'nothing' : 'mixed';
  }

  keepsRename(rename: Rename): boolean {
    const key = `${this.#prefix}/rename ${rename.key}`;
    return this.#choices.choose(key, 2, this.#lean(key, 2)) === 0;
  }

  slot(_dir: DirInode, slot: Slot, versions: readonly SlotVersion[]): number {
    const key = `${this.#prefix}/name ${slot.key}`;
    return this.#choices.choose(key, versions.length, this.#lean(key, versions.length));
  }

  size(file: FileInode, sizes: readonly Change[]): number {
    const key = `${this.#prefix}/size ${file.key}`;
    return this.#choices.choose(key, sizes.length + 1, this.#leanVersion(file, key, sizes, 'data only'));
  }

  page(file: FileInode, page: number, versions: readonly Change[]): number {
    const key = `${this.#prefix}/page ${file.key}/${page}`;
    return this.#choices.choose(
      key,
      versions.length + 1,
      this.#leanVersion(file, key, versions, 'size only'),
    );
  }

  torn(file: FileInode, page: number, underneath: readonly number[], count: number): number {
    const key = `${this.#prefix}/torn ${file.key}/${page}`;
    return this.#choices.choose(key, count, this.#leanTorn(key, underneath));
  }

  hole(file: FileInode, page: number): 'zeros' | 'noise' {
    const key = `${this.#prefix}/hole ${file.key}/${page}`;
    return this.#choices.choose(key, 2) === 0 ? 'zeros' : 'noise';
  }

  noiseKey(file: FileInode, page: number): string {
    return `${this.#prefix}/noise ${file.key}/${page}`;
  }

  #lean(key: string, count: number): number {
    if (this.#weather === 'everything') return 0;
    if (this.#weather === 'nothing') return count - 1;
    return Math.floor(this.#choices.uniform(key) * count);
  }

  /** The option to lean to among changes (newest first) and the durable state behind them. */
  #leanVersion(file: FileInode, key: string, changes: readonly Change[], losing: Mood): number {
    if (this.#weather === 'everything') return 0;
    if (this.#weather === 'nothing') return changes.length;
    if (this.#mooded !== file) this.#takeMood(file);
    const mood = this.#mood;
    if (mood === 'kept') return 0;
    if (mood === 'lost') return changes.length;
    if (mood === 'size only' || mood === 'data only') return mood === losing ? changes.length : 0;
    if (mood === 'scattered') return Math.floor(this.#choices.uniform(key) * (changes.length + 1));
    let later = 0;
    while (later < changes.length && changes[later]!.seq > this.#cutSeq) later++;
    return later;
  }

  /** A file's mood, and for 'cut' the moment up to which everything was written back. */
  #takeMood(file: FileInode): void {
    const key = `${this.#prefix}/mood ${file.key}`;
    const u = this.#choices.uniform(key);
    this.#mooded = file;
    this.#mood =
      u < 0.2
        ? 'kept'
        : u < 0.35
          ? 'lost'
          : u < 0.65
            ? 'cut'
            : u < 0.75
              ? 'size only'
              : u < 0.85
                ? 'data only'
                : 'scattered';
    const { log } = file;
    const at = Math.floor(this.#choices.uniform(`${key}/cut`) * (log.length + 1));
    this.#cutSeq = at === 0 ? 0 : log[at - 1]!.seq;
  }

  /** Three pages in ten are torn: most linearly (a prefix or a suffix was written), some in any sectors. */
  #leanTorn(key: string, underneath: readonly number[]): number {
    if (this.#weather !== 'mixed') return 0;
    const u = this.#choices.uniform(key);
    if (u >= 0.3) return 0;
    const index = u < 0.06 ? Math.floor(this.#choices.uniform(`${key}/under`) * underneath.length) : 0;
    const how = this.#choices.uniform(`${key}/how`);
    const where = this.#choices.uniform(`${key}/where`);
    const written = (1 << (1 + Math.floor(where * 7))) - 1;
    const sectors = how < 0.4 ? ~written : how < 0.7 ? written : Math.floor(where * 256);
    return encodeTear(underneath, index, sectors & underneath[index]!);
  }
}
