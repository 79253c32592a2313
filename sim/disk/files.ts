/** Disks from files and files from disks: for fixtures, reports, and other servers' directories. */
import { newest } from './dir-inode.ts';
import type { DirInode } from './dir-inode.ts';
import { split } from './paths.ts';
import { SimDisk } from './sim-disk.ts';
import type { SimDiskOptions } from './sim-disk.ts';

/** A disk that holds these files (path to content), all of it durable. Directories are made as needed. */
export function diskFromFiles(files: ReadonlyMap<string, Uint8Array>, options: SimDiskOptions = {}): SimDisk {
  const disk = new SimDisk(options);
  for (const [path, content] of files) {
    let directory = '';
    for (const name of split(path).slice(0, -1)) {
      directory += `/${name}`;
      if (disk.find(directory) === undefined) disk.mkdir(directory);
    }
    const file = disk.open(path, { write: true, create: true, truncate: true });
    if (content.length > 0) disk.write(file, content);
    disk.close(file);
  }
  syncEverything(disk);
  return disk;
}

/** What a process sees: every file's path (absolute) and content, sorted by path. Contents are copies. */
export function filesOf(disk: SimDisk): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const visit = (dir: DirInode, path: string): void => {
    const names = [...dir.slots.values()]
      .filter((slot) => newest(slot).inode !== undefined)
      .map((slot) => slot.name);
    for (const name of names.sort()) {
      const inode = dir.lookup(name)!;
      if (inode.kind === 'directory') visit(inode, `${path}/${name}`);
      else files.set(`${path}/${name}`, contentOf(inode.image(), inode.sizeBytes));
    }
  };
  visit(disk.root, '');
  return files;
}

/** Makes everything durable, as sync(2) would if it kept its promise. */
export function syncEverything(disk: SimDisk): void {
  const visit = (dir: DirInode): void => {
    for (const slot of dir.slots.values()) {
      const { inode } = newest(slot);
      if (inode?.kind === 'directory') visit(inode);
      else inode?.raiseFloor(disk.seq);
    }
    dir.raiseFloor(disk.seq);
  };
  visit(disk.root);
  disk.commitEverything();
}

function contentOf(image: Uint8Array, sizeBytes: number): Uint8Array {
  const content = new Uint8Array(sizeBytes);
  content.set(image.subarray(0, Math.min(sizeBytes, image.length)));
  return content;
}
