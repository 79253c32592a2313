/**
 * A recorded life of a server, done once more on a SimDisk: who looks sees the disk before, inside and after each of its
 * operations, and how much the server had acknowledged by then.
 *
 * Order is that of the trace. A call changes the disk where it returned; a sync covers what had returned when it was called,
 * and is true when it returns. A call that failed did nothing. Files outside the server's directory do not exist.
 */
import path from 'node:path';
import { SimDisk } from '../../sim/disk/index.ts';
import type { InflightOperation, OpenFile } from '../../sim/disk/index.ts';
import type { DirInode } from '../../sim/disk/dir-inode.ts';
import type { FileInode } from '../../sim/disk/file-inode.ts';
import { roleOf } from '../../sim/disk/paths.ts';
import type { OpenFlags } from '../../src/ports/disk.ts';
import { lastNumber, stringsOf } from './system-calls.ts';
import type { SystemCall } from './system-calls.ts';

/** Where the server's directory is on the SimDisk. */
export const DATA = '/data';

export interface Moment {
  readonly disk: SimDisk;
  /** What is being done: 'write appendonly.aof.1.incr.aof'. */
  readonly operation: string;
  readonly timeS: number;
}

export interface Watcher {
  /** Before each operation that changes the disk or what is durable, which is in flight meanwhile. */
  look(moment: Moment): void;
  /** Bytes have left through a socket; `socket` is one connection. */
  sent(socket: object, bytes: Buffer, timeS: number): void;
}

type Handle =
  | { readonly kind: 'file'; readonly file: OpenFile }
  | { readonly kind: 'directory'; readonly inode: DirInode }
  | { readonly kind: 'socket' };

type Descriptors = Map<number, Handle>;

type Perform = InflightOperation['perform'];

/** Replays calls on a new disk, where `directory` is the server's, empty when it began. Returns the disk. */
export function replay(calls: readonly SystemCall[], directory: string, watcher: Watcher): SimDisk {
  return new Player(calls, directory, watcher).play();
}

class Player {
  readonly #disk = new SimDisk();
  readonly #calls: readonly SystemCall[];
  readonly #directory: string;
  readonly #watcher: Watcher;
  readonly #processes = new Map<number, Descriptors>();
  readonly #parents = new Map<number, SystemCall>();
  readonly #syncs = new Map<SystemCall, { handle: Handle; covered: number }>();

  constructor(calls: readonly SystemCall[], directory: string, watcher: Watcher) {
    this.#calls = calls;
    this.#directory = directory;
    this.#watcher = watcher;
    this.#disk.mkdir(DATA);
    this.#disk.syncEnd(this.#disk.root, this.#disk.seq);
    for (const call of calls)
      if (/^(clone3?|v?fork)$/.test(call.name) && call.result > 0) this.#parents.set(call.result, call);
  }

