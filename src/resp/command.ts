/** Commands as bytes: the RESP arrays of bulk strings that clients send and append-only files hold. */
import type { ByteWriter } from '../bytes/index.ts';
import { decimalLength } from '../bytes/index.ts';

/** A word of a command; a number (a safe integer) or bigint is written as decimal text, text as latin1. */
export type CommandPart = Uint8Array | string | number | bigint;

/** Writes one command. */
export function encodeCommand(into: ByteWriter, parts: readonly CommandPart[]): void {
  commandHeader(into, parts.length);
  for (const part of parts) {
    if (typeof part === 'string') commandText(into, part);
    else if (typeof part === 'number') commandInteger(into, part);
    else if (typeof part === 'bigint') commandText(into, part.toString());
    else commandBytes(into, part);
  }
}

/** Announces a command of `count` words, for whoever writes them one by one with the three below. */
export function commandHeader(into: ByteWriter, count: number): void {
  into.byte(0x2a);
  into.decimal(count);
  lineEnd(into);
}

/** Writes bytes[start, end) as the next word. */
export function commandBytes(
  into: ByteWriter,
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): void {
  bulkHeader(into, end - start);
  into.bytes(bytes, start, end);
  lineEnd(into);
}

/** Writes latin1 text as the next word. */
export function commandText(into: ByteWriter, text: string): void {
  bulkHeader(into, text.length);
  into.latin1(text);
  lineEnd(into);
}

/** Writes a safe integer as the next word. */
export function commandInteger(into: ByteWriter, value: number): void {
  bulkHeader(into, decimalLength(value));
  into.decimal(value);
  lineEnd(into);
}

function bulkHeader(into: ByteWriter, lengthBytes: number): void {
  into.byte(0x24);
  into.decimal(lengthBytes);
  lineEnd(into);
}

function lineEnd(into: ByteWriter): void {
  into.byte(0x0d);
  into.byte(0x0a);
}
