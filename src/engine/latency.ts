/**
 * The latency monitor: what took `latency-monitor-threshold` milliseconds or longer, by event, as Redis keeps it: the
 * 160 newest samples of each event, at most one a second (the longest of it), and the longest ever.
 */
import type { Clock } from '../ports/clock.ts';
import type { Settings } from './config/settings.ts';

const keptSamples = 160;

export interface LatencySample {
  readonly atSeconds: number;
  readonly durationMs: number;
}

export interface LatencySeries {
  /** Oldest first. */
  readonly samples: LatencySample[];
  longestMs: number;
}

export class LatencyMonitor {
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #events = new Map<string, LatencySeries>();

  constructor(clock: Clock, settings: Settings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Takes note, where it was long enough. */
  took(event: string, durationMs: number): void {
    const wholeMs = Math.floor(durationMs);
    const { latencyMonitorThresholdMs: threshold } = this.#settings;
    if (threshold === 0 || wholeMs < threshold) return;
    const series = this.#events.get(event) ?? { samples: [], longestMs: 0 };
    this.#events.set(event, series);
    series.longestMs = Math.max(series.longestMs, wholeMs);
    const atSeconds = Math.floor(this.#clock.wallMs() / 1000);
    const newest = series.samples.at(-1);
    if (newest?.atSeconds === atSeconds) {
      if (newest.durationMs < wholeMs) series.samples.splice(-1, 1, { atSeconds, durationMs: wholeMs });
      return;
    }
    series.samples.push({ atSeconds, durationMs: wholeMs });
    if (series.samples.length > keptSamples) series.samples.shift();
  }

  /** Every event that was noted, by name. */
  get events(): readonly (readonly [event: string, series: LatencySeries])[] {
    return [...this.#events].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  series(event: string): LatencySeries | undefined {
    return this.#events.get(event);
  }

  /** Forgets an event, or all. @returns how many were forgotten */
  reset(event?: string): number {
    if (event !== undefined) return this.#events.delete(event) ? 1 : 0;
    const count = this.#events.size;
    this.#events.clear();
    return count;
  }
}
