/**
 * Connections with replies to send, until the end of the callback that is running.
 *
 * Replies come in pieces: a read may hold many commands, a gate that opens lets many sessions' replies through. All that
 * one callback gives a connection leaves in one call to the kernel.
 */

export interface Flushable {
  flush(): void;
}

export class OutputQueue {
  #waiting: Flushable[] = [];

  /** Flushes `one` soon. To be called once until it has been flushed. */
  add(one: Flushable): void {
    this.#waiting.push(one);
    if (this.#waiting.length === 1) process.nextTick(() => this.#flushAll());
  }

  #flushAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.flush();
  }
}
