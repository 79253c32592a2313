/** What the engine does by the clock, `hz` times a second: the fsync cadence, expiry, save points, scheduled children. */
import type { Timer } from '../ports/clock.ts';
import type { ActiveExpiry } from './active-expiry.ts';
import type { Engine } from './engine.ts';

export class Cron {
  readonly #engine: Engine;
  readonly #expiry: ActiveExpiry;
  #timer: Timer | undefined;

  constructor(engine: Engine, expiry: ActiveExpiry) {
    this.#engine = engine;
    this.#expiry = expiry;
  }

  start(): void {
    this.#timer = this.#engine.host.clock.after(1000 / this.#engine.settings.hz, () => {
      this.start();
      this.#run();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #run(): void {
    const engine = this.#engine;
    engine.journal.tick(engine.snapshots.hasChild || engine.rewriter.hasChild);
    // A shutdown may wait long for a slow disk: the log's cadence goes on, and nothing new is begun. Nor is it over half a dataset.
    if (engine.isShuttingDown || engine.isLoading || engine.isCronPaused) return;
    this.#expiry.tick();
    engine.rewriter.tick();
    engine.snapshots.tick();
  }
}
