/**
 * The oracle's eyes at the ports: turns what passes there into the history's marks, and judges every snapshot file at the
 * instant when it is about to get its name (P10).
 *
 * - durable: a sync of the increment that the newest log bytes went to makes durable what had been observed when it began,
 *   or before the next write ended (under every policy the bytes of a unit are written before its reply leaves). So does
 *   a base that is named durably.
 * - saves: the file that is renamed over dump.rdb was begun at a fork, or by SAVE in the foreground, whose index is noted.
 */
import type { DiskError } from '../../src/ports/disk.ts';
import type { LogTimes } from '../oracle/bounds.ts';
import type { History } from '../oracle/history.ts';
import { checkSnapshot } from '../oracle/snapshot.ts';
import type { SnapshotVerdict } from '../oracle/snapshot.ts';
import type { Violation } from '../oracle/violation.ts';
import { FileInode } from '../disk/file-inode.ts';
import { createDurableBase } from './durable-base.ts';
import type { World } from '../world/index.ts';
import {
  basePath,
  dumpPath,
  dumpTemporaryPath,
  incrementPath,
  manifestPath,
  quarantinePath,
} from './log-paths.ts';
import type { LogSwitch } from './log-switch.ts';
import { isNoSpace, noSpaceFor } from './no-space.ts';
import { DATA_DIRECTORY } from './server.ts';
import type { SituationCounter } from './situations.ts';
import type { Trigger } from './trigger.ts';
import { LifeWatcher } from './watchers.ts';

/** Where a snapshot file comes from. */
interface Origin {
  /** The first and the last index that the image may have: more than one when it was taken inside a delivery of several commands. */
  first: number;
  last: number;
  readonly wallMs: number;
  /** False when it cannot be said which state the image holds. */
  certain: boolean;
  readonly forked: boolean;
}

/** A snapshot file that got its name before anyone knew what had been recovered. */
interface EarlyFile {
  readonly file: Uint8Array;
  readonly to: string;
  readonly origin: Origin;
}

export interface LogWatchOptions {
  readonly world: World;
  readonly history: History;
  readonly times: LogTimes;
  readonly situations: SituationCounter;
  readonly logSwitch: LogSwitch;
  wallMs(): number;
  /** A dump of the state of that index has its name durably. */
  saved(index: number): void;
  report(violation: Omit<Violation, 'generation' | 'simMs'>): void;
}

const latin1 = new TextDecoder('latin1');

export class LogWatch extends LifeWatcher {
  /** A sync of any file failed in this life: what the page cache has of it the disk may never get. */
  syncFailed = false;
  /** When a write or a sync of the log first failed in this life. */
  logFailedAtMs: number | undefined;
  onForked: ((childPid: number) => void) | undefined;
  /** The start of this life put something of a file aside. */
  tailWasCut = false;
  /**
   * When the log came to rest: what it was given last it took, and no write or sync of it is under way. Undefined: it is
   * not at rest, or its last write failed.
   */
  quietSinceMs: number | undefined;
  /** Called at every operation of a child, before it. */
  onChildOperation: ((pid: number) => void) | undefined;
  /** The process whose life this is. */
  serverPid = 0;
  /** Disk operations of the server since it started. */
  operations = 0;
  trigger: Trigger | undefined;
  /** Called at every operation of the server while it recovers. */
  onOperation: ((count: number) => void) | undefined;
  /** While bytes are fed: the index before the first command in them. The model has executed them all by then. */
  deliveryFrom: number | undefined;
  /** Indices of the states whose dumps have their name durably, in order. */
  saves: number[] = [];
  rewrites = 0;
  lastWriteAtMs = 0;
  /** When a fork last failed, or a child. */
  setBackAtMs = -Infinity;
  /** When the last sync of the log that succeeded had begun. */
  lastSyncedAtMs = 0;
  /** Writes of the log that have ended, and how many of them the last good sync of it found. */
  #writes = 0;
  #syncedWrites = 0;
  /** Rewrites that a child has begun. */
  #rewrites = 0;
  #current: string | undefined;
  #forks = new Map<number, Origin>();
  #origins = new Map<string, Origin>();
  #serving = false;
  /** Forks and files of before the life served: an engine may save while its recovered state is being read. */
  #earlyForks: Origin[] = [];
  #earlyFiles: EarlyFile[] = [];
  #renamePending = false;
  /** The pending rename gave a snapshot or a base its name. */
  #namesLive = false;
  /** A new increment was made, and no manifest names it durably yet. */
  #incrementMade = false;
  /** A dump that has its name, which is not durable yet: the index of its state. */
  #dumpRenamed: number | undefined;
  #dumpIndex = 0;
  #base = createDurableBase();
  /** Writes and syncs of the log that have not ended. */
  #underway = 0;
  #lastWriteFailed = false;
  /** How many rewrites there had been when a sync of the log failed last. */
  #brokenAtRewrite = -1;
  /** Increments that a sync of failed. */
  readonly #broken = new Set<string>();
  readonly #o: LogWatchOptions;

