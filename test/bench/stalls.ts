/** The two figures that stalls are told in: what a client saw, and how much of it was the server's own doing. */
import { type Bench, emptyRounds } from './bench.ts';
import type { Figure } from './figure.ts';
import type { Stalls } from './harness/pinger.ts';
import type { Both } from './harness/server.ts';
import { median } from './statistics.ts';

export class StallRounds {
  readonly #seen = emptyRounds();
  readonly #own = emptyRounds();
  readonly #idleMs: number[] = [];
  readonly #longestAllowedMs: number;

  constructor(longestAllowedMs = 20) {
    this.#longestAllowedMs = longestAllowedMs;
  }

  add(side: keyof Both<unknown>, stalls: Stalls, idle: Stalls): void {
    this.#seen[side].push(stalls.longestMs);
    this.#own[side].push(stalls.ownMs);
    this.#idleMs.push(idle.longestMs);
  }

  figures(measurement: string, name: string, notes: readonly string[] = []): Figure[] {
    const common = {
      measurement,
      unit: 'ms',
      better: 'less',
      target: { value: this.#longestAllowedMs },
    } as const;
    return [
      { ...common, name, ...this.#seen, notes: [...notes, this.#noise()] },
      { ...common, name: `- not counting waits for a core`, ...this.#own, notes: [] },
    ];
  }

  /** The median of what a client saw. */
  describe(bench: Bench): string {
    return (['ours', 'redis'] as const)
      .map(
        (side) =>
          `${bench[side].name} ${median(this.#seen[side]).toFixed(1)} (own ${median(this.#own[side]).toFixed(1)}) ms`,
      )
      .join(', ');
  }

  #noise(): string {
    const worst = Math.max(...this.#idleMs);
    return `an idle redis-server, asked in the same milliseconds: ${median(this.#idleMs).toFixed(1)} ms, at worst ${worst.toFixed(1)} ms`;
  }
}
