/** Durations as people say them. */
import { expect, test } from 'vitest';
import { duration } from '../../../../sim/report/words.ts';

test.each([
  [0.04, '0 ms'],
  [804, '804 ms'],
  [9949, '9.9 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [119_600, '2 min'],
  [479_624, '8 min'],
  [471_000, '7 min 51 s'],
  [3_599_700, '1 h'],
  [172_800_000, '2 days'],
])('%d ms are %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