  constructor(options: LogWatchOptions) {
    super();
    this.#o = options;
  }

  override begin(serverPid: number): void {
    this.serverPid = serverPid;
    this.operations = 0;
    this.#serving = false;
    this.#earlyForks = [];
    this.#earlyFiles = [];
    this.saves = [];
    this.rewrites = 0;
    this.#rewrites = 0;
    this.#writes = this.#syncedWrites = 0;
    this.#current = undefined;
    this.#forks.clear();
    this.#origins.clear();
    this.#renamePending = false;
    this.#namesLive = false;
    this.#incrementMade = false;
    this.#dumpRenamed = undefined;
    this.#base = createDurableBase();
    this.#broken.clear();
    this.syncFailed = false;
    this.tailWasCut = false;
    this.logFailedAtMs = undefined;
    this.setBackAtMs = -Infinity;
    this.quietSinceMs = undefined;
    this.#underway = 0;
    this.#lastWriteFailed = false;
    this.#brokenAtRewrite = -1;
    this.#o.times.clear();
  }

  /** True once it serves: before, its files are recovery's own. */
  get serving(): boolean {
    return this.#serving;
  }

  /** What was recovered is known, and is the history's base: so is every state that was saved on the way here. */
  override serve(): void {
    this.#serving = true;
    const { history } = this.#o;
    for (const origin of this.#earlyForks) {
      origin.first = origin.last = history.base;
      origin.certain = true;
    }
    for (const { file, to, origin } of this.#earlyFiles) {
      if (dumpPath.test(to)) history.saveIssued(history.base);
      this.#judgeFile(file, to, origin);
    }
    this.#earlyForks = [];
    this.#earlyFiles = [];
    this.saves = this.saves.map(() => history.base);
    if (this.#dumpRenamed !== undefined) this.#dumpRenamed = history.base;
    this.#dumpIndex = history.base;
  }

  /** A name was changed since the last directory sync ended. */
  get renamePending(): boolean {
    return this.#renamePending;
  }

  /** A child was forked and what it makes has no name yet. */
  get rewriteUnderway(): boolean {
    return this.#rewrites > this.rewrites;
  }

  override operation(pid: number): void {
    if (pid !== this.serverPid) {
      this.trigger?.childOperated();
      this.onChildOperation?.(pid);
      return;
    }
    this.operations++;
    this.onOperation?.(this.operations);
  }

  override created(pid: number, path: string): void {
    if (!this.#serving && quarantinePath.test(path)) this.tailWasCut = true;
    const fork = this.#forks.get(pid);
    if (fork !== undefined) {
      this.#origins.set(path, fork);
      if (!dumpTemporaryPath.test(path)) this.#rewrites++;
    } else if (pid === this.serverPid && this.#serving) {
      this.#origins.set(path, this.#origin(false));
      if (incrementPath.test(path)) this.#incrementMade = true;
    }
  }

  override writeBegan(
    pid: number,
    path: string,
    offeredBytes: number,
  ): (acceptedBytes: number, error: DiskError | undefined) => void {
    if (pid !== this.serverPid || !incrementPath.test(path))
      return (acceptedBytes, error) => this.#wrote(path, offeredBytes, acceptedBytes, error);
    const { times, world } = this.#o;
    const ended = times.begin('write', world.scheduler.nowMs);
    this.trigger?.writing();
    this.#logBusy();
    return (acceptedBytes, error) => {
      ended(world.scheduler.nowMs);
      this.#wrote(path, offeredBytes, acceptedBytes, error);
      this.#lastWriteFailed = error !== undefined;
      this.#logRests();
      if (error !== undefined) this.#logFailed('write');
      if (acceptedBytes === 0) return;
      this.#current = path;
      this.#writes++;
      this.lastWriteAtMs = world.scheduler.nowMs;
      this.trigger?.wrote();
    };
  }

  /** A write to any file has ended. */
  #wrote(path: string, offeredBytes: number, acceptedBytes: number, error: DiskError | undefined): void {
    const { situations } = this.#o;
    if (acceptedBytes > 0 && acceptedBytes < offeredBytes) situations.count('short-write');
    if (error !== undefined && isNoSpace(error)) situations.count(noSpaceFor(path));
  }

  override namingFailed(error: unknown): void {
    if (isNoSpace(error)) this.#o.situations.count('no-space-for-a-name');
  }

  override syncBegan(pid: number, path: string): (ok: boolean) => void {
    if (pid !== this.serverPid) return (ok) => void (this.syncFailed ||= !ok);
    this.trigger?.syncBegan();
    if (!incrementPath.test(path)) {
      return (ok) => {
        this.syncFailed ||= !ok;
        this.trigger?.syncEnded();
      };
    }
    const { times, world, history, situations } = this.#o;
    const ended = times.begin('sync', world.scheduler.nowMs);
    const isCurrent = this.#current === path;
    const observed = history.observed;
    const writes = this.#writes;
    const beganMs = world.scheduler.nowMs;
    this.#logBusy();
    return (ok) => {
      ended(world.scheduler.nowMs);
      this.#logRests();
      this.trigger?.syncEnded();
      if (!ok) {
        this.syncFailed = true;
        this.#broken.add(path);
        this.#logFailed('sync');
      }
      if (ok) this.lastSyncedAtMs = beganMs;
      if (ok && !this.#serving && this.#broken.has(path) && this.#isMended(path)) this.#mended(path);
      // Once a sync of a file has failed, a later one that succeeds says nothing about it.
      if (!isCurrent || this.#broken.has(path)) return;
      this.#syncedWrites = writes;
      // Where nothing was written since, a reply that has left since tells of what had been.
      const seen = this.#writes === writes ? history.observed : observed;
      const covered = this.#o.logSwitch.covered(seen);
      if (covered > history.durable) situations.count('everysec-sync-done');
      history.markDurable(covered);
    };
  }

  override renameBegan(pid: number, from: string, to: string): void {
    const isDump = dumpPath.test(to);
    if (pid !== this.serverPid || !(isDump || basePath.test(to))) return;
    const origin = this.#origins.get(from);
    if (origin === undefined) return;
    if (!isDump) this.rewrites++;
    const file = this.#bytesOf(from);
    if (!this.#serving) {
      if (file !== undefined) this.#earlyFiles.push({ file: file.slice(), to, origin });
      return;
    }
    const index = file === undefined ? origin.last : this.#judgeFile(file, to, origin);
    if (!isDump) {
      this.#base.baseRenamed(to, origin.certain ? index : origin.first);
      return;
    }
    this.#o.history.saveIssued(index);
    this.#dumpIndex = index;
  }

  override renamed(pid: number, _from: string, to: string): void {
    if (pid !== this.serverPid) return;
    if (manifestPath.test(to)) this.#manifestRenamed(to);
    this.#renamePending = true;
    if (dumpPath.test(to)) this.#dumpRenamed = this.#dumpIndex;
    if (!this.#serving) return;
    this.#namesLive = dumpPath.test(to) || basePath.test(to);
    this.trigger?.renamed();
  }

  override directorySyncBegan(pid: number, path: string): (ok: boolean) => void {
    if (pid !== this.serverPid) return () => {};
    const baseSynced = this.#base.syncBegan(path);
    return (ok) => {
      if (!ok) return;
      const held = baseSynced();
      if (held !== undefined) {
        this.#o.history.markDurable(held.index);
        this.#o.logSwitch.based(held);
      }
      this.#directorySynced(path);
    };
  }

  #directorySynced(path: string): void {
    if (this.#dumpRenamed !== undefined && path === DATA_DIRECTORY) {
      this.saves.push(this.#dumpRenamed);
      this.#o.saved(this.#dumpRenamed);
      this.#dumpRenamed = undefined;
    }
    if (!this.#renamePending) return;
    this.#renamePending = false;
    // The manifest that names the new increment is durable: now the log may go over to it.
    if (this.#incrementMade) this.trigger?.switched();
    this.#incrementMade = false;
    if (this.#namesLive) this.trigger?.saved();
    this.#namesLive = false;
  }

  override forked(pid: number, childPid: number): void {
    if (pid !== this.serverPid) return;
    const origin = this.#origin(true);
    this.#forks.set(childPid, origin);
    if (!this.#serving) this.#earlyForks.push(origin);
    this.onForked?.(childPid);
  }

  /** All that was ever written to the log was there when the last good sync of it began. */
  get everythingIsSynced(): boolean {
    return this.#syncedWrites === this.#writes;
  }

  /** The longest sync or write of the log since then, the one in flight included. */
  longestSyncMs(sinceMs: number): number {
    return this.#o.times.longestMs(sinceMs, this.#o.world.scheduler.nowMs);
  }

  override forkFailed(pid: number): void {
    this.#o.situations.count('fork-failed');
    if (pid !== this.serverPid) return;
    this.setBackAtMs = this.#o.world.scheduler.nowMs;
  }

  override childEnded(pid: number, _childPid: number, isWell: boolean): void {
    if (pid !== this.serverPid || isWell) return;
    this.setBackAtMs = this.#o.world.scheduler.nowMs;
  }

  /** A sync of the log failed in this life. */
  get logSyncFailed(): boolean {
    return this.#broken.size > 0;
  }

  /** A sync of the log has failed, and no base has been begun to be named since. */
  get logIsBroken(): boolean {
    return this.#brokenAtRewrite === this.rewrites;
  }

  #manifestRenamed(path: string): void {
    const file = this.#bytesOf(path);
    if (file === undefined) return;
    const directory = path.slice(0, path.lastIndexOf('/'));
    this.#base.manifestRenamed(directory, latin1.decode(file), this.#o.world.scheduler.nowMs);
  }

  #logBusy(): void {
    this.#underway++;
    this.quietSinceMs = undefined;
  }

  #logRests(): void {
    if (--this.#underway === 0 && !this.#lastWriteFailed) this.quietSinceMs = this.#o.world.scheduler.nowMs;
  }

  /**
   * True where the disk lacks nothing of what the page cache shows of a file as clean. No engine can ask that: one that only
   * syncs again, and believes the success, leaves the pages lost, and is held to what a failed sync demands.
   */
  #isMended(path: string): boolean {
    const file = this.#o.world.machine.disk.find(path);
    return file instanceof FileInode && file.lost === undefined && !file.sizeLost;
  }

  /** The recovery has brought to the disk what a sync had failed for. */
  #mended(path: string): void {
    this.#broken.delete(path);
    if (this.#broken.size > 0) return;
    this.logFailedAtMs = undefined;
    this.#brokenAtRewrite = -1;
    this.#o.situations.count('start-after-an-untold-error');
  }

  #logFailed(how: 'write' | 'sync'): void {
    this.logFailedAtMs ??= this.#o.world.scheduler.nowMs;
    this.#o.situations.count(how === 'write' ? 'log-write-failed' : 'log-sync-failed');
    if (how === 'sync') this.#brokenAtRewrite = this.rewrites;
  }

  /** Where an image that is taken now comes from. */
  #origin(forked: boolean): Origin {
    const { history } = this.#o;
    const newest = history.unit(history.executed);
    return {
      first: this.deliveryFrom ?? history.executed,
      last: history.executed,
      wallMs: this.#o.wallMs(),
      certain: newest === undefined || newest.alternatives.length === 0,
      forked,
    };
  }

  #bytesOf(path: string): Uint8Array | undefined {
    const inode = this.#o.world.machine.disk.find(path);
    return inode instanceof FileInode ? inode.image().subarray(0, inode.sizeBytes) : undefined;
  }

  /** Judges a snapshot file (P10), and returns the index of the state that it holds. */
  #judgeFile(file: Uint8Array, to: string, origin: Origin): number {
    const { history, situations } = this.#o;
    if (origin.forked && origin.last < history.executed) situations.count('mutations-during-child');
    if (basePath.test(to)) situations.count('rewrite-done');
    if (!origin.certain) return origin.last;
    const format = to.endsWith('.aof') ? 'aof' : 'rdb';
    situations.count(dumpPath.test(to) ? 'snapshot-compared' : 'base-compared');
    let verdict: SnapshotVerdict = { ok: true };
    for (let index = origin.last; index >= origin.first; index--) {
      const judged = checkSnapshot(file, format, history.snapshotAt(index), origin.wallMs);
      if (judged.ok) return index;
      if (index === origin.last) verdict = judged;
    }
    if (verdict.ok) return origin.last;
    this.#o.report({
      property: 'P10',
      message: `${to}, made from ${origin.forked ? 'the fork' : 'SAVE'} at unit ${origin.last}: ${verdict.why}`,
      ...(verdict.difference === undefined ? {} : { difference: verdict.difference }),
    });
    return origin.last;
  }
}
