/**
 * The chooser that takes every freedom the common rules leave: `posix-strict` as it is, and the ground that the other
 * profiles restrict.
 *
 * What is possible is fixed by the rules; what is likely is shaped here, so that samples do not all look like noise: one
 * crash in ten loses nothing, one in ten loses everything unsynced, and otherwise each file has a mood that its pages and
 * its size follow.
 */
import type { Choices } from '../draws/choices.ts';
import type { DirInode, Rename, Slot, SlotVersion } from './dir-inode.ts';
import type { Change, FileInode, Seq } from './file-inode.ts';
import type { ChosenSize, CrashChooser, CrashSettings, Knobs, RenameTies } from './profile.ts';
import { encodeTear } from './tear.ts';

/** What a file's pages and size tend to in one crash. */
type Mood = 'kept' | 'lost' | 'cut' | 'size only' | 'data only' | 'scattered';

export class FreeChooser implements CrashChooser {
  readonly sectorBytes: number;
  readonly ties: RenameTies;
  protected readonly knobs: Knobs;
  protected readonly choices: Choices;
  protected readonly prefix: string;
  protected readonly weather: 'everything' | 'nothing' | 'mixed';
  #mooded: FileInode | undefined;
  #mood: Mood = 'scattered';
  #cutSeq = 0;

  constructor(choices: Choices, prefix: string, settings: CrashSettings) {
    this.sectorBytes = settings.sectorBytes ?? 512;
    this.knobs = settings.knobs ?? {};
    this.ties =
      this.knobs.renameAtomic === false
        ? 'none'
        : this.knobs.crossDirTie === false
          ? 'same directory'
          : 'all';
    this.choices = choices;
    this.prefix = prefix;
    const u = choices.uniform(`${prefix}/weather`);
    this.weather = u < 0.1 ? 'everything' : u < 0.2 ? 'nothing' : 'mixed';
  }

  keepsRename(rename: Rename): boolean {
    const key = `${this.prefix}/rename ${rename.key}`;
    return this.choices.choose(key, 2, this.lean(key, 2)) === 0;
  }

  crosses(rename: Rename, mayBeLost: boolean): 'kept' | 'doubled' | 'lost' {
    const key = `${this.prefix}/rename ${rename.key}`;
    const count = mayBeLost ? 3 : 2;
    return (['kept', 'doubled', 'lost'] as const)[this.choices.choose(key, count, this.lean(key, count))]!;
  }

  damaged(file: FileInode, page: number, sectors: number): number {
    if (this.knobs.psow !== false) return 0;
    const key = `${this.prefix}/damaged ${file.key}/${page}`;
    const u = this.choices.uniform(key);
    return this.choices.choose(key, sectors + 1, u < 0.5 ? 0 : 1 + Math.floor((u - 0.5) * 2 * sectors));
  }

  slot(_dir: DirInode, slot: Slot, versions: readonly SlotVersion[]): number {
    const key = `${this.prefix}/name ${slot.key}`;
    return this.choices.choose(key, versions.length, this.lean(key, versions.length));
  }

  size(file: FileInode, sizes: readonly Change[]): ChosenSize {
    if (sizes.length === 0) return { sizeBytes: file.durableSizeBytes, seq: 0 };
    const key = `${this.prefix}/size ${file.key}`;
    const pick = this.choices.choose(
      key,
      sizes.length + 1,
      this.leanVersion(file, key, sizes.length, (i) => sizes[i]!.seq, 'data only'),
    );
    const chosen = sizes[pick];
    return chosen ?? { sizeBytes: file.durableSizeBytes, seq: 0 };
  }

  least(_file: FileInode, _page: number, _versions: readonly Change[], _size: ChosenSize): number {
    return 0;
  }

  most(_file: FileInode, _page: number, versions: readonly Change[], _size: ChosenSize): number {
    return versions.length;
  }

  page(file: FileInode, page: number, versions: readonly Change[], least: number, most: number): number {
    const key = `${this.prefix}/page ${file.key}/${page}`;
    const seqOf = (i: number): Seq => versions[most - 1 - i]!.seq;
    const lean = this.leanVersion(file, key, most - least, seqOf, 'size only');
    return most - this.choices.choose(key, most - least + 1, lean);
  }

  beneath(
    _file: FileInode,
    _page: number,
    _versions: readonly Change[],
    _chosen: number,
    least: number,
  ): number {
    return least;
  }

  torn(file: FileInode, page: number, underneath: readonly number[], count: number): number {
    const key = `${this.prefix}/torn ${file.key}/${page}`;
    return this.choices.choose(key, count, this.leanTorn(key, underneath));
  }

  hole(file: FileInode, page: number): 'zeros' | 'noise' {
    return this.anyHole(file, page);
  }

  /** Zeros, or whatever the blocks had before. */
  protected anyHole(file: FileInode, page: number): 'zeros' | 'noise' {
    const key = `${this.prefix}/hole ${file.key}/${page}`;
    return this.choices.choose(key, 2) === 0 ? 'zeros' : 'noise';
  }

  noiseKey(file: FileInode, page: number): string {
    return `${this.prefix}/noise ${file.key}/${page}`;
  }

  /** The option to lean to where nothing else is known. */
  protected lean(key: string, count: number): number {
    if (this.weather === 'everything') return 0;
    if (this.weather === 'nothing') return count - 1;
    return Math.floor(this.choices.uniform(key) * count);
  }

  /** The option to lean to among `count` changes (newest first) and the durable state behind them. */
  protected leanVersion(
    file: FileInode,
    key: string,
    count: number,
    seqOf: (index: number) => Seq,
    losing: Mood,
  ): number {
    if (this.weather === 'everything') return 0;
    if (this.weather === 'nothing') return count;
    if (this.#mooded !== file) this.#takeMood(file);
    const mood = this.#mood;
    if (mood === 'kept') return 0;
    if (mood === 'lost') return count;
    if (mood === 'size only' || mood === 'data only') return mood === losing ? count : 0;
    if (mood === 'scattered') return Math.floor(this.choices.uniform(key) * (count + 1));
    let later = 0;
    while (later < count && seqOf(later) > this.#cutSeq) later++;
    return later;
  }

  /** A file's mood, and for 'cut' the moment up to which everything was written back. */
  #takeMood(file: FileInode): void {
    const key = `${this.prefix}/mood ${file.key}`;
    const u = this.choices.uniform(key);
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
    const at = Math.floor(this.choices.uniform(`${key}/cut`) * (log.length + 1));
    this.#cutSeq = at === 0 ? 0 : log[at - 1]!.seq;
  }

  /** Three pages in ten are torn: most linearly (a prefix or a suffix was written), some in any sectors. */
  protected leanTorn(key: string, underneath: readonly number[]): number {
    if (this.weather !== 'mixed') return 0;
    const u = this.choices.uniform(key);
    if (u >= 0.3) return 0;
    const index = u < 0.06 ? Math.floor(this.choices.uniform(`${key}/under`) * underneath.length) : 0;
    const how = this.choices.uniform(`${key}/how`);
    const where = this.choices.uniform(`${key}/where`);
    const written = (1 << (1 + Math.floor(where * 7))) - 1;
    const sectors = how < 0.4 ? ~written : how < 0.7 ? written : Math.floor(where * 256);
    return encodeTear(underneath, index, sectors & underneath[index]!);
  }
}
