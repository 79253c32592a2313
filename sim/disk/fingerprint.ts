/** Telling disk images apart: equal images need to be recovered only once. */
import { RollingHash } from '../draws/hash.ts';
import { newest } from './dir-inode.ts';
import type { DirInode } from './dir-inode.ts';
import type { FileInode } from './file-inode.ts';
import type { SimDisk } from './sim-disk.ts';

/**
 * 16 hexadecimal digits for what a process sees on the disk: names, kinds, contents. What is pending does not count; on
 * a disk that has lost power nothing is. The hash of a file that has not changed is remembered, also across crashes.
 */
export function fingerprint(disk: SimDisk): string {
  const hash = new RollingHash();
  visit(disk.root, hash);
  return hash.digest();
}

function visit(dir: DirInode, hash: RollingHash): void {
  const names: string[] = [];
  for (const slot of dir.slots.values()) if (newest(slot).inode !== undefined) names.push(slot.name);
  names.sort();
  hash.int(names.length);
  for (const name of names) {
    const inode = dir.lookup(name)!;
    hash.text(name);
    if (inode.kind === 'directory') visit(inode, hash);
    else hash.text(digestOf(inode));
  }
}

function digestOf(file: FileInode): string {
  const clean = file.log.length === 0 && file.lost === undefined && !file.sizeLost;
  if (clean && file.digest.text !== undefined) return file.digest.text;
  const hash = new RollingHash();
  const image = file.image();
  hash.bytes(image, 0, Math.min(image.length, file.sizeBytes));
  hash.number(file.sizeBytes);
  const digest = hash.digest();
  if (clean) file.digest.text = digest;
  return digest;
}
