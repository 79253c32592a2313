/**
 * The part of a stream that a decoder is looking at.
 *
 * A stream comes in pieces cut anywhere and is decoded item by item. The item at hand begins at `start`; the decoder's
 * `position` runs ahead inside it, and comes back to `start` where the item turns out not to be whole. A piece is read
 * in place, and only what is left of an unfinished item is copied. Memory grows with the bytes that came, by doubling,
 * and never with a length that some header announces; a buffer that served one long item is given back.
 *
 * The fields are public because the loops that read them are hot. Bytes beyond `limit` mean nothing.
 */
export class ByteWindow {
  buffer: Uint8Array = nothing;
  start = 0;
  position = 0;
  limit = 0;

  /** True where `buffer` is ours, false where it is the caller's piece. */
  #owned = false;
  /** Where buffer[0] stands in the stream. */
  #bufferOffset = 0;

  /** Where in the stream the item at hand begins. */
  get offset(): number {
    return this.#bufferOffset + this.start;
  }

  /** Bytes of the item at hand, and beyond it, that have come. */
  get pendingBytes(): number {
    return this.limit - this.start;
  }

  /** Says that the item at hand ends at `position`, where the next one begins. */
  commit(): void {
    this.start = this.position;
  }

  /**
   * Adds chunk[from, to), which must not change before `keep` or the next `push`. The item at hand may move: what was
   * remembered as an index of `buffer` is to be remembered as a distance from `start`.
   */
  push(chunk: Uint8Array, from: number, to: number): void {
    if (from === to) return;
    const kept = this.limit - this.start;
    if (kept === 0) {
      this.#bufferOffset += this.start - from;
      this.buffer = chunk;
      this.#owned = false;
      this.start = this.position = from;
      this.limit = to;
      return;
    }
    this.#own(kept + (to - from));
    this.buffer.set(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to), this.limit);
    this.limit += to - from;
  }

  /** Copies what is left of the caller's piece, and lets go of the piece. The item at hand may move. */
  keep(): void {
    if (!this.#owned) this.#own(this.limit - this.start);
  }

  /** Moves the item at hand into a buffer of ours with room for `bytes` from its start on. */
  #own(bytes: number): void {
    const shift = this.start;
    const capacity = this.buffer.length;
    const tooLarge = capacity > keptCapacityBytes && bytes < capacity >> 3;
    if (this.#owned && capacity - shift >= bytes && !tooLarge) return;
    if (this.#owned && capacity >= bytes && !tooLarge) {
      this.buffer.copyWithin(0, shift, this.limit);
    } else {
      const kept = this.limit - shift;
      const grown = kept === 0 ? nothing : new Uint8Array(Math.max(256, bytes, kept * 2));
      if (kept > 0) grown.set(this.buffer.subarray(shift, this.limit));
      this.buffer = grown;
      this.#owned = true;
    }
    this.#bufferOffset += shift;
    this.position -= shift;
    this.limit -= shift;
    this.start = 0;
  }
}

const nothing = new Uint8Array(0);

/** A larger buffer is given back once what filled it is over. */
const keptCapacityBytes = 1024 * 1024;
