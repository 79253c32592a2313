/** The example of docs/library.md: the log of ten lines fails under some crash, the careful one under none. */
import { expect, test } from 'vitest';
import { tryWal, wals } from '../../../docs/examples/wal.ts';

test('the log of ten lines loses its file, and reads what was never written', async () => {
  const { failures, complete } = await tryWal(wals.Wal);
  const problems = failures.map(({ problem }) => problem);
  expect(complete).toBe(true);
  expect(problems).toContain('1 records were acknowledged, 0 are left');
  expect(problems.some((problem) => problem.startsWith('it reads what was never written'))).toBe(true);
  expect(failures.every(({ kind }) => kind === 'power')).toBe(true);
  expect(failures[0]!.pending.some(({ fate }) => fate !== 'kept')).toBe(true);
});

test('the careful log keeps every acknowledged record in every state that there is', async () => {
  const { failures, complete, distinct, operations } = await tryWal(wals.CarefulWal);
  expect(failures).toEqual([]);
  expect(complete).toBe(true);
  expect(operations).toBeGreaterThan(7);
  expect(distinct).toBeGreaterThan(50);
});
