/** Laws of the trigonometric functions: they are those of mathematics, to the last bit but one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arcsine, cosine, sine } from '../../../src/commands/trigonometry.ts';

/** How many doubles lie between two of them. */
function distance(a: number, b: number): number {
  const ordered = (value: number): bigint => {
    const bits = new DataView(new Float64Array([value]).buffer).getBigInt64(0, true);
    return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
  };
  return Math.abs(Number(ordered(a) - ordered(b)));
}

const angle = fc.oneof(
  fc.double({ min: -4, max: 4, noNaN: true }),
  fc.double({ min: -1e-3, max: 1e-3, noNaN: true }),
  // Near multiples of pi/2, where a sine or cosine is all but 0.
  fc
    .tuple(fc.integer({ min: -2, max: 2 }), fc.double({ min: -1e-9, max: 1e-9, noNaN: true }))
    .map(([quarters, rest]) => (quarters * Math.PI) / 2 + rest),
);
const share = fc.oneof(
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.double({ min: 0.999999, max: 1, noNaN: true }),
  fc.double({ min: -1e-6, max: 1e-6, noNaN: true }),
);

test('sine and cosine are at most one double away from those of the machine', () => {
  fc.assert(
    fc.property(angle, (x) => {
      expect(distance(sine(x), Math.sin(x))).toBeLessThanOrEqual(1);
      expect(distance(cosine(x), Math.cos(x))).toBeLessThanOrEqual(1);
    }),
    { numRuns: 4000 },
  );
});

test('the arcsine is at most one double away from that of the machine', () => {
  fc.assert(
    fc.property(share, (x) => {
      expect(distance(arcsine(x), Math.asin(x))).toBeLessThanOrEqual(1);
    }),
    { numRuns: 4000 },
  );
  expect([arcsine(0), arcsine(1), arcsine(-1), arcsine(0.5)]).toEqual([
    0,
    Math.PI / 2,
    -Math.PI / 2,
    0.5235987755982989,
  ]);
  expect(arcsine(1.0000000000000002)).toBeNaN();
});

/** From sums of the series in integers of 400 bits. */
test('what the best approximation is, is known to a hundred bits', () => {
  const one = 1n << 400n;
  const exact = (value: number): bigint => {
    let [mantissa, shift] = [value, 0n];
    for (; !Number.isInteger(mantissa); mantissa *= 2) shift++;
    return (BigInt(mantissa) << 400n) >> shift;
  };
  const series = (x: bigint, from: bigint, first: bigint): bigint => {
    let [sum, term] = [0n, first];
    for (let n = from; term !== 0n; n += 2n) {
      sum += term;
      term = -((((term * x) >> 400n) * x) >> 400n) / ((n + 1n) * (n + 2n));
    }
    return sum;
  };
  const isNearest = (value: number, wanted: bigint): boolean => {
    const error = exact(value) - wanted;
    const size = 2 * Math.abs(value) * 2 ** -53;
    return (error < 0n ? -error : error) * 2n <= exact(size) + ((one >> 90n) * exact(size)) / one;
  };
  fc.assert(
    fc.property(fc.double({ min: 1e-4, max: 3.14, noNaN: true }), (x) => {
      const bits = exact(x);
      expect(isNearest(sine(x), series(bits, 1n, bits))).toBe(true);
      expect(isNearest(cosine(x), series(bits, 0n, one))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
