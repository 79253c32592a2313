/**
 * The manifest in memory and on the disk: which files are the log.
 *
 * Written whole to a temporary, synced, renamed, the directory synced. When that fails at or after the rename, both the
 * old and the new manifest may be the live one: then nothing that either names may be removed, and what is in memory is
 * written again until it holds (`isSettled`).
 */
import { type Annotation, emptyManifest, formatManifest, type Manifest } from '../../aof/index.ts';
import type { Disk } from '../../ports/disk.ts';
import { createSynced, syncDirectory, unlinkIfThere } from '../io.ts';
import type { Names } from '../names.ts';
import type { Settings } from '../config/settings.ts';

/** What a manifest has to say about annotations from now on; `key` is that of the batches that will be written. */
export function annotationFor(
  settings: Settings,
  before: Annotation | undefined,
  key: number,
): Annotation | undefined {
  if (settings.aofChecksum) return { key, isPaused: false };
  return before === undefined ? undefined : { ...before, isPaused: true };
}

export class ManifestStore {
  /** What the log is. Superset of what any manifest on the disk names. */
  current: Manifest = emptyManifest;
  /** The manifest on the disk is `current`, durably. */
  isSettled = true;

  readonly #disk: Disk;
  readonly #names: Names;
  readonly #settings: Settings;

  constructor(disk: Disk, names: Names, settings: Settings) {
    this.#disk = disk;
    this.#names = names;
    this.#settings = settings;
  }

  /**
   * Makes `manifest` the live one, durably.
   *
   * @throws DiskError; `current` is `manifest` then where it is possibly live, and unchanged where it is certainly not
   */
  async replace(manifest: Manifest): Promise<void> {
    const temporary = this.#names.temporary('manifest');
    try {
      await createSynced(this.#disk, temporary, formatManifest(manifest, this.#settings.aofChecksum));
    } catch (error) {
      await unlinkIfThere(this.#disk, temporary);
      throw error;
    }
    this.current = manifest;
    this.isSettled = false;
    await this.#disk.rename(temporary, this.#names.inAppendDir(this.#names.manifestName));
    await syncDirectory(this.#disk, this.#names.appendDir);
    this.isSettled = true;
  }

  /** Writes `current` again after a failure that left its fate open. @throws DiskError */
  settle(): Promise<void> {
    return this.replace(this.current);
  }

  /** There is history that nothing keeps. */
  hasGarbage(isPinned: (name: string) => boolean): boolean {
    return this.current.history.some(({ name }) => !isPinned(name));
  }

  /**
   * Removes the history files, which no live manifest needs any more, and their lines. To be called where it is settled
   * which one that is.
   *
   * @param isPinned true for those that must stay yet
   * @throws DiskError
   */
  async dropHistory(isPinned: (name: string) => boolean): Promise<void> {
    const garbage = this.current.history.filter(({ name }) => !isPinned(name));
    if (garbage.length === 0) return;
    const kept = this.current.history.filter((file) => !garbage.includes(file));
    for (const { name } of garbage) await unlinkIfThere(this.#disk, this.#names.inAppendDir(name));
    // Before their lines go: an increment that nobody names is what a damaged manifest looks like.
    await syncDirectory(this.#disk, this.#names.appendDir);
    await this.replace({ ...this.current, history: kept });
  }
}