  play(): SimDisk {
    const moments = this.#calls.flatMap((call) => {
      if (isSync(call))
        return [
          { at: call.began, run: () => this.#beginSync(call) },
          { at: call.ended, run: () => this.#endSync(call) },
        ];
      // A descriptor is free for others before close(2) has returned.
      const at = call.name === 'close' ? call.began : call.ended;
      return [{ at, run: () => this.#perform(call) }];
    });
    for (const { run } of moments.toSorted((a, b) => a.at - b.at)) run();
    return this.#disk;
  }

  /** A thread has the descriptors of its process, a child a copy of them. */
  #descriptors(pid: number): Descriptors {
    let own = this.#processes.get(pid);
    if (own === undefined) {
      const birth = this.#parents.get(pid);
      const before = birth === undefined ? undefined : this.#descriptors(birth.pid);
      own =
        before === undefined || !birth!.args.includes('CLONE_FILES') ? copyOf(this.#disk, before) : before;
      this.#processes.set(pid, own);
    }
    return own;
  }

  #handle(call: SystemCall): Handle | undefined {
    return this.#descriptors(call.pid).get(Number(/^\d+/.exec(call.args)?.[0]));
  }

  /** A path of the server's directory as one of the SimDisk; undefined outside. */
  #path(text: Buffer | undefined): string | undefined {
    if (text === undefined) return undefined;
    const inner = path.relative(this.#directory, path.resolve(this.#directory, text.toString('latin1')));
    return inner.startsWith('..') ? undefined : path.posix.join(DATA, inner);
  }

  #perform(call: SystemCall): void {
    if (call.result < 0) return;
    const [first, second] = stringsOf(call.args);
    switch (call.name) {
      case 'open':
      case 'openat':
      case 'creat':
        this.#open(call, this.#path(first));
        break;
      case 'accept':
      case 'accept4':
        this.#descriptors(call.pid).set(call.result, { kind: 'socket' });
        break;
      case 'clone':
      case 'clone3':
      case 'fork':
      case 'vfork':
        this.#descriptors(call.result);
        break;
      case 'close':
        this.#close(call);
        break;
      case 'dup':
      case 'dup2':
      case 'dup3':
        this.#dup(call);
        break;
      case 'lseek': {
        const handle = this.#handle(call);
        if (handle?.kind === 'file') handle.file.positionBytes = call.result;
        break;
      }
      case 'ftruncate':
      case 'fallocate':
        this.#resize(call);
        break;
      case 'rename':
      case 'renameat':
      case 'renameat2':
        this.#names(call, this.#path(first), this.#path(second), (disk, from, to) => disk.rename(from, to));
        break;
      case 'link':
      case 'linkat':
        this.#names(call, this.#path(first), this.#path(second), (disk, from, to) => disk.link(from, to));
        break;
      case 'unlink':
      case 'unlinkat': {
        const isDirectory = call.args.includes('AT_REMOVEDIR');
        const at = this.#path(first);
        this.#names(call, at, at, (disk, name) => (isDirectory ? disk.rmdir(name) : disk.unlink(name)));
        break;
      }
      case 'mkdir':
      case 'mkdirat': {
        const at = this.#path(first);
        this.#names(call, at, at, (disk, name) => disk.mkdir(name));
        break;
      }
      case 'rmdir': {
        const at = this.#path(first);
        this.#names(call, at, at, (disk, name) => disk.rmdir(name));
        break;
      }
      case 'truncate':
        throw new Error(
          `a server truncated a file by its name, which the replay does not know: ${call.args}`,
        );
      default:
        this.#write(call);
    }
  }

  #open(call: SystemCall, at: string | undefined): void {
    const descriptors = this.#descriptors(call.pid);
    descriptors.delete(call.result);
    if (at === undefined) return;
    const inode = this.#disk.find(at);
    if (inode?.kind === 'directory') {
      descriptors.set(call.result, { kind: 'directory', inode });
      return;
    }
    const has = (flag: string): boolean => call.args.includes(`O_${flag}`);
    const flags: OpenFlags = {
      read: !has('WRONLY'),
      write: call.name === 'creat' || has('WRONLY') || has('RDWR'),
      create: call.name === 'creat' || has('CREAT'),
      truncate: call.name === 'creat' || has('TRUNC'),
      append: has('APPEND'),
    };
    const changes = (flags.create === true && inode === undefined) || flags.truncate === true;
    if (changes) this.#announce(call, at, 1, (disk) => disk.close(disk.open(at, flags)));
    descriptors.set(call.result, { kind: 'file', file: this.#disk.open(at, flags) });
  }

  #close(call: SystemCall): void {
    const handle = this.#handle(call);
    this.#descriptors(call.pid).delete(Number.parseInt(call.args, 10));
    if (handle?.kind === 'file') this.#disk.close(handle.file);
  }

