/**
 * A growable run of bytes to write into.
 *
 * `buffer` and `length` are public on purpose: a hot path reserves once with `ensure`, writes into `buffer` by itself
 * and moves `length`. Everything between `length` and the end of `buffer` is scratch and never handed out.
 */
export class ByteWriter {
  buffer: Uint8Array;
  length = 0;

  constructor(capacityBytes = 256) {
    this.buffer = new Uint8Array(capacityBytes);
  }

  /** Makes room for `count` more bytes, so that `buffer` may be written from `length` on. */
  ensure(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    let capacity = Math.max(64, this.buffer.length * 2);
    while (capacity < needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }

  byte(value: number): void {
    if (this.length === this.buffer.length) this.ensure(1);
    this.buffer[this.length++] = value;
  }

  /** Copies source[start, end). By loop where that is cheaper than `subarray` and `set`. */
  bytes(source: Uint8Array, start = 0, end = source.length): void {
    const count = end - start;
    this.ensure(count);
    const { buffer, length } = this;
    if (count < 32) {
      for (let i = 0; i < count; i++) buffer[length + i] = source[start + i]!;
    } else if (start === 0 && end === source.length) {
      buffer.set(source, length);
    } else {
      buffer.set(source.subarray(start, end), length);
    }
    this.length = length + count;
  }

  /** Writes text whose characters are all below U+0100, one byte each. */
  latin1(text: string): void {
    const count = text.length;
    this.ensure(count);
    const { buffer, length } = this;
    for (let i = 0; i < count; i++) buffer[length + i] = text.charCodeAt(i);
    this.length = length + count;
  }

  /** Writes an integer as decimal digits; beyond 53 bits, where doubles are far between, all of those of the double. */
  decimal(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.latin1(BigInt(value).toString());
      return;
    }
    if (value < 0) {
      this.byte(0x2d);
      value = -value;
    }
    let digits = 1;
    for (let limit = 10; value >= limit && digits < 17; limit *= 10) digits++;
    this.ensure(digits);
    const { buffer, length } = this;
    let rest = value;
    let i = length + digits - 1;
    // Beyond 31 bits a digit costs a floating-point division; the last nine or ten never do.
    for (; rest > 0x7fffffff; i--) {
      const next = Math.floor(rest / 10);
      buffer[i] = 0x30 + (rest - next * 10);
      rest = next;
    }
    for (let small = rest | 0; i >= length; i--) {
      const next = (small / 10) | 0;
      buffer[i] = 0x30 + (small - next * 10);
      small = next;
    }
    this.length = length + digits;
  }

  /** Writes the low 16 bits, least significant byte first. */
  uint16LE(value: number): void {
    this.ensure(2);
    const { buffer, length } = this;
    buffer[length] = value;
    buffer[length + 1] = value >>> 8;
    this.length = length + 2;
  }

  /** Writes the low 32 bits, least significant byte first. */
  uint32LE(value: number): void {
    this.ensure(4);
    const { buffer, length } = this;
    buffer[length] = value;
    buffer[length + 1] = value >>> 8;
    buffer[length + 2] = value >>> 16;
    buffer[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  /** Writes the low 32 bits, most significant byte first. */
  uint32BE(value: number): void {
    this.ensure(4);
    const { buffer, length } = this;
    buffer[length] = value >>> 24;
    buffer[length + 1] = value >>> 16;
    buffer[length + 2] = value >>> 8;
    buffer[length + 3] = value;
    this.length = length + 4;
  }

  /** Writes a safe integer as 64 bits in two's complement, least significant byte first. */
  int64LE(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000);
    this.uint32LE(value - high * 0x1_0000_0000);
    this.uint32LE(high);
  }

  /** Writes the eight bytes of a double, least significant first. */
  double(value: number): void {
    this.ensure(8);
    new DataView(this.buffer.buffer, this.buffer.byteOffset + this.length, 8).setFloat64(0, value, true);
    this.length += 8;
  }

  /** The bytes written so far, as a view that the next growth or `clear` makes stale. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** The bytes written so far, as a copy of their own. */
  copy(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}
