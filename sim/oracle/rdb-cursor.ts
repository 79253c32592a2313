/**
 * A place in the bytes of an RDB file, and what every value there is made of: lengths, integers, strings.
 *
 * Strict: whatever it does not know, and an end too early, is an error with its offset.
 */
import { textOf } from './text.ts';

/** The file is not a complete RDB file that a strict reader accepts. */
export class RdbDecodeError extends Error {
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`${what} at offset ${offset}`);
    this.name = 'RdbDecodeError';
    this.offset = offset;
  }
}

/** Reads forward; each method goes on where the last one ended, and throws `RdbDecodeError` where there is nothing fit. */
export class RdbCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The offset of the next byte. */
  get at(): number {
    return this.#at;
  }

  /** A string in any of its encodings, one character a byte. */
  string(): string {
    const head = this.#bytes[this.#at] ?? this.fail('end of file');
    if (head >> 6 !== 3) return this.take(this.length());
    this.#at++;
    switch (head & 0x3f) {
      case 0:
        return String((this.byte() << 24) >> 24);
      case 1:
        this.#need(2);
        this.#at += 2;
        return String(this.#view.getInt16(this.#at - 2, true));
      case 2:
        return String(this.int32());
      case 3:
        return this.#compressed();
      default:
        return this.fail(`string encoding ${head & 0x3f}`);
    }
  }

  #compressed(): string {
    const packedBytes = this.length();
    const plainBytes = this.length();
    const end = this.#at + packedBytes;
    this.#need(packedBytes);
    // Three bytes make at most 264.
    if (plainBytes > packedBytes * 88)
      this.fail(`${packedBytes} bytes that claim to be ${plainBytes} ones compressed`);
    const out = new Uint8Array(plainBytes);
    let length = 0;
    while (this.#at < end) {
      const control = this.byte();
      if (control < 32) {
        for (let i = 0; i <= control; i++) out[length++] = this.byte();
        continue;
      }
      const copy = (control >> 5 === 7 ? 7 + this.byte() : control >> 5) + 2;
      let source = length - (((control & 31) << 8) | this.byte()) - 1;
      if (source < 0) this.fail('compressed string that refers to before its beginning');
      for (let i = 0; i < copy; i++) out[length++] = out[source++]!;
    }
    if (length !== plainBytes || this.#at !== end) this.fail('compressed string of a wrong length');
    return textOf(out, 0, plainBytes);
  }

  /** A length or a count; beyond 2^53 it is the nearest number. */
  length(): number {
    const head = this.byte();
    if (head < 0x40) return head;
    if (head < 0x80) return ((head & 0x3f) << 8) | this.byte();
    if (head === 0x80) {
      this.#need(4);
      this.#at += 4;
      return this.#view.getUint32(this.#at - 4, false);
    }
    if (head === 0x81) {
      this.#need(8);
      this.#at += 8;
      return Number(this.#view.getBigUint64(this.#at - 8, false));
    }
    return this.fail(`length byte ${head}`);
  }

  int32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }

  /** Beyond 2^53 the nearest number. */
  int64(): number {
    this.#need(8);
    this.#at += 8;
    return Number(this.#view.getBigInt64(this.#at - 8, true));
  }

  double(): number {
    this.#need(8);
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  byte(): number {
    this.#need(1);
    return this.#bytes[this.#at++]!;
  }

  /** So many bytes, one character each. */
  take(length: number): string {
    this.#need(length);
    this.#at += length;
    return textOf(this.#bytes, this.#at - length, this.#at);
  }

  #need(length: number): void {
    if (this.#at + length > this.#bytes.length) this.fail(`end of file, expected ${length} more bytes`);
  }

  /** @throws RdbDecodeError with the offset of the next byte */
  fail(what: string): never {
    throw new RdbDecodeError(what, this.#at);
  }
}
