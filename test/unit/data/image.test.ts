import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Image } from '../../../src/data/index.ts';
import { NO_EXPIRY, createKeyspace, openImage } from '../../../src/data/index.ts';
import { bytesOf, collectRecords, describeRecords, sorted, text } from './describe.ts';

describe('an image', () => {
  test('costs a few pointers, and one copied page a page written, whatever the size', () => {
    const keyspace = createKeyspace({ databases: 16, hashSeed: 9 });
    const database = keyspace.database(0);
    for (let i = 0; i < 20_000; i++)
      database.putString(bytesOf(`key:${i}`), bytesOf('v'.repeat(100)), NO_EXPIRY);
    const before = keyspace.memory();
    const image = keyspace.freeze();
    expect(keyspace.memory().usedBytes).toBe(before.usedBytes);
    expect(keyspace.memory().copiedBytes).toBe(0);
    database.putString(bytesOf('key:5'), bytesOf('w'.repeat(100)), NO_EXPIRY);
    const once = keyspace.memory().copiedBytes;
    expect(once).toBeLessThan(20_000);
    database.putString(bytesOf('key:5'), bytesOf('x'.repeat(100)), NO_EXPIRY);
    expect(keyspace.memory().copiedBytes).toBe(once);
    image.release();
    database.putString(bytesOf('key:6'), bytesOf('x'.repeat(100)), NO_EXPIRY);
    expect(keyspace.memory()).toMatchObject({ images: 0, copiedBytes: once });
  });

  test('is let go in any order: what an older one sees stays', () => {
    for (const order of ['abc', 'acb', 'bac', 'bca', 'cab', 'cba', 'abc', 'cba']) {
      const extentThresholdBytes = order === 'acb' || order === 'cba' ? 16 : 200;
      const tuning = { pageBytes: 512, segmentEntries: 2, extentThresholdBytes };
      const keyspace = createKeyspace({ databases: 1, hashSeed: 9, tuning });
      const database = keyspace.database(0);
      const images = new Map<
        string,
        { readonly image: Image; readonly expected: ReadonlyMap<string, string> }
      >();
      const now = new Map<string, string>();
      const put = (key: string, value: string): void => {
        now.set(key, `string -1  ${JSON.stringify(value)}`);
        database.putString(bytesOf(key), bytesOf(value), NO_EXPIRY);
      };
      for (const [round, name] of ['a', 'b', 'c'].entries()) {
        // Some pages change between any two images, some only once, so that blocks of all ages are dropped later.
        for (let i = 0; i < 60; i += 1 + 20 * round) put(`key:${i}`, `${name}${i} `.repeat(9));
        for (let i = 60; i < 70; i++) {
          database.remove(bytesOf(`key:${i}`));
          put(`key:${i}`, `${name}${i} `.repeat(9));
        }
        images.set(name, { image: keyspace.freeze(), expected: new Map(now) });
      }
      database.clear();
      for (const name of order) {
        keyspace.check();
        for (const { image, expected } of images.values()) {
          expect(describeRecords(collectRecords(image.open().records(0, false)))).toEqual(
            sorted(new Map(expected)),
          );
        }
        images.get(name)!.image.release();
        images.delete(name);
        // What is freed is used again at once: an image that still needed it would see this.
        for (let i = 0; i < 300; i++) {
          database.putString(bytesOf(`other:${i}`), bytesOf('z'.repeat(i % 90)), NO_EXPIRY);
        }
      }
      keyspace.check();
    }
  });

  test('refuses to be released twice, opened or shared afterwards', () => {
    const image = createKeyspace({ databases: 1, hashSeed: 9 }).freeze();
    image.release();
    expect(() => image.release()).toThrow(/released twice/);
    expect(() => image.open()).toThrow(/released/);
    expect(() => image.share()).toThrow(/released/);
    expect(() => openImage({ format: 'something' })).toThrow(/not a shared image/);
  });

  test('is read in slices by walk, every key once', () => {
    const keyspace = createKeyspace({ databases: 2, hashSeed: 9, tuning: { pageBytes: 256 } });
    for (let i = 0; i < 1000; i++)
      keyspace.database(1).putString(bytesOf(`key:${i}`), bytesOf('v'), NO_EXPIRY);
    const image = keyspace.freeze();
    const walk = image.open().walk(1);
    const seen: string[] = [];
    while (walk.next((entry) => void seen.push(text(entry.key()))))
      keyspace.database(1).remove(bytesOf(seen.at(-1)!));
    expect(new Set(seen).size).toBe(1000);
    expect(seen.length).toBe(1000);
    expect(
      image
        .open()
        .walk(0)
        .next(() => {}),
    ).toBe(false);
    image.release();
  });

  test('is read by another thread while the owner goes on writing', async () => {
    const keyspace = createKeyspace({ databases: 4, hashSeed: 9, tuning: { pageBytes: 512 } });
    const database = keyspace.database(2);
    for (let i = 0; i < 3000; i++)
      database.putString(
        bytesOf(`key:${i}`),
        bytesOf(`value ${i} `.repeat(1 + (i % 90))),
        i % 2 === 0 ? 5 + i : NO_EXPIRY,
      );
    const hash = database.hash(bytesOf('hash'), true)!;
    for (let i = 0; i < 1000; i++) hash.put(bytesOf(`f${i}`), bytesOf(`v${i}`));
    const image = keyspace.freeze();
    const expected = describeRecords(collectRecords(image.open().records(2, false)));
    const worker = new Worker(fileURLToPath(new URL('image-worker.mjs', import.meta.url)), {
      workerData: { image: image.share(), database: 2 },
      execArgv: [],
    });
    const answer = new Promise<{ readonly bytes: Uint8Array; readonly databases: unknown }>(
      (resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      },
    );
    let going = true;
    const finished = answer.finally(() => (going = false));
    for (let round = 0; going; round++) {
      for (let i = 0; i < 3000; i++)
        database.putString(bytesOf(`key:${i}`), bytesOf(`${round}`.repeat(i % 700)), NO_EXPIRY);
      for (let i = 0; i < 1000; i++) hash.put(bytesOf(`f${i}`), bytesOf(`${round}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { bytes, databases } = await finished;
    expect(databases).toEqual([{ index: 2, keys: 3001, expires: 1500 }]);
    expect(describeRecords(bytes)).toEqual(expected);
    image.release();
    keyspace.check();
    await worker.terminate();
  });
});
