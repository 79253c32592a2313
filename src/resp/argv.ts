/**
 * One command as it was received: its words as ranges of a buffer, so that receiving a command makes no object.
 *
 * A parser fills the same Argv again and again. What it holds, and every view `bytes(i)` of it, is valid until the
 * parser's next `next` or `push`; whoever keeps a command (MULTI, a blocked client) keeps `clone()`.
 */
export class Argv {
  /** How many words, the command's name included. */
  count = 0;
  /** The buffer that holds the words. Other things stand in it too. */
  buffer: Uint8Array = nothing;
  /**
   * The whole command as buffer[rawStart, rawEnd) where it came as the RESP array of bulk strings that an AOF would
   * hold for it, so that one copy logs it; else (inline, odd line ends, made by hand) both are -1.
   */
  rawStart = -1;
  rawEnd = -1;

  /** Where the positions below count from. They outlive a buffer that moves. */
  #base = 0;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** A command of these words, in a buffer of its own. */
  static of(words: readonly (Uint8Array | string)[]): Argv {
    const argv = new Argv();
    let length = 0;
    for (const word of words) length += word.length;
    const buffer = new Uint8Array(length);
    argv.reset(buffer, 0);
    let at = 0;
    for (const word of words) {
      if (typeof word === 'string') for (let i = 0; i < word.length; i++) buffer[at + i] = word.charCodeAt(i);
      else buffer.set(word, at);
      argv.add(at, at + word.length);
      at += word.length;
    }
    return argv;
  }

  /** Where word `i` begins in `buffer`. 0 <= i < count, here and below; not checked. */
  start(i: number): number {
    return this.#base + this.#starts[i]!;
  }

  /** Where word `i` ends in `buffer`, exclusive. */
  end(i: number): number {
    return this.#base + this.#ends[i]!;
  }

  length(i: number): number {
    return this.#ends[i]! - this.#starts[i]!;
  }

  /** Word `i` as a view of `buffer`: valid as long as this Argv is, and never to be written to. */
  bytes(i: number): Uint8Array {
    return this.buffer.subarray(this.#base + this.#starts[i]!, this.#base + this.#ends[i]!);
  }

  /** Word `i` as latin1 text, as it was sent: for messages, and for numbers and names that are short. */
  text(i: number): string {
    let text = '';
    const end = this.end(i);
    for (let p = this.start(i); p < end; p++) text += String.fromCharCode(this.buffer[p]!);
    return text;
  }

  /** As `text`, with A to Z in lower case: the key of a table of names. */
  lowerText(i: number): string {
    let text = '';
    const end = this.end(i);
    for (let p = this.start(i); p < end; p++) text += String.fromCharCode(lower(this.buffer[p]!));
    return text;
  }

  /** True where word `i` is `text`, letters compared without case. Makes nothing: `argv.is(3, 'EX')`. */
  is(i: number, text: string): boolean {
    const start = this.#base + this.#starts[i]!;
    const length = this.#ends[i]! - this.#starts[i]!;
    if (length !== text.length) return false;
    for (let p = 0; p < length; p++) {
      if (lower(this.buffer[start + p]!) !== lower(text.charCodeAt(p))) return false;
    }
    return true;
  }

  /** The same command in a buffer of its own, which nobody else changes. */
  clone(): Argv {
    const copy = new Argv();
    const first = this.rawStart >= 0 ? this.rawStart : this.count > 0 ? this.start(0) : 0;
    const last = this.rawStart >= 0 ? this.rawEnd : this.count > 0 ? this.end(this.count - 1) : 0;
    copy.buffer = this.buffer.slice(first, last);
    copy.#base = this.#base - first;
    copy.count = this.count;
    for (let i = 0; i < this.count; i++) {
      copy.#starts.push(this.#starts[i]!);
      copy.#ends.push(this.#ends[i]!);
    }
    if (this.rawStart >= 0) {
      copy.rawStart = 0;
      copy.rawEnd = this.rawEnd - this.rawStart;
    }
    return copy;
  }

  /** For parsers: begins a command whose words are counted from `base` of `buffer`. */
  reset(buffer: Uint8Array, base: number): void {
    this.count = 0;
    this.rawStart = -1;
    this.rawEnd = -1;
    this.move(buffer, base);
  }

  /** For parsers: adds a word, start and end counted from the base. Words come in the order in which they lie. */
  add(start: number, end: number): void {
    const i = this.count++;
    this.#starts[i] = start;
    this.#ends[i] = end;
  }

  /** For parsers: the bytes of the command under construction are now at `base` of `buffer`. */
  move(buffer: Uint8Array, base: number): void {
    this.buffer = buffer;
    this.#base = base;
  }
}

const nothing = new Uint8Array(0);

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
