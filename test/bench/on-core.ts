/**
 * The same work, in time that the server's main thread spent on a core instead of time on the clock. Where others use the
 * machine as well this is the steadier figure; it leaves out waiting for the disk, and work of other threads.
 */
import { emptyRounds } from './bench.ts';
import type { Both } from './harness/server.ts';
import { median } from './statistics.ts';

export class OnCoreRounds {
  readonly #times = emptyRounds();

  add(side: keyof Both<unknown>, onCoreMs: number): void {
    this.#times[side].push(onCoreMs);
  }

  /** A note. `requests`: so many of them in each round; the times are told as a rate then. */
  note(requests?: number): string {
    const ratio = median(this.#times.ours.map((ours, round) => this.#times.redis[round]! / ours));
    const [ours, redis] = [this.#times.ours, this.#times.redis].map((times) => tell(median(times), requests));
    return `on a core: lightsout ${ours}, Redis ${redis}, ratio ${ratio.toFixed(2)}`;
  }
}

function tell(ms: number, requests: number | undefined): string {
  return requests === undefined
    ? `${ms.toFixed(0)} ms`
    : `${Math.round((requests / ms) * 1000).toLocaleString('en')}/s`;
}
