/**
 * Doubles as text, the way C's `printf("%.17g")` writes them and Redis 7.0 answers them.
 *
 * Seventeen significant digits identify every double; trailing zeros go. 3.1 is "3.1000000000000001", which clients
 * parse back to 3.1.
 */

/** `value` as "%.17g": "inf", "-inf", "nan" for what is not finite. */
export function formatDouble17(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return value.toFixed(0);
  const [mantissa = '', exponentText = '0'] = value.toExponential(16).split('e');
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '');
  if (exponent < -4 || exponent >= 17) {
    const size = Math.abs(exponent).toString().padStart(2, '0');
    return `${sign}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

/**
 * The double that all of `text` is to C's strtod: decimal, hexadecimal with a binary exponent, infinity. Rounded once, to
 * nearest; too large is infinite, too small is 0. Undefined for what is no number, and for NaN.
 */
export function parseDouble(text: string): number | undefined {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  const hexadecimal = /^([+-]?)0x(?=\.?[\da-f])([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i.exec(text);
  if (hexadecimal === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = hexadecimal;
  const digits = BigInt(`0x${whole}${fraction}`);
  const exponent = Number(exponentText) - 4 * fraction.length;
  const magnitude = digits === 0n ? 0 : scaled(digits, exponent);
  return sign === '-' ? -magnitude : magnitude;
}

/** digits * 2^exponent, rounded once. */
function scaled(digits: bigint, exponent: number): number {
  const size = digits.toString(16).length * 4 + exponent;
  if (size > 1100) return Infinity;
  if (size < -1100) return 0;
  if (exponent >= 0) return Number(digits << BigInt(exponent));
  // As an exact decimal fraction, which is read with one rounding.
  return Number(`${digits * 5n ** BigInt(-exponent)}e${exponent}`);
}
