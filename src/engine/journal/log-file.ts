/**
 * One increment of the append-only file while it is open: a buffer of units, what of it the page cache has, what of it
 * the disk has.
 *
 * Positions are numbers of units since the start of the process. `appended >= written >= synced` always. A write that
 * failed in the middle keeps its remainder at the head: the file ends in half a unit until the rest has followed, so
 * nothing is ever truncated and no hole can come about. A sync that failed marks the file broken for good: the pages
 * may have been dropped and marked clean, so a later success proves nothing.
 */
import { batchHeaderBytes, reserveBatchHeader, sealBatch } from '../../aof/batch.ts';
import { ByteWriter } from '../../bytes/writer.ts';
import type { DiskError, File } from '../../ports/disk.ts';

export interface LogFileListener {
  /** A write or a sync has ended, well or not. */
  progress(what: 'write' | 'sync'): void;
}

/** The number of the next batch and the key of their hashes, shared by the increments of one log. */
export interface BatchCounter {
  next: number;
  key: number;
}

export interface LogFileOptions {
  /** Size of the file as it is opened; all of it is durable. */
  readonly sizeBytes: number;
  /** Position of the unit that the log stands at. */
  readonly position: number;
  /** Most bytes of one write. */
  readonly writeBytes: number;
  /** Numbers the annotated batches; undefined: writes go without annotations. */
  readonly batches: BatchCounter | undefined;
}

export class LogFile {
  readonly name: string;
  /** Where the next units are put; swapped for an empty one when a write takes it. Begins with room for a batch header. */
  buffer = new ByteWriter(512);
  appended: number;
  written: number;
  synced: number;
  /** Bytes accepted by the page cache, the file's size. */
  sizeBytes: number;
  /** Why the last write failed; undefined again when one succeeds. */
  writeError: DiskError | undefined;
  /** Why a sync failed, once and for all. */
  syncError: DiskError | undefined;
  /** Monotonic time at which the newest sync was asked for. */
  syncStartedMs = 0;

  readonly #file: File;
  readonly #writeBytes: number;
  readonly #batches: BatchCounter | undefined;
  /** Bytes of the file known to be durable. */
  #durableBytes: number;
  readonly #listener: LogFileListener;
  #spare = new ByteWriter(512);
  /** The batch that is being written: its bytes from `#batchStart` on are not accepted yet. */
  #batch: ByteWriter | undefined;
  #batchStart = 0;
  #batchPosition = 0;
  #writing = false;
  #syncing = false;
  #forsaken = false;
  /** The number that was set aside for what is still buffered, once nothing more is appended. */
  #lastBatch: number | undefined;

  constructor(file: File, name: string, options: LogFileOptions, listener: LogFileListener) {
    this.#file = file;
    this.name = name;
    this.sizeBytes = this.#durableBytes = options.sizeBytes;
    this.appended = this.written = this.synced = options.position;
    this.#writeBytes = options.writeBytes;
    this.#batches = options.batches;
    this.#listener = listener;
    this.#empty(this.buffer);
  }

  #empty(buffer: ByteWriter): void {
    buffer.clear();
    if (this.#batches !== undefined) reserveBatchHeader(buffer);
  }

  get #bufferIsEmpty(): boolean {
    return this.buffer.length === (this.#batches === undefined ? 0 : batchHeaderBytes);
  }

  get isWriting(): boolean {
    return this.#writing;
  }

  get isSyncing(): boolean {
    return this.#syncing;
  }

  /** Bytes that the page cache does not have yet. */
  get unwrittenBytes(): number {
    return (
      (this.#bufferIsEmpty ? 0 : this.buffer.length) +
      (this.#batch === undefined ? 0 : this.#batch.length - this.#batchStart)
    );
  }

  /** Bytes that the disk is not known to have. */
  get unsyncedBytes(): number {
    return this.sizeBytes + this.unwrittenBytes - this.#durableBytes;
  }

  /** Nothing was ever given to it. */
  get isEmpty(): boolean {
    return this.sizeBytes === 0 && this.unwrittenBytes === 0;
  }

  /** Bytes of the file known to be durable: whole batches. */
  get durableBytes(): number {
    return this.#durableBytes;
  }

  /** Says that nothing more is appended. What is buffered is the last batch, and comes before those of the files after. */
  endAppending(): void {
    if (this.#batches !== undefined && !this.#bufferIsEmpty) this.#lastBatch ??= this.#batches.next++;
  }

  /** Writes what is buffered, unless a write is under way. */
  write(): void {
    if (this.#writing || this.#forsaken) return;
    if (this.#batch === undefined) {
      if (this.#bufferIsEmpty) return;
      if (this.#batches !== undefined) {
        const place = { key: this.#batches.key, offset: this.sizeBytes };
        sealBatch(this.buffer, place, this.#lastBatch ?? this.#batches.next++, this.#durableBytes);
      }
      this.#batch = this.buffer;
      this.#batchStart = 0;
      this.#batchPosition = this.appended;
      this.buffer = this.#spare;
      this.#empty(this.buffer);
    }
    this.#writing = true;
    this.#writeSlice(this.#batch);
  }

  #writeSlice(batch: ByteWriter): void {
    const end = Math.min(batch.length, this.#batchStart + this.#writeBytes);
    this.#file.write(batch.buffer.subarray(this.#batchStart, end), (error, count) => {
      this.#batchStart += count;
      this.sizeBytes += count;
      if (error !== undefined) {
        this.#writing = false;
        this.writeError = error;
      } else if (this.#batchStart < batch.length && !this.#forsaken) {
        this.#writeSlice(batch);
        return;
      } else {
        this.#writing = false;
        this.writeError = undefined;
        this.written = this.#batchPosition;
        this.#spare = batch.buffer.length > 4 * 1024 * 1024 ? new ByteWriter(512) : batch;
        this.#batch = undefined;
        this.#batchStart = 0;
      }
      this.#ended('write');
    });
  }

  /** Syncs what is written by now, unless a sync is under way or the file is broken. */
  sync(nowMonoMs: number): void {
    if (this.#syncing || this.#forsaken || this.syncError !== undefined) return;
    this.#syncing = true;
    this.syncStartedMs = nowMonoMs;
    const covered = this.written;
    // Whole batches only: of one that is written in part, the rest may still be lost, and that is no rot.
    const coveredBytes = this.sizeBytes - this.#batchStart;
    this.#file.datasync((error) => {
      this.#syncing = false;
      if (error === undefined) {
        this.synced = covered;
        this.#durableBytes = coveredBytes;
      } else {
        this.syncError = error;
      }
      this.#ended('sync');
    });
  }

  /** A write or a sync has ended. */
  #ended(what: 'write' | 'sync'): void {
    if (!this.#forsaken) this.#listener.progress(what);
    else if (!this.#writing && !this.#syncing) this.close();
  }

  /** Lets go of the file, whatever was still to be written to it: nothing more is reported, and what is in flight ends first. */
  forsake(): void {
    this.#forsaken = true;
    if (!this.#writing && !this.#syncing) this.close();
  }

  /** What matters is synced or given up by now: that a close fails changes nothing. */
  close(): void {
    this.#file.close().catch(() => undefined);
  }
}