  #dup(call: SystemCall): void {
    const handle = this.#handle(call);
    const descriptors = this.#descriptors(call.pid);
    const before = descriptors.get(call.result);
    if (handle === before) return;
    if (before?.kind === 'file') this.#disk.close(before.file);
    if (handle === undefined) descriptors.delete(call.result);
    else descriptors.set(call.result, again(this.#disk, handle));
  }

  #write(call: SystemCall): void {
    const handle = this.#handle(call);
    if (handle === undefined || handle.kind === 'directory') return;
    const bytes = Buffer.concat(stringsOf(call.args)).subarray(0, call.result);
    if (bytes.length !== call.result)
      throw new Error(`${call.name} took ${call.result} bytes, the trace has ${bytes.length}`);
    if (handle.kind === 'socket') {
      this.#watcher.sent(handle, bytes, call.beganS);
      return;
    }
    const { file } = handle;
    const position = call.name.startsWith('pwrite') ? lastNumber(call.args) : file.positionBytes;
    const at = file.flags.append === true ? file.inode.sizeBytes : position;
    this.#announce(call, file.path, bytes.length, (disk, twin, portion) => {
      const inode = twin(file.inode);
      if (inode !== undefined) disk.writeAt(inode, at, bytes, 0, portion);
    });
    if (call.name.startsWith('pwrite')) this.#disk.pwrite(file, bytes, position);
    else this.#disk.write(file, bytes);
  }

  #resize(call: SystemCall): void {
    const handle = this.#handle(call);
    if (handle?.kind !== 'file') return;
    const { file } = handle;
    if (call.name === 'fallocate')
      throw new Error(`a server allocates room ahead, which the replay does not know: ${call.args}`);
    const sizeBytes = lastNumber(call.args);
    this.#announce(call, file.path, 1, (disk, twin) => {
      const inode = twin(file.inode);
      if (inode !== undefined) disk.truncateInode(inode, sizeBytes);
    });
    this.#disk.truncate(file, sizeBytes);
  }

  #names(
    call: SystemCall,
    from: string | undefined,
    to: string | undefined,
    change: (disk: SimDisk, from: string, to: string) => void,
  ): void {
    if (from === undefined && to === undefined) return;
    if (from === undefined || to === undefined)
      throw new Error(`a name went into the directory, or out of it: ${call.name}(${call.args})`);
    this.#announce(call, to, 1, (disk) => change(disk, from, to));
    change(this.#disk, from, to);
  }

  #beginSync(call: SystemCall): void {
    const handle = this.#handle(call);
    if (handle === undefined || handle.kind === 'socket') return;
    const name = handle.kind === 'file' ? handle.file.path : DATA;
    this.#watcher.look({ disk: this.#disk, operation: `sync ${short(name)}`, timeS: call.beganS });
    const covered =
      handle.kind === 'file' ? this.#disk.syncBegin(handle.file) : this.#disk.dirSyncBegin(handle.inode);
    this.#disk.syncing++;
    this.#syncs.set(call, { handle, covered });
  }

  #endSync(call: SystemCall): void {
    const sync = this.#syncs.get(call);
    if (sync === undefined) return;
    this.#syncs.delete(call);
    this.#disk.syncing--;
    const { handle, covered } = sync;
    if (call.result < 0 || handle.kind === 'socket') return;
    const inode = handle.kind === 'file' ? handle.file.inode : handle.inode;
    this.#disk.syncEnd(inode, covered, call.name === 'fdatasync');
  }

  /** Has the watcher look while an operation is in flight. */
  #announce(call: SystemCall, at: string, parts: number, perform: Perform): void {
    const operation = call.name.replace(/(64|at2?|2)$/, '');
    const key = this.#disk.keys.forName(operation, roleOf(at));
    const inflight: InflightOperation = {
      key,
      operation,
      pid: call.pid,
      parts,
      perform: (disk: SimDisk, twin: (inode: FileInode) => FileInode | undefined, portion: number) =>
        perform(disk, twin, portion),
    };
    this.#disk.inflight.add(inflight);
    this.#watcher.look({ disk: this.#disk, operation: `${operation} ${short(at)}`, timeS: call.beganS });
    this.#disk.inflight.delete(inflight);
  }
}

function isSync({ name }: SystemCall): boolean {
  return name === 'fsync' || name === 'fdatasync';
}

function short(at: string): string {
  return path.posix.relative(DATA, at) || '.';
}

function again(disk: SimDisk, handle: Handle): Handle {
  if (handle.kind === 'file') disk.dup(handle.file);
  return handle;
}

function copyOf(disk: SimDisk, before: Descriptors | undefined): Descriptors {
  return new Map([...(before ?? [])].map(([number, handle]) => [number, again(disk, handle)]));
}
