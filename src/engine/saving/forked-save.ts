/** A child that saves an image, from the fork to the news of its end. */
import type { Image } from '../../data/index.ts';
import type { Child, ExitStatus } from '../../ports/process.ts';
import type { Engine } from '../engine.ts';
import { requestAsJson, type SaveRequest } from './save-file.ts';

export class ForkedSave {
  readonly pid: number;
  /** Settles when the child has ended; never rejects. */
  readonly ended: Promise<ExitStatus>;
  readonly startedMonoMs: number;
  readonly #child: Child;
  readonly #image: Image;
  /** Bytes copied for the image's sake, once it has ended. */
  copiedBytes = 0;
  /** It was told to end: that is no failure. */
  wasKilled = false;

  /** Freezes the keyspace as it is now and starts the child. @throws ForkError; nothing is left behind */
  constructor(engine: Engine, request: SaveRequest) {
    const { clock, process } = engine.host;
    this.startedMonoMs = clock.monoMs();
    this.#image = engine.keyspace.freeze();
    try {
      this.#child = process.fork(this.#image, 'save', requestAsJson(request));
    } catch (error) {
      this.#image.release();
      throw error;
    }
    this.pid = this.#child.pid;
    engine.stats.forks++;
    const forkMs = clock.monoMs() - this.startedMonoMs;
    engine.stats.latestForkMicros = Math.round(forkMs * 1000);
    engine.latency.took('fork', forkMs);
    this.ended = new Promise((resolve) => {
      this.#child.onExit((status) => {
        this.copiedBytes = engine.keyspace.memory().copiedBytes;
        this.#image.release();
        resolve(status);
      });
    });
  }

  kill(): void {
    this.wasKilled = true;
    this.#child.kill('SIGKILL');
  }
}
