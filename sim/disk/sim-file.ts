/** An open file as one process has it. */
import type { DiskError, File, SyncDone, WriteDone } from '../../src/ports/disk.ts';
import type { DiskDoor, DoorContext } from './door.ts';
import { SimDiskError } from './error.ts';
import type { Seq } from './inode.ts';
import { PendingWrite } from './pending-write.ts';
import type { OpenFile } from './sim-disk.ts';

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
    const { disk, trace } = this.#context;
    const file = this.#file;
    return this.#door.call('read', file.path, () => {
      const count = disk.read(file, into, position);
      trace.event('read bytes', count, position);
      return count;
    });
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
    let fails = false;
    if (faults !== undefined) {
      const key = `${inode.key}/${ordinal}`;
      atUs += faults.syncDelayUs(key);
      fails = faults.failsSync(key);
    }
    if (atUs > inode.busyUntilUs) inode.busyUntilUs = atUs;
    this.#door.syncBegins();
    scheduler.atUs(
      atUs,
      'synced',
      () => {
        this.#door.syncEnds();
        let error: DiskError | undefined;
        if (fails) {
          disk.syncFail(inode, covered);
          error = SimDiskError.of('EIO', 'sync', file.path, 'unknown');
        } else {
          disk.syncEnd(inode, covered);
        }
        trace.event(fails ? 'sync failed' : 'sync done', inode.id, covered);
        tenant.enter(() => done(error));
      },
      tenant,
    );
  }

  datasync(done: SyncDone): void {
    this.sync(done);
  }

  close(): Promise<void> {
    const { disk } = this.#context;
    const file = this.#file;
    return this.#door.call('close', file.path, () => {
      disk.close(file);
      this.#door.forget(file);
    });
  }
}
