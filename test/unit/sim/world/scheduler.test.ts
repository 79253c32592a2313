/** The scheduler: one order, and no event before the last one's promises are through. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../../sim/draws/index.ts';
import { BudgetError, Scheduler, Trace } from '../../../../sim/world/index.ts';

const make = (budgetEvents?: number): Scheduler =>
  new Scheduler(new Trace(), budgetEvents === undefined ? {} : { budgetEvents });

describe('order', () => {
  it('is by time, then by making', async () => {
    const scheduler = make();
    const draws = new Stream(1, 'order');
    const expected: { at: number; n: number }[] = [];
    const seen: number[] = [];
    for (let n = 0; n < 2000; n++) {
      const at = draws.int(200);
      expected.push({ at, n });
      scheduler.at(at, 'event', () => seen.push(n));
    }
    expected.sort((a, b) => a.at - b.at || a.n - b.n);
    expect(await scheduler.run()).toBe('idle');
    expect(seen).toEqual(expected.map((entry) => entry.n));
  });

  it('an event for the past or for now comes after those that are there already', async () => {
    const scheduler = make();
    const seen: string[] = [];
    scheduler.at(5, 'a', () => {
      seen.push('a');
      scheduler.at(1, 'late', () => seen.push(`late ${scheduler.nowMs}`));
      scheduler.after(0, 'now', () => seen.push('now'));
    });
    scheduler.at(5, 'b', () => seen.push('b'));
    await scheduler.run();
    expect(seen).toEqual(['a', 'b', 'late 5', 'now']);
  });

  it('a promise chain of any depth is over before the next event of the same instant', async () => {
    const scheduler = make();
    const seen: string[] = [];
    scheduler.at(1, 'chain', () => {
      void (async () => {
        for (let i = 0; i < 50; i++) await Promise.resolve();
        await Promise.all([Promise.resolve(), (async () => Promise.resolve(1))()]);
        seen.push('chain');
      })();
    });
    scheduler.at(1, 'next', () => seen.push('next'));
    await scheduler.run();
    expect(seen).toEqual(['chain', 'next']);
  });
});

describe('a run', () => {
  it('ends at its time, and goes on from there', async () => {
    const scheduler = make();
    const seen: number[] = [];
    for (const at of [1, 2, 3]) scheduler.at(at, 'event', () => seen.push(at));
    expect(await scheduler.run({ untilMs: 2 })).toBe('time');
    expect([scheduler.nowMs, ...seen]).toEqual([2, 1, 2]);
    expect(await scheduler.run({ untilMs: 10 })).toBe('idle');
    expect([scheduler.nowMs, ...seen]).toEqual([10, 1, 2, 3]);
  });

  it('ends when the predicate holds, and when it is stopped', async () => {
    const scheduler = make();
    let count = 0;
    const again = (): void => {
      count++;
      if (count === 7) scheduler.stop();
      scheduler.after(1, 'again', again);
    };
    again();
    expect(await scheduler.run({ until: () => count === 5 })).toBe('until');
    expect(count).toBe(5);
    expect(await scheduler.run()).toBe('stopped');
    expect(count).toBe(7);
  });

  it('beyond its budget of events is an error', async () => {
    const scheduler = make(100);
    const again = (): void => void scheduler.after(1, 'again', again);
    again();
    await expect(scheduler.run()).rejects.toThrow(BudgetError);
    expect(scheduler.events).toBe(100);
  });

  it('passes over what was cancelled or whose owner is dead, without spending time on it', async () => {
    const scheduler = make();
    const owner = { alive: true };
    const seen: string[] = [];
    const cancelled = scheduler.at(5, 'cancelled', () => seen.push('cancelled'));
    scheduler.at(6, 'dead', () => seen.push('dead'), owner);
    scheduler.at(1, 'kill', () => {
      owner.alive = false;
      scheduler.cancel(cancelled);
    });
    expect(await scheduler.run()).toBe('idle');
    expect([scheduler.nowMs, scheduler.events, ...seen]).toEqual([1, 1]);
  });

  it('rejects with what escapes from an event that nobody owns, and with a rejection that nobody handles', async () => {
    const scheduler = make();
    scheduler.after(1, 'bad', () => {
      throw new Error('out');
    });
    await expect(scheduler.run()).rejects.toThrow('out');
    scheduler.after(1, 'bad promise', () => {
      void Promise.reject(new Error('unheard'));
    });
    await expect(scheduler.run()).rejects.toThrow('unheard');
    expect(await scheduler.run()).toBe('idle');
  });

  it('of many events yields to the host and keeps the order', async () => {
    const scheduler = make();
    let count = 0;
    const again = (): void => {
      count++;
      if (count < 25_000) scheduler.after(0.001, 'again', again);
    };
    again();
    let interrupted = 0;
    const timer = setInterval(() => interrupted++, 0);
    expect(await scheduler.run()).toBe('idle');
    clearInterval(timer);
    expect(count).toBe(25_000);
    expect(interrupted).toBeGreaterThan(0);
  });
});
