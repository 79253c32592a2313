/** Random operations on two keyspaces at once: the paged one and its twin, which must agree after each. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Database, Image, Keyspace } from '../../../src/data/index.ts';
import { KEEP_EXPIRY, NO_EXPIRY, openImage } from '../../../src/data/index.ts';
import type { KeyspaceTuning } from '../../../src/data/index.ts';
import { createKeyspace } from '../../../src/data/index.ts';
import { MapKeyspace, openMapImage } from '../../support/map-keyspace.ts';
import { applyToStream, streamChange } from './stream-operations.ts';
import {
  bytesOf,
  collectRecords,
  describeEntry,
  describeImage,
  describeKeyspace,
  describePlainly,
  describeRecords,
  text,
} from './describe.ts';

export const databases = 3;

const names = [
  ...Array.from({ length: 24 }, (_, i) => `key:${i}`),
  '',
  '0',
  '12345',
  'x'.repeat(63),
  'y'.repeat(64),
  'long '.repeat(30),
  'longer '.repeat(120),
];

const texts = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }).map((n) => `m${n}`) },
  { weight: 4, arbitrary: fc.integer({ min: -70_000, max: 70_000 }).map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '-0',
      '007',
      '+1',
      '127',
      '128',
      '-128',
      '-129',
      '4095',
      '4096',
      '-4097',
      '8388607',
      '-8388609',
      '2147483647',
      '2147483648',
      '-2147483648',
      '-2147483649',
      '9007199254740993',
      '9223372036854775807',
      '-9223372036854775808',
      '9223372036854775808',
      '12345678901',
    ),
  },
  { weight: 2, arbitrary: fc.nat(200).map((n) => 'a'.repeat(n)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(255), fc.integer({ min: 55, max: 140 }))
      .map(([seed, n]) =>
        Array.from({ length: n }, (_, i) => String.fromCharCode((seed + i * i * 7) & 255)).join(''),
      ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 400, max: 6000 }).map((n) => `${n}`.padEnd(n, 'bcd')) },
);

/** Mostly a few names, so that operations meet each other's results. */
const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('key:0', 'key:1', 'key:2', 'long '.repeat(30)) },
  { weight: 2, arbitrary: fc.constantFrom(...names) },
);
const database = fc.constantFrom(0, 0, 0, 1, 2);
const expiry = fc.constantFrom(NO_EXPIRY, NO_EXPIRY, KEEP_EXPIRY, 1, 1_700_000_000_000, 2 ** 52 + 1);
const origin = fc.constantFrom('given', 'given', 'printed', 'edited');
const fieldExpiry = fc.constantFrom(NO_EXPIRY, 1, 1000, 1_700_000_000_000, 2 ** 52 + 1);
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const score = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: fc.double({ noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-0, 0.1, -0.1, Infinity, -Infinity, 2 ** 53, 1e17, -1e22, 4096, 5e-324),
  },
);
const many = fc.array(texts, { minLength: 1, maxLength: 12 });

export const operation = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ op: fc.constant('put' as const), database, key, value: texts, expiry, origin }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('patch' as const),
      database,
      key,
      offset: fc.nat(300),
      value: texts,
    }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('remove' as const), database, key }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('expire' as const), database, key, expiry }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('rename' as const), database, key, to: key, target: database }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('copy' as const), database, key, to: key, target: database }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ op: fc.constant('hput' as const), database, key, fields: many, values: many }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('hremove' as const), database, key, fields: many }) },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('hexpire' as const),
      database,
      key,
      places: fc.array(place, { minLength: 1, maxLength: 4 }),
      expiry: fieldExpiry,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('hpurge' as const), database, key, expiry: fieldExpiry }),
  },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('sadd' as const), database, key, members: many }) },
  {
    weight: 7,
    arbitrary: fc.record({
      op: fc.constant('zadd' as const),
      database,
      key,
      members: many,
      scores: fc.array(score, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('zremove' as const), database, key, members: many }) },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('zcut' as const), database, key, place, share: place }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('sremove' as const), database, key, members: many }) },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('push' as const),
      database,
      key,
      elements: many,
      head: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('insert' as const), database, key, element: texts, place }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('lset' as const), database, key, element: texts, place }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('lremove' as const), database, key, place, share: place }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('pop' as const), database, key, head: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('stream' as const),
      database,
      key,
      changes: fc.array(streamChange, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('freeze' as const) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('release' as const), place }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('swap' as const), database, target: database }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('reserve' as const), database, keys: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('flush' as const), database }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('flushall' as const), certain: fc.nat(3) }) },
);

export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

