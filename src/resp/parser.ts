/**
 * From a client's bytes to commands (RESP arrays of bulk strings, and inline commands), and from a log's.
 *
 * Bytes come in pieces cut anywhere, and several commands come in one piece. A piece is read in place; only what is
 * left of it when no whole command remains is copied. A half-received command is never parsed twice, and memory grows
 * with the bytes that came, never with the lengths that they announce.
 *
 * Two dialects. `client` is what redis-server takes from the network: inline commands, empty commands skipped, and,
 * as there, the two bytes after a bulk string are not looked at. `log` is what stands in an append-only file: arrays of
 * at least one word, every CRLF in its place; the first thing that is not so is an error, since a log that is wrong
 * anywhere is a log to be looked at. Source: redis 7.0 networking.c (processMultibulkBuffer, processInlineBuffer), and
 * formats.md 3.6.
 */
import { ByteWriter, quoteWord, splitWords } from '../bytes/index.ts';
import type { Argv } from './argv.ts';
import { ProtocolError } from './protocol-error.ts';

export interface RequestLimits {
  /** Most words of a command. Default 1,048,576. */
  readonly maxWords: number;
  /** Longest word, `proto-max-bulk-len`. Default 512 MiB. Refused at its header, before any of it is kept. */
  readonly maxBulkBytes: number;
  /** Longest inline command and longest header line. Default 64 KiB. */
  readonly maxInlineBytes: number;
}

const clientLimits: RequestLimits = { maxWords: 1024 * 1024, maxBulkBytes: 512 * 1024 * 1024, maxInlineBytes: 64 * 1024 };
const logLimits: RequestLimits = { maxWords: 0x7fffffff, maxBulkBytes: 0x7fffffff, maxInlineBytes: 64 * 1024 };

const nothing = new Uint8Array(0);

/** A buffer larger than this is given back once the long command in it is over. */
const keptCapacityBytes = 1024 * 1024;

/** No header line of the array or of a bulk string has been read yet. */
const unknown = -1;

export class RequestParser {
  readonly #dialect: 'client' | 'log';
  readonly #limits: RequestLimits;

  /** Unread bytes are #buffer[#position, #limit). Bytes of the command under construction begin at #commandStart. */
  #buffer: Uint8Array = nothing;
  #position = 0;
  #limit = 0;
  #commandStart = 0;
  /** True where #buffer is ours, false where it is the caller's piece. */
  #owned = false;
  /** Where #buffer[0] stands in the stream. */
  #bufferOffset = 0;

  /** The command under construction: whose Argv, how many words are to come, how long the next one is. */
  #argv: Argv | undefined;
  #wordsLeft = unknown;
  #bulkBytes = unknown;
  #canonical = true;
  /** How far from the command's start a header line was looked through in vain. */
  #scanned = 0;

  /** Words of an inline command, with quotes resolved. */
  readonly #inline = new ByteWriter(0);

  constructor(dialect: 'client' | 'log' = 'client', limits: Partial<RequestLimits> = {}) {
    this.#dialect = dialect;
    this.#limits = { ...(dialect === 'client' ? clientLimits : logLimits), ...limits };
  }

  /** Bytes of whole commands taken so far: where in the stream the next command begins. */
  get offset(): number {
    return this.#bufferOffset + this.#commandStart;
  }

  /** Bytes that have come and do not make a whole command yet. */
  get pendingBytes(): number {
    return this.#limit - this.#commandStart;
  }

  /**
   * Takes chunk[start, end). The piece is read in place: it must not change until `next` has answered 'need-more' or
   * more is pushed.
   */
  push(chunk: Uint8Array, start = 0, end: number = chunk.length): void {
    if (start === end) return;
    const kept = this.#limit - this.#commandStart;
    if (kept === 0) {
      this.#argv = undefined;
      this.#bufferOffset += this.#commandStart - start;
      this.#buffer = chunk;
      this.#owned = false;
      this.#position = this.#commandStart = start;
      this.#limit = end;
      return;
    }
    this.#own(kept + (end - start));
    this.#buffer.set(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), this.#limit);
    this.#limit += end - start;
  }

