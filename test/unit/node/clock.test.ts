import { describe, expect, test } from 'vitest';

import { NodeClock } from '../../../src/node/clock.ts';

const clock = new NodeClock();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the wall is Unix time in whole milliseconds, mono never goes back', () => {
  expect(Math.abs(clock.wallMs() - Date.now())).toBeLessThan(100);
  expect(Number.isInteger(clock.wallMs())).toBe(true);
  let last = clock.monoMs();
  for (let i = 0; i < 10_000; i++) {
    const now = clock.monoMs();
    expect(now >= last).toBe(true);
    last = now;
  }
});

describe('after', () => {
  test('200 timers: none early, none before the call returned, in the order of their deadlines', async () => {
    const ran: number[] = [];
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const delayMs = ((i * 37) % 200) / 4;
        const madeAtMs = clock.monoMs();
        return new Promise<void>((resolve) => {
          let returned = false;
          clock.after(delayMs, () => {
            expect(returned).toBe(true);
            expect(clock.monoMs() - madeAtMs).toBeGreaterThanOrEqual(delayMs);
            ran.push(madeAtMs + delayMs);
            resolve();
          });
          returned = true;
        });
      }),
    );
    // What was computed here lies microseconds before what the clock computed, in each case by about as much.
    for (let i = 1; i < ran.length; i++) expect(ran[i] ?? 0).toBeGreaterThan((ran[i - 1] ?? 0) - 1);
  });

  test('timers for one moment run in the order of their making, also when all are late', async () => {
    const ran: string[] = [];
    const timers = [clock.after(-5, () => ran.push('a')), clock.after(0, () => ran.push('b'))];
    timers.push(clock.after(5, () => ran.push('d')));
    clock.after(2, () => {
      ran.push('c');
      timers[3]?.cancel();
      clock.after(0, () => ran.push('f'));
    });
    timers.push(clock.after(4, () => ran.push('cancelled by c')));
    clock.after(6, () => ran.push('e'));
    const end = performance.now() + 10;
    while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(ran).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('a cancelled timer never runs; cancelling again, or after it ran, does nothing', async () => {
    const ran: string[] = [];
    const one = clock.after(1, () => ran.push('one'));
    const two = clock.after(2, () => ran.push('two'));
    one.cancel();
    one.cancel();
    await new Promise((resolve) => setTimeout(resolve, 20));
    two.cancel();
    expect(ran).toEqual(['two']);
  });

  test('a delay beyond 24 days does not fire at once', async () => {
    let ran = false;
    const timer = clock.after(2 ** 31 + 1000, () => (ran = true));
    await new Promise((resolve) => setTimeout(resolve, 10));
    timer.cancel();
    expect(ran).toBe(false);
  });
});

test('endOfTurn: in order, after this turn, and what is added then waits for the next', async () => {
  const ran: string[] = [];
  clock.endOfTurn(() => {
    ran.push('a');
    clock.endOfTurn(() => ran.push('c'));
  });
  clock.endOfTurn(() => ran.push('b'));
  expect(ran).toEqual([]);
  process.nextTick(() => ran.push('tick'));
  await turn();
  expect(ran).toEqual(['tick', 'a', 'b']);
  await turn();
  expect(ran).toEqual(['tick', 'a', 'b', 'c']);
});
