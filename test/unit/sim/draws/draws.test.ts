/** Randomness by name, and choices by key. */
import { describe, expect, it } from 'vitest';
import { Odometer, SeededChoices, Stream, Streams } from '../../../../sim/draws/index.ts';

describe('streams', () => {
  it('42 and "42" are one seed; names and seeds are different streams', () => {
    const take = (stream: Stream): number[] => [stream.float(), stream.float(), stream.int(1000)];
    expect(take(new Stream(42, 'disk'))).toEqual(take(new Stream('42', 'disk')));
    expect(take(new Stream(42, 'disk'))).not.toEqual(take(new Stream(43, 'disk')));
    expect(take(new Stream(42, 'disk'))).not.toEqual(take(new Stream(42, 'crash')));
    const streams = new Streams(42);
    expect(streams.stream('disk')).toBe(streams.stream('disk'));
  });

  it('the first draws of neighbouring seeds are no arithmetic row', () => {
    const first = [1, 2, 3, 4, 5].map((seed) => new Stream(seed, 'x').float());
    const steps = first.slice(1).map((value, i) => value - first[i]!);
    for (let i = 1; i < steps.length; i++) expect(Math.abs(steps[i]! - steps[i - 1]!)).toBeGreaterThan(1e-6);
  });

  it('draws are spread as asked', () => {
    const stream = new Stream(7, 'spread');
    const counts = [0, 0, 0];
    for (let i = 0; i < 9000; i++) counts[stream.weighted([1, 0, 2])]!++;
    expect(counts[1]).toBe(0);
    expect(counts[0]! / counts[2]!).toBeCloseTo(0.5, 1);
    for (let i = 0; i < 1000; i++) {
      const value = stream.range(3, 5);
      expect(value >= 3 && value <= 5 && Number.isInteger(value)).toBe(true);
    }
    expect(stream.bytes(5)).toHaveLength(5);
    expect(() => stream.pick([])).toThrow(RangeError);
  });

  it('golden: the draws of a seed never change', () => {
    const stream = new Stream(42, 'golden');
    expect([stream.int(1_000_000), stream.int(1_000_000), stream.int(1_000_000)]).toMatchInlineSnapshot(`
      [
        675475,
        793588,
        254374,
      ]
    `);
  });
});

describe('choices', () => {
  it('depend on seed and key, not on the order of asking', () => {
    const keys = Array.from({ length: 100 }, (_, i) => `page ${i}`);
    const one = new SeededChoices(1);
    const two = new SeededChoices('1');
    const forth = keys.map((key) => one.choose(key, 10));
    const back = keys.toReversed().map((key) => two.choose(key, 10));
    expect(back.toReversed()).toEqual(forth);
    expect(new Set(forth).size).toBe(10);
    expect(keys.map((key) => new SeededChoices(2).choose(key, 10))).not.toEqual(forth);
  });

  it('come from the record first, are bent into range, and answer the same key the same way', () => {
    const choices = new SeededChoices(1, { a: 3, b: 99 }, 'kindest');
    expect([choices.choose('a', 5), choices.choose('b', 4), choices.choose('c', 7)]).toEqual([3, 3, 0]);
    expect(choices.choose('a', 5, 1)).toBe(3);
    expect(choices.record()).toEqual({ a: 3, b: 3, c: 0 });
    expect(new SeededChoices(1).choose('x', 5, 4)).toBe(4);
  });

  it('an odometer walks every combination once, dependent choices too', () => {
    const odometer = new Odometer();
    const seen: string[] = [];
    do {
      const a = odometer.choose('a', 2);
      const b = a === 0 ? odometer.choose('b', 3) : 0;
      const c = odometer.choose('c', 2);
      expect(odometer.choose('a', 2)).toBe(a);
      seen.push(`${a}${b}${c}`);
    } while (odometer.next());
    expect(seen).toEqual(['000', '001', '010', '011', '020', '021', '100', '101']);
    expect(odometer.passes).toBe(8);
  });
});
