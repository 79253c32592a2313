/** Where two runs part: named by the event, whatever it was, and between two milestones where no more is known. */
import { describe, expect, test } from 'vitest';
import { findDivergence, leftMilestones, Trace } from '../../../../sim/world/index.ts';

/** A trace of so many events, one of which may be another. */
function traced(length: number, other = -1): Trace {
  const trace = new Trace({ record: true, now: () => 7 });
  for (let index = 0; index < length; index++) trace.event('step', index, index === other ? 1 : 0);
  return trace;
}

describe('two recorded traces', () => {
  test.each([0, 1, 41, 99])('part at event %i where that one is another', (at) => {
    const [first, second] = [traced(100).events(), traced(100, at).events()];
    expect(findDivergence(first, second)).toEqual({
      index: at,
      before: first[at - 1],
      first: { atMs: 7, what: `step ${at} 0 0`, mark: first[at]!.mark },
      second: { atMs: 7, what: `step ${at} 1 0`, mark: second[at]!.mark },
    });
  });

  test('part where one of them is over', () => {
    const [long, short] = [traced(10).events(), traced(9).events()];
    expect(findDivergence(long, short)).toEqual({
      index: 9,
      before: long[8],
      first: long[9],
      second: undefined,
    });
  });

  test('part in bytes beyond those that are shown', () => {
    const bytesTrace = (last: number): Trace => {
      const trace = new Trace({ record: true });
      trace.bytes('write', new Uint8Array(100).fill(last, 99));
      return trace;
    };
    const parting = findDivergence(bytesTrace(1).events(), bytesTrace(2).events())!;
    expect(parting.first!.what).toBe(parting.second!.what);
  });

  test('are the same where nothing differs', () => {
    expect(findDivergence(traced(100).events(), traced(100).events())).toBeUndefined();
  });
});

describe('milestones', () => {
  test.each([
    [1000, 600, 1],
    [1025, 600, 2],
    [5000, 4999, 8],
    [5000, 0, 8],
  ])('of %i events, left at event %i, say so to within %i', (length, at, every) => {
    const milestones = traced(length).milestones();
    expect(milestones.every).toBe(every);
    expect(milestones.marks.length).toBe(Math.floor(length / every));
    const { from, to } = leftMilestones(traced(length, at).events(), milestones);
    expect(from).toBeLessThanOrEqual(at);
    expect(to).toBeGreaterThan(at);
    expect(to - from).toBeLessThanOrEqual(every);
  });

  test('a run that ends early has left them where it ends', () => {
    const { from, to } = leftMilestones(traced(10).events(), traced(20).milestones());
    expect([from, to]).toEqual([10, 10]);
  });
});
