/**
 * The floating numbers of INCRBYFLOAT and HINCRBYFLOAT: x87 extended precision, as Redis on x86-64 computes.
 *
 * A value is mantissa * 2^exponent with a mantissa of at most 64 bits, exactly. Reading and adding round once, to
 * nearest and ties to even; writing is exact to 17 decimals, rounded the same way, without trailing zeros. So the answers
 * are those of a Redis built for x86-64; one on ARM, whose long double has 113 bits, may differ in the last digits.
 */
export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const precisionBits = 64;
/** The exponent of the smallest denormal's only bit, and the first power of two that is too large. */
const lowestExponent = -16445;
const overflowBits = 16384;
/** Beyond these decimal exponents every number is infinite, or zero. */
const largestDecimal = 5100;
const longestTextBytes = 5 * 1024;

export type FloatText = LongDouble | 'inf' | '-inf';

/**
 * A number as C's strtold reads one (decimal, hexadecimal, infinity), all of it. Undefined for what is no number, for
 * NaN, and for what is too large or too near to zero to be held.
 */
export function parseLongDouble(bytes: Uint8Array): FloatText | undefined {
  if (bytes.length === 0 || bytes.length >= longestTextBytes) return undefined;
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? '-inf' : 'inf';
  const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (decimal) return scaled(decimal, 10n);
  const hexadecimal = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i.exec(text);
  return hexadecimal ? scaled(hexadecimal, 16n) : undefined;
}

function scaled(match: RegExpExecArray, base: 10n | 16n): LongDouble | undefined {
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const magnitude = BigInt(base === 16n ? `0x${digits}` : digits);
  if (magnitude === 0n) return zero;
  const exponent = Number(exponentText) - fraction.length * (base === 16n ? 4 : 1);
  const limit = base === 16n ? 40_000 : largestDecimal;
  // Too large or too small whatever the digits are: no need to build the number.
  if (exponent > limit || exponent + digits.length * 4 < -limit) return undefined;
  const signed = sign === '-' ? -magnitude : magnitude;
  const size = BigInt(Math.abs(exponent));
  const power = base === 16n ? 1n << size : 10n ** size;
  const value = exponent >= 0 ? round(signed * power, 1n) : round(signed, power);
  return value === undefined || value.mantissa === 0n ? undefined : value;
}

const zero: LongDouble = { mantissa: 0n, exponent: 0 };

/** The sum, undefined where it is not finite. */
export function addLongDouble(a: FloatText, b: FloatText): LongDouble | undefined {
  if (typeof a === 'string' || typeof b === 'string') return undefined;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  return exponent >= 0 ? round(sum << BigInt(exponent), 1n) : round(sum, 1n << BigInt(-exponent));
}

/** Rounds numerator / denominator to what a long double holds; undefined where it overflows. */
function round(numerator: bigint, denominator: bigint): LongDouble | undefined {
  if (numerator === 0n) return zero;
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  // One of two guesses is right; the smaller leaves one bit too many.
  let exponent = bitLength(magnitude) - bitLength(denominator) - precisionBits;
  if (quotient(magnitude, denominator, exponent) >= 1n << BigInt(precisionBits)) exponent++;
  exponent = Math.max(exponent, lowestExponent);
  const shiftedUp = exponent < 0 ? magnitude << BigInt(-exponent) : magnitude;
  const divisor = exponent > 0 ? denominator << BigInt(exponent) : denominator;
  let mantissa = shiftedUp / divisor;
  const twice = (shiftedUp - mantissa * divisor) * 2n;
  if (twice > divisor || (twice === divisor && (mantissa & 1n) === 1n)) mantissa++;
  if (bitLength(mantissa) + exponent > overflowBits) return undefined;
  return { mantissa: negative ? -mantissa : mantissa, exponent };
}

function quotient(magnitude: bigint, denominator: bigint, exponent: number): bigint {
  return exponent < 0
    ? (magnitude << BigInt(-exponent)) / denominator
    : magnitude / (denominator << BigInt(exponent));
}

function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return digits.length * 4 - Math.clz32(parseInt(digits[0]!, 16)) + 28;
}

const decimals = 17;

/** With at most 17 decimals, as printf's "%.17Lf" without trailing zeros: never an exponent, never "-0". */
export function formatLongDouble({ mantissa, exponent }: LongDouble): string {
  const negative = mantissa < 0n;
  const magnitude = (negative ? -mantissa : mantissa) * 10n ** BigInt(decimals);
  let scaledValue: bigint;
  if (exponent >= 0) {
    scaledValue = magnitude << BigInt(exponent);
  } else {
    const shift = BigInt(-exponent);
    scaledValue = magnitude >> shift;
    const rest = magnitude - (scaledValue << shift);
    const half = 1n << (shift - 1n);
    if (rest > half || (rest === half && (scaledValue & 1n) === 1n)) scaledValue++;
  }
  if (scaledValue === 0n) return '0';
  const digits = scaledValue.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return `${negative ? '-' : ''}${digits.slice(0, -decimals)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A finite double, exactly. */
export function longDoubleOf(value: number): LongDouble {
  let mantissa = value;
  let exponent = 0;
  for (; !Number.isInteger(mantissa); mantissa *= 2) exponent--;
  return { mantissa: BigInt(mantissa), exponent };
}
