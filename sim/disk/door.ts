/**
 * A door to the disk: the Disk port as one process has it.
 *
 * It gives the synchronous core its time. An operation is applied either when it is called or when it completes, by a
 * draw; in between it is in flight: a crash may find it done, not done or half done. The two ends stand for every instant
 * between them, as far as any other operation can tell. A write to a file with a sync in flight waits for it, as it does
 * under Linux.
 *
 * A door dies with its process. From then on every call does nothing and never settles, nothing that was under way is
 * reported, locks vanish and descriptors close.
 */
import type { Dir, Disk, File, Lock, OpenFlags, Room, Stat } from '../../src/ports/disk.ts';
import type { Stream } from '../draws/random.ts';
import type { Owner } from '../world/event-heap.ts';
import type { Scheduler } from '../world/scheduler.ts';
import type { Trace } from '../world/trace.ts';
import { SimDiskError } from './error.ts';
import type { Faults, NameFault } from './faults.ts';
import type { FileInode } from './file-inode.ts';
import type { Latency } from './latency.ts';
import { never } from './never.ts';
import type { OpenFile } from './open-file.ts';
import { SimDir } from './sim-dir.ts';
import type { InflightOperation } from './inflight.ts';
import type { SimDisk } from './sim-disk.ts';
import { SimFile } from './sim-file.ts';

/** The process that a door belongs to. */
export interface Tenant extends Owner {
  readonly pid: number;
  /** Multiplies the latencies of its operations. */
  readonly slowness: number;
  /** Runs the process's own code; what escapes from it ends the process and not the world. */
  enter(run: () => void): void;
}

export interface DoorContext {
  readonly disk: SimDisk;
  readonly tenant: Tenant;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly draws: Stream;
  readonly latency: Latency;
  readonly faults: Faults | undefined;
  /** How often a write completes before the call returns, as the port allows. */
  readonly immediateWriteChance: number;
}

export class DiskDoor implements Disk {
  readonly #context: DoorContext;
  readonly #open = new Set<OpenFile>();
  readonly #inflight = new Set<InflightOperation>();
  #directories = 0;
  #syncs = 0;

  constructor(context: DoorContext) {
    this.#context = context;
  }

  open(path: string, flags: OpenFlags): Promise<File> {
    const { faults, disk } = this.#context;
    return this.#call(
      'open',
      path,
      () => {
        if (faults !== undefined) this.#sufferOpen(faults, path, flags);
        const file = disk.open(path, flags);
        this.#open.add(file);
        return new SimFile(this, this.#context, file);
      },
      flags.create === true || flags.truncate === true
        ? (other) => other.close(other.open(path, flags))
        : undefined,
    );
  }

