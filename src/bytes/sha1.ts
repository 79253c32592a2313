/**
 * SHA-1 (FIPS 180-4), for DEBUG DIGEST, whose digits it is defined by. Not for secrets.
 *
 * The message is padded to blocks of 64 bytes: a one bit, zeros, its length in bits as 64 bits. Each block is stirred
 * into five words by eighty rounds over a schedule of eighty words.
 */

const blockBytes = 64;

export class Sha1 {
  readonly #schedule = new Int32Array(80);
  #a = 0x67452301;
  #b = 0xefcdab89 | 0;
  #c = 0x98badcfe | 0;
  #d = 0x10325476;
  #e = 0xc3d2e1f0 | 0;

  /** The 20 bytes of the hash of `data`. */
  static of(data: Uint8Array): Uint8Array {
    const sha1 = new Sha1();
    const whole = data.length - (data.length % blockBytes);
    for (let at = 0; at < whole; at += blockBytes) sha1.#block(data, at);
    const rest = data.length - whole;
    const tail = new Uint8Array(rest + 9 > blockBytes ? 2 * blockBytes : blockBytes);
    tail.set(data.subarray(whole));
    tail[rest] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(data.length / 0x2000_0000));
    view.setUint32(tail.length - 4, (data.length << 3) >>> 0);
    for (let at = 0; at < tail.length; at += blockBytes) sha1.#block(tail, at);
    return sha1.#words();
  }

  #block(data: Uint8Array, at: number): void {
    const w = this.#schedule;
    for (let i = 0; i < 16; i++) {
      const p = at + i * 4;
      w[i] = (data[p]! << 24) | (data[p + 1]! << 16) | (data[p + 2]! << 8) | data[p + 3]!;
    }
    for (let i = 16; i < 80; i++) w[i] = rotate(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    let e = this.#e;
    for (let i = 0; i < 80; i++) {
      const next = (rotate(a, 5) + stir(i, b, c, d) + e + w[i]!) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    this.#a = (this.#a + a) | 0;
    this.#b = (this.#b + b) | 0;
    this.#c = (this.#c + c) | 0;
    this.#d = (this.#d + d) | 0;
    this.#e = (this.#e + e) | 0;
  }

  #words(): Uint8Array {
    const bytes = new Uint8Array(20);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of [this.#a, this.#b, this.#c, this.#d, this.#e].entries())
      view.setInt32(i * 4, word);
    return bytes;
  }
}

/** The round's function of three words, and its constant. */
function stir(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
