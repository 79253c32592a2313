/**
 * The window that a power loss would take: for how long the oldest effect has waited for the disk.
 *
 * Turns are kept in stretches of `grainMs`, each with the time of its first turn, so that a sync that hangs for an hour
 * costs some hundred numbers a second and no more. A window is never measured as shorter than it was.
 */

const grainMs = 10;

interface Stretch {
  /** Monotonic time of the first effect in it. */
  readonly sinceMonoMs: number;
  /** Number of the last unit in it. */
  lastUnit: number;
}

export class UnsyncedWindow {
  /** Longest time that an effect had to wait. */
  longestMs = 0;
  /** Most bytes that waited at once. */
  mostBytes = 0;

  readonly #stretches: Stretch[] = [];

  /** A turn begins in which units are logged. */
  begin(nowMonoMs: number): void {
    const newest = this.#stretches.at(-1);
    if (newest !== undefined && nowMonoMs - newest.sinceMonoMs < grainMs) newest.lastUnit = Infinity;
    else this.#stretches.push({ sinceMonoMs: nowMonoMs, lastUnit: Infinity });
  }

  /** That turn is over: it logged units up to `lastUnit`, and so many bytes wait for the disk now. */
  end(lastUnit: number, waitingBytes: number): void {
    const newest = this.#stretches.at(-1);
    if (newest?.lastUnit === Infinity) newest.lastUnit = lastUnit;
    this.mostBytes = Math.max(this.mostBytes, waitingBytes);
  }

  /** Units up to `unit` are durable. @returns how long the oldest of them waited; 0 where none did */
  durable(unit: number, nowMonoMs: number): number {
    const waitedMs = this.ageMs(nowMonoMs);
    let done = 0;
    while (done < this.#stretches.length && this.#stretches[done]!.lastUnit <= unit) done++;
    if (done === 0) return 0;
    this.#stretches.splice(0, done);
    this.longestMs = Math.max(this.longestMs, waitedMs);
    return waitedMs;
  }

  /** For how long the oldest effect has waited. */
  ageMs(nowMonoMs: number): number {
    const oldest = this.#stretches[0];
    return oldest === undefined ? 0 : nowMonoMs - oldest.sinceMonoMs;
  }

  /** What waits is promised from now on only. */
  restart(nowMonoMs: number): void {
    const newest = this.#stretches.at(-1);
    this.#stretches.length = 0;
    if (newest !== undefined) this.#stretches.push({ sinceMonoMs: nowMonoMs, lastUnit: newest.lastUnit });
  }

  /** Nothing waits any more: there is no log. */
  clear(): void {
    this.#stretches.length = 0;
  }

  /** CONFIG RESETSTAT. */
  forgetPeaks(): void {
    this.longestMs = 0;
    this.mostBytes = 0;
  }
}
