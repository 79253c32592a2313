/**
 * The gate: replies wait here until what they depend on is as durable as the policy says.
 *
 * First in, first out, by positions that never fall. A reply that depends on less than the one before it of its session
 * goes right behind that one, and waits for nobody else's.
 */

/** A place in the queue, until all who stand there have left. */
export interface Waiting {
  readonly position: number;
  readonly leaves: (() => void)[];
  /** How many of them have left, or are about to. */
  left: number;
  hasLeft: boolean;
}

export class Gate {
  #queue: Waiting[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#queue.length;
  }

  /** Runs `leave` when `open` is called with `position` or more. */
  wait(position: number, leave: () => void): Waiting {
    const waiting: Waiting = { position, leaves: [leave], left: 0, hasLeft: false };
    this.#queue.push(waiting);
    return waiting;
  }

  /** Lets everything through that depends on no more than `released`. */
  open(released: number): void {
    // Looked up each time: whoever leaves may bring the gate to open within this.
    while (this.#head < this.#queue.length && this.#queue[this.#head]!.position <= released) {
      const waiting = this.#queue[this.#head]!;
      if (waiting.left < waiting.leaves.length) {
        waiting.leaves[waiting.left++]!();
      } else {
        waiting.hasLeft = true;
        waiting.leaves.length = 0;
        this.#head++;
      }
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
