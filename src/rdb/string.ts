/** Writing lengths and strings as RDB files hold them (formats.md 2.3). */
import type { ByteWriter } from '../bytes/index.ts';
import { latin1Bytes, lzfCompress, parseInt32 } from '../bytes/index.ts';

/** Writes a length in its shortest form. */
export function writeLength(into: ByteWriter, length: number): void {
  if (length < 64) {
    into.byte(length);
  } else if (length < 16_384) {
    into.byte(0x40 | (length >> 8));
    into.byte(length & 255);
  } else if (length <= 0xffffffff) {
    into.byte(0x80);
    into.uint32BE(length);
  } else {
    into.byte(0x81);
    into.uint32BE(Math.floor(length / 0x1_0000_0000));
    into.uint32BE(length);
  }
}

/**
 * Writes bytes[start, end) as a string: as an integer where it is the canonical decimal of one of 32 bits, compressed
 * where `compress` and it is longer than 20 bytes and that saves at least 4, else as it stands.
 */
export function writeString(
  into: ByteWriter,
  bytes: Uint8Array,
  start: number,
  end: number,
  compress: boolean,
): void {
  const length = end - start;
  const value = parseInt32(bytes, start, end);
  if (value !== undefined) {
    if (value === (value << 24) >> 24) {
      into.byte(0xc0);
      into.byte(value);
    } else if (value === (value << 16) >> 16) {
      into.byte(0xc1);
      into.uint16LE(value);
    } else {
      into.byte(0xc2);
      into.uint32LE(value);
    }
    return;
  }
  if (compress && length > 20) {
    // Compressed right behind the place of its header, whose length is known only then.
    const headerRoom = 1 + 9 + 9;
    into.ensure(headerRoom + length);
    const from = into.length + headerRoom;
    const packed = lzfCompress(bytes, start, end, into.buffer, from, from + length - 4);
    if (packed > 0) {
      into.byte(0xc3);
      writeLength(into, packed);
      writeLength(into, length);
      into.buffer.copyWithin(into.length, from, from + packed);
      into.length += packed;
      return;
    }
  }
  writeLength(into, length);
  into.bytes(bytes, start, end);
}

/** Writes latin1 text as a string, never compressed. */
export function writeText(into: ByteWriter, text: string): void {
  const bytes = latin1Bytes(text);
  writeString(into, bytes, 0, bytes.length, false);
}
