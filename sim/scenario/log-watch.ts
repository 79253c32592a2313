/**
 * The oracle's eyes at the ports: turns what passes there into the history's marks, and judges every snapshot file at the
 * instant when it is about to get its name (P10).
 *
 * - durable: a sync of the increment that the newest log bytes went to makes durable what had been observed when it began
 *   (under every policy the bytes of a unit are written before its reply leaves).
 * - saves: the file that is renamed over dump.rdb was begun at a fork, or by SAVE in the foreground, whose index is noted.
 */
import type { LogTimes } from '../oracle/bounds.ts';
import type { History } from '../oracle/history.ts';
import { checkSnapshot } from '../oracle/snapshot.ts';
import type { Violation } from '../oracle/violation.ts';
import { FileInode } from '../disk/inode.ts';
import type { World } from '../world/index.ts';
import type { Watcher } from './observer.ts';
import type { SituationCounter } from './situations.ts';
import type { Trigger } from './trigger.ts';

/** Where a snapshot file comes from. */
interface Origin {
  readonly index: number;
  readonly wallMs: number;
  /** False when it cannot be said which state the image holds. */
  readonly certain: boolean;
  readonly forked: boolean;
}

export interface LogWatchOptions {
  readonly world: World;
  readonly history: History;
  readonly times: LogTimes;
  readonly situations: SituationCounter;
  wallMs(): number;
  report(violation: Omit<Violation, 'generation' | 'simMs'>): void;
}

const increment = /\.incr\.aof$/;
const base = /\.base\.(rdb|aof)$/;
const dumpTemporary = /temp-[^/]*\.rdb$/;
const dump = /(^|\/)dump\.rdb$/;

export class LogWatch implements Watcher {
  /** The process whose life this is. */
  serverPid = 0;
  /** Disk operations of the server since it started. */
  operations = 0;
  trigger: Trigger | undefined;
  /** Called at every operation of the server while it recovers. */
  onOperation: ((count: number) => void) | undefined;
  /** True once it serves: before, its files are recovery's own. */
  serving = false;
  saves: number[] = [];
  rewrites = 0;
  lastWriteAtMs = 0;
  /** Rewrites that a child has begun. */
  #rewrites = 0;
  #current: string | undefined;
  #forks = new Map<number, Origin>();
  #origins = new Map<string, Origin>();
  #renamePending = false;
  /** The pending rename gave a snapshot or a base its name. */
  #namesLive = false;
  readonly #o: LogWatchOptions;

  constructor(options: LogWatchOptions) {
    this.#o = options;
  }

  /** A new life begins. */
  begin(serverPid: number): void {
    this.serverPid = serverPid;
    this.operations = 0;
    this.serving = false;
    this.saves = [];
    this.rewrites = 0;
    this.#rewrites = 0;
    this.#current = undefined;
    this.#forks.clear();
    this.#origins.clear();
    this.#renamePending = false;
    this.#namesLive = false;
    this.#o.times.clear();
  }

  /** A name was changed since the last directory sync ended. */
  get renamePending(): boolean {
    return this.#renamePending;
  }

  /** A child was forked and what it makes has no name yet. */
  get rewriteUnderway(): boolean {
    return this.#rewrites > this.rewrites;
  }

  operation(pid: number): void {
    if (pid !== this.serverPid) {
      this.trigger?.childOperated();
      return;
    }
    this.operations++;
    this.onOperation?.(this.operations);
  }

  created(pid: number, path: string): void {
    const { history } = this.#o;
    const fork = this.#forks.get(pid);
    if (fork !== undefined) {
      this.#origins.set(path, fork);
      if (!dumpTemporary.test(path)) this.#rewrites++;
    } else if (pid === this.serverPid && this.serving) {
      this.#origins.set(path, {
        index: history.executed,
        wallMs: this.#o.wallMs(),
        certain: this.#certain,
        forked: false,
      });
    }
  }

  writeBegan(pid: number, path: string): (lengthBytes: number) => void {
    if (pid !== this.serverPid || !increment.test(path)) return () => {};
    const { times, world } = this.#o;
    const ended = times.begin('write', world.scheduler.nowMs);
    this.trigger?.writing();
    return (lengthBytes) => {
      ended(world.scheduler.nowMs);
      if (lengthBytes === 0) return;
      this.#current = path;
      this.lastWriteAtMs = world.scheduler.nowMs;
      this.trigger?.wrote();
    };
  }

  syncBegan(pid: number, path: string): (ok: boolean) => void {
    if (pid !== this.serverPid) return () => {};
    this.trigger?.syncBegan();
    if (!increment.test(path)) return () => this.trigger?.syncEnded();
    const { times, world, history, situations } = this.#o;
    const ended = times.begin('sync', world.scheduler.nowMs);
    const covered = this.#current === path ? history.observed : 0;
    return (ok) => {
      ended(world.scheduler.nowMs);
      this.trigger?.syncEnded();
      if (!ok || covered === 0) return;
      if (covered > history.durable) situations.count('everysec-sync-done');
      history.markDurable(covered);
    };
  }

  renameBegan(pid: number, from: string, to: string): void {
    const isDump = dump.test(to);
    if (pid !== this.serverPid || !(isDump || base.test(to))) return;
    const origin = this.#origins.get(from);
    if (origin === undefined) return;
    if (isDump) this.#o.history.saveIssued(origin.index);
    this.#judge(from, to, origin);
    if (isDump) this.saves.push(origin.index);
  }

  renamed(pid: number, _from: string, to: string): void {
    if (pid !== this.serverPid) return;
    this.#renamePending = true;
    if (!this.serving) return;
    this.#namesLive = dump.test(to) || base.test(to);
    this.trigger?.renamed();
  }

  directorySyncBegan(): void {}

  directorySynced(pid: number): void {
    if (pid !== this.serverPid || !this.#renamePending) return;
    this.#renamePending = false;
    if (this.#namesLive) this.trigger?.saved();
    this.#namesLive = false;
  }

  forked(pid: number, childPid: number, _mainName: string): void {
    if (pid !== this.serverPid) return;
    const { history } = this.#o;
    this.#forks.set(childPid, {
      index: history.executed,
      wallMs: this.#o.wallMs(),
      certain: this.#certain,
      forked: true,
    });
  }

  get #certain(): boolean {
    const last = this.#o.history.unit(this.#o.history.executed);
    return last === undefined || last.alternatives.length === 0;
  }

  #judge(from: string, to: string, origin: Origin): void {
    const { world, history, situations } = this.#o;
    if (origin.forked && origin.index < history.executed) situations.count('mutations-during-child');
    if (!origin.certain) return;
    const inode = world.machine.disk.find(from);
    if (!(inode instanceof FileInode)) return;
    const file = inode.image().subarray(0, inode.sizeBytes);
    const format = to.endsWith('.aof') ? 'aof' : 'rdb';
    situations.count(dump.test(to) ? 'snapshot-compared' : 'base-compared');
    if (base.test(to)) {
      this.rewrites++;
      situations.count('rewrite-done');
    }
    const verdict = checkSnapshot(file, format, history.snapshotAt(origin.index), origin.wallMs);
    if (verdict.ok) return;
    const forked = origin.forked ? 'the fork' : 'SAVE';
    this.#o.report({
      property: 'P10',
      message: `${to}, made from ${forked} at unit ${origin.index}: ${verdict.why}`,
      ...(verdict.difference === undefined ? {} : { difference: verdict.difference }),
    });
  }
}
