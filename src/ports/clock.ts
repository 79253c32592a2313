/**
 * Time, as the engine may know it.
 *
 * Two times that have nothing to do with each other: the wall (a date, set by people and NTP, may jump either
 * way) and the monotonic clock (an interval counter, never goes back, stands still for nobody). Every cadence,
 * postponement and back-off is measured in monotonic time; only TTLs, LASTSAVE and dates in files are wall time.
 */

/** A pending timer. */
export interface Timer {
  /** Takes the timer back. After it has run, or a second time, this does nothing. */
  cancel(): void;
}

export interface Clock {
  /** Unix time in whole milliseconds. May jump in both directions between any two calls. */
  wallMs(): number;

  /** Milliseconds since some fixed moment, possibly with a fraction; never less than an earlier answer. */
  monoMs(): number;

  /**
   * Runs `run` once, when at least `delayMs` milliseconds of monotonic time have passed: late at will, never early,
   * never before this call has returned. Timers that fall due together run in the order of their making.
   */
  after(delayMs: number, run: () => void): Timer;

  /**
   * Runs `run` at the end of this turn of the event loop: after the input that has already arrived was handled, before
   * the loop waits for more. It is where a batch is closed (what Redis calls `beforeSleep`). Runs once, in the order
   * of the calls, never before this call has returned.
   */
  endOfTurn(run: () => void): void;
}
