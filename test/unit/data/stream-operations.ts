/** Random changes of one stream: what they give is the same for the pages and for the twin. */
import fc from 'fast-check';
import type { StreamValue } from '../../../src/data/index.ts';
import { greatestStreamId } from '../../../src/data/index.ts';
import { bytesOf, text } from './describe.ts';

const group = fc.constantFrom('g', 'h', 'a longer name of a group '.repeat(8));
const consumer = fc.constantFrom('c1', 'c2', 'c3', '', 'a longer name of a consumer '.repeat(8));
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const count = fc.integer({ min: 1, max: 40 });
/** Steps between ids: mostly small, at times across the bounds of what a listpack holds in so many bytes. */
const step = fc.oneof(
  fc.bigInt(1n, 5n),
  fc.constantFrom(1n << 64n, 1n << 40n, (1n << 64n) - 1n, (1n << 64n) + (1n << 63n), 1n << 72n),
);
const names = fc.constantFrom(['a'], ['a'], ['a'], ['a', 'b'], ['12', ''], ['x'.repeat(70)]);

export const streamChange = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      step,
      count,
      names,
      bytes: fc.nat(90),
      value: fc.nat(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), place, count }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('trim' as const),
      place,
      byId: fc.boolean(),
      approximate: fc.boolean(),
      limit: fc.constantFrom(0, 0, 3, 30),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('facts' as const), step }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('back' as const), back: fc.bigInt(0n, 5n) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('group' as const), group, place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('destroy' as const), group }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('consumer' as const), group, consumer, seen: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), group, consumer }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('deliver' as const), group, consumer, place, count }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ack' as const), group, place, count }) },
);

export type StreamChange = typeof streamChange extends fc.Arbitrary<infer T> ? T : never;

const limits = { maxBytes: 300, maxEntries: 9 };

export function applyToStream(stream: StreamValue, change: StreamChange): unknown {
  const ids: bigint[] = [];
  stream.forEach(0n, greatestStreamId, ({ id }) => void ids.push(id));
  const from = (share: number): number => Math.floor(share * (ids.length + 1));
  switch (change.do) {
    case 'add':
      for (let i = 0; i < change.count; i++) {
        const id = stream.lastId + change.step;
        if (id > greatestStreamId) return 'exhausted';
        const fields = change.names.flatMap((name) => [
          name,
          String(change.value + i).padEnd(change.bytes, '.'),
        ]);
        stream.append(id, fields.map(bytesOf), limits);
      }
      return stream.length;
    case 'delete':
      return ids
        .slice(from(change.place), from(change.place) + change.count)
        .map((id) => [stream.has(id), stream.delete(id), stream.delete(id), stream.has(id)]);
    case 'trim': {
      const minId = ids[from(change.place)] ?? stream.lastId;
      const keep = change.byId ? { minId } : { length: from(change.place) };
      return stream.trim({ keep, approximate: change.approximate, limit: change.limit });
    }
    case 'facts':
      return stream.set({
        lastId: stream.lastId + change.step > greatestStreamId ? stream.lastId : stream.lastId + change.step,
        entriesAdded: stream.entriesAdded + 7n,
      });
    case 'back': {
      // Behind what was deleted, but never behind what is there; of an empty stream, anywhere.
      const last = ids.at(-1) ?? (stream.lastId > change.back ? stream.lastId - change.back : 0n);
      return stream.set({ lastId: last });
    }
    default: {
      const group = bytesOf(change.group);
      if (change.do === 'destroy') return stream.removeGroup(group);
      if (change.do === 'group') {
        const last = ids[from(change.place)] ?? 0n;
        const isNew = stream.createGroup(group, last, undefined);
        if (!isNew) stream.setGroup(group, last, BigInt(from(change.place)));
        return isNew;
      }
      const view = stream.group(group);
      if (view === undefined) return 'no group';
      if (change.do === 'ack') {
        const pending: bigint[] = [];
        view.forEachPending(ids[from(change.place)] ?? 0n, ({ id }) => void pending.push(id));
        return pending
          .slice(0, change.count)
          .map((id) => [stream.removePending(group, id), stream.removePending(group, id)]);
      }
      const consumer = bytesOf(change.consumer);
      const there = view.consumer(consumer);
      if (change.do === 'consumer') {
        if (there !== undefined) stream.setSeen(group, consumer, change.seen);
        return stream.createConsumer(group, consumer, change.seen);
      }
      if (there === undefined) return 'no consumer';
      if (change.do === 'leave') return stream.removeConsumer(group, consumer);
      return ids.slice(from(change.place), from(change.place) + change.count).map((id, i) => {
        const before = stream.group(group)!.pendingEntry(id);
        return [
          before && text(before.consumer),
          stream.setPending(group, consumer, id, 1_700_000_000_000 + i, i),
        ];
      });
    }
  }
}
