/**
 * Where written bytes are kept: long runs that are only ever appended to, so that the versions of a page can refer to
 * their bytes and a write costs one copy and no allocation. Disks cloned from one another share an arena.
 */
const FIRST_CHUNK_BYTES = 16 * 1024;
const LARGEST_CHUNK_BYTES = 1024 * 1024;

export class Arena {
  /** The run that holds the bytes kept last. */
  chunk = new Uint8Array(0);
  #used = 0;
  #nextBytes = FIRST_CHUNK_BYTES;

  /** Copies bytes[start, end) and returns their offset in `chunk`. */
  keep(bytes: Uint8Array, start: number, end: number): number {
    const count = end - start;
    if (this.#used + count > this.chunk.length) {
      this.chunk = new Uint8Array(Math.max(this.#nextBytes, count));
      this.#used = 0;
      if (this.#nextBytes < LARGEST_CHUNK_BYTES) this.#nextBytes *= 2;
    }
    const at = this.#used;
    copyBytes(bytes, start, end, this.chunk, at);
    this.#used = at + count;
    return at;
  }
}

/** Copies from[start, end) to into[at, …), by loop where that is cheaper than `subarray` and `set`. */
export function copyBytes(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): void {
  const count = end - start;
  if (count < 48) {
    for (let i = 0; i < count; i++) into[at + i] = from[start + i]!;
  } else if (count === from.length) {
    into.set(from, at);
  } else {
    into.set(from.subarray(start, end), at);
  }
}
