/** An open file as one process has it. */
import type { DiskError, File, SyncDone, WriteDone } from '../../src/ports/disk.ts';
import type { DiskDoor, DoorContext } from './door.ts';
import { SimDiskError } from './error.ts';
import type { Faults } from './faults.ts';
import { errorModels } from './error-model.ts';
import type { Seq } from './file-inode.ts';
import type { OpenFile } from './open-file.ts';
import { PendingWrite } from './pending-write.ts';
import { tellError } from './write-back.ts';

const SECTOR_BYTES = 512;

export class SimFile implements File {
  readonly #door: DiskDoor;
  readonly #context: DoorContext;
  readonly #file: OpenFile;

  constructor(door: DiskDoor, context: DoorContext, file: OpenFile) {
    this.#door = door;
    this.#context = context;
    this.#file = file;
  }

  write(bytes: Uint8Array, done: WriteDone): void {
    const { tenant, scheduler, trace, draws, latency, faults, immediateWriteChance } = this.#context;
    if (!tenant.alive) return;
    const file = this.#file;
    const { inode } = file;
    const ordinal = ++inode.writes;
    trace.bytes('write', bytes, inode.id);
    const write = new PendingWrite(this.#context, this.#door, file, ordinal, bytes, done);
    if (faults !== undefined) write.suffer(faults);
    const waits = !latency.writesPassSyncs && inode.busyUntilUs > scheduler.nowUs;
    const fromUs = waits ? inode.busyUntilUs : scheduler.nowUs;
    latency.wrote(fromUs, bytes.length);
    const atUs = fromUs + Math.ceil(latency.writeUs(draws.float()) * tenant.slowness);
    const how = draws.float();
    if (waits || how >= 0.5 || latency.staysInFlight) {
      write.stayInFlight();
    } else {
      write.apply();
      if (how < immediateWriteChance) {
        write.report();
        return;
      }
    }
    scheduler.atUs(atUs, 'written', () => write.complete(), tenant);
  }

  read(into: Uint8Array, position: number): Promise<number> {
    const { disk, trace, faults } = this.#context;
    const file = this.#file;
    return this.#door.call('read', file.path, () => {
      const count =
        faults === undefined ? disk.read(file, into, position) : this.#read(faults, into, position);
      trace.event('read bytes', count, position);
      return count;
    });
  }

  /** A read that may meet a sector gone bad, and may be short. What the cache has changed or lost is read from there. */
  #read(faults: Faults, into: Uint8Array, position: number): number {
    const { disk } = this.#context;
    const file = this.#file;
    const { inode } = file;
    const key = `${inode.key}/${++inode.reads}`;
    const end = Math.min(inode.sizeBytes, position + into.length);
    if (end > position && inode.log.length === 0 && inode.lost === undefined) {
      const first = Math.floor(position / SECTOR_BYTES);
      const bad = faults.badSector(key, Math.ceil(end / SECTOR_BYTES) - first);
      if (bad !== undefined) (inode.badSectors ??= new Set()).add(first + bad);
    }
    const count = end > position ? faults.readBytes(key, end - position) : 0;
    return disk.read(file, count < into.length && count > 0 ? into.subarray(0, count) : into, position);
  }

  pwrite(bytes: Uint8Array, position: number): Promise<number> {
    const { disk, trace, faults, scheduler } = this.#context;
    const file = this.#file;
    const { inode } = file;
    const key = `${inode.key}/${++inode.writes}`;
    trace.bytes('pwrite', bytes, inode.id);
    return this.#door.call(
      'pwrite',
      file.path,
      () => {
        if (faults?.failsWrite(key) === true) throw SimDiskError.of('EIO', 'pwrite', file.path);
        const accepted = faults?.acceptedBytes(key, bytes.length, scheduler.nowUs) ?? bytes.length;
        if (accepted === 0 && bytes.length > 0) throw SimDiskError.of('ENOSPC', 'pwrite', file.path);
        return disk.pwrite(file, bytes, position, 0, accepted);
      },
      (other, twin) => {
        const inodeThere = twin(inode);
        if (inodeThere !== undefined) other.writeAt(inodeThere, position, bytes, 0, bytes.length);
      },
    );
  }

  truncate(sizeBytes: number): Promise<void> {
    const { disk } = this.#context;
    const file = this.#file;
    return this.#door.call(
      'truncate',
      file.path,
      () => disk.truncate(file, sizeBytes),
      (other, twin) => {
        const inode = twin(file.inode);
        if (inode !== undefined) other.truncateInode(inode, sizeBytes);
      },
    );
  }

  sync(done: SyncDone): void {
    this.#sync(done, false);
  }

  datasync(done: SyncDone): void {
    this.#sync(done, true);
  }

  #sync(done: SyncDone, dataOnly: boolean): void {
    const { tenant, scheduler, trace, draws, latency, faults, disk } = this.#context;
    if (!tenant.alive) return;
    const file = this.#file;
    const { inode } = file;
    const ordinal = ++inode.syncs;
    trace.event('sync', inode.id);
    if (!file.open) {
      const error = SimDiskError.of('EBADF', 'sync', file.path);
      scheduler.atUs(scheduler.nowUs + 1, 'synced', () => tenant.enter(() => done(error)), tenant);
      return;
    }
    const covered: Seq = disk.syncBegin(file);
    const unsyncedBytes = Math.max(0, inode.sizeBytes - inode.durableSizeBytes);
    let atUs = latency.syncEndUs(draws.float() / tenant.slowness, scheduler.nowUs, unsyncedBytes);
    let fault: SyncFault = undefined;
    const key = faults === undefined ? '' : `${inode.key}/${ordinal}`;
    if (faults !== undefined) {
      atUs += faults.syncDelayUs(key);
      if (faults.failsSync(key)) fault = 'write-back';
      else if (faults.interrupts(`sync ${key}`)) fault = 'interrupted';
    }
    if (atUs > inode.busyUntilUs) inode.busyUntilUs = atUs;
    this.#door.syncBegins();
    scheduler.atUs(
      atUs,
      'synced',
      () => {
        this.#door.syncEnds();
        const error = this.#endSync(covered, fault, key, dataOnly);
        trace.event(error === undefined ? 'sync done' : 'sync failed', inode.id, covered);
        tenant.enter(() => done(error));
      },
      tenant,
    );
  }

  /** The end of a sync: what it made durable, or what became of what it did not, and which error it has to report. */
  #endSync(covered: Seq, fault: SyncFault, key: string, dataOnly: boolean): DiskError | undefined {
    const { disk, faults } = this.#context;
    const file = this.#file;
    const { inode, path } = file;
    if (fault === 'interrupted') return SimDiskError.of('EINTR', 'sync', path, 'unknown');
    if (disk.condition !== 'healthy') return SimDiskError.of('EIO', 'sync', path, 'unknown');
    const model = faults?.model ?? errorModels.strict;
    const earlier = inode.errors > 0 && model.report === 'next sync' ? tellError(file, model) : undefined;
    if (earlier !== undefined) return SimDiskError.of(earlier, 'sync', path, 'unknown');
    if (fault === 'write-back' && faults !== undefined)
      faults.failWriteBack(disk, inode, covered, `sync ${key}`);
    else disk.syncEnd(inode, covered, dataOnly);
    if (inode.errors === 0 || model.report === 'next sync') return undefined;
    const code = tellError(file, model);
    return code === undefined ? undefined : SimDiskError.of(code, 'sync', path, 'unknown');
  }

  hintSync(): Promise<void> {
    const { trace } = this.#context;
    const file = this.#file;
    return this.#door.call('hintSync', file.path, () => {
      if (!file.open) throw SimDiskError.of('EBADF', 'hintSync', file.path);
      trace.event('hint', file.inode.id);
    });
  }

  allocate(sizeBytes: number): Promise<void> {
    const { disk } = this.#context;
    const file = this.#file;
    return this.#door.call(
      'allocate',
      file.path,
      () => disk.allocate(file, sizeBytes),
      (other, twin) => {
        const inode = twin(file.inode);
        if (inode !== undefined) other.allocateInode(inode, sizeBytes);
      },
    );
  }

  close(): Promise<void> {
    const { disk, faults } = this.#context;
    const file = this.#file;
    return this.#door.call('close', file.path, () => {
      disk.close(file);
      this.#door.forget(file);
      if (faults?.failsClose(`${file.inode.key}/${++file.inode.closes}`) === true)
        throw SimDiskError.of(faults.writeBackCode, 'close', file.path, 'unknown');
    });
  }
}

/** What goes wrong with a sync. */
type SyncFault = 'write-back' | 'interrupted' | undefined;
