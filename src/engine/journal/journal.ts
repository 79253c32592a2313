/**
 * The journal: in what order effects reach the append-only file, and when a reply may leave.
 *
 * Units are numbered. A reply that depends on units up to `position` may leave when `released >= position`: under
 * `always` that is what has been synced, otherwise what the page cache has (so a killed process loses nothing that it
 * acknowledged). One turn's units are one write; while a write or a sync is under way, the next ones gather.
 *
 * At a switch to a new increment the old one is written to its end and synced before a byte goes to the new one:
 * otherwise power loss could take the tail of the old and leave the new, a gap. Until then units gather in memory, up to
 * `bufferBytes`, beyond which writes are refused. The same holding serves `appendonly yes` at run time, where
 * nothing may be written before the first base is durable. Where an old increment cannot be synced and rewrites fail, each
 * try leaves one more increment behind it: all of them wait in line, and go at once when a base replaces them.
 *
 * Where the disk keeps the log waiting, memory and the window that a power loss would take stay bounded: beyond
 * `bufferBytes`, and under `everysec` beyond `aof-max-unsynced-ms`, writes are refused until it has caught up.
 */
import type { Clock, Timer } from '../../ports/clock.ts';
import type { DiskError, File } from '../../ports/disk.ts';
import { type BatchCounter, LogFile } from './log-file.ts';
import type { Settings } from '../config/settings.ts';
import type { Tuning } from '../config/tuning.ts';
import type { Unit } from './unit.ts';
import { UnsyncedWindow } from './unsynced-window.ts';

export interface JournalListener {
  /** `released` may have grown. */
  released(): void;
  /** A write of the log failed or works again, or a sync failed. */
  trouble(error: DiskError | undefined): void;
  /** The oldest unsynced effect waits for longer than it may, or no longer does. */
  overdue(isOverdue: boolean): void;
  /** Something took its time, for LATENCY. */
  took(what: 'aof-fsync' | 'aof-fsync-always' | 'aof-unsynced', durationMs: number): void;
}

const everysecMs = 1000;

export class Journal {
  /** Number of the newest unit. */
  appended = 0;
  /** Numbers the batches; recovery sets it to follow what it found. */
  readonly batches: BatchCounter = { next: 1, key: 0 };
  /** Syncs that were put off because one was still under way. */
  delayedSyncs = 0;
  readonly window = new UnsyncedWindow();

  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #tuning: Tuning;
  readonly #listener: JournalListener;
  #current: LogFile | undefined;
  /** The increments before `#current` that are not synced to their ends, oldest first. Only the first is written. */
  readonly #line: LogFile[] = [];
  /** True while `#current` must not be written although nothing drains: its base is not durable yet. */
  #held = false;
  /** Database that the log stands at; -1 at the head of an increment. */
  #loggedDb = -1;
  #flushQueued = false;
  #retry: Timer | undefined;
  #retryMs = 0;
  #settled: (() => void)[] = [];
  /** The window is longer than the policy allows: writes are refused until the disk has caught up. */
  #isOverdue = false;
  /** Newest unit of which `window` knows that it is durable. */
  #measured = 0;

  constructor(clock: Clock, settings: Settings, tuning: Tuning, listener: JournalListener) {
    this.#clock = clock;
    this.#settings = settings;
    this.#tuning = tuning;
    this.#listener = listener;
  }

  get isOpen(): boolean {
    return this.#current !== undefined;
  }

  /** True from the start of `appendonly yes` at run time until its first base is durable. */
  get isHeld(): boolean {
    return this.#held;
  }

