/**
 * The Disk port without time: every operation is applied where it is called and done before anything else happens.
 *
 * For recoveries that are judged by what they give and not by how their operations interleave: there is no scheduler, no
 * latency and no trace, so that one costs microseconds. What a crash inside such a recovery may leave is not lost: each
 * operation that changes the disk stands in `disk.inflight` while `before` is called, as if the power failed there and
 * then, and a crash of the disk at that instant decides whether, and how much of it, happened.
 */
import type {
  Dir,
  Disk,
  File,
  Lock,
  OpenFlags,
  Room,
  Stat,
  SyncDone,
  WriteDone,
} from '../../src/ports/disk.ts';
import { SimDiskError } from '../disk/error.ts';
import type { FileInode } from '../disk/file-inode.ts';
import { never } from '../disk/never.ts';
import type { OpenFile } from '../disk/open-file.ts';
import { roleOf } from '../disk/paths.ts';
import type { InflightOperation } from '../disk/inflight.ts';
import type { SimDisk } from '../disk/sim-disk.ts';

export interface InstantContext {
  readonly disk: SimDisk;
  readonly pid: number;
  /** False once the process has ended: its calls do nothing then, and never settle. */
  readonly alive: boolean;
  /** Called at each operation that changes the disk or its durable state, before it is applied. */
  readonly before: (() => void) | undefined;
}

type Twin = (inode: FileInode) => FileInode | undefined;

export class InstantDisk implements Disk {
  readonly #context: InstantContext;

  constructor(context: InstantContext) {
    this.#context = context;
  }

  open(path: string, flags: OpenFlags): Promise<File> {
    const redo =
      flags.create === true || flags.truncate === true
        ? (other: SimDisk) => other.close(other.open(path, flags))
        : undefined;
    return this.change('open', path, redo, (disk) => new InstantFile(this, disk.open(path, flags)));
  }

