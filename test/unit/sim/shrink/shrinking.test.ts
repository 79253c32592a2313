/** Shrinking as a conversation: what is offered, what is kept, and how many questions that takes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fewer, lower } from '../../../../sim/shrink/shrinking.ts';
import type { Shrinking } from '../../../../sim/shrink/shrinking.ts';

/** Answers truly. */
function settle<T>(
  shrinking: Shrinking<T>,
  fails: (value: T) => boolean,
): { smallest: T; questions: number } {
  let questions = 0;
  let next = shrinking.next();
  while (next.done !== true) {
    questions++;
    next = shrinking.next(fails(next.value));
  }
  return { smallest: next.value, questions };
}

test('of a list exactly those are left that the failure needs', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(59), { maxLength: 5 }), (length, wanted) => {
      const needed = [...new Set(wanted.filter((index) => index < length))].toSorted((a, b) => a - b);
      const all = Array.from({ length }, (_, index) => index);
      const fails = (kept: readonly number[]): boolean => needed.every((index) => kept.includes(index));
      const { smallest } = settle(
        fewer<readonly number[]>(all, length, (kept) => kept),
        fails,
      );
      expect(smallest).toEqual(needed);
    }),
  );
});

test('a list of a hundred that needs one item costs some dozen questions', () => {
  const all = Array.from({ length: 100 }, (_, index) => index);
  const { questions } = settle(
    fewer<readonly number[]>(all, 100, (kept) => kept),
    (kept) => kept.includes(37),
  );
  expect(questions).toBeLessThan(30);
});

test('a number goes down to the least that fails, where what is larger fails as well', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), fc.nat(100), (a, b, least) => {
      const value = least + Math.max(a, b);
      const threshold = least + Math.min(a, b);
      const { smallest, questions } = settle(
        lower(value, value, least, (next) => next),
        (next) => next >= threshold,
      );
      expect(smallest).toBe(threshold);
      expect(questions).toBeLessThan(20);
    }),
  );
});

test('one that is answered no throughout offers smaller values and ends with what it began with', () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8];
  const offered: (readonly number[])[] = [];
  const { smallest } = settle(
    fewer<readonly number[]>(all, all.length, (kept) => kept.map((index) => all[index]!)),
    (kept) => {
      offered.push(kept);
      return false;
    },
  );
  expect(smallest).toBe(all);
  expect(offered[0]).toEqual([]);
  expect(offered.filter((list) => list.length === 7)).toHaveLength(8);
});
