/**
 * SimClock: time as one simulated process has it.
 *
 * Monotonic time is the world's virtual time. The wall is an offset beside it that a scenario may move at any moment.
 * Timers belong to the incarnation: they die with it. They are late by a draw and never early; those that are due run in
 * the order of their due times, each in an event of its own, as an event loop that was late would run them.
 */
import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { ScheduledEvent } from './event-heap.ts';
import type { Scheduler } from './scheduler.ts';
import type { Stream } from '../draws/random.ts';
import type { Tenant } from '../disk/door.ts';
import type { Stalls } from './stalls.ts';

/** The wall of a world. */
export interface Wall {
  /** Unix time at virtual time 0, plus all jumps since. May be changed at any moment. */
  offsetMs: number;
}

export interface ClockContext {
  readonly scheduler: Scheduler;
  readonly tenant: Tenant;
  readonly wall: Wall;
  readonly draws: Stream;
  /** Multiplies how late timers are. 0: never late. */
  readonly lateness: number;
  /** Some timers are much later. */
  readonly lateTimers: LateTimers | undefined;
  readonly stalls: Stalls;
}

/** Timers that are late by far, as on a machine that has too much to do. All that fall due meanwhile ring together. */
export interface LateTimers {
  readonly chance: number;
  readonly upToMs: number;
}

/** Timers that are later than that are noted as stalls. */
const NOTED_LATENESS_US = 1000;

interface PendingTimer {
  readonly dueUs: number;
  run: (() => void) | undefined;
}

export class SimClock implements Clock {
  readonly #context: ClockContext;
  /** By due time, then by making. */
  readonly #timers: PendingTimer[] = [];
  #wake: ScheduledEvent | undefined;
  #turn: (() => void)[] = [];
  #nextTurn: (() => void)[] = [];

  constructor(context: ClockContext) {
    this.#context = context;
  }

  wallMs(): number {
    return Math.floor(this.#context.wall.offsetMs + this.#context.scheduler.nowMs);
  }

  monoMs(): number {
    return this.#context.scheduler.nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const { scheduler, tenant } = this.#context;
    if (!tenant.alive) return { cancel: () => {} };
    let dueUs = scheduler.nowUs + Math.max(0, Math.ceil(delayMs * 1000));
    // Rounding must not make it early by one bit.
    while (dueUs / 1000 - scheduler.nowMs < delayMs) dueUs++;
    const timer: PendingTimer = { dueUs, run };
    let at = this.#timers.length;
    while (at > 0 && this.#timers[at - 1]!.dueUs > dueUs) at--;
    this.#timers.splice(at, 0, timer);
    if (at === 0) this.#schedule();
    return {
      cancel: () => {
        timer.run = undefined;
      },
    };
  }

  endOfTurn(run: () => void): void {
    const { scheduler, tenant, draws } = this.#context;
    if (!tenant.alive) return;
    this.#nextTurn.push(run);
    if (this.#nextTurn.length > 1 || this.#turn.length > 0) return;
    scheduler.atUs(scheduler.nowUs + this.#turnUs(draws), 'end of turn', this.#endTurn, tenant);
  }

  /** Runs the first of this turn's callbacks; the others follow at the same instant, each after its microtasks. */
  readonly #endTurn = (): void => {
    const { scheduler, tenant, draws } = this.#context;
    if (this.#turn.length === 0) {
      this.#turn = this.#nextTurn;
      this.#nextTurn = [];
    }
    const run = this.#turn.shift();
    if (run !== undefined) tenant.enter(run);
    if (this.#turn.length > 0) scheduler.atUs(scheduler.nowUs, 'end of turn', this.#endTurn, tenant);
    else if (this.#nextTurn.length > 0) {
      scheduler.atUs(scheduler.nowUs + this.#turnUs(draws), 'end of turn', this.#endTurn, tenant);
    }
  };

  #turnUs(draws: Stream): number {
    return 1 + Math.floor(draws.float() * 20 * this.#context.tenant.slowness);
  }

  #schedule(): void {
    const { scheduler, tenant } = this.#context;
    const first = this.#timers[0];
    if (this.#wake !== undefined) scheduler.cancel(this.#wake);
    this.#wake = undefined;
    if (first === undefined) return;
    const dueUs = Math.max(scheduler.nowUs, first.dueUs);
    const latenessUs = this.#latenessUs();
    const wakeUs = dueUs + latenessUs;
    if (latenessUs > NOTED_LATENESS_US) this.#context.stalls.note(tenant.pid, dueUs / 1000, wakeUs / 1000);
    this.#wake = scheduler.atUs(wakeUs, 'timer', this.#ring, tenant);
  }

  /** Runs the first due timer; while more are due they follow at the same instant. */
  readonly #ring = (): void => {
    const { scheduler, tenant } = this.#context;
    this.#wake = undefined;
    let timer = this.#timers.shift();
    while (timer !== undefined && timer.run === undefined && this.#timers.length > 0)
      timer = this.#timers.shift();
    if (timer?.run !== undefined) {
      if (timer.dueUs > scheduler.nowUs) {
        this.#timers.unshift(timer);
      } else {
        const { run } = timer;
        timer.run = undefined;
        tenant.enter(run);
      }
    }
    const next = this.#timers[0];
    if (next === undefined) return;
    if (next.dueUs <= scheduler.nowUs)
      this.#wake = scheduler.atUs(scheduler.nowUs, 'timer', this.#ring, tenant);
    else if (this.#wake === undefined) this.#schedule();
  };

  /** Up to a millisecond as a rule, up to 50 at times. */
  #latenessUs(): number {
    const { draws, lateness, lateTimers, tenant } = this.#context;
    if (lateTimers !== undefined && draws.float() < lateTimers.chance)
      return Math.floor(draws.float() * lateTimers.upToMs * 1000);
    if (lateness === 0) return 0;
    const u = draws.float();
    const most = u < 0.9 ? 1_000 : u < 0.99 ? 5_000 : 50_000;
    return Math.floor(draws.float() * most * lateness * Math.min(4, tenant.slowness));
  }
}
