/** What a keyspace holds, as plain values: for comparing keyspaces with each other and with the corpus. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { formatDouble17 } from '../../../src/bytes/index.ts';
import type { Expiry, Keyspace } from '../../../src/data/keyspace.ts';
import { greatestStreamId, streamIdText, type StreamView } from '../../../src/data/index.ts';
import { NO_EXPIRY } from '../../../src/data/keyspace.ts';
import { applyToStream, streamChange } from '../data/stream-operations.ts';
import { MapKeyspace } from '../../support/map-keyspace.ts';

export const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
export const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

export interface Content {
  type: string;
  expireAtMs: Expiry;
  /** The value flattened: a list in order, a set sorted, a hash as field, value sorted by field, a sorted set as member, score in order. */
  items: string[];
}

/** Database → key → content, for databases that have keys. */
export function contents(keyspace: Keyspace): Record<string, Record<string, Content>> {
  const all: Record<string, Record<string, Content>> = {};
  for (let index = 0; index < keyspace.databases; index++) {
    const keys: [string, Content][] = [];
    keyspace.database(index).forEach((entry) => {
      let items: string[] = [];
      if (entry.type === 'string') items = [text(entry.stringBytes())];
      else if (entry.type === 'list') entry.list().forEach((element) => void items.push(text(element)));
      else if (entry.type === 'set') {
        entry.set().forEach((member) => void items.push(text(member)));
        items.sort();
      } else if (entry.type === 'zset') {
        entry.zset().forEach((member, score) => void items.push(text(member), formatDouble17(score)));
      } else if (entry.type === 'stream') {
        items = flatStream(entry.stream());
      } else {
        const pairs: [string, string][] = [];
        entry.hash().forEach((field, value) => void pairs.push([text(field), text(value)]));
        items = pairs.sort(([a], [b]) => (a < b ? -1 : 1)).flat();
      }
      keys.push([text(entry.key()), { type: entry.type, expireAtMs: entry.expireAtMs, items }]);
    });
    if (keys.length > 0) all[index] = Object.fromEntries(keys.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return all;
}

/** In the order in which the corpus describes a stream: facts, entries, groups with what is pending. */
function flatStream(stream: StreamView): string[] {
  const items = [streamIdText(stream.lastId), streamIdText(stream.maxDeletedId), String(stream.entriesAdded)];
  stream.forEach(0n, greatestStreamId, ({ id, fields }) => {
    items.push(streamIdText(id), ...fields().map(text));
  });
  stream.forEachGroup((group) => {
    items.push(text(group.name), streamIdText(group.lastId), String(group.entriesRead ?? 'None'));
    group.forEachPending(0n, ({ id, consumer, deliveredMs, deliveries }) => {
      items.push(streamIdText(id), text(consumer), String(deliveredMs), String(deliveries));
    });
    group.forEachConsumer((consumer) => {
      items.push(text(consumer.name));
      consumer.forEachPending(0n, ({ id }) => void items.push(streamIdText(id)));
    });
  });
  return items;
}

/** As the corpus describes a value. */
export function digest(items: readonly string[]): string {
  const hash = createHash('sha256');
  for (const item of items) {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(item.length);
    hash.update(length).update(Buffer.from(item, 'latin1'));
  }
  return hash.digest('hex');
}

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 12 }) },
  fc.integer().map((value) => latin1(String(value))),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => latin1(String(value))),
  fc.constantFrom('', '-0', '007', 'x'.repeat(63), 'y'.repeat(64), 'ab'.repeat(200)).map(latin1),
);

const score = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, Infinity, -Infinity, 2 ** 53, 1e17),
);

const value = fc.oneof(
  fc.record({ type: fc.constant('string' as const), value: piece }),
  fc.record({ type: fc.constant('list' as const), items: fc.array(piece, { minLength: 1, maxLength: 140 }) }),
  fc.record({ type: fc.constant('set' as const), items: fc.array(piece, { minLength: 1, maxLength: 70 }) }),
  fc.record({
    type: fc.constant('hash' as const),
    items: fc.array(fc.tuple(piece, piece), { minLength: 1, maxLength: 70 }),
  }),
  fc.record({
    type: fc.constant('zset' as const),
    items: fc.array(fc.tuple(piece, score), { minLength: 1, maxLength: 160 }),
  }),
  fc.record({ type: fc.constant('stream' as const), changes: fc.array(streamChange, { maxLength: 12 }) }),
);

/** A keyspace of four databases with anything in it. */
export const anyKeyspace = fc
  .array(
    fc.record({
      db: fc.nat(3),
      key: piece,
      value,
      expireAtMs: fc.option(
        fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: 0, max: 2 ** 48 }) },
          { weight: 1, arbitrary: fc.bigInt(2n ** 53n, 2n ** 63n - 1n) },
        ),
        { nil: NO_EXPIRY },
      ),
    }),
    { maxLength: 8 },
  )
  .map((keys) => {
    const keyspace = new MapKeyspace({ databases: 4 });
    for (const { db, key, value: content, expireAtMs } of keys) {
      const database = keyspace.database(db);
      database.remove(key);
      if (content.type === 'string') database.putString(key, content.value, NO_EXPIRY);
      else if (content.type === 'list')
        for (const item of content.items) database.list(key, true)!.pushTail(item);
      else if (content.type === 'stream')
        for (const change of content.changes) applyToStream(database.stream(key, true)!, change);
      else if (content.type === 'set') for (const item of content.items) database.set(key, true)!.add(item);
      else if (content.type === 'zset')
        for (const [member, item] of content.items) database.zset(key, true)!.put(member, item, true);
      else for (const [field, item] of content.items) database.hash(key, true)!.put(field, item);
      database.setExpiry(key, expireAtMs);
    }
    return keyspace;
  });
