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
import type { SituationCounter } from './situations.ts';

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

export class LogSwitch {
  readonly #o: LogSwitchOptions;
  #isWanted = true;
  /** Since when it is wanted, or not. */
  #sinceMs = 0;
  #promise: LogPromise | undefined;

  constructor(options: LogSwitchOptions) {
    this.#o = options;
  }

  /** A process starts, with a log. */
  begin(): void {
    this.#isWanted = true;
    this.#promise = undefined;
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

  /** A write of an increment begins. */
  writing(path: string): void {
    if (this.#isWanted || !this.#o.isKnown) return;
    const offMs = this.#o.world.scheduler.nowMs - this.#sinceMs;
    const mostMs = LATE_REST_MS + this.#o.slownessMs(this.#sinceMs);
    if (offMs <= mostMs) return;
    this.#o.report('P22', `the log was turned off ${Math.round(offMs)} ms ago, and ${path} is still written`);
  }
}
