/**
 * A write between its call and its completion.
 *
 * The hot path of a run, so a class and no closures: tsx (esbuild's keepNames) makes each closure with a name cost a
 * `defineProperty`.
 */
import type { WriteDone } from '../../src/ports/disk.ts';
import type { DiskDoor, DoorContext } from './door.ts';
import { SimDiskError } from './error.ts';
import type { Faults } from './faults.ts';
import type { FileInode } from './file-inode.ts';
import type { OpenFile } from './open-file.ts';
import type { InflightOperation } from './inflight.ts';
import type { SimDisk } from './sim-disk.ts';

export class PendingWrite implements InflightOperation {
  readonly operation = 'write';
  /** How many bytes will be accepted, unless the disk is full. */
  parts: number;
  readonly #context: DoorContext;
  readonly #door: DiskDoor;
  readonly #file: OpenFile;
  readonly #ordinal: number;
  readonly #bytes: Uint8Array;
  readonly #done: WriteDone;
  #failure: SimDiskError | undefined;
  #applied = false;
  #inFlight = false;
  #written = 0;

  constructor(
    context: DoorContext,
    door: DiskDoor,
    file: OpenFile,
    ordinal: number,
    bytes: Uint8Array,
    done: WriteDone,
  ) {
    this.#context = context;
    this.#door = door;
    this.#file = file;
    this.#ordinal = ordinal;
    this.#bytes = bytes;
    this.#done = done;
    this.parts = bytes.length;
  }

  get key(): string {
    return `${this.#file.inode.key}/write:${this.#ordinal}`;
  }

  get pid(): number {
    return this.#context.tenant.pid;
  }

  /** Decides what goes wrong. */
  suffer(faults: Faults): void {
    const { inode, path } = this.#file;
    const key = `${inode.key}/${this.#ordinal}`;
    if (faults.failsWrite(key)) this.#failure = SimDiskError.of('EIO', 'write', path);
    else if (faults.interrupts(`write ${key}`)) this.#failure = SimDiskError.of('EINTR', 'write', path);
    else this.parts = faults.acceptedBytes(key, this.#bytes.length, this.#context.scheduler.nowUs);
    if (this.parts === 0 && this.#bytes.length > 0) this.#failure = SimDiskError.of('ENOSPC', 'write', path);
  }

  /** Leaves the write in flight until it completes: a crash may find any part of it. */
  stayInFlight(): void {
    if (this.#failure !== undefined || !this.#file.open) return;
    this.#inFlight = true;
    this.#door.begin(this);
  }

  /** The page cache gets the bytes. */
  apply(): void {
    this.#applied = true;
    if (this.#failure !== undefined) return;
    try {
      this.#written = this.#context.disk.write(this.#file, this.#bytes, 0, this.parts);
    } catch (error) {
      if (!(error instanceof SimDiskError)) throw error;
      this.#failure = error;
    }
  }

  /** Tells the caller, inside its own call. What it throws is the caller's. */
  report(): void {
    this.#context.trace.event('written at once', this.#written);
    this.#done(this.#failure, this.#written);
  }

  /** The event: applies what is not applied, and tells the caller. */
  complete(): void {
    if (this.#inFlight) this.#door.end(this);
    if (!this.#applied) this.apply();
    this.#context.trace.event('written bytes', this.#written);
    if (this.#context.faults !== undefined) this.#writeBack(this.#context.faults);
    this.#context.tenant.enter(() => this.#done(this.#failure, this.#written));
  }

  /** The kernel writes back by itself, and may fail at it; nobody is told before the next sync. */
  #writeBack(faults: Faults): void {
    const { inode } = this.#file;
    const key = `${inode.key}/${this.#ordinal}`;
    if (!faults.failsWriteBack(key)) return;
    const { disk, trace } = this.#context;
    faults.failWriteBack(disk, inode, disk.seq, `write-back ${key}`);
    trace.event('write-back failed', inode.id, disk.seq);
  }

  perform(disk: SimDisk, twin: (inode: FileInode) => FileInode | undefined, portion: number): void {
    const inode = twin(this.#file.inode);
    if (inode === undefined) return;
    const at = this.#file.flags.append === true ? inode.sizeBytes : this.#file.positionBytes;
    disk.writeAt(inode, at, this.#bytes, 0, portion);
  }
}
