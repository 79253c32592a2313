/**
 * The Process port on a real machine. Node cannot fork(2); a child is a worker thread that reads the frozen image in
 * place, through shared buffers, on another core.
 *
 * Starting a thread with a JavaScript heap and the engine's code in it takes 20 to 120 ms, of which the loop pays under
 * one; a fork must not wait for that. So one worker is always kept ready, with its code loaded and idle, and a fork
 * is one message to it. A used worker is not used again, since a child is a process of its own and leaves nothing
 * behind: the next is started when a child has ended, so that it does not compete with it.
 *
 * What differs from fork(2): a child never outlives its parent (a legal course: it was killed with it), every signal
 * ends it at once, and its pid means nothing to the system. Pids of children lie above the largest that Linux gives
 * out (2^22), so that nobody who is told one can kill a stranger with it.
 */
import { strict as assert } from 'node:assert';
import { randomFillSync } from 'node:crypto';
import type { Worker } from 'node:worker_threads';

import type { Child, Frozen, Json, Process, Signal } from '../ports/process.ts';
import type { Order } from './child-message.ts';
import { startWorker } from './child-worker.ts';
import { NodeForkError } from './fork-error.ts';
import { ForkedChild } from './forked.ts';

/** PID_MAX_LIMIT of Linux. */
const FIRST_CHILD_PID = 2 ** 22 + 1;

export interface NodeProcessOptions {
  /**
   * The module that a child's thread loads, which calls `serveChildren`. A `.ts` file is loaded with tsx, which must then
   * be installed; anything else by Node itself.
   */
  readonly childEntry: URL;
  /**
   * Hears what a child's code threw, before its onExit says code 1. `mainName` is undefined for a worker that failed
   * before it was given anything to do.
   */
  readonly onChildError: (error: unknown, mainName: string | undefined) => void;
}

export class NodeProcess implements Process {
  readonly pid = process.pid;
  readonly #options: NodeProcessOptions;
  #idle: Worker | undefined;
  #nextChildPid = FIRST_CHILD_PID;
  #listening = false;

  constructor(options: NodeProcessOptions) {
    this.#options = options;
    this.#prepareSoon();
  }

  entropy(lengthBytes: number): Uint8Array {
    return randomFillSync(new Uint8Array(lengthBytes));
  }

  fork(image: Frozen, mainName: string, args: Json): Child {
    const worker = this.#idle ?? this.#start();
    const order: Order = { pid: this.#nextChildPid, mainName, image: image.share(), args };
    // Throws for what cannot be cloned, before anything has changed.
    worker.postMessage(order);
    this.#idle = undefined;
    this.#nextChildPid++;
    worker.removeAllListeners();
    const child = new ForkedChild(order.pid, worker, (error) => this.#options.onChildError(error, mainName));
    worker.once('exit', () => this.#prepareSoon());
    worker.ref();
    return child;
  }

  exit(code: number): Promise<never> {
    process.exitCode = code;
    process.exit(code);
  }

  onSignal(handler: (signal: Signal) => void): void {
    assert(!this.#listening, 'onSignal takes one handler a process, this is the second');
    this.#listening = true;
    process.on('SIGTERM', () => handler('SIGTERM'));
    process.on('SIGINT', () => handler('SIGINT'));
  }

  /** Starts the next idle worker when this turn's work is done; a process that ends before needs none. */
  #prepareSoon(): void {
    setImmediate(() => {
      if (this.#idle !== undefined) return;
      try {
        this.#idle = this.#start();
      } catch (error) {
        this.#options.onChildError(error, undefined);
      }
    }).unref();
  }

  /** A worker that waits for its order and keeps nothing alive. When it fails there is none, and fork tries anew. */
  #start(): Worker {
    let worker: Worker;
    try {
      worker = startWorker(this.#options.childEntry);
    } catch (error) {
      throw new NodeForkError('EAGAIN', 'no thread for a child could be started', error);
    }
    worker.unref();
    worker.on('error', (error) => this.#options.onChildError(error, undefined));
    worker.on('exit', () => {
      if (this.#idle === worker) this.#idle = undefined;
    });
    return worker;
  }
}
