/** Paths: how they are taken apart, how they lead to inodes, and what a name says about its file. */
import { SimDiskError } from './error.ts';
import type { DirInode, Inode } from './dir-inode.ts';

/** Where a name is, or would be. */
export interface Place {
  readonly dir: DirInode;
  /** The last step: a name, or '' where the path ends in the root, '.' or '..'. */
  readonly name: string;
  /** What the name leads to now. */
  readonly inode: Inode | undefined;
  /** The directories from the root down to `dir`. */
  readonly ancestors: readonly DirInode[];
  /** True when the path ends in '/': then only a directory will do. */
  readonly wantsDirectory: boolean;
}

const NAME_LIMIT_BYTES = 255;

/** The steps of a path from the root; '.' and '..' are resolved by name. */
export function split(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return names;
}

/** A name without its numbers and nonces: what the file is for. */
export function roleOf(name: string): string {
  return name.replace(/[0-9a-f]{8,}|[0-9]+/g, '#');
}

/** @throws SimDiskError ENAMETOOLONG */
export function checkName(name: string, operation: string, path: string): void {
  if (name.length * 3 <= NAME_LIMIT_BYTES) return;
  if (new TextEncoder().encode(name).length > NAME_LIMIT_BYTES)
    throw SimDiskError.of('ENAMETOOLONG', operation, path);
}

/**
 * Follows a path up to its last step, which need not exist. Without `checks` the caller checks the name itself, later.
 *
 * @throws SimDiskError ENOENT ENOTDIR ENAMETOOLONG
 */
export function locate(root: DirInode, path: string, operation: string, checks = true): Place {
  if (path === '') throw SimDiskError.of('ENOENT', operation, path);
  const steps = path.split('/');
  let last = steps.length - 1;
  while (last > 0 && steps[last] === '') last--;
  const ancestors: DirInode[] = [root];
  for (let i = 0; i < last; i++) enter(ancestors, steps[i]!, operation, path);
  const name = steps[last]!;
  const wantsDirectory = last < steps.length - 1;
  if (name === '' || name === '.' || name === '..') {
    enter(ancestors, name, operation, path);
    const dir = ancestors[ancestors.length - 1]!;
    return { dir, name: '', inode: dir, ancestors, wantsDirectory };
  }
  if (checks) checkName(name, operation, path);
  const dir = ancestors[ancestors.length - 1]!;
  return { dir, name, inode: dir.lookup(name), ancestors, wantsDirectory };
}

/** What a path leads to. @throws SimDiskError ENOENT ENOTDIR ENAMETOOLONG */
export function resolve(root: DirInode, path: string, operation: string): Inode {
  const { inode, wantsDirectory } = locate(root, path, operation);
  if (inode === undefined) throw SimDiskError.of('ENOENT', operation, path);
  if (wantsDirectory && inode.kind !== 'directory') throw SimDiskError.of('ENOTDIR', operation, path);
  return inode;
}

function enter(ancestors: DirInode[], step: string, operation: string, path: string): void {
  if (step === '' || step === '.') return;
  if (step === '..') {
    if (ancestors.length > 1) ancestors.pop();
    return;
  }
  const next = ancestors[ancestors.length - 1]!.lookup(step);
  if (next === undefined) throw SimDiskError.of('ENOENT', operation, path);
  if (next.kind !== 'directory') throw SimDiskError.of('ENOTDIR', operation, path);
  ancestors.push(next);
}
