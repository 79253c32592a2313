/** An open directory as one process has it: there to be synced. */
import type { Dir } from '../../src/ports/disk.ts';
import { never } from './never.ts';
import type { DiskDoor, DoorContext } from './door.ts';
import { SimDiskError } from './error.ts';
import type { DirInode } from './dir-inode.ts';

export class SimDir implements Dir {
  readonly #door: DiskDoor;
  readonly #context: DoorContext;
  readonly #dir: DirInode;
  readonly #path: string;
  #open = true;

  constructor(door: DiskDoor, context: DoorContext, dir: DirInode, path: string) {
    this.#door = door;
    this.#context = context;
    this.#dir = dir;
    this.#path = path;
  }

  sync(): Promise<void> {
    const { tenant, scheduler, trace, draws, latency, faults, disk } = this.#context;
    if (!tenant.alive) return never();
    const dir = this.#dir;
    trace.text('dirsync', this.#path, tenant.pid);
    if (!this.#open) return Promise.reject(SimDiskError.of('EBADF', 'dirsync', this.#path));
    const ordinal = ++dir.syncs;
    const covered = disk.dirSyncBegin(dir);
    const atUs = latency.syncEndUs(draws.float() / tenant.slowness, scheduler.nowUs, 0);
    const fails = faults?.failsDirSync(`${dir.key}/${ordinal}`) === true;
    this.#door.syncBegins();
    return new Promise((resolve, reject) => {
      scheduler.atUs(
        atUs,
        'dirsynced',
        () => {
          this.#door.syncEnds();
          if (fails || disk.condition !== 'healthy') {
            if (fails) faults.breakNames(disk);
            reject(SimDiskError.of('EIO', 'dirsync', this.#path, 'unknown'));
          } else {
            disk.syncEnd(dir, covered);
            resolve();
          }
        },
        tenant,
      );
    });
  }

  close(): Promise<void> {
    return this.#door.call('closeDir', this.#path, () => {
      if (!this.#open) throw SimDiskError.of('EBADF', 'close', this.#path);
      this.#open = false;
      this.#door.forgetDir();
    });
  }
}
