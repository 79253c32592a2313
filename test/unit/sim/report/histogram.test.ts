/** How much room the crashes left is told in ranges that double. */
import { expect, test } from 'vitest';
import { Histogram, histogramWords } from '../../../../sim/report/histogram.ts';

test('each number is counted in the range that holds it, and shares are of all', () => {
  const histogram = new Histogram();
  for (const value of [0, 0, 1, 2, 3, 4, 7, 8, 63, 64, 5000]) histogram.add(value);
  expect(histogram.total).toBe(11);
  expect(histogram.none).toBe(2);
  expect(histogram.buckets()).toEqual([
    { from: 0, times: 2 },
    { from: 1, times: 1 },
    { from: 2, times: 2 },
    { from: 4, times: 2 },
    { from: 8, times: 1 },
    { from: 32, times: 1 },
    { from: 64, times: 2 },
  ]);
  expect(histogramWords(histogram.buckets())).toBe(
    '0: 18 %, 1: 9 %, 2 to 3: 18 %, 4 to 7: 18 %, 8 to 15: 9 %, 32 to 63: 9 %, 64 and more: 18 %',
  );
});