  /**
   * Takes the next command into `argv`. 'need-more' leaves half a command in `argv`: bring the same one back with more
   * bytes (another is as good, and costs a second look at the half).
   *
   * @throws ProtocolError where the bytes are no command. The stream is of no use afterwards.
   */
  next(argv: Argv): 'command' | 'need-more' {
    if (this.#argv !== argv) this.#restart(argv);
    for (;;) {
      if (this.#wordsLeft === unknown) {
        if (this.#position === this.#limit) return this.#needMore();
        if (this.#buffer[this.#commandStart] !== asterisk) {
          if (this.#dialect === 'log') throw this.#expected('*');
          if (!this.#takeInline(argv)) return this.#needMore();
          if (argv.count > 0) return 'command';
          continue;
        }
        const words = this.#takeHeader('invalid multibulk length', 'too big mbulk count string', this.#limits.maxWords);
        if (words === undefined) return this.#needMore();
        if (words <= 0) {
          if (this.#dialect === 'log') throw this.#error('invalid multibulk length');
          this.#finish();
          this.#begin(argv);
          continue;
        }
        this.#wordsLeft = words;
      }
      while (this.#wordsLeft > 0) {
        if (this.#bulkBytes === unknown) {
          if (this.#position === this.#limit) return this.#needMore();
          if (this.#buffer[this.#position] !== dollar) throw this.#expected('$');
          const bytes = this.#takeHeader('invalid bulk length', 'too big bulk count string', this.#limits.maxBulkBytes);
          if (bytes === undefined) return this.#needMore();
          if (bytes < 0) throw this.#error('invalid bulk length');
          this.#bulkBytes = bytes;
        }
        const start = this.#position;
        const end = start + this.#bulkBytes;
        if (end + 2 > this.#limit) return this.#needMore();
        if (this.#buffer[end] !== carriageReturn || this.#buffer[end + 1] !== lineFeed) {
          if (this.#dialect === 'log') throw this.#error('bulk string does not end in CRLF');
          this.#canonical = false;
        }
        argv.add(start - this.#commandStart, end - this.#commandStart);
        this.#position = end + 2;
        this.#bulkBytes = unknown;
        this.#wordsLeft--;
      }
      if (this.#canonical) {
        argv.rawStart = this.#commandStart;
        argv.rawEnd = this.#position;
      }
      this.#finish();
      return 'command';
    }
  }

  /** Between commands: the first byte of the next one, or -1 where it has not come. For readers of logs. */
  peek(): number {
    return this.#limit > this.#commandStart ? this.#buffer[this.#commandStart]! : -1;
  }

  /**
   * Between commands: takes a line that is no command, as latin1 text without its line end; undefined where its end has
   * not come. For the annotations of logs.
   *
   * @throws ProtocolError where the line with its end is longer than `maxBytes`.
   */
  takeLine(maxBytes: number): string | undefined {
    const start = this.#commandStart;
    const limit = Math.min(this.#limit, start + maxBytes);
    let end = start;
    while (end < limit && this.#buffer[end] !== lineFeed) end++;
    if (end === limit) {
      if (end === start + maxBytes) throw this.#error(`line of more than ${maxBytes} bytes`);
      this.#needMore();
      return undefined;
    }
    let text = '';
    const textEnd = end > start && this.#buffer[end - 1] === carriageReturn ? end - 1 : end;
    for (let p = start; p < textEnd; p++) text += String.fromCharCode(this.#buffer[p]!);
    this.#position = end + 1;
    this.#finish();
    return text;
  }

  /** Reads `*N` or `$N` at #position. Undefined where the line is not whole yet; #position then has not moved. */
  #takeHeader(invalid: string, tooLong: string, most: number): number | undefined {
    const buffer = this.#buffer;
    const limit = this.#limit;
    let p = this.#position + 1;
    // The plain case: one to nine digits and CRLF, all there.
    let value = 0;
    const first = p;
    for (const last = Math.min(limit, p + 9); p < last; p++) {
      const digit = buffer[p]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = p - first;
    if (digits > 0 && p + 1 < limit && buffer[p] === carriageReturn && buffer[p + 1] === lineFeed) {
      if ((buffer[first] === 0x30 && digits > 1) || value > most) throw this.#error(invalid);
      this.#position = p + 2;
      return value;
    }
    return this.#takeOddHeader(invalid, tooLong, most);
  }

  #takeOddHeader(invalid: string, tooLong: string, most: number): number | undefined {
    const buffer = this.#buffer;
    const first = this.#position + 1;
    let p = Math.max(first, this.#commandStart + this.#scanned);
    while (p < this.#limit && buffer[p] !== carriageReturn) {
      // In a log this is no line to wait for the end of: half a line is torn, a wrong one is damage.
      if (this.#dialect === 'log' && (buffer[p]! < 0x30 || buffer[p]! > 0x39)) throw this.#error(invalid);
      p++;
    }
    this.#scanned = p - this.#commandStart;
    // A line that is too long is refused whether its end has come or not, so that cuts change nothing.
    if (p - this.#position > this.#limits.maxInlineBytes) throw this.#error(tooLong);
    if (p + 1 >= this.#limit) return undefined;
    if (buffer[p + 1] !== lineFeed) {
      if (this.#dialect === 'log') throw this.#error(invalid);
      this.#canonical = false;
    }
    const negative = buffer[first] === 0x2d;
    const digitsFrom = negative ? first + 1 : first;
    if (digitsFrom === p || p - digitsFrom > 19) throw this.#error(invalid);
    if (buffer[digitsFrom] === 0x30 && (p - digitsFrom > 1 || negative)) throw this.#error(invalid);
    let value = 0;
    for (let i = digitsFrom; i < p; i++) {
      const digit = buffer[i]! - 0x30;
      if (digit < 0 || digit > 9) throw this.#error(invalid);
      value = value * 10 + digit;
    }
    if (!negative && value > most) throw this.#error(invalid);
    this.#position = p + 2;
    return negative ? -value : value;
  }

  /** Reads an inline command. False where its line has not come whole. An empty line leaves no words. */
  #takeInline(argv: Argv): boolean {
    const start = this.#commandStart;
    let end = this.#position;
    while (end < this.#limit && this.#buffer[end] !== lineFeed) end++;
    if (end - start > this.#limits.maxInlineBytes) throw this.#error('too big inline request');
    if (end === this.#limit) {
      // What was looked at once is not looked at again.
      this.#position = end;
      return false;
    }
    const lineEnd = end > start && this.#buffer[end - 1] === carriageReturn ? end - 1 : end;
    this.#inline.clear();
    argv.reset(this.#buffer, 0);
    const whole = splitWords(this.#buffer, start, lineEnd, this.#inline, (from, to) => argv.add(from, to));
    if (!whole) throw this.#error('unbalanced quotes in request');
    argv.move(this.#inline.buffer, 0);
    this.#position = end + 1;
    this.#finish();
    if (argv.count === 0) this.#begin(argv);
    return true;
  }

  /** A command ends at #position. */
  #finish(): void {
    this.#commandStart = this.#position;
    this.#argv = undefined;
  }

  #begin(argv: Argv): void {
    argv.reset(this.#buffer, this.#commandStart);
    this.#argv = argv;
    this.#wordsLeft = unknown;
    this.#bulkBytes = unknown;
    this.#canonical = true;
    this.#scanned = 0;
  }

  /** Begins the command at #commandStart, from its first byte. */
  #restart(argv: Argv): void {
    this.#position = this.#commandStart;
    this.#begin(argv);
  }

  /** Keeps what is left of the caller's piece, and lets go of the piece. */
  #needMore(): 'need-more' {
    if (!this.#owned) this.#own(this.#limit - this.#commandStart);
    return 'need-more';
  }

  /** Moves the command under construction to a buffer of ours that has room for `bytes` from its start on. */
  #own(bytes: number): void {
    const shift = this.#commandStart;
    const capacity = this.#buffer.length;
    const tooLarge = capacity > keptCapacityBytes && bytes < capacity >> 3;
    if (this.#owned && capacity - shift >= bytes && !tooLarge) return;
    if (this.#owned && capacity >= bytes && !tooLarge) {
      this.#buffer.copyWithin(0, shift, this.#limit);
    } else {
      // Doubled by what has come; what is announced counts for nothing.
      const kept = this.#limit - shift;
      const grown = kept === 0 ? nothing : new Uint8Array(Math.max(256, bytes, kept * 2));
      grown.set(this.#buffer.subarray(shift, this.#limit));
      this.#buffer = grown;
      this.#owned = true;
    }
    this.#bufferOffset += shift;
    this.#position -= shift;
    this.#limit -= shift;
    this.#commandStart = 0;
    this.#argv?.move(this.#buffer, 0);
  }

  #expected(byte: string): ProtocolError {
    const got = quoteWord(this.#buffer.subarray(this.#position, this.#position + 1));
    return this.#error(`expected '${byte}', got '${got.startsWith('"') ? got.slice(1, -1) : got}'`);
  }

  #error(what: string): ProtocolError {
    return new ProtocolError(`Protocol error: ${what}`, this.offset);
  }
}

const asterisk = 0x2a;
const dollar = 0x24;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
