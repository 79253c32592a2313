/**
 * What changes names: rename, link, unlink, mkdir, rmdir, and the creation of files. Each adds versions to slots; which of
 * them survive a crash is decided by `crash-names.ts`. The order of the checks is Linux's.
 */
import { SimDiskError } from './error.ts';
import { DirInode } from './dir-inode.ts';
import { FileInode } from './file-inode.ts';
import type { Inode, Rename } from './dir-inode.ts';
import { checkName, locate } from './paths.ts';
import type { Place } from './paths.ts';
import type { SimDisk } from './sim-disk.ts';

/** Makes an empty file at a place where there is nothing. @throws SimDiskError EROFS ENOSPC EDQUOT EIO */
export function createFile(disk: SimDisk, place: Place, path: string): FileInode {
  disk.mayChange('open', path);
  disk.mayGrow('open', path);
  const slot = disk.slotOf(place.dir, place.name);
  const inode = new FileInode(disk.keys.nextId(), disk.keys.forName('', place.name));
  inode.links = 1;
  slot.versions.push({ seq: ++disk.seq, inode, rename: undefined });
  inode.nameSeqs[0] = disk.seq;
  return inode;
}

/** @throws SimDiskError ENOENT ENOTDIR EISDIR EINVAL ENOTEMPTY EBUSY EXDEV EROFS EIO */
export function rename(disk: SimDisk, from: string, to: string): void {
  const source = locate(disk.root, from, 'rename', false);
  const target = locate(disk.root, to, 'rename', false);
  if (source.dir.device !== target.dir.device) throw SimDiskError.of('EXDEV', 'rename', to);
  if (source.name === '' || target.name === '') throw SimDiskError.of('EBUSY', 'rename', to);
  disk.mayChange('rename', to);
  checkName(source.name, 'rename', from);
  const { inode } = source;
  if (inode === undefined) throw SimDiskError.of('ENOENT', 'rename', from);
  checkName(target.name, 'rename', to);
  const replaced = target.inode;
  if (inode.kind === 'directory' && target.ancestors.includes(inode))
    throw SimDiskError.of('EINVAL', 'rename', to);
  if (inode.kind === 'file' && (source.wantsDirectory || target.wantsDirectory))
    throw SimDiskError.of('ENOTDIR', 'rename', to);
  if (replaced?.kind === 'directory' && source.ancestors.includes(replaced))
    throw SimDiskError.of('ENOTEMPTY', 'rename', to);
  if (replaced === inode) return;
  if (replaced !== undefined) mayReplace(inode, replaced, to);
  if (isMountPoint(inode, source.dir) || (replaced !== undefined && isMountPoint(replaced, target.dir)))
    throw SimDiskError.of('EBUSY', 'rename', to);
  const fromSlot = disk.slotOf(source.dir, source.name);
  const toSlot = disk.slotOf(target.dir, target.name);
  const seq = ++disk.seq;
  const tie: Rename = {
    seq,
    key: `${toSlot.key}/rename:${disk.keys.ordinal(`${toSlot.key}/rename`)}`,
    fromDir: source.dir,
    from: fromSlot,
    toDir: target.dir,
    to: toSlot,
  };
  fromSlot.versions.push({ seq, inode: undefined, rename: tie });
  toSlot.versions.push({ seq, inode, rename: tie });
  if (inode.kind === 'file') {
    inode.nameSeqs.push(seq);
    if (replaced !== undefined) inode.allocations.push(seq);
  }
  if (replaced?.kind === 'file') {
    replaced.nameSeqs.push(seq);
    disk.dropLink(replaced);
  }
}

function mayReplace(inode: Inode, replaced: Inode, to: string): void {
  if (replaced.kind === 'directory') {
    if (inode.kind === 'file') throw SimDiskError.of('EISDIR', 'rename', to);
    if (replaced.count() > 0) throw SimDiskError.of('ENOTEMPTY', 'rename', to);
  } else if (inode.kind === 'directory') {
    throw SimDiskError.of('ENOTDIR', 'rename', to);
  }
}

