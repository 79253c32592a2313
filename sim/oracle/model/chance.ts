/**
 * Chance in the model: where an engine draws, every draw is tried, one after the other, as an odometer turns.
 *
 * What later draws are asked for may depend on earlier ones.
 */

/** The draws of one unit. */
export class Chance {
  readonly #drawn: { value: number; readonly count: number }[] = [];
  #asked = 0;

  /** False once something was drawn from more than one. */
  get isCertain(): boolean {
    return this.#drawn.length === 0;
  }

  /** One of the numbers from 0 to `count` - 1. */
  draw(count: number): number {
    if (count < 2) return 0;
    if (this.#asked === this.#drawn.length) this.#drawn.push({ value: 0, count });
    return this.#drawn[this.#asked++]!.value;
  }

  /** Goes back to the beginning of the unit, to draw otherwise; false, and as at first, when every way was tried. */
  turn(): boolean {
    this.#asked = 0;
    for (let last = this.#drawn.at(-1); last !== undefined; last = this.#drawn.at(-1)) {
      if (++last.value < last.count) return true;
      this.#drawn.pop();
    }
    return false;
  }
}
