/** RESP2 as a client speaks it: commands to bytes, bytes to replies. Apart from the engine's, so that two errors do not agree. */
import type { Reply } from '../oracle/reply.ts';
import { putText, textOf } from '../oracle/text.ts';

const CR = 13;
const LF = 10;
const ZERO = 48;
const DOLLAR = 36;
const ASTERISK = 42;

/** A command as an array of bulk strings. */
export function encodeCommand(command: readonly string[]): Uint8Array {
  return encodeCommands([command]);
}

/** Commands back to back. */
export function encodeCommands(commands: readonly (readonly string[])[]): Uint8Array {
  let length = 0;
  for (const command of commands) {
    length += 3 + digitsOf(command.length);
    for (const part of command) length += 5 + digitsOf(part.length) + part.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const command of commands) {
    at = putHeader(ASTERISK, command.length, bytes, at);
    for (const part of command) {
      at = putHeader(DOLLAR, part.length, bytes, at);
      at = putText(part, bytes, at);
      bytes[at++] = CR;
      bytes[at++] = LF;
    }
  }
  return bytes;
}

/** How many decimal digits a whole number has. */
function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  return digits;
}

function putHeader(mark: number, value: number, into: Uint8Array, at: number): number {
  into[at] = mark;
  const end = at + 1 + digitsOf(value);
  let rest = value;
  for (let i = end - 1; i > at; i--) {
    const tens = Math.floor(rest / 10);
    into[i] = ZERO + rest - tens * 10;
    rest = tens;
  }
  into[end] = CR;
  into[end + 1] = LF;
  return end + 2;
}

/** What arrived is not RESP2. */
export class ReplyError extends Error {
  constructor(what: string) {
    super(`the engine sent what is no reply: ${what}`);
    this.name = 'ReplyError';
  }
}

const incomplete = Symbol('incomplete');

/** Takes bytes as they come and gives whole replies. */
export class ReplyParser {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** True when nothing of a reply has arrived. */
  get idle(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @throws ReplyError */
  feed(bytes: Uint8Array, take: (reply: Reply) => void): void {
    if (this.idle) {
      this.#bytes = bytes;
    } else {
      const joined = new Uint8Array(this.#bytes.length - this.#at + bytes.length);
      joined.set(this.#bytes.subarray(this.#at));
      joined.set(bytes, this.#bytes.length - this.#at);
      this.#bytes = joined;
    }
    this.#at = 0;
    for (;;) {
      const start = this.#at;
      const reply = this.#reply();
      if (reply === incomplete) {
        this.#at = start;
        return;
      }
      take(reply);
    }
  }

  #reply(): Reply | typeof incomplete {
    if (this.#at >= this.#bytes.length) return incomplete;
    const mark = this.#bytes[this.#at]!;
    const short = mark === DOLLAR || mark === ASTERISK ? this.#shortNumber() : -1;
    if (short >= 0) return mark === DOLLAR ? this.#bulk(short) : this.#array(short);
    const line = this.#line();
    if (line === undefined) return incomplete;
    switch (mark) {
      case 43:
        return { status: line };
      case 45:
        return { error: line };
      case 58:
        return this.#number(line);
      case DOLLAR:
        return this.#bulk(this.#number(line));
      case ASTERISK:
        return this.#array(this.#number(line));
      default:
        throw new ReplyError(JSON.stringify(`${String.fromCharCode(mark)}${line}`.slice(0, 60)));
    }
  }

  /** A header of one to six digits without a sign, whole and there: as good as all of them. -1 where it is another. */
  #shortNumber(): number {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    let value = 0;
    const last = Math.min(bytes.length - 2, at + 6);
    for (; at < last; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === this.#at + 1 || bytes[at] !== CR || bytes[at + 1] !== LF) return -1;
    this.#at = at + 2;
    return value;
  }

  #bulk(length: number): Reply | typeof incomplete {
    if (length === -1) return null;
    const end = this.#at + length;
    if (end + 2 > this.#bytes.length) return incomplete;
    if (this.#bytes[end] !== CR || this.#bytes[end + 1] !== LF)
      throw new ReplyError(`a string of ${length} bytes without its end`);
    const text = textOf(this.#bytes, this.#at, end);
    this.#at = end + 2;
    return text;
  }

  #array(count: number): Reply | typeof incomplete {
    if (count === -1) return null;
    const items: Reply[] = [];
    for (let i = 0; i < count; i++) {
      const item = this.#reply();
      if (item === incomplete) return incomplete;
      items.push(item);
    }
    return items;
  }

  #number(line: string): number {
    const value = Number(line);
    if (line === '' || !Number.isSafeInteger(value))
      throw new ReplyError(`the number ${JSON.stringify(line)}`);
    return value;
  }

  /** The rest of the line after its mark. */
  #line(): string | undefined {
    const bytes = this.#bytes;
    const end = bytes.indexOf(LF, this.#at + 1);
    if (end === -1) return undefined;
    if (bytes[end - 1] !== CR) throw new ReplyError('a line that ends without CR');
    const line = textOf(bytes, this.#at + 1, end - 1);
    this.#at = end + 1;
    return line;
  }
}
