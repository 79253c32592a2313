/**
 * A host without latencies: an InstantDisk, a clock that goes on only where nothing else can happen, and a process that has
 * nobody beside it.
 *
 * All that code does on such a host between two timers is one row of microtasks, and so one event of its scheduler.
 */
import type { Clock } from '../../src/ports/clock.ts';
import type { Child, Host, Process } from '../../src/ports/process.ts';
import type { SimDisk } from '../disk/index.ts';
import { SimForkError } from '../world/index.ts';
import type { Scheduler } from '../world/index.ts';
import { InstantDisk } from './instant-disk.ts';
import type { InstantContext } from './instant-disk.ts';

/** More bytes of entropy than a start draws. Odd, so that two lives do not come to the same. */
const ENTROPY_OF_A_LIFE = 101;

export interface InstantOptions {
  readonly scheduler: Scheduler;
  /** Wall time at the beginning. */
  readonly wallMs: number;
  /** Called at each operation that changes the disk, before it is applied: `disk.inflight` holds it. */
  readonly before?: (() => void) | undefined;
  /**
   * The how manieth start this is where one was cut short before it: each draws other entropy, or its temporary files would
   * have the names of those that the one before has left. Default 1.
   */
  readonly life?: number;
}

export class InstantMachine implements InstantContext {
  readonly disk: SimDisk;
  readonly pid = 1;
  /** Called no more once it is undefined. */
  before: (() => void) | undefined;
  readonly host: Host;
  alive = true;
  readonly #scheduler: Scheduler;
  readonly #startedAtMs: number;
  readonly #wallMs: number;
  #entropy = 0;

  constructor(disk: SimDisk, { scheduler, wallMs, before, life = 1 }: InstantOptions) {
    this.disk = disk;
    this.before = before;
    this.#entropy = (life - 1) * ENTROPY_OF_A_LIFE;
    this.#scheduler = scheduler;
    this.#startedAtMs = scheduler.nowMs;
    this.#wallMs = wallMs;
    this.host = { clock: this.#clock(), disk: new InstantDisk(this), process: this.#process() };
  }

  get wallMs(): number {
    return this.#wallMs + Math.floor(this.#scheduler.nowMs - this.#startedAtMs);
  }

  /** Ends the process: nothing of it runs any more, and its locks are gone. */
  end(): void {
    this.alive = false;
    this.disk.unlockAll(this.pid);
  }

  #clock(): Clock {
    return {
      wallMs: () => this.wallMs,
      monoMs: () => this.#scheduler.nowMs - this.#startedAtMs,
      after: (delayMs, run) => {
        const event = this.#scheduler.after(Math.max(0, delayMs), 'timer', run, this);
        return { cancel: () => this.#scheduler.cancel(event) };
      },
      endOfTurn: (run) => {
        void Promise.resolve().then(() => {
          if (this.alive) run();
        });
      },
    };
  }

  #process(): Process {
    return {
      pid: this.pid,
      // Nobody is to be surprised by these bytes: equal images must be recovered equally.
      entropy: (lengthBytes) => {
        const bytes = new Uint8Array(lengthBytes);
        for (let i = 0; i < lengthBytes; i++) bytes[i] = (++this.#entropy * 167) & 0xff;
        return bytes;
      },
      fork: (): Child => {
        throw new SimForkError('EAGAIN');
      },
      exit: () => {
        this.end();
        return new Promise<never>(() => {});
      },
      onSignal: () => {},
    };
  }
}
