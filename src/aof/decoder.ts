/**
 * From the bytes of an append-only file to commands and annotations, in pieces cut anywhere.
 *
 * The file is a row of items: a command (a RESP array of bulk strings) or a line that begins with `#`. `validUpTo` is
 * where the last whole item ends. A file may end inside an item, which is what a crash leaves: 'need-more' at the end of
 * the file, with bytes pending. Anything else that is no item is damage, and an error: zeros, garbage, a length that
 * does not fit what follows. What to do about either is not decided here. Source: formats.md 3.3, 3.6; unlike Redis,
 * every CRLF is looked at.
 */
import { LightsoutError } from '../errors.ts';
import type { Argv } from '../resp/index.ts';
import { ProtocolError, RequestParser } from '../resp/index.ts';

/** Longest annotation, `#` and line end included. Redis reads no longer ones. */
export const longestAnnotationBytes = 1024;

export class AofDecoder {
  readonly #parser = new RequestParser('log');
  readonly #startOffset: number;
  #offset: number;
  #annotation = '';

  /** `startOffset`: where in the file the first byte pushed stands (behind an RDB preamble). */
  constructor(startOffset = 0) {
    this.#startOffset = startOffset;
    this.#offset = startOffset;
  }

  /** Takes chunk[start, end), which must not change until `next` has answered 'need-more'. */
  push(chunk: Uint8Array, start = 0, end: number = chunk.length): void {
    this.#parser.push(chunk, start, end);
  }

  /**
   * The next item: a command, put into `argv`, or an annotation, to be had from `annotation`.
   * @throws LightsoutError CORRUPT that names the offset of what is no item
   */
  next(argv: Argv): 'command' | 'annotation' | 'need-more' {
    this.#offset = this.validUpTo;
    try {
      if (this.#parser.peek() === hash) {
        const line = this.#parser.takeLine(longestAnnotationBytes);
        if (line === undefined) return 'need-more';
        this.#annotation = line;
        return 'annotation';
      }
      return this.#parser.next(argv);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new LightsoutError(
        'CORRUPT',
        `Bad file format reading the append only file, at offset ${this.#offset}: ${error.message}`,
        { cause: error },
      );
    }
  }

  /** Where the item that `next` gave last begins in the file. */
  get offset(): number {
    return this.#offset;
  }

  /** Where it ends. */
  get endOffset(): number {
    return this.validUpTo;
  }

  /** The annotation that `next` gave last, with its `#`, without its line end. Latin1. */
  get annotation(): string {
    return this.#annotation;
  }

  /** Where the last whole item ends: the file is sound up to here, and a torn one is cut here. */
  get validUpTo(): number {
    return this.#startOffset + this.#parser.offset;
  }

  /** Bytes beyond `validUpTo` that have come. Not 0 at the end of a file: it is torn. */
  get pendingBytes(): number {
    return this.#parser.pendingBytes;
  }
}

const hash = 0x23;
