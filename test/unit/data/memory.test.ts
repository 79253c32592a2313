import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/bytes/writer.ts';
import { blockKind } from '../../../src/data/chunks.ts';
import {
  appendEntry,
  appendSigned,
  entryText,
  nextEntry,
  previousEntry,
} from '../../../src/data/listpack.ts';
import { Slab } from '../../../src/data/slab.ts';
import { bytesOf, readListpack, text } from './describe.ts';

describe('the slab', () => {
  test('gives blocks that never overlap, and takes all of them back', () => {
    const step = fc.tuple(
      fc.boolean(),
      fc.oneof(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 900 }),
      ),
      fc.nat(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom([1024, 1024], [1024, 65_536], [4096, 16_384]),
        fc.array(step, { maxLength: 300, size: 'max' }),
        ([first, max], steps) => {
          const slab = new Slab(first!, max!, (lengthBytes) => {
            const buffer = new SharedArrayBuffer(lengthBytes);
            // A recycled buffer holds anything.
            new Uint8Array(buffer).fill(1);
            return buffer;
          });
          const taken: { address: number; units: number }[] = [];
          for (const [take, units, which] of steps) {
            if (take || taken.length === 0) {
              const address = slab.take(units, blockKind.extent, 1);
              slab.chunks.bytes[address >>> 16]!.fill(
                255,
                ((address & 0xffff) << 6) + 8,
                ((address & 0xffff) + units) << 6,
              );
              taken.push({ address, units });
            } else {
              for (const { address } of taken.splice(which % taken.length, 1)) slab.free(address);
            }
          }
          const live = new Map<number, number>();
          slab.check((address, units, kind) => void (kind !== blockKind.free && live.set(address, units)));
          expect(live).toEqual(new Map(taken.map(({ address, units }) => [address, units])));
          for (const { address } of taken) slab.free(address);
          slab.check(() => {});
          expect(slab.freeBytes).toBe(slab.reservedBytes);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('refuses to free twice', () => {
    const slab = new Slab(1024, 1024, (lengthBytes) => new SharedArrayBuffer(lengthBytes));
    const address = slab.take(2, blockKind.extent, 1);
    slab.free(address);
    expect(() => slab.free(address)).toThrow(/freed twice/);
  });
});

test('listpack entries of every length are walked in both directions', () => {
  const writer = new ByteWriter();
  const lengths = [
    0, 1, 62, 63, 64, 124, 125, 126, 127, 4094, 4095, 4096, 16_376, 16_377, 16_378, 16_379, 2_097_141,
    2_097_145, 2_097_147,
  ];
  const texts = lengths
    .map((length) => 'x'.repeat(length))
    .concat([
      '127',
      '128',
      '-1',
      '4095',
      '-4096',
      '32767',
      '-8388608',
      '2147483647',
      '9223372036854775807',
      '-9223372036854775808',
    ]);
  const places: number[] = [];
  for (const each of texts) {
    places.push(writer.length);
    appendEntry(writer, bytesOf(each), 0, each.length);
  }
  let at = 0;
  texts.forEach((each, i) => {
    expect(at).toBe(places[i]);
    expect(text(entryText(writer.buffer, at)) === each).toBe(true);
    at = nextEntry(writer.buffer, at);
  });
  expect(at).toBe(writer.length);
  // By a reader that shares nothing with the writer.
  const listpack = new ByteWriter();
  appendSigned(listpack, 6 + writer.length + 1, 4);
  appendSigned(listpack, texts.length, 2);
  listpack.bytes(writer.buffer, 0, writer.length);
  listpack.byte(0xff);
  expect(readListpack(listpack.copy()).every((each, i) => each === texts[i])).toBe(true);
  for (let i = texts.length - 1; i >= 0; i--) {
    at = previousEntry(writer.buffer, at);
    expect(at).toBe(places[i]);
  }
});
