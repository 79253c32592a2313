/**
 * Stalls: the spans in which a process was kept from doing what it had to do. It was stopped, its machine stood still, or a
 * timer rang late.
 *
 * A promise that holds "within a second" means a second in which the process could run: whoever judges such a promise
 * needs to know how much of the time was taken away.
 */

interface Span {
  readonly pid: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export class Stalls {
  readonly #spans: Span[] = [];

  /** Notes a span; it may end in the future. */
  note(pid: number, fromMs: number, toMs: number): void {
    this.#spans.push({ pid, fromMs, toMs });
  }

  /** How much of [fromMs, toMs] was taken from a process: an upper bound, since spans that overlap count twice. */
  within(pid: number, fromMs: number, toMs: number): number {
    let total = 0;
    for (let i = this.#spans.length - 1; i >= 0; i--) {
      const span = this.#spans[i]!;
      if (span.pid !== pid || span.toMs <= fromMs || span.fromMs >= toMs) continue;
      total += Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs);
    }
    return total;
  }
}