export const tunings: fc.Arbitrary<KeyspaceTuning> = fc.oneof(
  fc.constant({}),
  fc.constant({
    pageBytes: 64,
    firstChunkBytes: 1024,
    maxChunkBytes: 1024,
    segmentEntries: 2,
    extentThresholdBytes: 8,
    smallCollectionBytes: 16,
    listLeafBytes: 64,
    listNodeChildren: 4,
  }),
  fc.record(
    {
      pageBytes: fc.constantFrom(64, 128, 256, 1024, 8192),
      firstChunkBytes: fc.constantFrom(1024, 16_384),
      maxChunkBytes: fc.constantFrom(1024, 65_536, 4 << 20),
      segmentEntries: fc.constantFrom(2, 4, 16, 1024),
      extentThresholdBytes: fc.constantFrom(8, 60, 1000, 4096),
      smallCollectionBytes: fc.constantFrom(16, 100, 600, 4096),
      listLeafBytes: fc.constantFrom(64, 128, 1024),
      listNodeChildren: fc.constantFrom(4, 5, 64),
    },
    { requiredKeys: [] },
  ),
);

export class Pair {
  readonly paged: Keyspace;
  readonly twin: Keyspace;
  readonly images: { readonly paged: Image; readonly twin: Image }[] = [];

  constructor(tuning: KeyspaceTuning, hashSeed: number) {
    this.paged = createKeyspace({ databases, hashSeed, tuning });
    this.twin = new MapKeyspace({ databases });
  }

  apply(operation: Operation): void {
    if (operation.op === 'freeze') {
      if (this.images.length < 3) this.images.push({ paged: this.paged.freeze(), twin: this.twin.freeze() });
      return;
    }
    if (operation.op === 'release') {
      const [image] = this.images.splice(Math.floor(operation.place * this.images.length), 1);
      if (image === undefined) return;
      compareImages(image);
      image.paged.release();
      image.twin.release();
      return;
    }
    const results = [apply(this.paged, operation), apply(this.twin, operation)];
    assert.deepEqual(results[0], results[1], operation.op);
    if ('key' in operation) {
      const [paged, twin] = [this.paged, this.twin].map((keyspace) => {
        const entry = keyspace.database(operation.database).find(bytesOf(operation.key));
        return entry && describeEntry(entry);
      });
      assert.equal(paged, twin, operation.op);
    }
  }

  compare(): void {
    this.paged.check();
    assert.deepEqual(describeKeyspace(this.paged), describeKeyspace(this.twin));
    for (let i = 0; i < databases; i++)
      assert.equal(this.paged.database(i).expires, this.twin.database(i).expires);
  }

  compareImages(): void {
    for (const image of this.images) compareImages(image);
  }

  /** Releases what is alive and lets the memory prove that nothing is left behind. */
  end(): void {
    this.compare();
    this.compareImages();
    for (const image of this.images.splice(0)) image.paged.release();
    this.paged.check();
    for (let i = 0; i < databases; i++) this.paged.database(i).clear();
    this.paged.check();
    this.paged.clear();
    this.paged.check();
    assert.equal(this.paged.memory().usedBytes, 0);
  }
}

function compareImages(image: { readonly paged: Image; readonly twin: Image }): void {
  const reader = openImage(structuredClone(image.paged.share()));
  const twin = openMapImage(image.twin.share());
  assert.deepEqual(describeImage(reader, databases), describeImage(twin, databases));
  const plain = describePlainly(twin, databases);
  for (let i = 0; i < databases; i++) {
    for (const compress of [false, true]) {
      const cursor = reader.records(i, compress);
      assert.deepEqual(describeRecords(collectRecords(cursor)), plain[i]);
      assert.equal(cursor.keys, plain[i]!.size);
    }
    assert.deepEqual(describeRecords(collectRecords(twin.records(i, false))), plain[i]);
  }
}

