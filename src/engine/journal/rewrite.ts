/**
 * Rewriting the log: a new base from memory, a new increment after it, the old files gone.
 *
 * The order is A.8's, which is safe on the strictest disk that POSIX allows:
 *
 *   a  what is buffered is written and synced to increment N
 *   b  increment N+1 is made, its directory synced
 *   c  a manifest that names it too becomes live (commands still go to N)
 *   d  in one turn: switch to N+1, fork; N is written to its end and synced before anything is written to N+1
 *   e  the child writes and syncs a base under a temporary name
 *   f  the base gets its name, the directory is synced
 *   g  a manifest of the new base and N+1 becomes live; the old files are history
 *   h  only now history is removed
 *
 * Where increment N is empty and sound, as after a rewrite that failed, it serves as N+1 and b to d fall away: a disk that
 * stays full is not filled with empty increments.
 *
 * `appendonly yes` at run time is the same without a log before it: N+1 is held in memory until g.
 */
import { aofNames, type Manifest, type ManifestFile } from '../../aof/index.ts';
import type { File } from '../../ports/disk.ts';
import { LightsoutError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { ForkedSave } from '../saving/forked-save.ts';
import {
  isDiskError,
  makeDirectory,
  messageOf,
  sizeOf,
  syncDirectory,
  syncPath,
  unlinkIfThere,
} from '../io.ts';
import { annotationFor, ManifestStore } from './manifest-store.ts';
import { readManifest } from '../recovery/read-manifest.ts';
import { saveRequest, type SaveRequest } from '../saving/save-file.ts';

/** From this many failures in a row on, automatic rewrites wait: a minute, doubling up to an hour. */
const patience = 3;
const minuteMs = 60_000;
/** Where the log itself is broken and writes are refused, the next try waits a second, doubling up to a minute. */
const firstRepairMs = 1000;

export class Rewriter {
  readonly store: ManifestStore;
  lastStatusOk = true;
  lastDurationSeconds = -1;
  lastCopiedBytes = 0;
  consecutiveFailures = 0;
  /** BGREWRITEAOF waits for another child to end. */
  isScheduled = false;
  /** A backup has ended: history may be there for its sake alone. */
  isSweepDue = false;
  /** Bytes of the log after the last rewrite or at the start, for auto-aof-rewrite-percentage. */
  baseBytes = 0;
  /** Bytes of the files before the current increment. */
  earlierBytes = 0;

  readonly #engine: Engine;
  #child: ForkedSave | undefined;
  #isRunning = false;
  /** The log was turned off or the server shuts down: what runs must end. */
  #isCancelled = false;
  #startedMonoMs = 0;
  #notBeforeMonoMs = 0;
  #noRepairBeforeMonoMs = 0;
  #finished: Promise<void> = Promise.resolve();
  #nextBase = 1;
  #nextIncrement = 1;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.store = new ManifestStore(engine.host.disk, engine.names, engine.settings);
  }

  get hasChild(): boolean {
    return this.#child !== undefined;
  }

  /** From the call until the history is gone. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Resolves when what runs now has ended, however. */
  get ended(): Promise<void> {
    return this.#finished;
  }

  /** Seconds that a rewrite has run; -1 without one. */
  get runningSeconds(): number {
    return this.#isRunning ? Math.floor((this.#engine.host.clock.monoMs() - this.#startedMonoMs) / 1000) : -1;
  }

  /** Bytes of the whole log. */
  get logBytes(): number {
    return this.earlierBytes + this.#engine.journal.sizeBytes;
  }

  /** Numbers that no file has: beyond the manifest's and whatever lies in the directory. */
  numberFrom(directoryNames: readonly string[]): void {
    const { base, history, increments } = this.store.current;
    if (base !== undefined) this.#nextBase = Math.max(this.#nextBase, base.seq + 1);
    for (const { seq } of increments) this.#nextIncrement = Math.max(this.#nextIncrement, seq + 1);
    for (const name of [...directoryNames, ...history.map((file) => file.name)]) {
      // Also what was put aside: its number stays its own.
      const match = /\.(\d{1,15})\.(base|incr)\.(rdb|aof)(?:\..*)?$/.exec(name);
      if (match === null) continue;
      const next = Number(match[1]) + 1;
      if (match[2] === 'base') this.#nextBase = Math.max(this.#nextBase, next);
      else this.#nextIncrement = Math.max(this.#nextIncrement, next);
    }
  }

  /** The name of a new base. */
  nextBase(format: SaveRequest['format']): ManifestFile {
    const seq = this.#nextBase++;
    return {
      name: aofNames.base(this.#engine.settings.appendfilename, seq, format === 'rdb' ? 'rdb' : 'aof'),
      seq,
    };
  }

  /** The name of a new increment. */
  nextIncrement(): ManifestFile {
    const seq = this.#nextIncrement++;
    return { name: aofNames.increment(this.#engine.settings.appendfilename, seq), seq };
  }

  /** BGREWRITEAOF. Goes on in the background; how it ended stands in `lastStatusOk`. */
  start(): void {
    this.isScheduled = false;
    this.#run(() => this.#rewrite());
  }

  /** CONFIG SET appendonly yes. The log is on when the first base is durable; until then the old promise holds. */
  enable(): void {
    const { settings, journal } = this.#engine;
    settings.appendonly = true;
    // Never beside another run, since both would replace the manifest: the cron comes back to it.
    if (journal.isOpen || this.#isRunning) return;
    this.#run(() => this.#enable());
  }

  /** CONFIG SET appendonly no. What is logged is still written and synced; the files stay. */
  disable(): void {
    this.#engine.settings.appendonly = false;
    this.isScheduled = false;
    this.#disable().catch((error: unknown) => this.#engine.crash(error));
  }

  async #disable(): Promise<void> {
    const { settings, journal, log } = this.#engine;
    await this.cancel();
    await journal.drain().catch((error: unknown) => {
      if (!isDiskError(error)) throw error;
      log('warning', `the append-only file is turned off, and its end is not synced: ${error.message}`);
    });
    if (!settings.appendonly && journal.isOpen) journal.stop();
  }

  /** Ends what runs and waits until nothing of it is left. */
  async cancel(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isCancelled = true;
    this.#child?.kill();
    await this.#finished;
  }

  #run(work: () => Promise<void>): void {
    const engine = this.#engine;
    this.#isRunning = true;
    this.#isCancelled = false;
    this.#startedMonoMs = engine.host.clock.monoMs();
    this.#finished = work().then(
      () => {
        this.#isRunning = false;
        this.lastStatusOk = true;
        // One that somebody asked for while the automatic ones waited ends the waiting.
        this.consecutiveFailures = this.#notBeforeMonoMs = 0;
        this.lastDurationSeconds = Math.floor((engine.host.clock.monoMs() - this.#startedMonoMs) / 1000);
        engine.stats.aofRewrites++;
        engine.log('notice', 'Background AOF rewrite finished successfully');
      },
      (error: unknown) => {
        this.#isRunning = false;
        this.#child = undefined;
        if (!isDiskError(error) && !(error instanceof RewriteFailure)) engine.crash(error);
        else this.#failed(error);
      },
    );
  }

  #failed(error: Error): void {
    const engine = this.#engine;
    if (error instanceof RewriteFailure && error.wasCancelled) return;
    this.lastStatusOk = false;
    this.consecutiveFailures++;
    engine.log('warning', `Background AOF rewrite terminated with error: ${error.message}`);
    const repairMs = Math.min(minuteMs, firstRepairMs << Math.min(6, this.consecutiveFailures - 1));
    this.#noRepairBeforeMonoMs = engine.host.clock.monoMs() + repairMs;
    if (this.consecutiveFailures < patience) return;
    const waitMs = Math.min(60, 1 << Math.min(6, this.consecutiveFailures - patience)) * minuteMs;
    this.#notBeforeMonoMs = engine.host.clock.monoMs() + waitMs;
    engine.log(
      'warning',
      `Background AOF rewrite has repeatedly failed and triggered the limit, will retry in ${waitMs / minuteMs} minutes`,
    );
  }

  async #rewrite(): Promise<void> {
    const { host, journal, names } = this.#engine;
    const { store } = this;
    if (!store.isSettled) await store.settle();
    if (!journal.isOpen) {
      await this.#rewriteWithoutLog();
      return;
    }
    // A file whose sync failed is past saving: what follows replaces it.
    if (!journal.isBroken) await journal.drain();
    const last = store.current.increments.at(-1);
    if (last !== undefined && journal.isFresh(last.name) && !this.#isCancelled) {
      const again = saveRequest(this.#engine, 'base');
      await this.#fork(again);
      await this.#adopt(again, last);
      return;
    }
    const increment = this.nextIncrement();
    const file = await this.#createIncrement(increment);
    const before = store.current;
    try {
      await syncDirectory(host.disk, names.appendDir);
      await store.replace({ ...before, increments: [...this.#knownIncrements(), increment] });
    } catch (error) {
      await file.close();
      if (store.current === before) await unlinkIfThere(host.disk, names.inAppendDir(increment.name));
      throw error;
    }
    if (this.#isCancelled || !journal.isOpen) {
      await file.close();
      throw new RewriteFailure('cancelled', true);
    }
    this.earlierBytes += journal.sizeBytes;
    journal.switchTo(file, increment.name);
    // Asked for behind the switch: the base names the last batch before it.
    const request = saveRequest(this.#engine, 'base');
    await this.#fork(request);
    await this.#adopt(request, increment);
  }

  /** The increments of the manifest, with what is durable of the one that is being written. */
  #knownIncrements(): ManifestFile[] {
    const { durableIncrement: durable } = this.#engine.journal;
    return this.store.current.increments.map((file) =>
      file.name === durable?.name ? { ...file, bytes: durable.bytes } : file,
    );
  }

  /** Makes the file of a new increment. */
  #createIncrement(increment: ManifestFile): Promise<File> {
    const { host, names, log } = this.#engine;
    log('notice', `Creating AOF incr file ${increment.name} on background rewrite`);
    return host.disk.open(names.inAppendDir(increment.name), {
      write: true,
      create: true,
      exclusive: true,
      append: true,
    });
  }

  /** Forks before it returns, in the turn of its call, and resolves when the child has ended well. */
  async #fork(request: SaveRequest): Promise<void> {
    const engine = this.#engine;
    let child: ForkedSave;
    try {
      child = new ForkedSave(engine, request);
    } catch (error) {
      throw new RewriteFailure(`fork: ${messageOf(error)}`, false);
    }
    engine.log('notice', `Background append only file rewriting started by pid ${child.pid}`);
    this.#child = child;
    const status = await child.ended;
    this.#child = undefined;
    this.lastCopiedBytes = child.copiedBytes;
    if (status.code === 0 && !this.#isCancelled) return;
    await unlinkIfThere(engine.host.disk, request.path);
    const how =
      status.signal === null
        ? `the child ended with code ${status.code}`
        : `the child was ended by ${status.signal}`;
    throw new RewriteFailure(how, this.#isCancelled);
  }

  /** Steps f to h: the child's file becomes the base, `increment` the only increment after it. */
  async #adopt(request: SaveRequest, increment: ManifestFile | undefined): Promise<void> {
    const engine = this.#engine;
    const { host, journal, names, settings } = engine;
    const { store } = this;
    engine.log('notice', 'Background AOF rewrite terminated with success');
    const base = this.nextBase(request.format);
    const basePath = names.inAppendDir(base.name);
    let baseBytes: number;
    try {
      baseBytes = (await host.disk.stat(request.path)).sizeBytes;
      await host.disk.rename(request.path, basePath);
      await syncDirectory(host.disk, names.appendDir);
    } catch (error) {
      // A rename that failed may have been done. No manifest names either.
      await unlinkIfThere(host.disk, request.path);
      await unlinkIfThere(host.disk, basePath);
      throw error;
    }
    const before = store.current;
    const superseded = [
      ...(before.base === undefined ? [] : [before.base]),
      ...before.increments.filter(({ name }) => name !== increment?.name),
    ];
    const after: Manifest = {
      ...before,
      annotation: annotationFor(settings, before.annotation, journal.batches.key),
      base: {
        ...base,
        bytes: baseBytes,
        ...(request.batches === undefined ? {} : { lastBatch: request.batches.last }),
      },
      history: [...before.history, ...superseded],
      increments: increment === undefined ? [] : [increment],
    };
    try {
      await store.replace(after);
    } catch (error) {
      if (store.current === before) await unlinkIfThere(host.disk, basePath);
      throw error;
    }
    engine.log(
      'notice',
      `Successfully renamed the temporary AOF base file ${request.path} into ${base.name}`,
    );
    this.baseBytes = this.earlierBytes = baseBytes;
    journal.forsakeDraining();
    // Also where the log was turned off meanwhile: then it ends as every log does.
    if (journal.isHeld) journal.unhold();
    await this.#dropHistory();
  }

  async #dropHistory(): Promise<void> {
    const { backups, log } = this.#engine;
    await this.store
      .dropHistory((name) => backups.isPinned(name))
      .catch((error: unknown) => {
        if (!isDiskError(error)) throw error;
        log('warning', `history files stay until the next rewrite or start: ${error.message}`);
      });
  }

  /** Removes what backups have kept. Nothing else may replace the manifest meanwhile, so it counts as running. */
  #sweep(): void {
    this.#isRunning = true;
    this.#isCancelled = false;
    this.#startedMonoMs = this.#engine.host.clock.monoMs();
    this.#finished = this.#dropHistory().then(
      () => {
        this.#isRunning = false;
      },
      (error: unknown) => this.#engine.crash(error),
    );
  }

  /** BGREWRITEAOF with the log off: a base and a manifest, no increment. */
  async #rewriteWithoutLog(): Promise<void> {
    await this.#prepareDirectory();
    if (this.#isCancelled) throw new RewriteFailure('cancelled', true);
    const request = saveRequest(this.#engine, 'base');
    await this.#fork(request);
    await this.#adopt(request, undefined);
  }

  async #enable(): Promise<void> {
    const { host, journal, names } = this.#engine;
    await this.#prepareDirectory();
    const increment = this.nextIncrement();
    const file = await this.#createIncrement(increment);
    if (this.#isCancelled) {
      await file.close();
      await unlinkIfThere(host.disk, names.inAppendDir(increment.name));
      throw new RewriteFailure('cancelled', true);
    }
    journal.openHeld(file, increment.name);
    try {
      const request = saveRequest(this.#engine, 'base');
      await this.#fork(request);
      await this.#adopt(request, increment);
    } catch (error) {
      if (journal.isHeld) {
        journal.stop();
        const mayBeLive = this.store.current.increments.includes(increment);
        if (!mayBeLive) await unlinkIfThere(host.disk, names.inAppendDir(increment.name));
      }
      throw error;
    }
  }

  /** The directory of the log, durable, with what an earlier log left in it as history to come. */
  async #prepareDirectory(): Promise<void> {
    const { host, names, settings } = this.#engine;
    await makeDirectory(host.disk, names.appendDir, names.dir);
    const manifestPath = names.inAppendDir(names.manifestName);
    if ((await sizeOf(host.disk, manifestPath)) !== undefined) {
      try {
        const found = await readManifest(host.disk, names);
        // Whoever wrote it may have died before its name was durable: an older one is the live one then.
        await syncPath(host.disk, manifestPath);
        await syncDirectory(host.disk, names.appendDir);
        this.store.current = found;
      } catch (error) {
        if (error instanceof LightsoutError) throw new RewriteFailure(error.message, false);
        throw error;
      }
    }
    this.numberFrom(await host.disk.readdir(`${settings.dir}/${settings.appenddirname}`));
  }

  /** By the cron: scheduled and automatic rewrites, and `appendonly yes` where it failed or came in the way of another run. */
  tick(): void {
    const { settings, journal, snapshots, host, log } = this.#engine;
    if (this.#isRunning || snapshots.hasChild) return;
    // Where two manifests may be the live one, history of the newer is what the older names. A rewrite settles that first.
    if (this.isSweepDue && this.store.isSettled) {
      this.isSweepDue = false;
      if (this.store.hasGarbage((name) => this.#engine.backups.isPinned(name))) {
        this.#sweep();
        return;
      }
    }
    if (this.isScheduled) {
      this.start();
      return;
    }
    const now = host.clock.monoMs();
    if (settings.appendonly && (journal.isBroken || !this.store.isSettled)) {
      if (now >= this.#noRepairBeforeMonoMs) this.start();
      return;
    }
    if (!settings.appendonly || now < this.#notBeforeMonoMs) return;
    if (!journal.isOpen) {
      this.enable();
      return;
    }
    const { autoAofRewritePercentage: percentage, autoAofRewriteMinSizeBytes: minimum } = settings;
    if (percentage === 0 || this.logBytes <= minimum) return;
    const growth = Math.floor((this.logBytes * 100) / Math.max(1, this.baseBytes)) - 100;
    if (growth < percentage) return;
    log('notice', `Starting automatic rewriting of AOF on ${growth}% growth`);
    this.start();
  }
}

/** A rewrite that could not be finished; the log goes on as it was. */
class RewriteFailure extends Error {
  readonly wasCancelled: boolean;

  constructor(message: string, wasCancelled: boolean) {
    super(message);
    this.name = 'RewriteFailure';
    this.wasCancelled = wasCancelled;
  }
}
