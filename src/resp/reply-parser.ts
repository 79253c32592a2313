/**
 * From a server's bytes to replies, RESP2 and RESP3: for tests, simulated clients and tools.
 *
 * Streaming, cut anywhere; aggregates are kept on a stack while their parts come, so nothing is read twice and depth
 * costs no recursion. Convenience counts for more than speed here.
 */

import { latin1Text } from '../bytes/index.ts';

export type Reply =
  | { readonly type: 'simple'; readonly text: string }
  | { readonly type: 'error'; readonly text: string }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'bulk'; readonly bytes: Uint8Array }
  | { readonly type: 'nil' }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'bignumber'; readonly text: string }
  | { readonly type: 'verbatim'; readonly format: string; readonly bytes: Uint8Array }
  | { readonly type: 'array' | 'set' | 'push'; readonly items: readonly Reply[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [key: Reply, value: Reply])[] };

/** An aggregate whose parts are still coming. Attributes (|) are read and dropped: they go with the reply after them. */
interface Open {
  readonly type: 'array' | 'set' | 'push' | 'map' | 'attribute';
  left: number;
  readonly items: Reply[];
}

export class ReplyParser {
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  readonly #open: Open[] = [];

  /** Takes bytes in; they are copied. */
  push(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.#bytes.length - this.#position + chunk.length);
    joined.set(this.#bytes.subarray(this.#position));
    joined.set(chunk, this.#bytes.length - this.#position);
    this.#bytes = joined;
    this.#position = 0;
  }

  /**
   * The next whole reply, or undefined where more bytes are needed.
   * @throws Error where the bytes are no RESP
   */
  next(): Reply | undefined {
    for (;;) {
      let reply = this.#part();
      if (reply === undefined) return undefined;
      // A part that completes an aggregate is a reply itself, and may complete the one around it.
      while (reply !== undefined) {
        const open = this.#open.at(-1);
        if (open === undefined) return reply;
        if (reply !== opened) {
          open.items.push(reply);
          open.left--;
        }
        if (open.left > 0) break;
        this.#open.pop();
        reply = close(open.type, open.items);
      }
    }
  }

  /** All whole replies that have come. */
  all(): Reply[] {
    const replies: Reply[] = [];
    for (let reply = this.next(); reply !== undefined; reply = this.next()) replies.push(reply);
    return replies;
  }

  /** A reply that is no aggregate, or `opened` where one was put on the stack. */
  #part(): Reply | undefined {
    const lineEnd = this.#bytes.indexOf(0x0a, this.#position);
    if (lineEnd < 0) return undefined;
    if (lineEnd === this.#position || this.#bytes[lineEnd - 1] !== 0x0d)
      throw new Error('RESP reply: line does not end in CRLF');
    const kind = String.fromCharCode(this.#bytes[this.#position]!);
    const line = latin1Text(this.#bytes, this.#position + 1, lineEnd - 1);
    const rest = lineEnd + 1;

    if (kind === '$' || kind === '=' || kind === '!') {
      const length = count(line);
      if (length === -1 && kind === '$') {
        this.#position = rest;
        return { type: 'nil' };
      }
      if (length < 0) throw new Error(`RESP reply: length ${line}`);
      if (this.#bytes.length < rest + length + 2) return undefined;
      const end = rest + length;
      if (this.#bytes[end] !== 0x0d || this.#bytes[end + 1] !== 0x0a)
        throw new Error('RESP reply: bulk string does not end in CRLF');
      this.#position = end + 2;
      if (kind === '!') return { type: 'error', text: latin1Text(this.#bytes, rest, end) };
      if (kind === '$') return { type: 'bulk', bytes: this.#bytes.slice(rest, end) };
      if (length < 4 || this.#bytes[rest + 3] !== 0x3a)
        throw new Error('RESP reply: verbatim string without a format');
      return {
        type: 'verbatim',
        format: latin1Text(this.#bytes, rest, rest + 3),
        bytes: this.#bytes.slice(rest + 4, end),
      };
    }

    this.#position = rest;
    switch (kind) {
      case '+':
        return { type: 'simple', text: line };
      case '-':
        return { type: 'error', text: line };
      case ':':
        if (!/^[+-]?\d+$/.test(line)) throw new Error(`RESP reply: integer ${line}`);
        return { type: 'integer', value: BigInt(line) };
      case '_':
        return { type: 'nil' };
      case '#':
        if (line !== 't' && line !== 'f') throw new Error(`RESP reply: boolean ${line}`);
        return { type: 'boolean', value: line === 't' };
      case ',':
        return {
          type: 'double',
          value: line === 'inf' ? Infinity : line === '-inf' ? -Infinity : Number(line),
        };
      case '(':
        return { type: 'bignumber', text: line };
      case '*':
        if (count(line) === -1) return { type: 'nil' };
        return this.#begin('array', count(line));
      case '~':
        return this.#begin('set', count(line));
      case '>':
        return this.#begin('push', count(line));
      case '%':
        return this.#begin('map', count(line) * 2);
      case '|':
        return this.#begin('attribute', count(line) * 2);
      default:
        throw new Error(`RESP reply: unknown type ${JSON.stringify(kind)}`);
    }
  }

  #begin(type: Open['type'], left: number): Reply {
    if (left < 0) throw new Error(`RESP reply: ${left} parts`);
    this.#open.push({ type, left, items: [] });
    return opened;
  }
}

/** Stands for "an aggregate was opened". Never handed out. */
const opened: Reply = { type: 'nil' };

function close(type: Open['type'], items: Reply[]): Reply | undefined {
  if (type === 'attribute') return undefined;
  if (type !== 'map') return { type, items };
  const entries: [Reply, Reply][] = [];
  for (let i = 0; i < items.length; i += 2) entries.push([items[i]!, items[i + 1]!]);
  return { type, entries };
}

function count(line: string): number {
  if (!/^(-1|\d{1,15})$/.test(line)) throw new Error(`RESP reply: length ${line}`);
  return Number(line);
}
