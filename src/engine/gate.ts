/**
 * The gate: replies wait here until what they depend on is as durable as the policy says.
 *
 * First in, first out: positions never fall, so nobody overtakes and a session's replies keep their order.
 */

interface Waiting {
  readonly position: number;
  readonly leave: () => void;
}

export class Gate {
  #queue: Waiting[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#queue.length;
  }

  /** Runs `leave` when `open` is called with `position` or more. */
  wait(position: number, leave: () => void): void {
    this.#queue.push({ position, leave });
  }

  /** Lets everything through that depends on no more than `released`. */
  open(released: number): void {
    // Looked up each time: whoever leaves may bring the gate to open within this.
    while (this.#head < this.#queue.length && this.#queue[this.#head]!.position <= released) {
      const { leave } = this.#queue[this.#head++]!;
      leave();
    }
    const queue = this.#queue;
    if (this.#head === queue.length) {
      queue.length = 0;
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > queue.length) {
      this.#queue = queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
