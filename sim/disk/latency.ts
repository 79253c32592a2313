/**
 * How long operations take. Draws only shape races; nothing depends on a latency being realistic.
 *
 * A duration is a/(u + b) for a uniform u: short as a rule, with a heavy tail that ends at a/b. No logarithm, no power:
 * those differ between versions of Node.
 */

export interface LatencyOptions {
  /** Multiplies everything. Default 1. */
  readonly scale?: number;
  /** Multiplies syncs alone. Default 1: 0.1 ms to 20 ms, 0.6 ms on average. */
  readonly syncScale?: number;
  /** How much of a sync's duration the amount of unsynced data makes, in bytes a microsecond. Default 500. */
  readonly bytesPerUs?: number;
  /** How much may be written by all processes before the kernel begins to write it back. Default 1 MiB. */
  readonly backgroundBytes?: number;
  /**
   * A write to a file goes on beside a sync of that file. Default false: it waits, as on ext4, and then nothing is ever
   * written between a sync's call and its end.
   */
  readonly writesPassSyncs?: boolean;
  /**
   * Every operation is applied when it completes and in flight until then, so that whoever looks between any two events
   * sees each of them before, inside and after. Default false: half of them are applied when they are called.
   */
  readonly staysInFlight?: boolean;
}

export class Latency {
  readonly #scale: number;
  readonly #syncScale: number;
  readonly #bytesPerUs: number;
  readonly writesPassSyncs: boolean;
  readonly staysInFlight: boolean;
  /**
   * The device does one thing at a time: when it is free again, in microseconds. A child's large writes slow its parent's
   * syncs, since the kernel writes back by itself what is too much to keep.
   */
  busyUntilUs = 0;
  readonly #backgroundBytes: number;
  #dirtyBytes = 0;

  constructor(options: LatencyOptions = {}) {
    this.#scale = options.scale ?? 1;
    this.#syncScale = this.#scale * (options.syncScale ?? 1);
    this.#bytesPerUs = options.bytesPerUs ?? 500;
    this.#backgroundBytes = options.backgroundBytes ?? 1024 * 1024;
    this.writesPassSyncs = options.writesPassSyncs ?? false;
    this.staysInFlight = options.staysInFlight ?? false;
  }

  /** A write into the page cache: 2 to 40 us. */
  writeUs(u: number): number {
    return Math.ceil((this.#scale * 2) / (u + 0.05));
  }

  /** Bytes went into the page cache: too many of them keep the device busy. */
  wrote(nowUs: number, lengthBytes: number): void {
    this.#dirtyBytes += lengthBytes;
    if (this.#dirtyBytes < this.#backgroundBytes) return;
    this.busyUntilUs = Math.max(nowUs, this.busyUntilUs) + Math.ceil(this.#dirtyBytes / this.#bytesPerUs);
    this.#dirtyBytes = 0;
  }

  /** Everything that touches names, and reads: 4 to 200 us. */
  metaUs(u: number): number {
    return Math.ceil((this.#scale * 4) / (u + 0.02));
  }

  /** When a sync ends that begins now, behind those that the device has already. */
  syncEndUs(u: number, nowUs: number, unsyncedBytes: number): number {
    const startUs = Math.max(nowUs, this.busyUntilUs);
    const endUs =
      startUs + Math.ceil((this.#syncScale * 120) / (u + 0.006) + unsyncedBytes / this.#bytesPerUs);
    this.busyUntilUs = endUs;
    return endUs;
  }
}
