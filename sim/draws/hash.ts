/**
 * Hashing for a world that must be the same everywhere: 32-bit integer arithmetic only (`Math.imul`), no BigInt, no
 * floating point that could differ between machines.
 *
 * Not for adversaries. It names streams, decides unrecorded choices, and tells traces and disk images apart.
 */

/** Scrambles 32 bits so that neighbouring inputs have nothing in common. */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 32 bits of a text, started from `basis`: two bases give two independent lanes. */
export function hashText(text: string, basis: number): number {
  let h = basis | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h ^ text.length);
}

/** A number in [0, 1) with 32 bits of resolution. */
export function toUnit(hash: number): number {
  return (hash >>> 0) / 0x1_0000_0000;
}

const NOISE_PERIOD_BYTES = 256;

/** Fills bytes[start, end) with noise that depends on `hash` alone. It repeats itself every 256 bytes. */
export function fillNoise(hash: number, bytes: Uint8Array, start = 0, end = bytes.length): void {
  let state = hash | 1;
  const drawn = Math.min(end, start + NOISE_PERIOD_BYTES);
  for (let i = start; i < drawn; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state >>> 24;
  }
  for (let filled = drawn - start; start + filled < end; filled *= 2) {
    bytes.copyWithin(start + filled, start, Math.min(start + filled, end - filled));
  }
}

export function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/**
 * A rolling hash of 64 bits in two lanes that never meet. Bytes are taken four at a time; every item is closed with its
 * length, so that ('ab', 'c') and ('a', 'bc') differ.
 */
export class RollingHash {
  #a = 0x9747b28c | 0;
  #b = 0x3c6ef372 | 0;

  /** Takes the low 32 bits of an integer. */
  int(value: number): void {
    const v = value | 0;
    const a = Math.imul(this.#a ^ v, 0x9e3779b1);
    this.#a = a ^ (a >>> 15);
    const b = Math.imul(this.#b + v, 0x85ebca77);
    this.#b = b ^ (b >>> 13);
  }

  /** Takes an integer of up to 53 bits. */
  number(value: number): void {
    this.int(value);
    this.int(Math.floor(value / 0x1_0000_0000));
  }

  text(text: string): void {
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      a = Math.imul(a ^ c, 0x01000193);
      b = Math.imul(b + c, 0x9e3779b1);
    }
    this.#a = a ^ (a >>> 15);
    this.#b = b ^ (b >>> 13);
    this.int(text.length);
  }

  bytes(bytes: Uint8Array, start = 0, end = bytes.length): void {
    let a = this.#a;
    let b = this.#b;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const v = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      a = Math.imul(a ^ v, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b + v, 0x85ebca77);
      b ^= b >>> 13;
    }
    for (; i < end; i++) {
      a = Math.imul(a ^ bytes[i]!, 0x01000193);
      b = Math.imul(b + bytes[i]!, 0x9e3779b1);
    }
    this.#a = a ^ (a >>> 15);
    this.#b = b ^ (b >>> 13);
    this.int(end - start);
  }

  /** 32 bits of the hash so far. Taking them changes nothing. */
  mark(): number {
    return mix32(this.#a ^ this.#b);
  }

  /** The hash so far, as 16 hexadecimal digits. Taking it changes nothing. */
  digest(): string {
    return hex32(mix32(this.#a)) + hex32(mix32(this.#b ^ this.#a));
  }
}
