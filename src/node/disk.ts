/**
 * The Disk port on a real file system: each method is the one system call it is named after (two of them look with
 * fstat(2) as well: `open` for reading, and `allocate`).
 *
 * What the port leaves open stays open here: a short write is reported as it came, nothing is retried but EINTR, no
 * sync is added or left out. Errors become DiskErrors; see disk-error.ts for what they may have done.
 *
 * Directory syncs: fsync(2) on a read-only directory descriptor, which Linux and macOS both honour. A file system
 * that cannot sync a directory says EINVAL (fsync(2): "fd is bound to an object which does not support
 * synchronization"); it has no durable names to offer, now or later, so EINVAL, and nothing else, is taken for
 * success. Redis does likewise. Network file systems that repeat requests (NFS) can report a rename or unlink that was
 * done as ENOENT; that cannot be told apart from here.
 */
import { constants } from 'node:fs';

import type { Dir, Disk, File, Lock, OpenFlags, Room, Stat } from '../ports/disk.ts';
import type { Calls, Done } from './calls.ts';
import { directCalls, pooledCalls } from './calls.ts';
import { NodeDiskError, diskError } from './disk-error.ts';
import { NodeDir } from './dir.ts';
import { NodeFile } from './file.ts';
import { lockDirectory } from './lock.ts';

/** Permissions of new files before the umask, as redis-server gives them. */
const FILE_MODE = 0o644;

export interface NodeDiskOptions {
  /**
   * Calls the kernel from the calling thread instead of the thread pool: for a child, whose thread has nothing else to
   * do. Default false. Never for a server: a sync would stop its loop.
   */
  readonly onCallingThread?: boolean;
}

export class NodeDisk implements Disk {
  readonly #calls: Calls;

  constructor(options: NodeDiskOptions = {}) {
    this.#calls = options.onCallingThread === true ? directCalls : pooledCalls;
  }

  async open(path: string, flags: OpenFlags): Promise<File> {
    const fd = await told<number>('open', path, (done) =>
      this.#calls.open(path, bits(flags), FILE_MODE, done),
    );
    if (flags.write !== true) await this.#refuseDirectory(fd, path);
    return new NodeFile(this.#calls, fd, path);
  }

  async openDir(path: string): Promise<Dir> {
    const directory = constants.O_RDONLY | constants.O_DIRECTORY;
    const fd = await told<number>('openDir', path, (done) => this.#calls.open(path, directory, 0, done));
    return new NodeDir(this.#calls, fd, path);
  }

  rename(from: string, to: string): Promise<void> {
    return told('rename', from, (done) => this.#calls.rename(from, to, done));
  }

  unlink(path: string): Promise<void> {
    return told('unlink', path, (done) => this.#calls.unlink(path, done));
  }

  mkdir(path: string): Promise<void> {
    return told('mkdir', path, (done) => this.#calls.mkdir(path, done));
  }

  readdir(path: string): Promise<string[]> {
    return told('readdir', path, (done) => this.#calls.readdir(path, done));
  }

  async stat(path: string): Promise<Stat> {
    const found = await told('stat', path, (done: Done<{ size: number; isDirectory(): boolean }>) =>
      this.#calls.stat(path, done),
    );
    return { kind: found.isDirectory() ? 'directory' : 'file', sizeBytes: found.size };
  }

  async statfs(path: string): Promise<Room> {
    const found = await told(
      'statfs',
      path,
      (done: Done<{ bsize: number; blocks: number; bavail: number }>) => this.#calls.statfs(path, done),
    );
    return { totalBytes: found.blocks * found.bsize, freeBytes: found.bavail * found.bsize };
  }

  lock(directory: string): Promise<Lock | undefined> {
    return lockDirectory(directory);
  }

  /** open(2) lets a directory be opened for reading and refuses only the read; the port refuses the open. */
  async #refuseDirectory(fd: number, path: string): Promise<void> {
    const found = await told('open', path, (done: Done<{ isDirectory(): boolean }>) =>
      this.#calls.fstat(fd, done),
    );
    if (!found.isDirectory()) return;
    await told<void>('open', path, (done) => this.#calls.close(fd, done));
    throw new NodeDiskError('open', path, 'EISDIR', 'no');
  }
}

/** A call as a promise that rejects with a DiskError. */
function told<T>(operation: string, path: string, call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(diskError(operation, path, error));
    });
  });
}

function bits(flags: OpenFlags): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND } = constants;
  const read = flags.read === true;
  const write = flags.write === true;
  if (!read && !write) throw new TypeError('open: neither read nor write was asked for; give at least one');
  let all = read && write ? O_RDWR : write ? O_WRONLY : O_RDONLY;
  if (flags.create === true) all |= O_CREAT;
  if (flags.exclusive === true) all |= O_EXCL;
  if (flags.truncate === true) all |= O_TRUNC;
  if (flags.append === true) all |= O_APPEND;
  return all;
}
