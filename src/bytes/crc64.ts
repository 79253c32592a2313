/**
 * CRC-64 as Redis computes it over RDB files and DUMP payloads (formats.md 2.4).
 *
 * Width 64, polynomial 0xad93d23594c935a9 (reflected 0x95ac9329ac4bc9b5), initial value 0, input and output reflected,
 * no final xor; check("123456789") = 0xe9c6d914c4b8d9ca.
 *
 * JavaScript's integers have 32 bits, so the register is two halves. Sixteen bytes are taken at a step: since a CRC is
 * linear, the register after them is the xor of sixteen table entries, table k holding what a byte becomes after k
 * further zero bytes.
 */

const polynomialLow = 0xac4bc9b5;
const polynomialHigh = 0x95ac9329;

/** Table k, byte b: low half at [k * 256 + b] of the first, high half of the second. Made once, never changed. */
const [low, high] = makeTables();

function makeTables(): [Int32Array, Int32Array] {
  const lows = new Int32Array(16 * 256);
  const highs = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= polynomialLow;
        h ^= polynomialHigh;
      }
    }
    lows[byte] = l;
    highs[byte] = h;
  }
  for (let i = 256; i < 16 * 256; i++) {
    const l = lows[i - 256]!;
    const h = highs[i - 256]!;
    lows[i] = ((l >>> 8) | (h << 24)) ^ lows[l & 255]!;
    highs[i] = (h >>> 8) ^ highs[l & 255]!;
  }
  return [lows, highs];
}

/** The checksum of a run of bytes that comes in pieces. */
export class Crc64 {
  /** The register's halves, as signed 32-bit integers. */
  #low = 0;
  #high = 0;

  /** Takes bytes[start, end) in. */
  update(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    let l = this.#low;
    let h = this.#high;
    let i = start;
    for (const last = end - 16; i <= last; i += 16) {
      l ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      h ^= bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24);
      const i0 = 3840 + (l & 255);
      const i1 = 3584 + ((l >>> 8) & 255);
      const i2 = 3328 + ((l >>> 16) & 255);
      const i3 = 3072 + (l >>> 24);
      const i4 = 2816 + (h & 255);
      const i5 = 2560 + ((h >>> 8) & 255);
      const i6 = 2304 + ((h >>> 16) & 255);
      const i7 = 2048 + (h >>> 24);
      const i8 = 1792 + bytes[i + 8]!;
      const i9 = 1536 + bytes[i + 9]!;
      const i10 = 1280 + bytes[i + 10]!;
      const i11 = 1024 + bytes[i + 11]!;
      const i12 = 768 + bytes[i + 12]!;
      const i13 = 512 + bytes[i + 13]!;
      const i14 = 256 + bytes[i + 14]!;
      const i15 = bytes[i + 15]!;
      l =
        low[i0]! ^
        low[i1]! ^
        low[i2]! ^
        low[i3]! ^
        low[i4]! ^
        low[i5]! ^
        low[i6]! ^
        low[i7]! ^
        low[i8]! ^
        low[i9]! ^
        low[i10]! ^
        low[i11]! ^
        low[i12]! ^
        low[i13]! ^
        low[i14]! ^
        low[i15]!;
      h =
        high[i0]! ^
        high[i1]! ^
        high[i2]! ^
        high[i3]! ^
        high[i4]! ^
        high[i5]! ^
        high[i6]! ^
        high[i7]! ^
        high[i8]! ^
        high[i9]! ^
        high[i10]! ^
        high[i11]! ^
        high[i12]! ^
        high[i13]! ^
        high[i14]! ^
        high[i15]!;
    }
    for (; i < end; i++) {
      const index = (l ^ bytes[i]!) & 255;
      l = ((l >>> 8) | (h << 24)) ^ low[index]!;
      h = (h >>> 8) ^ high[index]!;
    }
    this.#low = l | 0;
    this.#high = h | 0;
  }

  /** True where the register is 0, which Redis writes and reads as "not computed". */
  get isZero(): boolean {
    return this.#low === 0 && this.#high === 0;
  }

  /** Writes the checksum as 8 bytes, least significant first. */
  digest(target: Uint8Array, offset = 0): void {
    for (let i = 0; i < 4; i++) {
      target[offset + i] = this.#low >>> (8 * i);
      target[offset + 4 + i] = this.#high >>> (8 * i);
    }
  }

  /** True where bytes[offset, offset + 8) are the checksum, least significant first. */
  matches(bytes: Uint8Array, offset = 0): boolean {
    for (let i = 0; i < 4; i++) {
      if (bytes[offset + i] !== ((this.#low >>> (8 * i)) & 255)) return false;
      if (bytes[offset + 4 + i] !== ((this.#high >>> (8 * i)) & 255)) return false;
    }
    return true;
  }

  /** 16 hexadecimal digits, most significant first. */
  hex(): string {
    const digits = (half: number) => (half >>> 0).toString(16).padStart(8, '0');
    return digits(this.#high) + digits(this.#low);
  }

  reset(): void {
    this.#low = 0;
    this.#high = 0;
  }
}
