import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyWords } from '../../../src/data/chunks.ts';
import { SourceViews } from '../../../src/data/source-views.ts';

test('a copy by words is the range, at any place, and nothing beside it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 80 }), fc.nat(9), fc.nat(9), (content, from, at) => {
      const source = new Uint8Array(from + content.length + 7).fill(0x11);
      source.set(content, from);
      const target = new Uint8Array(at + content.length + 7).fill(0xee);
      const expected = target.slice();
      expected.set(content, at);
      copyWords(new DataView(source.buffer), from, from + content.length, new DataView(target.buffer), at);
      expect(target).toEqual(expected);
    }),
  );
});

test('the view of a buffer shows that buffer, whichever were asked for before', () => {
  const memory = new Uint8Array(64).map((_, i) => i);
  const buffers = [0, 5, 9, 30].map((start) => memory.subarray(start, start + 20));
  const views = new SourceViews();
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 12 }), (asked) => {
      for (const number of asked) {
        const buffer = buffers[number]!;
        const view = views.of(buffer)!;
        expect([view.getUint8(0), view.getUint8(19), view.byteLength]).toEqual([buffer[0], buffer[19], 20]);
      }
    }),
  );
  expect(views.of(new Uint8Array(8 << 20))).toBeUndefined();
});
