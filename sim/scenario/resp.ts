/** RESP2 as a client speaks it: commands to bytes, bytes to replies. Apart from the engine's, so that two errors do not agree. */
import type { Reply } from '../oracle/reply.ts';
import { putText, textOf } from '../oracle/text.ts';

/** A command as an array of bulk strings. */
export function encodeCommand(command: readonly string[]): Uint8Array {
  let text = `*${command.length}\r\n`;
  let length = text.length;
  for (const part of command) length += 5 + String(part.length).length + part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of command) {
    text += `$${part.length}\r\n`;
    at = putText(text, bytes, at);
    at = putText(part, bytes, at);
    text = '\r\n';
  }
  putText(text, bytes, at);
  return bytes;
}

/** What arrived is not RESP2. */
export class ReplyError extends Error {
  constructor(what: string) {
    super(`the engine sent what is no reply: ${what}`);
    this.name = 'ReplyError';
  }
}

const CR = 13;
const LF = 10;
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
    const line = this.#line();
    if (line === undefined) return incomplete;
    switch (mark) {
      case 43:
        return { status: line };
      case 45:
        return { error: line };
      case 58:
        return this.#number(line);
      case 36:
        return this.#bulk(this.#number(line));
      case 42:
        return this.#array(this.#number(line));
      default:
        throw new ReplyError(JSON.stringify(`${String.fromCharCode(mark)}${line}`.slice(0, 60)));
    }
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