/** Gives a file one more name. @throws SimDiskError ENOENT ENOTDIR EEXIST EPERM EXDEV EROFS ENOSPC EDQUOT EIO */
export function link(disk: SimDisk, from: string, to: string): void {
  const source = locate(disk.root, from, 'link');
  const { inode } = source;
  if (inode === undefined) throw SimDiskError.of('ENOENT', 'link', from);
  if (source.wantsDirectory && inode.kind === 'file') throw SimDiskError.of('ENOTDIR', 'link', from);
  const target = locate(disk.root, to, 'link');
  if (target.inode !== undefined) throw SimDiskError.of('EEXIST', 'link', to);
  if (target.wantsDirectory) throw SimDiskError.of('ENOENT', 'link', to);
  if (source.dir.device !== target.dir.device) throw SimDiskError.of('EXDEV', 'link', to);
  if (inode.kind === 'directory') throw SimDiskError.of('EPERM', 'link', from);
  disk.mayChange('link', to);
  disk.mayGrow('link', to);
  disk.slotOf(target.dir, target.name).versions.push({ seq: ++disk.seq, inode, rename: undefined });
  inode.nameSeqs.push(disk.seq);
  inode.links++;
}

/** @throws SimDiskError ENOENT ENOTDIR EISDIR EROFS EIO */
export function unlink(disk: SimDisk, path: string): void {
  const place = locate(disk.root, path, 'unlink');
  const { dir, name, inode } = place;
  if (inode === undefined) throw SimDiskError.of('ENOENT', 'unlink', path);
  if (inode.kind === 'directory') throw SimDiskError.of('EISDIR', 'unlink', path);
  if (place.wantsDirectory) throw SimDiskError.of('ENOTDIR', 'unlink', path);
  disk.mayChange('unlink', path);
  disk.slotOf(dir, name).versions.push({ seq: ++disk.seq, inode: undefined, rename: undefined });
  inode.nameSeqs.push(disk.seq);
  disk.dropLink(inode);
}

/** Makes a directory; on `device` where another file system is mounted there. @throws SimDiskError EEXIST ENOENT ENOTDIR EROFS ENOSPC EDQUOT EIO */
export function mkdir(disk: SimDisk, path: string, device?: number): void {
  const { dir, name, inode } = locate(disk.root, path, 'mkdir');
  if (inode !== undefined) throw SimDiskError.of('EEXIST', 'mkdir', path);
  disk.mayChange('mkdir', path);
  disk.mayGrow('mkdir', path);
  const slot = disk.slotOf(dir, name);
  const made = new DirInode(disk.keys.nextId(), slot.key, device ?? dir.device);
  slot.versions.push({ seq: ++disk.seq, inode: made, rename: undefined });
}

/** @throws SimDiskError ENOENT ENOTDIR ENOTEMPTY EINVAL EBUSY EROFS EIO */
export function rmdir(disk: SimDisk, path: string): void {
  const { dir, name, inode } = locate(disk.root, path, 'rmdir');
  if (name === '') {
    if (inode === disk.root && !/(^|\/)\.\.?\/*$/.test(path)) throw SimDiskError.of('EBUSY', 'rmdir', path);
    throw SimDiskError.of(/\.\.\/*$/.test(path) ? 'ENOTEMPTY' : 'EINVAL', 'rmdir', path);
  }
  if (inode === undefined) throw SimDiskError.of('ENOENT', 'rmdir', path);
  if (inode.kind !== 'directory') throw SimDiskError.of('ENOTDIR', 'rmdir', path);
  if (isMountPoint(inode, dir)) throw SimDiskError.of('EBUSY', 'rmdir', path);
  if (inode.count() > 0) throw SimDiskError.of('ENOTEMPTY', 'rmdir', path);
  disk.mayChange('rmdir', path);
  disk.slotOf(dir, name).versions.push({ seq: ++disk.seq, inode: undefined, rename: undefined });
}

function isMountPoint(inode: Inode, parent: DirInode): boolean {
  return inode.kind === 'directory' && inode.device !== parent.device;
}
