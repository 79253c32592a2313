/**
 * A forked child as its parent sees it: a pid, a way to kill it, and one message at its end.
 *
 * How it ended is settled when the thread has ended, in this order: an exit code that the child sent on its way out
 * counts, also when a kill was under way (it had finished its work first); an exception that nobody caught is code 1;
 * a thread that was stopped by `kill` died of that signal; whatever else ended it left the thread's own exit code.
 */
import { strict as assert } from 'node:assert';
import type { Worker } from 'node:worker_threads';

import type { Child, ExitStatus, Signal } from '../ports/process.ts';
import { isFarewell } from './child-message.ts';

export class ForkedChild implements Child {
  readonly pid: number;
  readonly #worker: Worker;
  #code: number | undefined;
  #signal: Signal | undefined;
  #status: ExitStatus | undefined;
  #handler: ((status: ExitStatus) => void) | undefined;

  /** `worker` has its order, or is about to get it in this same turn. `failed` hears what the child's code threw. */
  constructor(pid: number, worker: Worker, failed: (error: unknown) => void) {
    this.pid = pid;
    this.#worker = worker;
    worker.on('message', (message: unknown) => {
      if (isFarewell(message)) this.#code = message.code;
    });
    worker.on('error', (error) => {
      this.#code ??= 1;
      failed(error);
    });
    worker.on('exit', (threadCode) => this.#end(threadCode));
  }

  onExit(handler: (status: ExitStatus) => void): void {
    assert(this.#handler === undefined, `child ${this.pid}: onExit takes one handler, this is the second`);
    this.#handler = handler;
    const status = this.#status;
    if (status !== undefined) setImmediate(() => handler(status));
  }

  kill(signal: Signal): void {
    if (this.#status !== undefined) return;
    // Every signal ends a child: there is none that it handles. The first one is the one it dies of.
    this.#signal ??= signal;
    void this.#worker.terminate();
  }

  #end(threadCode: number): void {
    if (this.#code !== undefined) this.#status = { code: this.#code, signal: null };
    else if (this.#signal !== undefined) this.#status = { code: null, signal: this.#signal };
    else this.#status = { code: threadCode, signal: null };
    this.#handler?.(this.#status);
  }
}