function apply(keyspace: Keyspace, operation: Exclude<Operation, { op: 'freeze' | 'release' }>): unknown {
  if (operation.op === 'flushall') {
    if (operation.certain === 0) keyspace.clear();
    return undefined;
  }
  const database = keyspace.database(operation.database);
  if (operation.op === 'swap') return keyspace.swap(operation.database, operation.target);
  if (operation.op === 'flush') return database.clear();
  if (operation.op === 'reserve') return database.reserve(operation.keys);
  const name = bytesOf(operation.key);
  const type = database.find(name)?.type;
  switch (operation.op) {
    case 'put':
      return database.putString(name, bytesOf(operation.value), operation.expiry, operation.origin);
    case 'patch': {
      const entry = database.find(name);
      if (entry?.type !== 'string') return undefined;
      const { offset } = operation;
      const part = bytesOf(operation.value);
      assert.deepEqual(entry.stringRange(offset, offset + 5), entry.stringBytes().slice(offset, offset + 5));
      const old = entry.stringBytes();
      if (database.patch(name, offset, part)) return undefined;
      const value = new Uint8Array(Math.max(old.length, offset + part.length));
      value.set(old);
      value.set(part, offset);
      return database.putString(name, value, KEEP_EXPIRY, 'edited');
    }
    case 'remove':
      return database.remove(name);
    case 'expire':
      return database.setExpiry(name, operation.expiry);
    case 'rename':
    case 'copy':
      if (type === undefined) return undefined;
      return database[operation.op](name, bytesOf(operation.to), keyspace.database(operation.target));
    case 'hput':
    case 'hremove': {
      if (type !== 'hash' && type !== undefined) return undefined;
      const hash = database.hash(name, operation.op === 'hput');
      if (hash === undefined) return undefined;
      const results: unknown[] = [];
      for (const [i, field] of operation.fields.entries()) {
        results.push(hash.has(bytesOf(field)));
        if (operation.op === 'hput')
          results.push(hash.put(bytesOf(field), bytesOf(operation.values[i % operation.values.length]!)));
        else results.push(hash.remove(bytesOf(field)));
        results.push(hash.size, textOf(hash.get(bytesOf(field))));
      }
      if (hash.size === 0) assert(database.remove(name));
      return results;
    }
    case 'hexpire': {
      const hash = type === 'hash' ? database.hash(name, false) : undefined;
      if (hash === undefined) return undefined;
      // Of the fields that are there, in the order of their text, which is the same for the twin.
      const fields: string[] = [];
      hash.forEach((field) => void fields.push(textOf(field)!));
      fields.sort();
      return operation.places.map((at) => {
        const field = fields[Math.floor(at * fields.length)]!;
        return [field, hash.setFieldExpiry(bytesOf(field), operation.expiry)];
      });
    }
    case 'hpurge': {
      const hash = type === 'hash' ? database.hash(name, false) : undefined;
      if (hash === undefined) return undefined;
      const removed = hash.removeExpired(operation.expiry).map((field) => textOf(field)!);
      removed.sort();
      if (hash.size === 0) assert(database.remove(name));
      return removed;
    }
    case 'sadd':
    case 'sremove': {
      if (type !== 'set' && type !== undefined) return undefined;
      const set = database.set(name, operation.op === 'sadd');
      if (set === undefined) return undefined;
      const results: unknown[] = [];
      for (const member of operation.members) {
        results.push(
          operation.op === 'sadd' ? set.add(bytesOf(member)) : set.remove(bytesOf(member)),
          set.size,
          set.has(bytesOf(member)),
        );
      }
      if (set.size === 0) assert(database.remove(name));
      return results;
    }
    case 'zadd':
    case 'zremove':
    case 'zcut':
      return type === 'zset' || type === undefined ? applyToZset(database, name, operation) : undefined;
    case 'stream': {
      if (type !== 'stream' && type !== undefined) return undefined;
      const stream = database.stream(name, true)!;
      return operation.changes.map((change) => applyToStream(stream, change));
    }
    default: {
      if (type !== 'list' && type !== undefined) return undefined;
      const list = database.list(name, operation.op === 'push');
      if (list === undefined) return undefined;
      const { length } = list;
      const results: unknown[] = [length];
      switch (operation.op) {
        case 'push':
          for (const element of operation.elements) {
            if (operation.head) list.pushHead(bytesOf(element));
            else list.pushTail(bytesOf(element));
          }
          break;
        case 'insert':
          list.insertAt(Math.floor(operation.place * (length + 1)), bytesOf(operation.element));
          break;
        case 'lset':
          list.setAt(Math.floor(operation.place * length), bytesOf(operation.element));
          break;
        case 'lremove': {
          const from = Math.floor(operation.place * length);
          list.removeRange(from, Math.floor(operation.share * (length - from + 1)));
          break;
        }
        case 'pop':
          results.push(text(operation.head ? list.popHead() : list.popTail()));
          break;
      }
      const middle = list.length >>> 1;
      if (list.length > 0) results.push(text(list.at(middle)));
      list.forEachBackward((element, index) => void results.push(index, text(element)), middle);
      list.forEach((element, index) => void results.push(index, text(element)), middle);
      if (list.length === 0) assert(database.remove(name));
      return results;
    }
  }
}

function applyToZset(
  database: Database,
  name: Uint8Array,
  operation: Extract<Operation, { op: 'zadd' | 'zremove' | 'zcut' }>,
): unknown {
  const zset = database.zset(name, operation.op === 'zadd');
  if (zset === undefined) return undefined;
  const results: unknown[] = [];
  if (operation.op === 'zcut') {
    const from = Math.floor(operation.place * zset.size);
    zset.removeRange(from, Math.floor(operation.share * (zset.size - from + 1)));
  } else {
    for (const [i, text] of operation.members.entries()) {
      const member = bytesOf(text);
      results.push(zset.rank(member));
      if (operation.op === 'zremove') results.push(zset.remove(member));
      else results.push(zset.put(member, operation.scores[i % operation.scores.length]!, i % 3 === 0));
      results.push(zset.size, zset.isCompact, zset.score(member), zset.rank(member));
    }
  }
  const middle = zset.size >>> 1;
  zset.forEachBackward((member, score, rank) => void results.push(rank, text(member), score), middle);
  zset.forEach((member, score, rank) => void results.push(rank, text(member), score), middle);
  for (const bound of [-1, 0, 0.05, 3]) results.push(zset.countBefore((score) => score < bound));
  results.push(
    zset.countBefore(
      (score, bytes, start, end) => score < 1 || (score === 1 && (start === end || bytes[start]! < 0x62)),
    ),
  );
  if (zset.size === 0) assert(database.remove(name));
  return results;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && text(bytes);
}
