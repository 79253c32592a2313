/**
 * Snapshots: dump.rdb by SAVE, BGSAVE and save points.
 *
 * Order (A.8): open a temporary, write, sync it, close, rename it over dump.rdb, sync the directory; only then is it a
 * success: status, LASTSAVE, and `dirty` less what was dirty at the fork. What was written meanwhile stays dirty.
 */
import type { Engine } from '../engine.ts';
import { ForkedSave } from './forked-save.ts';
import { messageOf, syncDirectory, unlinkIfThere } from '../io.ts';
import { saveFile, saveRequest, type SaveRequest } from './save-file.ts';

/** After a failed save, save points wait this long. */
const retryAfterMs = 5000;

export class Snapshotter {
  lastStatusOk = true;
  /** Unix seconds of the last success; the start of the server before any. */
  lastSaveSeconds: number;
  /** -1 before any. */
  lastDurationSeconds = -1;
  lastCopiedBytes = 0;
  /** BGSAVE waits for another child to end. */
  isScheduled = false;

  readonly #engine: Engine;
  #child: ForkedSave | undefined;
  /** A save is under way, in a child or in the foreground. */
  #isSaving = false;
  #lastSaveMonoMs: number;
  #lastTryMonoMs = 0;
  #finished: Promise<void> = Promise.resolve();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.lastSaveSeconds = Math.floor(engine.startedAtMs / 1000);
    this.#lastSaveMonoMs = engine.host.clock.monoMs();
  }

  get hasChild(): boolean {
    return this.#child !== undefined;
  }

  get isSaving(): boolean {
    return this.#isSaving;
  }

  /** Seconds that the child has run; -1 without one. */
  get childSeconds(): number {
    return this.#child === undefined
      ? -1
      : Math.floor((this.#engine.host.clock.monoMs() - this.#child.startedMonoMs) / 1000);
  }

  /** BGSAVE. @throws ForkError; the save counts as failed */
  startBackground(): void {
    const engine = this.#engine;
    const request = saveRequest(engine, 'rdb');
    const dirtyAtFork = engine.dirty;
    this.#lastTryMonoMs = engine.host.clock.monoMs();
    this.isScheduled = false;
    let child: ForkedSave;
    try {
      child = new ForkedSave(engine, request);
    } catch (error) {
      this.lastStatusOk = false;
      throw error;
    }
    engine.log('notice', `Background saving started by pid ${child.pid}`);
    this.#child = child;
    this.#isSaving = true;
    this.#finished = this.#finishBackground(child, request, dirtyAtFork).catch((error: unknown) =>
      engine.crash(error),
    );
  }

  async #finishBackground(child: ForkedSave, request: SaveRequest, dirtyAtFork: number): Promise<void> {
    const engine = this.#engine;
    const status = await child.ended;
    this.lastCopiedBytes = child.copiedBytes;
    if (status.code === 0 && !child.wasKilled) {
      engine.log('notice', 'Background saving terminated with success');
      await this.#publish(request, dirtyAtFork, child.startedMonoMs).catch((error: unknown) => {
        engine.log('warning', `Background saving error: ${messageOf(error)}`);
      });
    } else {
      if (status.signal === null) engine.log('warning', 'Background saving error');
      else engine.log('warning', `Background saving terminated by signal ${status.signal}`);
      if (!child.wasKilled) this.lastStatusOk = false;
      await this.#removeTemporary(request.path);
    }
    // Not before its file has its name: until then the save is in progress, for INFO as for BGSAVE.
    this.#child = undefined;
    this.#isSaving = false;
  }

  /** SAVE: as BGSAVE without a child. @throws DiskError; the save counts as failed */
  save(): Promise<void> {
    const saved = this.#saveHere();
    this.#finished = saved.catch(() => undefined);
    return saved;
  }

  async #saveHere(): Promise<void> {
    const engine = this.#engine;
    const request = saveRequest(engine, 'rdb');
    const dirtyAtFork = engine.dirty;
    const startedMonoMs = engine.host.clock.monoMs();
    const image = engine.keyspace.freeze();
    this.#isSaving = true;
    this.isScheduled = false;
    this.#lastTryMonoMs = startedMonoMs;
    try {
      await saveFile(engine.host, image.open(), request);
      await this.#publish(request, dirtyAtFork, startedMonoMs);
      engine.log('notice', 'DB saved on disk');
    } catch (error) {
      this.lastStatusOk = false;
      engine.log('warning', `Write error saving DB on disk: ${messageOf(error)}`);
      throw error;
    } finally {
      image.release();
      this.#isSaving = false;
    }
  }

  /** Gives a finished temporary its live name, durably, and counts it as a success. */
  async #publish(request: SaveRequest, dirtyAtFork: number, startedMonoMs: number): Promise<void> {
    const engine = this.#engine;
    const { clock, disk } = engine.host;
    try {
      await disk.rename(request.path, engine.names.dump);
      await syncDirectory(disk, engine.names.dir);
    } catch (error) {
      this.lastStatusOk = false;
      await this.#removeTemporary(request.path);
      throw error;
    }
    this.lastStatusOk = true;
    this.lastSaveSeconds = Math.floor(clock.wallMs() / 1000);
    this.#lastSaveMonoMs = clock.monoMs();
    this.lastDurationSeconds = Math.floor((clock.monoMs() - startedMonoMs) / 1000);
    engine.dirty -= dirtyAtFork;
    engine.stats.rdbSaves++;
  }

  async #removeTemporary(path: string): Promise<void> {
    await unlinkIfThere(this.#engine.host.disk, path).catch((error: unknown) => {
      this.#engine.log('warning', `cannot remove ${path}: ${messageOf(error)}`);
    });
  }

  /** FLUSHALL: a snapshot of what is gone is worth nothing, and the one on the disk is to be replaced soon. */
  everythingFlushed(): void {
    this.#child?.kill();
    if (this.#engine.settings.save.length > 0) this.isScheduled = true;
  }

  /** Ends a running child and waits until nothing of it, nor of a save in the foreground, is left. */
  async cancel(): Promise<void> {
    this.#child?.kill();
    this.isScheduled = false;
    await this.#finished;
  }

  /** Save points and scheduled saves, by the cron. */
  tick(): void {
    const engine = this.#engine;
    if (this.#isSaving || engine.rewriter.hasChild) return;
    const now = engine.host.clock.monoMs();
    const mayRetry = this.lastStatusOk || now - this.#lastTryMonoMs > retryAfterMs;
    if (!mayRetry) return;
    const due = engine.settings.save.find(
      ({ seconds, changes }) => engine.dirty >= changes && now - this.#lastSaveMonoMs > seconds * 1000,
    );
    if (due === undefined && !this.isScheduled) return;
    if (due !== undefined)
      engine.log('notice', `${due.changes} changes in ${due.seconds} seconds. Saving...`);
    try {
      this.startBackground();
    } catch (error) {
      engine.log('warning', `Can't save in background: fork: ${messageOf(error)}`);
    }
  }
}
