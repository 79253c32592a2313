/**
 * The Clock port on Node's own clocks.
 *
 * Node's timers are nearly what the port asks for, and miss it in two ways: they may fire up to a millisecond early
 * (the loop counts whole milliseconds), and two that fall due together run in the order of their lists, not of their
 * making. So the pending timers stand here, sorted by (deadline, order of making), and one Node timer wakes for the
 * first of them; woken early, it goes back to sleep.
 */
import type { Clock, Timer } from '../ports/clock.ts';

/** Node's own limit: a longer delay would fire at once. Longer ones are slept in stages. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

interface Pending {
  readonly deadlineMonoMs: number;
  readonly run: () => void;
}

export class NodeClock implements Clock {
  /** Sorted by deadline; equal ones in the order of their making. */
  readonly #pending: Pending[] = [];
  #alarm: NodeJS.Timeout | undefined;
  #alarmForMonoMs = Infinity;
  #turnEnds: (() => void)[] = [];

  wallMs(): number {
    return Date.now();
  }

  monoMs(): number {
    return performance.now();
  }

  after(delayMs: number, run: () => void): Timer {
    const pending: Pending = { deadlineMonoMs: performance.now() + Math.max(0, delayMs), run };
    this.#pending.splice(this.#placeAfter(pending.deadlineMonoMs), 0, pending);
    this.#setAlarm();
    return { cancel: () => this.#cancel(pending) };
  }

  endOfTurn(run: () => void): void {
    this.#turnEnds.push(run);
    // The check phase follows the poll phase: the input that had arrived was handled, the loop has not waited yet.
    if (this.#turnEnds.length === 1) setImmediate(() => this.#endTurn());
  }

  #endTurn(): void {
    const runs = this.#turnEnds;
    this.#turnEnds = [];
    for (const run of runs) run();
  }

  /** The index behind the last pending timer that is due at `deadlineMonoMs` or before. */
  #placeAfter(deadlineMonoMs: number): number {
    let low = 0;
    let high = this.#pending.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pending[middle] as Pending).deadlineMonoMs <= deadlineMonoMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #cancel(pending: Pending): void {
    for (let i = this.#placeAfter(pending.deadlineMonoMs) - 1; i >= 0; i--) {
      const other = this.#pending[i] as Pending;
      if (other.deadlineMonoMs !== pending.deadlineMonoMs) return;
      if (other !== pending) continue;
      this.#pending.splice(i, 1);
      this.#setAlarm();
      return;
    }
  }

  /** Wakes for the first pending timer; an alarm that is set for it already stays. */
  #setAlarm(): void {
    const first = this.#pending[0]?.deadlineMonoMs ?? Infinity;
    if (first === this.#alarmForMonoMs) return;
    clearTimeout(this.#alarm);
    this.#alarmForMonoMs = first;
    if (first === Infinity) return;
    const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(1, Math.ceil(first - performance.now())));
    this.#alarm = setTimeout(() => this.#wake(), sleepMs);
  }

  /** Runs what is due by now; what is made meanwhile waits for the next alarm. */
  #wake(): void {
    this.#alarmForMonoMs = Infinity;
    const due = this.#pending.slice(0, this.#placeAfter(performance.now()));
    try {
      for (const pending of due) {
        // A timer that an earlier one of this batch has cancelled is gone, and one that runs is gone first.
        const at = this.#pending.indexOf(pending);
        if (at < 0) continue;
        this.#pending.splice(at, 1);
        pending.run();
      }
    } finally {
      this.#setAlarm();
    }
  }
}
