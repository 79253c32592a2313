/** The trace: one rolling hash over everything that happens. */
import { describe, expect, it } from 'vitest';
import { Trace } from '../../../../sim/world/index.ts';

describe('the trace', () => {
  it('tells apart what is cut differently, and records only when asked', () => {
    const digest = (fill: (trace: Trace) => void): string => {
      const trace = new Trace();
      fill(trace);
      return trace.digest();
    };
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const all = [
      digest((trace) => trace.bytes('w', bytes('abc'))),
      digest((trace) => {
        trace.bytes('w', bytes('ab'));
        trace.bytes('w', bytes('c'));
      }),
      digest((trace) => trace.bytes('w', bytes('abd'))),
      digest((trace) => trace.bytes('w', bytes('abc'), 1)),
      digest((trace) => trace.text('w', 'abc')),
      digest((trace) => trace.event('w')),
      digest((trace) => trace.event('w', 0, 1)),
      digest(() => {}),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all[0]).toMatch(/^[0-9a-f]{16}$/);
    const recording = new Trace({ record: true, now: () => 5 });
    recording.bytes('w', bytes('abc'));
    recording.event('done', 3);
    expect(recording.events().map(({ atMs, what }) => `${atMs} ${what}`)).toEqual([
      '5 w "abc" (3 B) 0',
      '5 done 3 0 0',
    ]);
    expect(new Trace().events()).toEqual([]);
  });
});
