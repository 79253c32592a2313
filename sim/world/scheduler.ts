/**
 * The scheduler: virtual time, and the one place where anything happens.
 *
 * Events run one by one, ordered by (virtual time, sequence number). After each event all microtasks are drained, fully
 * and here only, before the next event is taken: a fixed number of awaits would pop it too early. In Node that is a
 * matter of the next-tick queue. Node runs next ticks until there are none, then microtasks until there are none, then
 * looks again. So an event ends by queueing a microtask that queues the next tick: whatever chain of promises the event
 * has set off is over before that tick can run. Several million turns a second, where a `setImmediate` for each
 * would give 0.4 to 0.8 million.
 *
 * Every so often, and at the end of each run, the host gets a macrotask: so that it can be interrupted, and so that Node
 * tells which rejections nobody has handled.
 *
 * This is the only file of sim/ that touches Node's queues.
 */

/* oxlint-disable no-restricted-globals -- the one file of sim/ that touches Node's queues, see above */
import { EventHeap } from './event-heap.ts';
import type { Owner, ScheduledEvent } from './event-heap.ts';
import type { Trace } from './trace.ts';

const EVENTS_BETWEEN_MACROTASKS = 10_000;

const resolved = Promise.resolve();

/** Where a run shall end. Whatever comes first; without any of them when nothing is left to happen. */
export interface RunLimits {
  /** Events up to this virtual time happen, and the time stands here afterwards. */
  readonly untilMs?: number;
  /** Asked after every event and its microtasks; true ends the run. */
  readonly until?: () => boolean;
}

/** Why a run ended: nothing left, the time, the predicate, or `stop()`. */
export type RunEnd = 'idle' | 'time' | 'until' | 'stopped';

/** The world had more events than it was allowed: it does not come to rest. */
export class BudgetError extends Error {
  readonly budgetEvents: number;

  constructor(budgetEvents: number, lastLabel: string) {
    super(
      `The world did not come to rest within its budget of ${budgetEvents} events; the last was '${lastLabel}'. ` +
        `Something schedules itself for ever, or the scenario needs a larger budget.`,
    );
    this.name = 'BudgetError';
    this.budgetEvents = budgetEvents;
  }
}

export interface SchedulerOptions {
  /** How many events may happen in all. Default 10,000,000. */
  readonly budgetEvents?: number | undefined;
  /** Called with a rejection that nobody has handled. Default: the run rejects with it. */
  readonly onUnhandledRejection?: (reason: unknown) => void;
}

export class Scheduler {
  readonly #heap = new EventHeap();
  readonly #trace: Trace;
  readonly #budgetEvents: number;
  readonly #onUnhandledRejection: ((reason: unknown) => void) | undefined;
  #nowUs = 0;
  #sequence = 0;
  #events = 0;
  #limits: RunLimits = {};
  #limitUs = Infinity;
  #stopping = false;
  #finish: ((end: RunEnd) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;
  #unhandled: { readonly reason: unknown } | undefined;

  constructor(trace: Trace, options: SchedulerOptions = {}) {
    this.#trace = trace;
    this.#budgetEvents = options.budgetEvents ?? 10_000_000;
    this.#onUnhandledRejection = options.onUnhandledRejection;
  }

  /** Virtual time in milliseconds since the world began, in steps of a microsecond. */
  get nowMs(): number {
    return this.#nowUs / 1000;
  }

  /** The same in whole microseconds. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** How many events have happened. */
  get events(): number {
    return this.#events;
  }

  /** Schedules an event at a virtual time (or now, where that is past). It does not happen when its owner is dead by then. */
  at(timeMs: number, label: string, run: () => void, owner?: Owner): ScheduledEvent {
    return this.atUs(Math.ceil(timeMs * 1000), label, run, owner);
  }

