/**
 * One open descriptor: counts the calls that are using it and closes it after the last of them.
 *
 * A descriptor number is reused by the kernel at once, so closing one while a thread of the pool still holds it in
 * its hand would let that call land in somebody else's file. `close` therefore takes the descriptor out of service
 * (every later call gets EBADF) and hands it back to the kernel when the calls in flight have come home.
 */
import type { Calls } from './calls.ts';
import { NodeDiskError, diskError } from './disk-error.ts';

export class Descriptor {
  readonly path: string;
  readonly #calls: Calls;
  readonly #fd: number;
  #closed = false;
  #inFlight = 0;
  #whenIdle: (() => void) | undefined;

  constructor(calls: Calls, fd: number, path: string) {
    this.#calls = calls;
    this.#fd = fd;
    this.path = path;
  }

  /** The number, or undefined after `close`. */
  get fd(): number | undefined {
    return this.#closed ? undefined : this.#fd;
  }

  /** What a call after `close` gets. */
  closedError(operation: string): NodeDiskError {
    return new NodeDiskError(operation, this.path, 'EBADF', 'no');
  }

  /** A call sets out with the descriptor; `leave` when it is back. */
  enter(): void {
    this.#inFlight++;
  }

  leave(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#whenIdle?.();
  }

  /** Runs one call and answers with a promise. `failed` tells its error. */
  run<T>(
    operation: string,
    failed: (operation: string, path: string, error: unknown) => Error,
    call: (fd: number, done: (error: unknown, value: T) => void) => void,
  ): Promise<T> {
    const fd = this.fd;
    if (fd === undefined) return Promise.reject(this.closedError(operation));
    return new Promise((resolve, reject) => {
      this.enter();
      call(fd, (error, value) => {
        this.leave();
        if (error === null || error === undefined) resolve(value);
        else reject(failed(operation, this.path, error));
      });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) throw this.closedError('close');
    this.#closed = true;
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    await new Promise<void>((resolve, reject) => {
      this.#calls.close(this.#fd, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(diskError('close', this.path, error));
      });
    });
  }
}
