/**
 * Replies as RESP2 or RESP3.
 *
 * A command says what it answers (a map of n entries, a double, nothing) and the client's protocol decides how that
 * looks: RESP2 has no maps, sets, doubles, booleans or pushes, and gives flat arrays, arrays, bulk strings, integers
 * and arrays for them. Aggregates are announced by their count; their parts follow as replies of their own.
 */
import type { ByteWriter } from '../bytes/index.ts';
import { decimalLength, formatDouble17, latin1Bytes } from '../bytes/index.ts';

export type Protocol = 2 | 3;

export class ReplyWriter {
  readonly writer: ByteWriter;
  /** HELLO changes it between two commands. */
  protocol: Protocol;

  constructor(writer: ByteWriter, protocol: Protocol = 2) {
    this.writer = writer;
    this.protocol = protocol;
  }

  /** +OK */
  ok(): void {
    this.writer.bytes(okBytes);
  }

  /** +QUEUED */
  queued(): void {
    this.writer.bytes(queuedBytes);
  }

  /** +text. Line ends become spaces, here and in `error`. */
  simple(text: string): void {
    this.#line(0x2b, text);
  }

  /** -text, where `text` begins with its code: "ERR syntax error". */
  error(text: string): void {
    this.#line(0x2d, text);
  }

  integer(value: number | bigint): void {
    if (value === 0) return this.writer.bytes(zeroBytes);
    if (value === 1) return this.writer.bytes(oneBytes);
    this.writer.byte(0x3a);
    if (typeof value === 'number') this.writer.decimal(value);
    else this.writer.latin1(value.toString());
    this.#end();
  }

  /** A bulk string of bytes[start, end). */
  bulk(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.#header(0x24, end - start);
    this.writer.bytes(bytes, start, end);
    this.#end();
  }

  /** A bulk string of latin1 text. */
  bulkText(text: string): void {
    this.#header(0x24, text.length);
    this.writer.latin1(text);
    this.#end();
  }

  /** A bulk string of an integer's decimal text. */
  bulkInteger(value: number): void {
    this.#header(0x24, decimalLength(value));
    this.writer.decimal(value);
    this.#end();
  }

  /** The header of a bulk string of which exactly `lengthBytes` are written to `writer` next, then `endBulk`. */
  beginBulk(lengthBytes: number): void {
    this.#header(0x24, lengthBytes);
  }

  endBulk(): void {
    this.#end();
  }

  /** No such thing: a key, a field, an element. */
  nil(): void {
    this.writer.bytes(this.protocol === 3 ? nullBytes : nilBytes);
  }

  /** No such thing where an array would have been: an aborted EXEC. */
  nilArray(): void {
    this.writer.bytes(this.protocol === 3 ? nullBytes : nilArrayBytes);
  }

  /** `count` replies follow. */
  array(count: number): void {
    this.#header(0x2a, count);
  }

  /** `count` pairs of replies follow. */
  map(count: number): void {
    if (this.protocol === 3) this.#header(0x25, count);
    else this.#header(0x2a, count * 2);
  }

  /** `count` replies follow, no two the same. */
  set(count: number): void {
    this.#header(this.protocol === 3 ? 0x7e : 0x2a, count);
  }

  /** `count` replies follow, which answer no command. */
  push(count: number): void {
    this.#header(this.protocol === 3 ? 0x3e : 0x2a, count);
  }

  /** As Redis 7.0 writes it, "%.17g". */
  double(value: number): void {
    this.doubleText(formatDouble17(value));
  }

  /** A double that has been written out. */
  doubleText(text: string): void {
    if (this.protocol === 2) return this.bulkText(text);
    this.writer.byte(0x2c);
    this.writer.latin1(text);
    this.#end();
  }

  /** RESP2: 1 or 0. */
  boolean(value: boolean): void {
    if (this.protocol === 2) return this.integer(value ? 1 : 0);
    this.writer.bytes(value ? trueBytes : falseBytes);
  }

  /** Text for people, latin1: INFO, CLIENT LIST. */
  verbatim(text: string, format: 'txt' | 'mkd' = 'txt'): void {
    if (this.protocol === 2) return this.bulkText(text);
    this.#header(0x3d, text.length + 4);
    this.writer.latin1(format);
    this.writer.byte(0x3a);
    this.writer.latin1(text);
    this.#end();
  }

  #header(type: number, count: number): void {
    const { writer } = this;
    if (count < 10 && count >= 0) {
      writer.ensure(4);
      const { buffer, length } = writer;
      buffer[length] = type;
      buffer[length + 1] = 0x30 + count;
      buffer[length + 2] = 0x0d;
      buffer[length + 3] = 0x0a;
      writer.length = length + 4;
      return;
    }
    writer.byte(type);
    writer.decimal(count);
    this.#end();
  }

  #line(type: number, text: string): void {
    this.writer.byte(type);
    this.writer.latin1(/[\r\n]/.test(text) ? text.replace(/[\r\n]/g, ' ') : text);
    this.#end();
  }

  #end(): void {
    const { writer } = this;
    writer.ensure(2);
    const { buffer, length } = writer;
    buffer[length] = 0x0d;
    buffer[length + 1] = 0x0a;
    writer.length = length + 2;
  }
}

const okBytes = latin1Bytes('+OK\r\n');
const queuedBytes = latin1Bytes('+QUEUED\r\n');
const zeroBytes = latin1Bytes(':0\r\n');
const oneBytes = latin1Bytes(':1\r\n');
const nilBytes = latin1Bytes('$-1\r\n');
const nilArrayBytes = latin1Bytes('*-1\r\n');
const nullBytes = latin1Bytes('_\r\n');
const trueBytes = latin1Bytes('#t\r\n');
const falseBytes = latin1Bytes('#f\r\n');
