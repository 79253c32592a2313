/**
 * Watching an engine at its ports: a Host that passes everything on and tells what passes.
 *
 * The oracle must know when a sync of the log began and ended, which snapshot a file was made from and when it got its
 * name, and the crash triggers wait for such moments. The engine knows nothing of being watched: what it gets are the
 * ports, one layer thicker. Nothing here waits or draws.
 */
import type {
  Dir,
  Disk,
  DiskError,
  File,
  Lock,
  OpenFlags,
  Room,
  Stat,
  SyncDone,
  WriteDone,
} from '../../src/ports/disk.ts';
import type { Child, Frozen, Host, Json, Process } from '../../src/ports/process.ts';

/** What is told. `pid` is the process that did it. */
export interface Watcher {
  /** Any operation on the disk was called. */
  operation(pid: number): void;
  /** An operation was called that may change something on the disk. */
  changing(pid: number): void;
  created(pid: number, path: string): void;
  /** Returns what to call when the write of `offeredBytes` has ended: with the bytes that were accepted, and why no more were. */
  writeBegan(
    pid: number,
    path: string,
    offeredBytes: number,
  ): (acceptedBytes: number, error: DiskError | undefined) => void;
  /** A file could not be made, or a name not be given. */
  namingFailed(error: unknown): void;
  /** Returns what to call when the sync has succeeded (true) or failed. */
  syncBegan(pid: number, path: string): (ok: boolean) => void;
  renameBegan(pid: number, from: string, to: string): void;
  renamed(pid: number, from: string, to: string): void;
  /** Returns what to call when the sync has succeeded (true) or failed. */
  directorySyncBegan(pid: number, path: string): (ok: boolean) => void;
  /** `path`: the file that the child will make. */
  forked(pid: number, childPid: number, path: string): void;
  forkFailed(pid: number, path: string): void;
  /** A process ends a child of its own. */
  childKilled(pid: number, childPid: number): void;
  /** A process is told that its child has ended. */
  childEnded(pid: number, childPid: number, isWell: boolean): void;
}

/** The host as an engine gets it, watched. */
export function watchHost(host: Host, watcher: Watcher): Host {
  const { pid } = host.process;
  return {
    clock: host.clock,
    disk: new WatchedDisk(host.disk, watcher, pid),
    process: new WatchedProcess(host.process, watcher),
  };
}

class WatchedProcess implements Process {
  readonly #process: Process;
  readonly #watcher: Watcher;

  constructor(process: Process, watcher: Watcher) {
    this.#process = process;
    this.#watcher = watcher;
  }

  get pid(): number {
    return this.#process.pid;
  }

  entropy(lengthBytes: number): Uint8Array {
    return this.#process.entropy(lengthBytes);
  }

  fork(image: Frozen, mainName: string, args: Json): Child {
    const { pid } = this.#process;
    const path = pathIn(args);
    let child: Child;
    try {
      child = this.#process.fork(image, mainName, args);
    } catch (error) {
      this.#watcher.forkFailed(pid, path);
      throw error;
    }
    const watcher = this.#watcher;
    watcher.forked(pid, child.pid, path);
    return {
      pid: child.pid,
      kill: (signal) => {
        watcher.childKilled(pid, child.pid);
        child.kill(signal);
      },
      onExit: (handler) =>
        child.onExit((status) => {
          watcher.childEnded(pid, child.pid, status.code === 0);
          handler(status);
        }),
    };
  }

  exit(code: number): Promise<never> {
    return this.#process.exit(code);
  }

  onSignal(handler: Parameters<Process['onSignal']>[0]): void {
    this.#process.onSignal(handler);
  }
}

/** The file that a child is to make; "" where its arguments do not say. */
function pathIn(args: Json): string {
  const path = typeof args === 'object' && args !== null && 'path' in args ? args['path'] : undefined;
  return typeof path === 'string' ? path : '';
}

class WatchedDisk implements Disk {
  readonly #disk: Disk;
  readonly #watcher: Watcher;
  readonly #pid: number;

  constructor(disk: Disk, watcher: Watcher, pid: number) {
    this.#disk = disk;
    this.#watcher = watcher;
    this.#pid = pid;
  }

