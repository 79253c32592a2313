/**
 * The checksum of RDB files, a second time: width 64, reflected polynomial 0x95ac9329ac4bc9b5, no inversion. In halves of
 * 32 bits, a byte at a time, from a table that is made by the definition.
 */
const POLYNOMIAL_LOW = 0xac4bc9b5;
const POLYNOMIAL_HIGH = 0x95ac9329;

const table = makeTable();

function makeTable(): Uint32Array {
  const words = new Uint32Array(512);
  for (let byte = 0; byte < 256; byte++) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = low & 1;
      low = (low >>> 1) | ((high & 1) << 31);
      high >>>= 1;
      if (odd === 1) {
        low ^= POLYNOMIAL_LOW;
        high ^= POLYNOMIAL_HIGH;
      }
    }
    words[byte * 2] = low;
    words[byte * 2 + 1] = high;
  }
  return words;
}

/** The checksum of bytes[start, end) as two unsigned halves. */
export function crc64(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly low: number; readonly high: number } {
  let low = 0;
  let high = 0;
  for (let i = start; i < end; i++) {
    const index = ((low ^ bytes[i]!) & 0xff) * 2;
    low = ((low >>> 8) | (high << 24)) ^ table[index]!;
    high = (high >>> 8) ^ table[index + 1]!;
  }
  return { low: low >>> 0, high: high >>> 0 };
}