  /** The increment that drains: nothing later may be written before it is synced. */
  get #draining(): LogFile | undefined {
    return this.#line[0];
  }

  /** The newest unit that every reply may depend on. */
  get released(): number {
    if (this.#held) return this.#draining === undefined ? this.appended : this.#reached(this.#draining);
    const file = this.#draining ?? this.#current;
    if (file === undefined) return this.appended;
    return this.#reached(file);
  }

  /** The newest unit that the disk has in the log, with all before it. */
  get durable(): number {
    const file = this.#draining ?? (this.#held ? undefined : this.#current);
    return file === undefined ? this.#measured : file.synced;
  }

  #reached(file: LogFile): number {
    return this.#settings.appendfsync === 'always' ? file.synced : file.written;
  }

  /** Bytes of the current increment, with those that are not written yet. */
  get sizeBytes(): number {
    return this.#current === undefined ? 0 : this.#current.sizeBytes + this.#current.unwrittenBytes;
  }

  /** Not all that was appended is in the current increment or in those that are finished. */
  get isMoving(): boolean {
    return this.#held || this.#draining !== undefined;
  }

  /** The current increment and how many bytes of it are known to be durable: whole batches. */
  get durableIncrement(): { readonly name: string; readonly bytes: number } | undefined {
    const file = this.#current;
    return file === undefined ? undefined : { name: file.name, bytes: file.durableBytes };
  }

  get bufferBytes(): number {
    const current = this.#current?.unwrittenBytes ?? 0;
    if (this.#line.length === 0) return current;
    return this.#line.reduce((sum, file) => sum + file.unwrittenBytes, current);
  }

  /** Bytes of the log that a loss of power could take now. */
  get unsyncedBytes(): number {
    return this.#line.reduce((sum, file) => sum + file.unsyncedBytes, this.#current?.unsyncedBytes ?? 0);
  }

  /** For how long the oldest of them has waited. */
  get unsyncedMs(): number {
    return this.window.ageMs(this.#clock.monoMs());
  }

  get isSyncing(): boolean {
    return this.#current?.isSyncing === true || this.#draining?.isSyncing === true;
  }

  /** The error that keeps the log from being written or believed. */
  get error(): DiskError | undefined {
    for (const { syncError, writeError } of this.#line) {
      if ((syncError ?? writeError) !== undefined) return syncError ?? writeError;
    }
    return this.#current?.syncError ?? this.#current?.writeError;
  }

  /** The current increment is this one, empty and sound, and waits for nothing: a rewrite needs no other. */
  isFresh(name: string): boolean {
    const file = this.#current;
    return (
      file?.name === name &&
      !this.#held &&
      this.#line.length === 0 &&
      file.isEmpty &&
      (file.syncError ?? file.writeError) === undefined
    );
  }

  /** A sync failed: what of the increment is durable is unknown until a rewrite has replaced it. */
  get isBroken(): boolean {
    return (
      this.#current?.syncError !== undefined || this.#line.some(({ syncError }) => syncError !== undefined)
    );
  }

  /** Why writes must be refused now, if they must. */
  get refusal(): string | undefined {
    const { error } = this;
    if (error !== undefined) return error.message;
    if (this.bufferBytes > this.#tuning.bufferBytes) {
      if (this.#held && this.#draining === undefined)
        return 'the log was turned on, its first base is not durable yet and the buffer is full';
      return this.#draining !== undefined
        ? 'the old increment is not synced yet and the buffer is full'
        : 'the disk does not keep up and the buffer is full';
    }
    if (this.#isOverdue)
      return `the disk has not confirmed the log for ${Math.floor(this.unsyncedMs)} ms, longer than aof-max-unsynced-ms allows`;
    return undefined;
  }

  /** Takes a unit. Does nothing where there is no log. */
  append(unit: Unit): void {
    const file = this.#current;
    if (file === undefined) {
      unit.discard();
      return;
    }
    this.#loggedDb = unit.seal(file.buffer, this.#loggedDb);
    file.appended = ++this.appended;
    this.#queueFlush();
  }

  #queueFlush(): void {
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    this.window.begin(this.#clock.monoMs());
    this.#clock.endOfTurn(() => {
      this.#flushQueued = false;
      this.window.end(this.appended, this.unsyncedBytes);
      // A switch writes within the turn, and the sync may be quicker than the turn's end.
      if (this.#measured === this.appended) this.#shorten();
      this.#advance();
    });
  }

  /** Starts logging to an increment that stands at `sizeBytes`. */
  open(file: File, name: string, sizeBytes: number): void {
    this.#current = this.#logFile(file, name, sizeBytes);
    this.#loggedDb = -1;
  }

  /** Starts logging to a new increment that must not be written before `unhold`. */
  openHeld(file: File, name: string): void {
    this.open(file, name, 0);
    this.#held = true;
  }

  unhold(): void {
    this.#held = false;
    this.window.restart(this.#clock.monoMs());
    this.#advance();
    this.#listener.released();
  }

  /** From now on units go to a new, empty increment; what came before is finished in the old one. */
  switchTo(file: File, name: string): void {
    this.#lineUp();
    this.open(file, name, 0);
    this.#advance();
  }

  #lineUp(): void {
    if (this.#current === undefined) return;
    this.#current.endAppending();
    this.#line.push(this.#current);
  }

  /**
   * Stops logging. What was logged is still written and synced and the file closed; what was held is forgotten, and so is
   * what the disk does not take: a log that is off must not go on refusing writes.
   */
  stop(): void {
    if (this.#held) this.#current?.forsake();
    else this.#lineUp();
    this.#held = false;
    this.#current = undefined;
    this.#moved();
  }

  /** Gives up the increments that drain: a newer base on the disk makes them superfluous. */
  forsakeDraining(): void {
    if (this.#line.length === 0) return;
    this.#forsakeLine();
    this.#moved();
  }

  #forsakeLine(): void {
    for (const file of this.#line.splice(0)) file.forsake();
  }

  /** What was waited for may have gone without an end of its own. */
  #moved(): void {
    if (this.#current === undefined && this.error !== undefined) this.#forsakeLine();
    this.#measure();
    this.#advance();
    this.#listener.released();
    this.#settle();
  }

  /** Takes what became durable out of the window. */
  #measure(): void {
    if (this.#current === undefined && this.#line.length === 0) {
      this.window.clear();
      this.#judgeWindow();
      return;
    }
    const { durable } = this;
    if (durable === this.#measured) return;
    this.#measured = durable;
    this.#shorten();
  }

  #shorten(): void {
    const waitedMs = this.window.durable(this.#measured, this.#clock.monoMs());
    if (waitedMs > 0) this.#listener.took('aof-unsynced', waitedMs);
    if (this.#isOverdue) this.#judgeWindow();
  }

  #judgeWindow(): void {
    const { appendfsync, aofMaxUnsyncedMs } = this.#settings;
    const isOverdue =
      appendfsync === 'everysec' && !this.#held && aofMaxUnsyncedMs > 0 && this.unsyncedMs > aofMaxUnsyncedMs;
    if (isOverdue === this.#isOverdue) return;
    this.#isOverdue = isOverdue;
    this.#listener.overdue(isOverdue);
  }

  /** Lets `drain` look again. */
  #settle(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }

  /** Resolves when everything appended by now is written and synced, whatever the policy. @throws DiskError */
  async drain(): Promise<void> {
    const target = this.appended;
    for (;;) {
      const { error } = this;
      if (error !== undefined) throw error;
      const file = this.#draining ?? this.#current;
      if (file === undefined || (file.synced >= target && file === this.#current)) return;
      if (this.#held && this.#draining === undefined) return;
      const settled = new Promise<void>((resolve) => this.#settled.push(resolve));
      this.#advance(true);
      await settled;
    }
  }

  /** Resolves when `unit` is durable, or there is no log any more. Where the policy asks for no sync, this does. */
  async reach(unit: number): Promise<void> {
    while (this.isOpen && this.durable < unit) {
      const settled = new Promise<void>((resolve) => this.#settled.push(resolve));
      this.#advance(this.#settings.appendfsync === 'no');
      await settled;
    }
  }

  /** The cadence of `everysec`, to be called by the cron. */
  tick(childActive: boolean): void {
    this.#judgeWindow();
    const file = this.#current;
    if (
      file === undefined ||
      this.#settings.appendfsync !== 'everysec' ||
      this.#held ||
      this.#draining !== undefined
    )
      return;
    if (file.written === file.synced) return;
    if (childActive && this.#settings.noAppendfsyncOnRewrite) return;
    const now = this.#clock.monoMs();
    if (now - file.syncStartedMs < everysecMs) return;
    if (file.isSyncing) this.delayedSyncs++;
    file.sync(now);
  }

  /** Does whatever can be done next; everything that ends comes back here. `sync`: also without need by the policy. */
  #advance(sync = false): void {
    for (let old = this.#draining; old !== undefined; old = this.#draining) {
      if (old.writeError === undefined) old.write();
      if (old.written === old.appended && !old.isWriting) this.#finish(old);
      if (this.#draining === old) return;
    }
    const file = this.#current;
    if (file === undefined || this.#held) return;
    if (file.writeError === undefined) file.write();
    if (file.written > file.synced && (sync || this.#settings.appendfsync === 'always'))
      file.sync(this.#clock.monoMs());
  }

  /** Syncs an increment that is written to its end, then closes it. */
  #finish(old: LogFile): void {
    if (this.#draining !== old || old.isSyncing || old.syncError !== undefined) return;
    if (old.synced < old.appended) {
      old.sync(this.#clock.monoMs());
      return;
    }
    this.#line.shift();
    old.close();
  }

  #logFile(file: File, name: string, sizeBytes: number): LogFile {
    let reported: DiskError | undefined;
    const options = {
      sizeBytes,
      position: this.appended,
      writeBytes: this.#tuning.writeBytes,
      batches: this.#settings.aofChecksum ? this.batches : undefined,
    };
    const log: LogFile = new LogFile(file, name, options, {
      progress: (what) => {
        if (what === 'sync') this.#tookSync(log);
        const error = log.syncError ?? log.writeError;
        if (error?.code !== reported?.code) this.#listener.trouble(error);
        reported = error;
        if (log.writeError !== undefined) this.#retryLater();
        else this.#retryMs = 0;
        this.#moved();
      },
    });
    return log;
  }

  #tookSync(file: LogFile): void {
    const what = this.#settings.appendfsync === 'always' ? 'aof-fsync-always' : 'aof-fsync';
    this.#listener.took(what, this.#clock.monoMs() - file.syncStartedMs);
  }

  /** Whichever increment is due then: the one that failed may be given up by that time, and another have failed. */
  #retryLater(): void {
    if (this.#retry !== undefined) return;
    this.#retryMs = Math.min(this.#tuning.retryMaxMs, Math.max(this.#tuning.retryFirstMs, this.#retryMs * 2));
    this.#retry = this.#clock.after(this.#retryMs, () => {
      this.#retry = undefined;
      if (this.#draining !== undefined) this.#draining.write();
      else if (!this.#held) this.#current?.write();
    });
  }
}
