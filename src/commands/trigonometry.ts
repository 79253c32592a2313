/**
 * Sine, cosine and arcsine, the same to the last bit on every machine: `Math`'s are not the same in every version of V8.
 *
 * Computed with twice the bits of a double (a pair of doubles whose sum is the value) and then rounded, so that the result
 * is the nearest double but where the true value lies within some 2^-100 of the middle between two: what a good C library
 * gives, and Redis with it, nearly always.
 *
 * Additions and products of doubles are split into the rounded result and its exact error (Knuth, Dekker). Angles are brought
 * into [-pi/4, pi/4], where Taylor's series ends soon; an arcsine begins with an estimate and takes one step of Newton's.
 */

/** A value as the sum of two doubles, the second below half of the first one's last bit. */
interface Wide {
  readonly high: number;
  readonly low: number;
}

/** Sine of an angle of at most 4 in magnitude, in radians. */
export function sine(angle: number): number {
  const { quadrant, rest } = reduced(angle);
  const { high, low } = (quadrant & 1) === 0 ? sineSeries(rest) : cosineSeries(rest);
  return (quadrant & 2) === 0 ? high + low : -(high + low);
}

/** Cosine of an angle of at most 4 in magnitude, in radians. */
export function cosine(angle: number): number {
  const { quadrant, rest } = reduced(angle);
  const { high, low } = (quadrant & 1) === 0 ? cosineSeries(rest) : sineSeries(rest);
  return ((quadrant + 1) & 2) === 0 ? high + low : -(high + low);
}

/** The angle in [-pi/2, pi/2] whose sine is `value`; NaN beyond [-1, 1]. */
export function arcsine(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude <= 1)) return NaN;
  if (magnitude < 1 / 2 ** 27) return value;
  let angle: Wide;
  if (magnitude <= 0.5) {
    angle = arcsineOfSmall({ high: magnitude, low: 0 });
  } else {
    // asin x = pi/2 - 2 asin sqrt((1 - x) / 2), where 1 - x is exact.
    const half = arcsineOfSmall(squareRoot((1 - magnitude) / 2));
    angle = plus(halfPi, { high: -2 * half.high, low: -2 * half.low });
  }
  const rounded = angle.high + angle.low;
  return value < 0 ? -rounded : rounded;
}

// --- sums and products with their errors

function exactSum(a: number, b: number): Wide {
  const high = a + b;
  const part = high - a;
  return { high, low: a - (high - part) + (b - part) };
}

/** As `exactSum`, where a is the greater in magnitude. */
function quickSum(a: number, b: number): Wide {
  const high = a + b;
  return { high, low: b - (high - a) };
}

/** 2^27 + 1: cuts a double into two halves of 26 bits. */
const splitter = 134_217_729;

function exactProduct(a: number, b: number): Wide {
  const high = a * b;
  const aScaled = a * splitter;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = b * splitter;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return { high, low: aHigh * bHigh - high + aHigh * bLow + aLow * bHigh + aLow * bLow };
}

function plus(a: Wide, b: Wide): Wide {
  const high = exactSum(a.high, b.high);
  const low = exactSum(a.low, b.low);
  const first = quickSum(high.high, high.low + low.high);
  return quickSum(first.high, first.low + low.low);
}

function times(a: Wide, b: Wide): Wide {
  const product = exactProduct(a.high, b.high);
  return quickSum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

function divided(a: Wide, divisor: number): Wide {
  const first = a.high / divisor;
  const product = exactProduct(first, divisor);
  return quickSum(first, (a.high - product.high - product.low + a.low) / divisor);
}

/** The root of a double, by one step of Newton's from the rounded one. */
function squareRoot(value: number): Wide {
  const root = Math.sqrt(value);
  if (root === 0) return { high: 0, low: 0 };
  const square = exactProduct(root, root);
  return quickSum(root, (value - square.high - square.low) / (2 * root));
}

// --- angles

/** pi/2 to 160 bits, each part the nearest double to what those before leave. */
const halfPiParts = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33] as const;
const halfPi: Wide = { high: halfPiParts[0], low: halfPiParts[1] };

/** The multiple of pi/2 nearest to the angle, and what is left. */
function reduced(angle: number): { readonly quadrant: number; readonly rest: Wide } {
  const count = Math.round(angle / halfPi.high);
  if (count === 0) return { quadrant: 0, rest: { high: angle, low: 0 } };
  let rest: Wide = { high: angle, low: 0 };
  for (const part of halfPiParts) {
    const { high, low } = exactProduct(-count, part);
    rest = plus(rest, { high, low });
  }
  return { quadrant: count & 3, rest };
}

/** Terms after which a series no longer changes 106 bits, for angles up to pi/4. */
const terms = 14;

function sineSeries(angle: Wide): Wide {
  // x (1 - x²/2·3 (1 - x²/4·5 (…
  const square = times(angle, angle);
  let sum: Wide = one;
  for (let i = terms; i >= 1; i--) sum = oneMinus(divided(times(square, sum), 2 * i * (2 * i + 1)));
  return times(angle, sum);
}

function cosineSeries(angle: Wide): Wide {
  const square = times(angle, angle);
  let sum: Wide = one;
  for (let i = terms; i >= 1; i--) sum = oneMinus(divided(times(square, sum), (2 * i - 1) * 2 * i));
  return sum;
}

const one: Wide = { high: 1, low: 0 };

function oneMinus({ high, low }: Wide): Wide {
  return plus(one, { high: -high, low: -low });
}

/** Arcsine of a value in (0, 0.51]. */
function arcsineOfSmall(value: Wide): Wide {
  const x = value.high;
  const square = x * x;
  // A few terms of the series; then Newton's steps, which double the right digits, of doubles and a last one of pairs.
  let estimate = x * (1 + square * (1 / 6 + square * (3 / 40 + square * (15 / 336 + square * (105 / 3456)))));
  for (let i = 0; i < 2; i++) {
    const { high: sin } = sineSeries({ high: estimate, low: 0 });
    estimate -= (sin - x) / Math.sqrt(1 - sin * sin);
  }
  const sin = sineSeries({ high: estimate, low: 0 });
  const error = plus(value, { high: -sin.high, low: -sin.low });
  return quickSum(estimate, error.high / Math.sqrt(1 - sin.high * sin.high));
}
