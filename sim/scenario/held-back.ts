/**
 * What is held back while nobody knows what chance did: the model can only go on from a state that it knows.
 *
 * SPOP takes members that only its reply tells. From its execution to that reply nothing else is executed; what clients send
 * meanwhile waits here, in its order, as behind a slow network. The lights may go out meanwhile: then either outcome is right.
 */
export class HeldBack {
  readonly #later: (() => void)[] = [];
  #isDecided = true;
  #isResuming = false;

  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** From now on everything waits. */
  hold(): void {
    this.#isDecided = false;
  }

  /** True when it is now; else `later` is called when it is. Who is cut off on the way goes before all others. */
  mayExecute(later: () => void): boolean {
    if (this.#isDecided && (this.#isResuming || this.#later.length === 0)) return true;
    if (this.#isResuming) this.#later.unshift(later);
    else this.#later.push(later);
    return false;
  }

  /** The reply is there; `resume` is to be called when nothing else is going on. */
  decide(): void {
    this.#isDecided = true;
  }

  /** Executes what has waited, up to where chance comes in again. */
  resume(): void {
    while (this.#isDecided && this.#later.length > 0) {
      const next = this.#later.shift()!;
      this.#isResuming = true;
      next();
      this.#isResuming = false;
    }
  }
}
