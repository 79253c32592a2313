/** An open directory, for the sake of its sync. */
import type { Dir } from '../ports/disk.ts';
import type { Calls } from './calls.ts';
import { Descriptor } from './descriptor.ts';
import { codeOf, syncError } from './disk-error.ts';

export class NodeDir implements Dir {
  readonly #calls: Calls;
  readonly #descriptor: Descriptor;

  constructor(calls: Calls, fd: number, path: string) {
    this.#calls = calls;
    this.#descriptor = new Descriptor(calls, fd, path);
  }

  sync(): Promise<void> {
    return this.#descriptor.run<void>('sync', syncError, (fd, done) => {
      this.#calls.sync(fd, (error) => done(isUnsupported(error) ? null : error, undefined));
    });
  }

  close(): Promise<void> {
    return this.#descriptor.close();
  }
}

/** fsync(2): "EROFS, EINVAL: fd is bound to a special file which does not support synchronization". See disk.ts. */
function isUnsupported(error: unknown): boolean {
  return error !== null && error !== undefined && codeOf(error) === 'EINVAL';
}