  openDir(path: string): Promise<Dir> {
    return this.look((disk) => {
      const dir = disk.directory(path, 'openDir');
      return {
        sync: () =>
          this.change(
            'sync',
            path,
            () => {},
            (now) => now.syncEnd(dir, now.dirSyncBegin(dir)),
          ),
        close: () => Promise.resolve(),
      };
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#name('rename', to, (disk) => disk.rename(from, to));
  }

  unlink(path: string): Promise<void> {
    return this.#name('unlink', path, (disk) => disk.unlink(path));
  }

  mkdir(path: string): Promise<void> {
    return this.#name('mkdir', path, (disk) => disk.mkdir(path));
  }

  readdir(path: string): Promise<string[]> {
    return this.look((disk) => disk.readdir(path));
  }

  stat(path: string): Promise<Stat> {
    return this.look((disk) => disk.stat(path));
  }

  statfs(path: string): Promise<Room> {
    return this.look((disk) => disk.statfs(path));
  }

  lock(directory: string): Promise<Lock | undefined> {
    const { pid } = this.#context;
    return this.look((disk) =>
      disk.lock(directory, pid)
        ? { release: () => this.look((now) => now.unlock(directory, pid)) }
        : undefined,
    );
  }

  // For its files ------------------------------------------------------------------------------------------------------

  get context(): InstantContext {
    return this.#context;
  }

  /** An operation that changes nothing. */
  look<T>(perform: (disk: SimDisk) => T): Promise<T> {
    if (!this.#context.alive) return never();
    return settled(() => perform(this.#context.disk));
  }

  /** An operation that a crash may find half done, or that makes something durable. */
  change<T>(
    operation: string,
    path: string,
    redo: ((disk: SimDisk, twin: Twin, portion: number) => void) | undefined,
    perform: (disk: SimDisk) => T,
  ): Promise<T> {
    if (!this.#context.alive) return never();
    this.announce(operation, path, 1, redo);
    return settled(() => perform(this.#context.disk));
  }

  announce(
    operation: string,
    path: string,
    parts: number,
    redo: ((disk: SimDisk, twin: Twin, portion: number) => void) | undefined,
  ): void {
    const { before, disk, pid } = this.#context;
    if (before === undefined) return;
    if (redo === undefined) {
      before();
      return;
    }
    const key = disk.keys.forName(operation, roleOf(path));
    const inflight: InflightOperation = { key, operation, pid, parts, perform: redo };
    disk.inflight.add(inflight);
    try {
      before();
    } finally {
      disk.inflight.delete(inflight);
    }
  }

  #name(operation: string, path: string, perform: (disk: SimDisk) => void): Promise<void> {
    return this.change(operation, path, perform, perform);
  }
}

class InstantFile implements File {
  readonly #disk: InstantDisk;
  readonly #file: OpenFile;

  constructor(disk: InstantDisk, file: OpenFile) {
    this.#disk = disk;
    this.#file = file;
  }

  write(bytes: Uint8Array, done: WriteDone): void {
    const { alive, disk } = this.#disk.context;
    if (!alive) return;
    const file = this.#file;
    this.#disk.announce('write', file.path, bytes.length, (other, twin, portion) => {
      const inode = twin(file.inode);
      if (inode === undefined) return;
      const at = file.flags.append === true ? inode.sizeBytes : file.positionBytes;
      other.writeAt(inode, at, bytes, 0, portion);
    });
    let written = 0;
    try {
      written = disk.write(file, bytes);
    } catch (error) {
      if (!(error instanceof SimDiskError)) throw error;
      done(error, 0);
      return;
    }
    done(undefined, written);
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#disk.look((disk) => disk.read(this.#file, into, position));
  }

  pwrite(bytes: Uint8Array, position: number): Promise<number> {
    const file = this.#file;
    return this.#disk.change(
      'pwrite',
      file.path,
      (other, twin) => {
        const inode = twin(file.inode);
        if (inode !== undefined) other.writeAt(inode, position, bytes, 0, bytes.length);
      },
      (disk) => disk.pwrite(file, bytes, position),
    );
  }

  truncate(sizeBytes: number): Promise<void> {
    const file = this.#file;
    return this.#disk.change(
      'truncate',
      file.path,
      (other, twin) => {
        const inode = twin(file.inode);
        if (inode !== undefined) other.truncateInode(inode, sizeBytes);
      },
      (disk) => disk.truncate(file, sizeBytes),
    );
  }

  hintSync(): Promise<void> {
    return this.#disk.look(() => {
      if (!this.#file.open) throw SimDiskError.of('EBADF', 'hintSync', this.#file.path);
    });
  }

  allocate(sizeBytes: number): Promise<void> {
    const file = this.#file;
    return this.#disk.change(
      'allocate',
      file.path,
      (other, twin) => {
        const inode = twin(file.inode);
        if (inode !== undefined) other.allocateInode(inode, sizeBytes);
      },
      (disk) => disk.allocate(file, sizeBytes),
    );
  }

  sync(done: SyncDone): void {
    this.#sync(done, false);
  }

  datasync(done: SyncDone): void {
    this.#sync(done, true);
  }

  #sync(report: SyncDone, dataOnly: boolean): void {
    this.#disk
      .change('sync', this.#file.path, undefined, (disk) =>
        disk.syncEnd(this.#file.inode, disk.syncBegin(this.#file), dataOnly),
      )
      .then(
        () => report(undefined),
        (error: unknown) => {
          if (!(error instanceof SimDiskError)) throw error;
          report(error);
        },
      );
  }

  close(): Promise<void> {
    return this.#disk.look((disk) => disk.close(this.#file));
  }
}

/** What a call gives, or the error of the disk that it throws, as a promise. */
function settled<T>(call: () => T): Promise<T> {
  try {
    return Promise.resolve(call());
  } catch (error) {
    if (!(error instanceof SimDiskError)) throw error;
    return Promise.reject(error);
  }
}
