/** Counts of whole numbers in ranges that double: 0, 1, 2 to 3, 4 to 7, … */

export interface Bucket {
  /** From this number to the one below the next bucket's. */
  readonly from: number;
  readonly times: number;
}

const LAST_FROM = 64;

export class Histogram {
  readonly #times = new Map<number, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(value: number, times = 1): void {
    const from = value <= 0 ? 0 : Math.min(LAST_FROM, 1 << (31 - Math.clz32(value)));
    this.#times.set(from, (this.#times.get(from) ?? 0) + times);
    this.#total += times;
  }

  /** How often it was nothing. */
  get none(): number {
    return this.#times.get(0) ?? 0;
  }

  buckets(): readonly Bucket[] {
    return [...this.#times].toSorted(([a], [b]) => a - b).map(([from, times]) => ({ from, times }));
  }
}

/** `2 to 3`, for the bucket from 2. */
export function rangeWords(from: number): string {
  if (from < 2) return String(from);
  return from === LAST_FROM ? `${from} and more` : `${from} to ${2 * from - 1}`;
}

/** `0: 57 %, 1: 12 %, 2 to 3: 20 %, 64 and more: 1 %` */
export function histogramWords(buckets: readonly Bucket[]): string {
  const total = buckets.reduce((sum, { times }) => sum + times, 0);
  return buckets
    .map(({ from, times }) => {
      const share = (times * 100) / total;
      return `${rangeWords(from)}: ${share < 1 ? '< 1' : Math.round(share)} %`;
    })
    .join(', ');
}
