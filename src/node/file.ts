/**
 * An open file on a real disk, and the choice of where its writes run.
 *
 * A write of a few KiB goes into the page cache in 2 microseconds; a trip through the thread pool adds about 35 (Node 20,
 * ext4, two cores: 1 KiB 480 MiB/s at once against 27 MiB/s through the pool; equal near 128 KiB). So writes run on the
 * calling thread, with two exceptions. A large one is a long memcpy, which the pool can do beside the loop. And while a
 * sync of the same file is under way the file system holds the inode's lock or its pages, so that a write waits for the
 * disk: milliseconds usually, seconds on a bad day. That wait must not be the loop's.
 */
import { strict as assert } from 'node:assert';

import type { File, SyncDone, WriteDone } from '../ports/disk.ts';
import type { Calls, Done } from './calls.ts';
import { writeNow } from './calls.ts';
import { Descriptor } from './descriptor.ts';
import { diskError, partError, syncError } from './disk-error.ts';

/** Above this many bytes a write goes through the thread pool: about 0.2 ms of memcpy. */
const LARGE_WRITE_BYTES = 256 * 1024;

/** How many zeros are written at once. */
const ALLOCATE_BYTES = 64 * 1024;

export class NodeFile implements File {
  readonly #calls: Calls;
  readonly #descriptor: Descriptor;
  #syncsInFlight = 0;
  #writing = false;

  constructor(calls: Calls, fd: number, path: string) {
    this.#calls = calls;
    this.#descriptor = new Descriptor(calls, fd, path);
  }

  write(bytes: Uint8Array, done: WriteDone): void {
    assert(
      !this.#writing,
      `write '${this.#descriptor.path}': one write at a time; wait for the last one's completion`,
    );
    const fd = this.#descriptor.fd;
    if (fd === undefined) {
      done(this.#descriptor.closedError('write'), 0);
      return;
    }
    const here = this.#syncsInFlight === 0 && bytes.length <= LARGE_WRITE_BYTES;
    if (here || this.#calls.onCallingThread) this.#writeHere(fd, bytes, done);
    else this.#writeInPool(fd, bytes, done);
  }

  #writeHere(fd: number, bytes: Uint8Array, done: WriteDone): void {
    let written = 0;
    try {
      written = writeNow(fd, bytes);
    } catch (error) {
      done(diskError('write', this.#descriptor.path, error), 0);
      return;
    }
    done(undefined, written);
  }

  #writeInPool(fd: number, bytes: Uint8Array, done: WriteDone): void {
    this.#writing = true;
    this.#descriptor.enter();
    this.#calls.write(fd, bytes, (error, written) => {
      this.#writing = false;
      this.#descriptor.leave();
      if (error === null || error === undefined) done(undefined, written);
      else done(diskError('write', this.#descriptor.path, error), 0);
    });
  }

  read(into: Uint8Array, position: number): Promise<number> {
    assert(into.length > 0, 'read: an empty buffer cannot tell the end of the file from nothing asked');
    return this.#descriptor.run('read', diskError, (fd, done) => this.#calls.read(fd, into, position, done));
  }

  pwrite(bytes: Uint8Array, position: number): Promise<number> {
    return this.#descriptor.run('pwrite', diskError, (fd, done: Done<number>) =>
      this.#calls.writeAt(fd, bytes, position, done),
    );
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#descriptor.run('truncate', diskError, (fd, done) =>
      this.#calls.truncate(fd, sizeBytes, done),
    );
  }

  sync(done: SyncDone): void {
    this.#sync('sync', done);
  }

  datasync(done: SyncDone): void {
    this.#sync('datasync', done);
  }

  /** Node offers no sync_file_range(2), and a hint may be ignored. */
  hintSync(): Promise<void> {
    return this.#descriptor.run('hintSync', diskError, (_fd, done) => done(null, undefined));
  }

  /**
   * Node offers no fallocate(2): zeros are written beyond the end, as glibc's posix_fallocate(3) does where the file system
   * cannot allocate. Holes below the end stay holes.
   */
  async allocate(sizeBytes: number): Promise<void> {
    const { size } = await this.#descriptor.run('allocate', diskError, (fd, done: Done<{ size: number }>) =>
      this.#calls.fstat(fd, done),
    );
    const zeros = new Uint8Array(Math.max(0, Math.min(sizeBytes - size, ALLOCATE_BYTES)));
    let at = size;
    // At least one write, if an empty one: it finds out whether the descriptor may write.
    do {
      const from = at;
      const piece = zeros.subarray(0, Math.max(0, Math.min(zeros.length, sizeBytes - from)));
      const failed = from === size ? diskError : partError;
      at += await this.#descriptor.run('allocate', failed, (fd, done: Done<number>) =>
        this.#calls.writeAt(fd, piece, from, done),
      );
    } while (at < sizeBytes);
  }

  close(): Promise<void> {
    return this.#descriptor.close();
  }

  #sync(operation: 'sync' | 'datasync', done: SyncDone): void {
    const fd = this.#descriptor.fd;
    if (fd === undefined) {
      done(this.#descriptor.closedError(operation));
      return;
    }
    this.#syncsInFlight++;
    this.#descriptor.enter();
    this.#calls[operation](fd, (error) => {
      this.#syncsInFlight--;
      this.#descriptor.leave();
      done(
        error === null || error === undefined
          ? undefined
          : syncError(operation, this.#descriptor.path, error),
      );
    });
  }
}
