/**
 * P15: whatever manifest a crash at this instant could leave, the log that it names is there and whole.
 *
 * The disk knows every version that each name may have after a crash, so nothing is sampled: *all* manifests that could be
 * the live one are read, and each file that one of them names must exist in all versions of its name. A base must be durable
 * to its last byte, and so must an increment behind which a later one holds something: only the end of the log may be torn.
 *
 * Where the power cannot fail, the newest version of each name is all that there is. Before the first start has succeeded
 * there need not be a manifest; one that there may be resolves all the same.
 */
import { DirInode, newest } from '../disk/dir-inode.ts';
import { FileInode } from '../disk/file-inode.ts';
import type { Inode, Slot } from '../disk/dir-inode.ts';
import type { SimDisk } from '../disk/index.ts';
import { textOf } from './text.ts';

/** A line of a manifest that counts at a start. */
interface Named {
  readonly name: string;
  readonly type: 'b' | 'i';
}

interface Parsed {
  readonly floor: number;
  readonly files: readonly Named[];
}

export interface ManifestPlace {
  readonly directory: string;
  readonly logDirectory: string;
  readonly manifest: string;
}

export class ManifestJudge {
  /** How many states of the disk were judged. */
  judged = 0;
  /** A start has succeeded: from now on there is a manifest. */
  hasStarted = false;
  readonly #place: ManifestPlace;
  readonly #losesPower: boolean;
  readonly #parsed = new WeakMap<FileInode, Parsed>();
  #disk: SimDisk | undefined;
  #seq = -1;

  constructor(place: ManifestPlace, losesPower: boolean) {
    this.#place = place;
    this.#losesPower = losesPower;
  }

  /** What is wrong with the disk as it stands; undefined where nothing is, or nothing changed since the last time. */
  judge(disk: SimDisk): string | undefined {
    if (disk === this.#disk && disk.seq === this.#seq) return undefined;
    this.#disk = disk;
    this.#seq = disk.seq;
    // What a file system does after an error of its own is not the engine's.
    if (disk.condition !== 'healthy') return undefined;
    this.judged++;
    const parent = disk.find(this.#place.directory);
    if (!(parent instanceof DirInode)) return `there is no ${this.#place.directory}`;
    for (const folder of this.#versions(parent.slots.get(this.#place.logDirectory))) {
      if (folder === undefined && !this.hasStarted) continue;
      if (!(folder instanceof DirInode)) return 'the directory of the log may be gone after a crash';
      const wrong = this.#judgeFolder(folder);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #judgeFolder(folder: DirInode): string | undefined {
    for (const manifest of this.#versions(folder.slots.get(this.#place.manifest))) {
      if (manifest === undefined && !this.hasStarted) continue;
      if (!(manifest instanceof FileInode)) return 'there may be no manifest after a crash';
      if (this.#losesPower && !isDurable(manifest)) return 'the manifest may be torn after a crash';
      const wrong = this.#judgeFiles(folder, this.#read(manifest));
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #judgeFiles(folder: DirInode, files: readonly Named[]): string | undefined {
    if (files.length === 0) return 'a manifest that may be live names no file';
    let isFollowed = false;
    for (let i = files.length - 1; i >= 0; i--) {
      const { name, type } = files[i]!;
      let holdsSomething = false;
      for (const file of this.#versions(folder.slots.get(name))) {
        if (!(file instanceof FileInode))
          return `a manifest that may be live names ${name}, which may be gone`;
        const mayTear = type === 'i' && !isFollowed;
        if (this.#losesPower && !mayTear && !isDurable(file))
          return `a manifest that may be live names ${name}, which ${type === 'b' ? 'is its base' : 'is not its last increment'} and may be torn`;
        holdsSomething ||= file.sizeBytes > 0;
      }
      isFollowed ||= holdsSomething;
    }
    return undefined;
  }

  #versions(slot: Slot | undefined): (Inode | undefined)[] {
    if (slot === undefined) return [undefined];
    return this.#losesPower ? slot.versions.map(({ inode }) => inode) : [newest(slot).inode];
  }

  /** In the order of the manifest, which is that of the log. */
  #read(manifest: FileInode): readonly Named[] {
    const known = this.#parsed.get(manifest);
    if (known !== undefined && known.floor === manifest.floor && manifest.log.length === 0)
      return known.files;
    const text = textOf(manifest.image(), 0, manifest.sizeBytes);
    const files = [...text.matchAll(/^file (\S+) seq \d+ type ([bi])$/gm)].map(([, name, type]): Named => ({
      name: name!,
      type: type === 'b' ? 'b' : 'i',
    }));
    this.#parsed.set(manifest, { floor: manifest.floor, files });
    return files;
  }
}

/** True when a loss of power leaves the file as it is. One that a sync has failed on is beyond judgement here (P14). */
function isDurable(file: FileInode): boolean {
  return file.log.length === 0 || file.errors > 0;
}
