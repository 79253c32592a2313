/** What a crash may take under everysec, as the judge says it. */
import { expect, test } from 'vitest';
import { LogTimes } from '../../../../sim/oracle/bounds.ts';

test('the window is found soon, however slowly a stall that began long ago lets it grow', () => {
  const nowMs = 10_000_000;
  const stallEndsAtMs = nowMs - 1099.999;
  let asked = 0;
  const stalledMs = (fromMs: number): number => {
    asked++;
    return Math.max(0, stallEndsAtMs - Math.max(0, fromMs));
  };
  const windowMs = new LogTimes().windowMs(nowMs, 100, stalledMs);
  expect(windowMs).toBeGreaterThanOrEqual(nowMs);
  expect(windowMs).toBeLessThan(nowMs * 1.002);
  expect(asked).toBeLessThan(20_000);
});

test('without a stall it is a second, a period of the cron, twice the longest sync and the longest write in it', () => {
  const times = new LogTimes();
  times.begin('sync', 1000)(1300);
  times.begin('write', 1500)(1520);
  times.begin('sync', 100)(150);
  expect(times.windowMs(2000, 100)).toBe(1000 + 100 + 2 * 300 + 20);
});