  async open(path: string, flags: OpenFlags): Promise<File> {
    this.#watcher.operation(this.#pid);
    if (flags.create === true) {
      this.#watcher.changing(this.#pid);
      this.#watcher.created(this.#pid, path);
    }
    try {
      return new WatchedFile(await this.#disk.open(path, flags), this.#watcher, this.#pid, path);
    } catch (error) {
      if (flags.create === true) this.#watcher.namingFailed(error);
      throw error;
    }
  }

  async openDir(path: string): Promise<Dir> {
    this.#watcher.operation(this.#pid);
    return new WatchedDir(await this.#disk.openDir(path), this.#watcher, this.#pid, path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#watcher.operation(this.#pid);
    this.#watcher.changing(this.#pid);
    this.#watcher.renameBegan(this.#pid, from, to);
    try {
      await this.#disk.rename(from, to);
    } catch (error) {
      this.#watcher.namingFailed(error);
      throw error;
    }
    this.#watcher.renamed(this.#pid, from, to);
  }

  unlink(path: string): Promise<void> {
    this.#watcher.operation(this.#pid);
    this.#watcher.changing(this.#pid);
    return this.#disk.unlink(path);
  }

  mkdir(path: string): Promise<void> {
    this.#watcher.operation(this.#pid);
    this.#watcher.changing(this.#pid);
    return this.#disk.mkdir(path);
  }

  readdir(path: string): Promise<string[]> {
    this.#watcher.operation(this.#pid);
    return this.#disk.readdir(path);
  }

  stat(path: string): Promise<Stat> {
    this.#watcher.operation(this.#pid);
    return this.#disk.stat(path);
  }

  statfs(path: string): Promise<Room> {
    this.#watcher.operation(this.#pid);
    return this.#disk.statfs(path);
  }

  lock(directory: string): Promise<Lock | undefined> {
    this.#watcher.operation(this.#pid);
    return this.#disk.lock(directory);
  }
}

class WatchedFile implements File {
  readonly #file: File;
  readonly #watcher: Watcher;
  readonly #pid: number;
  readonly #path: string;

  constructor(file: File, watcher: Watcher, pid: number, path: string) {
    this.#file = file;
    this.#watcher = watcher;
    this.#pid = pid;
    this.#path = path;
  }

  write(bytes: Uint8Array, done: WriteDone): void {
    this.#watcher.operation(this.#pid);
    this.#watcher.changing(this.#pid);
    const ended = this.#watcher.writeBegan(this.#pid, this.#path, bytes.length);
    this.#file.write(bytes, (error, written) => {
      ended(written, error);
      done(error, written);
    });
  }

  read(into: Uint8Array, position: number): Promise<number> {
    this.#watcher.operation(this.#pid);
    return this.#file.read(into, position);
  }

  pwrite(bytes: Uint8Array, position: number): Promise<number> {
    this.#watcher.operation(this.#pid);
    this.#watcher.changing(this.#pid);
    return this.#file.pwrite(bytes, position);
  }

  truncate(sizeBytes: number): Promise<void> {
    this.#watcher.operation(this.#pid);
    this.#watcher.changing(this.#pid);
    return this.#file.truncate(sizeBytes);
  }

  sync(done: SyncDone): void {
    this.#sync(done, (then) => this.#file.sync(then));
  }

  datasync(done: SyncDone): void {
    this.#sync(done, (then) => this.#file.datasync(then));
  }

  hintSync(): Promise<void> {
    this.#watcher.operation(this.#pid);
    return this.#file.hintSync();
  }

  allocate(sizeBytes: number): Promise<void> {
    this.#watcher.operation(this.#pid);
    return this.#file.allocate(sizeBytes);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #sync(done: SyncDone, start: (done: SyncDone) => void): void {
    this.#watcher.operation(this.#pid);
    const ended = this.#watcher.syncBegan(this.#pid, this.#path);
    start((error) => {
      ended(error === undefined);
      done(error);
    });
  }
}

class WatchedDir implements Dir {
  readonly #dir: Dir;
  readonly #watcher: Watcher;
  readonly #pid: number;
  readonly #path: string;

  constructor(dir: Dir, watcher: Watcher, pid: number, path: string) {
    this.#dir = dir;
    this.#watcher = watcher;
    this.#pid = pid;
    this.#path = path;
  }

  async sync(): Promise<void> {
    this.#watcher.operation(this.#pid);
    const ended = this.#watcher.directorySyncBegan(this.#pid, this.#path);
    try {
      await this.#dir.sync();
    } catch (error) {
      ended(false);
      throw error;
    }
    ended(true);
  }

  close(): Promise<void> {
    return this.#dir.close();
  }
}