  openDir(path: string): Promise<Dir> {
    const { disk, faults } = this.#context;
    return this.#call('openDir', path, () => {
      if (faults !== undefined) this.#mayOpen(faults, 'openDir', path);
      const dir = disk.directory(path, 'openDir');
      this.#directories++;
      return new SimDir(this, this.#context, dir, path);
    });
  }

  rename(from: string, to: string): Promise<void> {
    const { disk, faults } = this.#context;
    const fault = faults?.renameFault(disk.keys.forName('rename', to)) ?? 'none';
    return this.#change('rename', `${from} -> ${to}`, to, fault, (on) => on.rename(from, to));
  }

  unlink(path: string): Promise<void> {
    const { disk, faults } = this.#context;
    const fault = faults?.nameFault(disk.keys.forName('unlink', path)) ?? 'none';
    return this.#change('unlink', path, path, fault, (on) => on.unlink(path));
  }

  mkdir(path: string): Promise<void> {
    const { disk, faults } = this.#context;
    const fault = faults?.nameFault(disk.keys.forName('mkdir', path)) ?? 'none';
    return this.#change('mkdir', path, path, fault, (on) => on.mkdir(path));
  }

  readdir(path: string): Promise<string[]> {
    const { disk, draws, trace } = this.#context;
    return this.#call('readdir', path, () => {
      const names = disk.readdir(path);
      for (let i = names.length - 1; i > 0; i--) {
        const j = draws.int(i + 1);
        [names[i], names[j]] = [names[j]!, names[i]!];
      }
      trace.text('names', names.join(' '));
      return names;
    });
  }

  stat(path: string): Promise<Stat> {
    const { disk, trace } = this.#context;
    return this.#call('stat', path, () => {
      const stat = disk.stat(path);
      trace.event(stat.kind, stat.sizeBytes);
      return stat;
    });
  }

  statfs(path: string): Promise<Room> {
    const { disk, trace } = this.#context;
    return this.#call('statfs', path, () => {
      const room = disk.statfs(path);
      trace.event('room', room.freeBytes);
      return room;
    });
  }

  lock(directory: string): Promise<Lock | undefined> {
    const { disk, tenant } = this.#context;
    return this.#call('lock', directory, () => {
      if (!disk.lock(directory, tenant.pid)) return undefined;
      return { release: () => this.#call('unlock', directory, () => disk.unlock(directory, tenant.pid)) };
    });
  }

  /**
   * Ends all that the process had of the disk. `settle` decides operations in flight; without it they stay for a crash
   * of the whole disk to decide.
   */
  shut(settle?: (operation: InflightOperation) => void): void {
    const { disk, tenant } = this.#context;
    if (settle !== undefined) {
      for (const operation of this.#inflight) {
        disk.inflight.delete(operation);
        settle(operation);
      }
    }
    this.#inflight.clear();
    for (const file of this.#open) disk.close(file);
    this.#open.clear();
    disk.unlockAll(tenant.pid);
    disk.syncing -= this.#syncs;
    this.#syncs = 0;
  }

  // For the files and directories of this door -----------------------------------------------------------------------

  /** An operation that completes by a promise: applied at its call or at its completion. */
  call<T>(
    operation: string,
    path: string,
    perform: () => T,
    redo?: (disk: SimDisk, twin: (inode: FileInode) => FileInode | undefined) => void,
  ): Promise<T> {
    return this.#call(operation, path, perform, redo);
  }

  begin(operation: InflightOperation): void {
    this.#inflight.add(operation);
    this.#context.disk.inflight.add(operation);
  }

  end(operation: InflightOperation): void {
    this.#inflight.delete(operation);
    this.#context.disk.inflight.delete(operation);
  }

  syncBegins(): void {
    this.#syncs++;
    this.#context.disk.syncing++;
  }

  syncEnds(): void {
    this.#syncs--;
    this.#context.disk.syncing--;
  }

  forget(file: OpenFile): void {
    this.#open.delete(file);
  }

  forgetDir(): void {
    this.#directories--;
  }

  /** A change of names, with what may go wrong with it. */
  #change(
    operation: string,
    told: string,
    path: string,
    fault: NameFault,
    change: (disk: SimDisk) => void,
  ): Promise<void> {
    const { disk, faults, scheduler } = this.#context;
    return this.#call(
      operation,
      told,
      () => {
        if (faults !== undefined && operation !== 'unlink') {
          if (faults.findsNoRoom(disk.keys.forName(operation, path), scheduler.nowUs))
            throw SimDiskError.of('ENOSPC', operation, path);
        }
        if (fault !== 'not done') change(disk);
        if (fault === 'none') return;
        faults?.breakNames(disk);
        throw SimDiskError.of('EIO', operation, path, 'unknown');
      },
      change,
    );
  }

  /** What an open may meet, and what it finds of a file whose write-back failed. */
  #sufferOpen(faults: Faults, path: string, flags: OpenFlags): void {
    const { disk, scheduler, trace } = this.#context;
    this.#mayOpen(faults, 'open', path);
    const key = disk.keys.forName('open', path);
    if (faults.interrupts(key)) throw SimDiskError.of('EINTR', 'open', path);
    const inode = disk.find(path);
    if (inode === undefined) {
      if (flags.create === true && faults.findsNoRoom(key, scheduler.nowUs))
        throw SimDiskError.of('ENOSPC', 'open', path);
    } else if (inode.kind === 'file' && inode.errors > 0 && inode.opens === 0 && faults.evicts(key)) {
      if (disk.evict(inode)) trace.event('evicted', inode.id, inode.sizeBytes);
    }
  }

  /** @throws SimDiskError EMFILE ENFILE */
  #mayOpen(faults: Faults, operation: string, path: string): void {
    const code =
      this.#open.size + this.#directories >= faults.descriptorLimit
        ? 'EMFILE'
        : faults.openFault(this.#context.disk.keys.forName('open', path));
    if (code !== undefined) throw SimDiskError.of(code, operation, path);
  }

  #call<T>(
    operation: string,
    path: string,
    perform: () => T,
    redo?: (disk: SimDisk, twin: (inode: FileInode) => FileInode | undefined) => void,
  ): Promise<T> {
    const { tenant, scheduler, trace, draws, latency, disk } = this.#context;
    if (!tenant.alive) return never();
    trace.text(operation, path, tenant.pid);
    const delayUs = Math.ceil(latency.metaUs(draws.float()) * tenant.slowness);
    let outcome: Outcome<T> | undefined;
    let inflight: InflightOperation | undefined;
    if (draws.float() < 0.5 && !latency.staysInFlight) {
      outcome = attempt(perform);
    } else if (redo !== undefined) {
      inflight = {
        key: disk.keys.forName(operation, path),
        operation,
        pid: tenant.pid,
        parts: 1,
        perform: redo,
      };
      this.begin(inflight);
    }
    return new Promise((resolve, reject) => {
      scheduler.atUs(
        scheduler.nowUs + delayUs,
        operation,
        () => {
          if (inflight !== undefined) this.end(inflight);
          outcome ??= attempt(perform);
          if (outcome.error === undefined) {
            resolve(outcome.value as T);
          } else {
            trace.text('failed', outcome.error.message);
            reject(outcome.error);
          }
        },
        tenant,
      );
    });
  }
}

interface Outcome<T> {
  readonly value: T | undefined;
  readonly error: SimDiskError | undefined;
}

function attempt<T>(perform: () => T): Outcome<T> {
  try {
    return { value: perform(), error: undefined };
  } catch (error) {
    if (!(error instanceof SimDiskError)) throw error;
    return { value: undefined, error };
  }
}
