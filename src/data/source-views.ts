/**
 * Views through which words are read from buffers that come again and again: the piece of a file being loaded, what a
 * socket read last. Making a view costs as much as a short copy, so the two newest are kept (a file's piece, and the
 * scratch in which its compressed strings are spelled out).
 */
export class SourceViews {
  #newer: Uint8Array = new Uint8Array(0);
  #newerView = viewOf(this.#newer);
  #older = this.#newer;
  #olderView = this.#newerView;

  /** A view of the same bytes, or undefined where the buffer is too large to be kept alive for its view. */
  of(bytes: Uint8Array): DataView | undefined {
    if (bytes === this.#newer) return this.#newerView;
    if (bytes === this.#older) return this.#olderView;
    if (bytes.length > keptBytes) return undefined;
    this.#older = this.#newer;
    this.#olderView = this.#newerView;
    this.#newer = bytes;
    this.#newerView = viewOf(bytes);
    return this.#newerView;
  }
}

const keptBytes = 4 << 20;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
