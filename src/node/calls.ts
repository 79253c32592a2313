/**
 * The system calls that NodeDisk makes, in two makes: through libuv's thread pool, and on the calling thread.
 *
 * The thread pool keeps a server's loop free. It has four threads and all worker threads share them, so a forked child
 * that wrote and synced a large file through it would queue up with its parent's fsync; a child therefore calls the
 * kernel from its own thread, where nobody waits. That also makes ending a child clean: it stops between two calls,
 * never with one in flight on a descriptor that is being closed.
 *
 * Every call here is restarted after EINTR, which means "nothing was done, ask again". libuv does that for most calls
 * but not for reads; close is never restarted (on Linux the descriptor is gone even then).
 */
import * as fs from 'node:fs';

/** Completion in Node's style. On success `error` is null or undefined. */
export type Done<T> = (error: unknown, value: T) => void;

/** The calls, completion style. `position` null means the descriptor's own position. */
export interface Calls {
  /** Whether a call may hold up the calling thread: then there is no point in going around it. */
  readonly onCallingThread: boolean;
  open(path: string, flags: number, mode: number, done: Done<number>): void;
  close(fd: number, done: Done<void>): void;
  write(fd: number, bytes: Uint8Array, done: Done<number>): void;
  read(fd: number, into: Uint8Array, position: number, done: Done<number>): void;
  truncate(fd: number, sizeBytes: number, done: Done<void>): void;
  sync(fd: number, done: Done<void>): void;
  datasync(fd: number, done: Done<void>): void;
  rename(from: string, to: string, done: Done<void>): void;
  unlink(path: string, done: Done<void>): void;
  mkdir(path: string, done: Done<void>): void;
  readdir(path: string, done: Done<string[]>): void;
  stat(path: string, done: Done<fs.Stats>): void;
  statfs(path: string, done: Done<fs.StatsFs>): void;
  fstat(fd: number, done: Done<fs.Stats>): void;
  /** pwrite(2). */
  writeAt(fd: number, bytes: Uint8Array, position: number, done: Done<number>): void;
}

function interrupted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINTR';
}

/** write(2) at the descriptor's position, on this thread. Returns the bytes accepted, which may be fewer than given. */
export function writeNow(fd: number, bytes: Uint8Array): number {
  for (;;) {
    try {
      return fs.writeSync(fd, bytes, 0, bytes.length, null);
    } catch (error) {
      if (!interrupted(error)) throw error;
    }
  }
}

/** The calls through the thread pool. */
export const pooledCalls: Calls = {
  onCallingThread: false,
  open: restarting((path: string, flags: number, mode: number, done: Done<number>) =>
    fs.open(path, flags, mode, done),
  ),
  close: (fd, done) => fs.close(fd, (error) => done(error, undefined)),
  write: restarting((fd: number, bytes: Uint8Array, done: Done<number>) =>
    fs.write(fd, bytes, 0, bytes.length, null, done),
  ),
  read: restarting((fd: number, into: Uint8Array, position: number, done: Done<number>) =>
    fs.read(fd, into, 0, into.length, position, done),
  ),
  truncate: restarting((fd: number, sizeBytes: number, done: Done<void>) =>
    fs.ftruncate(fd, sizeBytes, (error) => done(error, undefined)),
  ),
  sync: restarting((fd: number, done: Done<void>) => fs.fsync(fd, (error) => done(error, undefined))),
  datasync: restarting((fd: number, done: Done<void>) => fs.fdatasync(fd, (error) => done(error, undefined))),
  rename: restarting((from: string, to: string, done: Done<void>) =>
    fs.rename(from, to, (error) => done(error, undefined)),
  ),
  unlink: restarting((path: string, done: Done<void>) => fs.unlink(path, (error) => done(error, undefined))),
  mkdir: restarting((path: string, done: Done<void>) => fs.mkdir(path, (error) => done(error, undefined))),
  readdir: restarting((path: string, done: Done<string[]>) => fs.readdir(path, done)),
  stat: restarting((path: string, done: Done<fs.Stats>) => fs.stat(path, done)),
  statfs: restarting((path: string, done: Done<fs.StatsFs>) => fs.statfs(path, done)),
  fstat: restarting((fd: number, done: Done<fs.Stats>) => fs.fstat(fd, done)),
  writeAt: restarting((fd: number, bytes: Uint8Array, position: number, done: Done<number>) =>
    fs.write(fd, bytes, 0, bytes.length, position, done),
  ),
};

/** The calls on the calling thread; `done` runs before the call returns. */
export const directCalls: Calls = {
  onCallingThread: true,
  open: direct((path: string, flags: number, mode: number) => fs.openSync(path, flags, mode)),
  close: (fd, done) => answer(() => fs.closeSync(fd), done),
  write: direct(writeNow),
  read: direct((fd: number, into: Uint8Array, position: number) =>
    fs.readSync(fd, into, 0, into.length, position),
  ),
  truncate: direct((fd: number, sizeBytes: number) => fs.ftruncateSync(fd, sizeBytes)),
  sync: direct((fd: number) => fs.fsyncSync(fd)),
  datasync: direct((fd: number) => fs.fdatasyncSync(fd)),
  rename: direct((from: string, to: string) => fs.renameSync(from, to)),
  unlink: direct((path: string) => fs.unlinkSync(path)),
  mkdir: direct((path: string) => fs.mkdirSync(path) as undefined),
  readdir: direct((path: string) => fs.readdirSync(path)),
  stat: direct((path: string) => fs.statSync(path)),
  statfs: direct((path: string) => fs.statfsSync(path)),
  fstat: direct((fd: number) => fs.fstatSync(fd)),
  writeAt: direct((fd: number, bytes: Uint8Array, position: number) =>
    fs.writeSync(fd, bytes, 0, bytes.length, position),
  ),
};

/** `call`, begun anew for as long as a signal interrupts it. */
function restarting<A extends unknown[], T>(
  call: (...given: [...A, Done<T>]) => void,
): (...given: [...A, Done<T>]) => void {
  return function begin(...given) {
    const done = given[given.length - 1] as Done<T>;
    const args = given.slice(0, -1) as A;
    call(...args, (error, value) => {
      if (interrupted(error)) begin(...given);
      else done(error, value);
    });
  };
}

/** `call` on this thread, with its outcome given to a completion. */
function direct<A extends unknown[], T>(call: (...args: A) => T): (...given: [...A, Done<T>]) => void {
  return (...given) => {
    const done = given[given.length - 1] as Done<T>;
    const args = given.slice(0, -1) as A;
    answer(() => {
      for (;;) {
        try {
          return call(...args);
        } catch (error) {
          if (!interrupted(error)) throw error;
        }
      }
    }, done);
  };
}

/** Runs `call` and completes; what `done` itself throws is not taken for a failure of the call. */
function answer<T>(call: () => T, done: Done<T>): void {
  let value: T;
  try {
    value = call();
  } catch (error) {
    done(error, undefined as T);
    return;
  }
  done(null, value);
}