  /** Schedules an event `delayMs` from now, behind everything that is scheduled for the same instant already. */
  after(delayMs: number, label: string, run: () => void, owner?: Owner): ScheduledEvent {
    return this.atUs(this.#nowUs + Math.ceil(delayMs * 1000), label, run, owner);
  }

  /** `at` in whole microseconds: the hot path. */
  atUs(timeUs: number, label: string, run: () => void, owner?: Owner): ScheduledEvent {
    const atUs = timeUs > this.#nowUs ? timeUs : this.#nowUs;
    const event: ScheduledEvent = { atUs, sequence: ++this.#sequence, label, owner, run };
    this.#heap.push(event);
    return event;
  }

  /** Takes an event back. After it has happened this does nothing. */
  cancel(event: ScheduledEvent): void {
    event.run = undefined;
  }

  /** Puts off what would happen to an owner before `untilMs`: it then happens at that instant, in the same order. */
  postpone(owner: Owner, untilMs: number): void {
    const untilUs = Math.ceil(untilMs * 1000);
    for (const event of this.#heap.take(owner, untilUs)) {
      event.atUs = untilUs;
      event.sequence = ++this.#sequence;
      this.#heap.push(event);
    }
  }

  /** Time goes on and nothing happens meanwhile: whatever was due follows at once, in its order, when this has ended. */
  skip(durationMs: number): void {
    this.#nowUs += Math.ceil(durationMs * 1000);
  }

  /** True when an event is left that can happen. */
  get pending(): boolean {
    return this.#next() !== undefined;
  }

  /** Ends the run after the present event. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * Lets events happen until a limit is reached.
   *
   * @throws BudgetError when the budget of events is used up; and whatever escapes from an event that has no owner,
   * which is a fault of the simulator.
   */
  async run(limits: RunLimits = {}): Promise<RunEnd> {
    if (this.#finish !== undefined) throw new Error('the scheduler is running already');
    this.#limits = limits;
    this.#limitUs = limits.untilMs === undefined ? Infinity : Math.floor(limits.untilMs * 1000);
    this.#stopping = false;
    const release = this.#watchRejections();
    try {
      const end = await new Promise<RunEnd>((resolve, reject) => {
        this.#finish = resolve;
        this.#fail = reject;
        void resolved.then(this.#arm);
      });
      await macrotask();
      const unhandled = this.#takeUnhandled();
      if (unhandled !== undefined) throw unhandled.reason;
      return end;
    } finally {
      this.#finish = undefined;
      this.#fail = undefined;
      release();
    }
  }

  readonly #arm = (): void => {
    process.nextTick(this.#step);
  };

  readonly #step = (): void => {
    const { until } = this.#limits;
    try {
      if (this.#stopping) return this.#finish!('stopped');
      if (until !== undefined && until()) return this.#finish!('until');
      const event = this.#next();
      if (event === undefined) {
        if (this.#limitUs !== Infinity && this.#limitUs > this.#nowUs) this.#nowUs = this.#limitUs;
        return this.#finish!('idle');
      }
      if (event.atUs > this.#limitUs) {
        if (this.#limitUs > this.#nowUs) this.#nowUs = this.#limitUs;
        return this.#finish!('time');
      }
      if (this.#events >= this.#budgetEvents) throw new BudgetError(this.#budgetEvents, event.label);
      this.#heap.pop();
      // Later than its time only behind a `skip`.
      if (event.atUs > this.#nowUs) this.#nowUs = event.atUs;
      this.#events++;
      this.#trace.event(event.label, this.#nowUs);
      const { run } = event;
      event.run = undefined;
      run!();
    } catch (error) {
      return this.#fail!(error);
    }
    if (this.#events % EVENTS_BETWEEN_MACROTASKS === 0) setImmediate(this.#step);
    else void resolved.then(this.#arm);
  };

  /** The next event that can happen; dead ones are thrown away, time does not pass for them. */
  #next(): ScheduledEvent | undefined {
    for (;;) {
      const event = this.#heap.peek();
      if (event === undefined) return undefined;
      if (event.run !== undefined && (event.owner === undefined || event.owner.alive)) return event;
      this.#heap.pop();
    }
  }

  #takeUnhandled(): { readonly reason: unknown } | undefined {
    const unhandled = this.#unhandled;
    this.#unhandled = undefined;
    return unhandled;
  }

  /**
   * While a world runs, rejections that nobody handles are its business: other listeners (a test runner's, which would
   * blame the test, or none, which would end the host) are put aside until it rests.
   */
  #watchRejections(): () => void {
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const listen = (reason: unknown): void => {
      this.#trace.text('unhandled rejection', String(reason));
      if (this.#onUnhandledRejection !== undefined) this.#onUnhandledRejection(reason);
      else this.#unhandled ??= { reason };
    };
    process.on('unhandledRejection', listen);
    return () => {
      process.off('unhandledRejection', listen);
      for (const other of others) process.on('unhandledRejection', other);
    };
  }
}

/** Resolves in a macrotask of its own: by then Node has told of all unhandled rejections. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
