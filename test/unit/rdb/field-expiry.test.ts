/** Laws of fields that expire in files: they come back, and only for them a file is of a version that Redis 7.0 refuses. */
import { expect, test } from 'vitest';
import { ByteWriter, latin1Text } from '../../../src/bytes/index.ts';
import { createKeyspace, type Keyspace } from '../../../src/data/index.ts';
import { loadInto, RdbDecoder, RdbEncoder } from '../../../src/rdb/index.ts';
import { bytesOf, describeKeyspace } from '../data/describe.ts';

function keyspace(): Keyspace {
  return createKeyspace({ databases: 4, hashSeed: 3 });
}

function fileOf(from: Keyspace, compress: boolean): Uint8Array {
  const image = from.freeze();
  const encoder = new RdbEncoder(image.open(), { aux: [], compress, checksum: true });
  const file = new ByteWriter();
  while (encoder.next(file, 100)) file.ensure(1);
  image.release();
  return file.copy();
}

function load(file: Uint8Array, nowMs?: number): { loaded: Keyspace; expired: number } {
  const loaded = keyspace();
  const loader = loadInto(loaded, nowMs === undefined ? {} : { nowMs });
  const decoder = new RdbDecoder(loader);
  decoder.push(file);
  decoder.end();
  return { loaded, expired: loader.expired };
}

/** A hash of so many fields, of which each third expires. */
function fill(db: ReturnType<Keyspace['database']>, name: string, count: number): void {
  const hash = db.hash(bytesOf(name), true)!;
  for (let i = 0; i < count; i++) {
    const field = bytesOf(`field ${i} ${'x'.repeat(i % 90)}`);
    hash.put(field, bytesOf(`${i}`.repeat(1 + (i % 40))));
    if (i % 3 === 0) hash.setFieldExpiry(field, [5000, 5001, 2 ** 45, 1_700_000_000_000][i % 4]!);
  }
}

test.each([true, false])('they come back, expiry and all (compressed: %s)', (compress) => {
  const from = keyspace();
  fill(from.database(0), 'small', 4);
  fill(from.database(2), 'large', 3000);
  from.database(2).hash(bytesOf('plain'), true)!.put(bytesOf('f'), bytesOf('v'));
  from.database(2).setExpiry(bytesOf('large'), 2 ** 44);
  const file = fileOf(from, compress);
  expect(latin1Text(file, 0, 9)).toBe('REDIS0012');
  expect(describeKeyspace(load(file).loaded)).toEqual(describeKeyspace(from));
});

test('without one the file is of version 10, also when there was one once', () => {
  const from = keyspace();
  const db = from.database(1);
  fill(db, 'h', 4);
  expect(latin1Text(fileOf(from, false), 0, 9)).toBe('REDIS0012');
  const hash = db.hash(bytesOf('h'), false)!;
  hash.removeExpired(2 ** 50);
  expect(hash.size).toBe(2);
  expect(latin1Text(fileOf(from, false), 0, 9)).toBe('REDIS0010');
});

test('a field that has expired is left out, a hash without others with it', () => {
  const from = keyspace();
  const db = from.database(0);
  for (const [name, fields] of [
    ['h', ['a', 'b']],
    ['i', ['a']],
  ] as const) {
    const hash = db.hash(bytesOf(name), true)!;
    for (const field of fields) hash.put(bytesOf(field), bytesOf('1'));
    hash.setFieldExpiry(bytesOf('a'), 1000);
  }
  const file = fileOf(from, false);
  const { loaded, expired } = load(file, 1001);
  expect(expired).toBe(1);
  expect(loaded.database(0).find(bytesOf('i'))).toBeUndefined();
  const left = loaded.database(0).find(bytesOf('h'))!.hash();
  expect([left.size, left.nextExpiryMs, left.has(bytesOf('b'))]).toEqual([1, -1, true]);
  expect(load(file, 1000).loaded.database(0).size).toBe(2);
});
