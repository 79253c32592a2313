/**
 * What DUMP gives, made by hand: values in the plain forms of an RDB file (strings one after the other), version 10, and the
 * checksum. As text of one character a byte.
 */
import { crc64 } from '../../oracle/crc64.ts';
import { putText, textOf } from '../../oracle/text.ts';

/** A value to be restored. Texts are short: a length is one byte. */
export type Payload =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'list' | 'set'; readonly value: readonly string[] }
  | { readonly type: 'hash'; readonly value: readonly (readonly [string, string])[] }
  /** The highest score first, as Redis writes them. */
  | { readonly type: 'zset'; readonly value: readonly (readonly [string, number])[] };

const VERSION = 10;
const types = { string: 0, list: 1, set: 2, hash: 4, zset: 5 } as const;

export function payloadOf(payload: Payload): string {
  const body = `${String.fromCharCode(types[payload.type])}${bodyOf(payload)}${String.fromCharCode(VERSION, 0)}`;
  const bytes = new Uint8Array(body.length + 8);
  putText(body, bytes, 0);
  const { low, high } = crc64(bytes, 0, body.length);
  const checksum = new DataView(bytes.buffer, body.length);
  checksum.setUint32(0, low, true);
  checksum.setUint32(4, high, true);
  return textOf(bytes);
}

function bodyOf(payload: Payload): string {
  switch (payload.type) {
    case 'string':
      return counted(payload.value);
    case 'list':
    case 'set':
      return length(payload.value.length) + payload.value.map(counted).join('');
    case 'hash':
      return length(payload.value.length) + payload.value.flat().map(counted).join('');
    case 'zset':
      return (
        length(payload.value.length) +
        payload.value.map(([member, score]) => counted(member) + double(score)).join('')
      );
  }
}

function length(count: number): string {
  return String.fromCharCode(count);
}

function counted(text: string): string {
  return length(text.length) + text;
}

function double(value: number): string {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return textOf(bytes);
}
