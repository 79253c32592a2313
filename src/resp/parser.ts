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
import { ByteWindow, ByteWriter, latin1Text, quoteWord, splitWords } from '../bytes/index.ts';
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

/** Redis's for its clients. */
export const clientLimits: RequestLimits = {
  maxWords: 1024 * 1024,
  maxBulkBytes: 512 * 1024 * 1024,
  maxInlineBytes: 64 * 1024,
};
export const logLimits: RequestLimits = {
  maxWords: 0x7fffffff,
  maxBulkBytes: 0x7fffffff,
  maxInlineBytes: 64 * 1024,
};

/** No header line of the array or of a bulk string has been read yet. */
const unknown = -1;

export class RequestParser {
  readonly #dialect: 'client' | 'log';
  /** Looked at with each word: who gave them may change them. */
  readonly #limits: RequestLimits;

  /** Its item at hand is the command under construction. */
  readonly #window = new ByteWindow();

  /** The command under construction: whose Argv, how many words are to come, how long the next one is. */
  #argv: Argv | undefined;
  #wordsLeft = unknown;
  #bulkBytes = unknown;
  #canonical = true;
  /** How far from the command's start a header line was looked through in vain. */
  #scanned = 0;

  /** Words of an inline command, with quotes resolved. */
  readonly #inline = new ByteWriter(0);

  constructor(
    dialect: 'client' | 'log' = 'client',
    limits: RequestLimits = dialect === 'client' ? clientLimits : logLimits,
  ) {
    this.#dialect = dialect;
    this.#limits = limits;
  }

  /** Bytes of whole commands taken so far: where in the stream the next command begins. */
  get offset(): number {
    return this.#window.offset;
  }

  /** Bytes that have come and do not make a whole command yet. */
  get pendingBytes(): number {
    return this.#window.pendingBytes;
  }

