/**
 * The log is turned off and on at run time, by CONFIG SET appendonly (P22). The file says `yes`, and that is what the next
 * start goes by: it loads the log as it was left.
 *
 * From `no` on nothing newer is promised; what was executed before is kept as ever. What comes after `yes` is promised
 * from then on when the manifest of its first rewrite is durable: all that its base holds, and behind it what is written
 * to its increment. Until then the old log is what there is. And a log that is off comes to rest.
 */
import type { LogPromise } from '../oracle/bounds.ts';
import type { History } from '../oracle/history.ts';
import type { Property } from '../oracle/violation.ts';
import type { World } from '../world/index.ts';
import type { HeldByBase } from './durable-base.ts';
import { incrementPath } from './log-paths.ts';
import type { SituationCounter } from './situations.ts';
import { LifeWatcher } from './watchers.ts';

/** How long the log may take to notice that it is off, on a disk that is no hindrance. */
const LATE_REST_MS = 2000;

export interface LogSwitchOptions {
  readonly world: World;
  readonly history: History;
  readonly situations: SituationCounter;
  /** False where nothing is known of how the engine keeps a log. */
  readonly isKnown: boolean;
  /** What the disk and the machine may have kept the process from since then. */
  slownessMs(sinceMs: number): number;
  report(property: Property, message: string): void;
}

export class LogSwitch extends LifeWatcher {
  readonly #o: LogSwitchOptions;
  #pid = 0;
  #isWanted = true;
  /** Since when it is wanted, or not. */
  #sinceMs = 0;
  #promise: LogPromise | undefined;
  /** Syncs of names and of other files that are in flight, and when one ended last: a rewrite ends with the step at hand. */
  #steps = 0;
  #steppedMs = 0;

  constructor(options: LogSwitchOptions) {
    super();
    this.#o = options;
  }

  /** A process starts, with a log. */
  override begin(serverPid: number): void {
    this.#pid = serverPid;
    this.#isWanted = true;
    this.#promise = undefined;
    this.#steps = this.#steppedMs = 0;
  }

  /** What differs from the promises of a log that was never off; undefined where it was not. */
  get promise(): LogPromise | undefined {
    return this.#promise;
  }

  /** Not all that is executed now is promised. */
  get isOff(): boolean {
    return this.#promise?.upTo !== undefined;
  }

  /** CONFIG SET appendonly is about to be executed. */
  set(isWanted: boolean): void {
    const { situations, history, world } = this.#o;
    if (this.#isWanted !== isWanted) this.#sinceMs = world.scheduler.nowMs;
    this.#isWanted = isWanted;
    situations.count(isWanted ? 'log-turned-on' : 'log-turned-off');
    if (!isWanted && !this.isOff) this.#promise = { ...this.#promise, upTo: history.executed };
  }

  /** Of all that seems durable now, that which is promised. */
  covered(index: number): number {
    return Math.min(index, this.#promise?.upTo ?? Infinity);
  }

  /** A manifest is durable, and the base that it names. */
  based({ goesOn, namedAtMs }: HeldByBase): void {
    if (!this.isOff || !this.#isWanted || !goesOn || namedAtMs < this.#sinceMs) return;
    const { situations, history, world } = this.#o;
    situations.count('log-promises-again');
    this.#promise = { again: { index: history.executed, atMs: world.scheduler.nowMs } };
  }

  override writeBegan(pid: number, path: string): () => void {
    if (pid === this.#pid && incrementPath.test(path)) this.#judgeWrite(path);
    return () => {};
  }

  override syncBegan(pid: number, path: string): () => void {
    return pid === this.#pid && !incrementPath.test(path) ? this.#stepBegan() : () => {};
  }

  override directorySyncBegan(pid: number): () => void {
    return pid === this.#pid ? this.#stepBegan() : () => {};
  }

  #stepBegan(): () => void {
    this.#steps++;
    return () => {
      this.#steps--;
      this.#steppedMs = this.#o.world.scheduler.nowMs;
    };
  }

  #judgeWrite(path: string): void {
    if (this.#isWanted || !this.#o.isKnown || this.#steps > 0) return;
    const offMs = this.#o.world.scheduler.nowMs - this.#sinceMs;
    const fromMs = Math.max(this.#sinceMs, this.#steppedMs);
    const lateMs = this.#o.world.scheduler.nowMs - fromMs - LATE_REST_MS - this.#o.slownessMs(fromMs);
    if (lateMs <= 0) return;
    this.#o.report('P22', `the log was turned off ${Math.round(offMs)} ms ago, and ${path} is still written`);
  }
}