  /**
   * Takes chunk[start, end). The piece is read in place: it must not change until `next` has answered 'need-more' or
   * more is pushed.
   */
  push(chunk: Uint8Array, start = 0, end: number = chunk.length): void {
    this.#window.push(chunk, start, end);
    this.#argv?.move(this.#window.buffer, this.#window.start);
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
        if (this.#window.position === this.#window.limit) return this.#needMore();
        if (this.#window.buffer[this.#window.start] !== asterisk) {
          if (this.#dialect === 'log') throw this.#expected('*');
          if (!this.#takeInline(argv)) return this.#needMore();
          if (argv.count > 0) return 'command';
          continue;
        }
        const words = this.#takeHeader(
          'invalid multibulk length',
          'too big mbulk count string',
          this.#limits.maxWords,
        );
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
          if (this.#window.position === this.#window.limit) return this.#needMore();
          if (this.#window.buffer[this.#window.position] !== dollar) throw this.#expected('$');
          const bytes = this.#takeHeader(
            'invalid bulk length',
            'too big bulk count string',
            this.#limits.maxBulkBytes,
          );
          if (bytes === undefined) return this.#needMore();
          if (bytes < 0) throw this.#error('invalid bulk length');
          this.#bulkBytes = bytes;
        }
        const start = this.#window.position;
        const end = start + this.#bulkBytes;
        if (end + 2 > this.#window.limit) return this.#needMore();
        if (this.#window.buffer[end] !== carriageReturn || this.#window.buffer[end + 1] !== lineFeed) {
          if (this.#dialect === 'log') throw this.#error('bulk string does not end in CRLF');
          this.#canonical = false;
        }
        argv.add(start - this.#window.start, end - this.#window.start);
        this.#window.position = end + 2;
        this.#bulkBytes = unknown;
        this.#wordsLeft--;
      }
      if (this.#canonical) {
        argv.rawStart = this.#window.start;
        argv.rawEnd = this.#window.position;
      }
      this.#finish();
      return 'command';
    }
  }

  /** The first byte of the command that is next or under way, or -1 where none has come. For readers of logs. */
  peek(): number {
    return this.#window.limit > this.#window.start ? this.#window.buffer[this.#window.start]! : -1;
  }

  /**
   * Between commands: takes a line that is no command, as latin1 text without its line end; undefined where its end has
   * not come. For the annotations of logs.
   *
   * @throws ProtocolError where the line with its end is longer than `maxBytes`.
   */
  takeLine(maxBytes: number): string | undefined {
    const start = this.#window.start;
    const limit = Math.min(this.#window.limit, start + maxBytes);
    let end = start;
    while (end < limit && this.#window.buffer[end] !== lineFeed) end++;
    if (end === limit) {
      if (end === start + maxBytes) throw this.#error(`line of more than ${maxBytes} bytes`);
      this.#needMore();
      return undefined;
    }
    const textEnd = end > start && this.#window.buffer[end - 1] === carriageReturn ? end - 1 : end;
    const text = latin1Text(this.#window.buffer, start, textEnd);
    this.#window.position = end + 1;
    this.#finish();
    return text;
  }

  /** Reads `*N` or `$N`. Undefined where the line is not whole yet; the position then has not moved. */
  #takeHeader(invalid: string, tooLong: string, most: number): number | undefined {
    const buffer = this.#window.buffer;
    const limit = this.#window.limit;
    let p = this.#window.position + 1;
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
      this.#window.position = p + 2;
      return value;
    }
    return this.#takeOddHeader(invalid, tooLong, most);
  }

  #takeOddHeader(invalid: string, tooLong: string, most: number): number | undefined {
    const buffer = this.#window.buffer;
    const first = this.#window.position + 1;
    let p = Math.max(first, this.#window.start + this.#scanned);
    while (p < this.#window.limit && buffer[p] !== carriageReturn) {
      // In a log this is no line to wait for the end of: half a line is torn, a wrong one is damage.
      if (this.#dialect === 'log' && (buffer[p]! < 0x30 || buffer[p]! > 0x39)) throw this.#error(invalid);
      p++;
    }
    this.#scanned = p - this.#window.start;
    // A line that is too long is refused whether its end has come or not, so that cuts change nothing.
    if (p - this.#window.position > this.#limits.maxInlineBytes) throw this.#error(tooLong);
    if (p + 1 >= this.#window.limit) return undefined;
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
    this.#window.position = p + 2;
    return negative ? -value : value;
  }

  /** Reads an inline command. False where its line has not come whole. An empty line leaves no words. */
  #takeInline(argv: Argv): boolean {
    const start = this.#window.start;
    let end = this.#window.position;
    while (end < this.#window.limit && this.#window.buffer[end] !== lineFeed) end++;
    if (end - start > this.#limits.maxInlineBytes) throw this.#error('too big inline request');
    if (end === this.#window.limit) {
      // What was looked at once is not looked at again.
      this.#window.position = end;
      return false;
    }
    const lineEnd = end > start && this.#window.buffer[end - 1] === carriageReturn ? end - 1 : end;
    this.#inline.clear();
    argv.reset(this.#window.buffer, 0);
    const whole = splitWords(this.#window.buffer, start, lineEnd, this.#inline, (from, to) =>
      argv.add(from, to),
    );
    if (!whole) throw this.#error('unbalanced quotes in request');
    argv.move(this.#inline.buffer, 0);
    this.#window.position = end + 1;
    this.#finish();
    if (argv.count === 0) this.#begin(argv);
    return true;
  }

  /** A command ends at the position. */
  #finish(): void {
    this.#window.commit();
    this.#argv = undefined;
  }

  #begin(argv: Argv): void {
    argv.reset(this.#window.buffer, this.#window.start);
    this.#argv = argv;
    this.#wordsLeft = unknown;
    this.#bulkBytes = unknown;
    this.#canonical = true;
    this.#scanned = 0;
  }

  /** Begins the command at hand from its first byte. */
  #restart(argv: Argv): void {
    this.#window.position = this.#window.start;
    this.#begin(argv);
  }

  /** Keeps what is left of the caller's piece, and lets go of the piece. */
  #needMore(): 'need-more' {
    this.#window.keep();
    this.#argv?.move(this.#window.buffer, this.#window.start);
    return 'need-more';
  }

  #expected(byte: string): ProtocolError {
    const got = quoteWord(this.#window.buffer.subarray(this.#window.position, this.#window.position + 1));
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
