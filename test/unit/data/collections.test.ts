import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyspace, openImage } from '../../../src/data/index.ts';
import { bytesOf, text } from './describe.ts';

const small = {
  pageBytes: 256,
  firstChunkBytes: 1024,
  segmentEntries: 4,
  listLeafBytes: 128,
  listNodeChildren: 4,
};

describe('long lists', () => {
  test('inserting, setting and removing anywhere is what an array does', () => {
    const step = fc.record({
      kind: fc.constantFrom('insert', 'insert', 'set', 'remove', 'head', 'tail'),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      count: fc.nat(60),
      bytes: fc.oneof({ weight: 9, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.nat(300) }),
    });
    fc.assert(
      fc.property(
        fc.nat(400),
        fc.array(step, { maxLength: 60, size: 'max' }),
        fc.nat(59),
        (length, steps, freezeAt) => {
          const keyspace = createKeyspace({ databases: 1, hashSeed: 1, tuning: small });
          const list = keyspace.database(0).list(bytesOf('l'), true)!;
          const model: string[] = [];
          for (let i = 0; i < length; i++) {
            model.push(`e${i}`);
            list.pushTail(bytesOf(`e${i}`));
          }
          let frozen:
            | { readonly image: ReturnType<typeof keyspace.freeze>; readonly model: string[] }
            | undefined;
          steps.forEach(({ kind, at, count, bytes }, i) => {
            if (i === freezeAt) frozen = { image: keyspace.freeze(), model: [...model] };
            const element = `${i}:${'x'.repeat(bytes)}`;
            const index = Math.floor(at * model.length);
            if (kind === 'insert') {
              model.splice(index, 0, element);
              list.insertAt(index, bytesOf(element));
            } else if (kind === 'set' && model.length > 0) {
              model[index] = element;
              list.setAt(index, bytesOf(element));
            } else if (kind === 'remove') {
              const some = Math.min(count, model.length - index);
              model.splice(index, some);
              list.removeRange(index, some);
            } else if (kind === 'head') {
              model.unshift(element);
              list.pushHead(bytesOf(element));
            } else {
              model.push(element);
              list.pushTail(bytesOf(element));
            }
            if (i % 16 === 0) keyspace.check();
          });
          keyspace.check();
          const seen: string[] = [];
          list.forEach((each) => void seen.push(text(each)));
          expect(seen).toEqual(model);
          for (let i = 0; i < model.length; i += 7) assert.equal(text(list.at(i)), model[i]);
          if (frozen === undefined) return;
          const kept: string[] = [];
          openImage(frozen.image.share()).forEach(0, (entry) =>
            entry.list().forEach((each) => void kept.push(text(each))),
          );
          expect(kept).toEqual(frozen.model);
          frozen.image.release();
          keyspace.check();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('copies, found by value and thinned out, are what arrays are, and images of them stay', () => {
    const step = fc.record({
      kind: fc.constantFrom(
        'copy',
        'copy',
        'insert',
        'insert',
        'thin',
        'thin',
        'cut',
        'find',
        'remove',
        'freeze',
        'release',
      ),
      key: fc.nat(3),
      other: fc.nat(3),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      some: fc.nat(40),
      draws: fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }),
    });
    const thin = (bits: string) => ({
      kind: 'thin' as const,
      key: 0,
      other: 0,
      at: 0,
      some: 0,
      draws: Array.from({ length: 50 }, (_, i) => bits[i] === '1'),
    });
    const elements = ['a', 'b', '12', '-7', '4096', 'word '.repeat(4), 'long '.repeat(30), ''];
    fc.assert(
      fc.property(fc.nat(400), fc.array(step, { maxLength: 70, size: 'max' }), (length, steps) => {
        const keyspace = createKeyspace({ databases: 1, hashSeed: 1, tuning: small });
        const db = keyspace.database(0);
        const models = new Map<number, string[]>();
        const frozen: { image: ReturnType<typeof keyspace.freeze>; models: Map<string, string[]> }[] = [];
        const listOf = (key: number) => db.list(bytesOf(`l${key}`), true)!;
        const contents = (key: number) => {
          const seen: string[] = [];
          db.list(bytesOf(`l${key}`), false)?.forEach((each) => void seen.push(text(each)));
          return seen;
        };
        models.set(
          0,
          Array.from({ length: length + 1 }, (_, i) => elements[(i * 7 + (i >> 3)) % elements.length]!),
        );
        for (const element of models.get(0)!) listOf(0).pushTail(bytesOf(element));
        for (const { kind, key, other, at, some, draws } of steps) {
          const model = models.get(key);
          if (model === undefined && kind !== 'freeze' && kind !== 'release') continue;
          const wanted = elements[some % elements.length]!;
          switch (kind) {
            case 'copy':
              if (key === other) break;
              db.copy(bytesOf(`l${key}`), bytesOf(`l${other}`));
              models.set(other, [...model!]);
              break;
            case 'insert': {
              const index = Math.floor(at * model!.length);
              model!.splice(index, 0, wanted);
              listOf(key).insertAt(index, bytesOf(wanted));
              break;
            }
            case 'thin':
            case 'cut': {
              const isGone = (i: number) =>
                kind === 'thin'
                  ? draws[i % draws.length]!
                  : i >= at * model!.length && i < at * model!.length + some;
              const indexes = model!.map((_, i) => i).filter(isGone);
              listOf(key).removeEach(indexes);
              models.set(
                key,
                model!.filter((_, i) => !isGone(i)),
              );
              break;
            }
            case 'find': {
              const [from, end] = [Math.floor(at * model!.length), Math.floor(at * model!.length) + some];
              const found: number[] = [];
              const back: number[] = [];
              listOf(key).forEachEqual(bytesOf(wanted), (i) => void found.push(i), from, end);
              listOf(key).forEachEqualBackward(bytesOf(wanted), (i) => void back.push(i), from, end);
              const right = model!.flatMap((element, i) =>
                element === wanted && i >= from && i < end ? [i] : [],
              );
              expect([found, back.toReversed()]).toEqual([right, right]);
              break;
            }
            case 'remove':
              db.remove(bytesOf(`l${key}`));
              models.delete(key);
              break;
            case 'freeze':
              frozen.push({
                image: keyspace.freeze(),
                models: new Map([...models].map(([name, list]) => [`l${name}`, [...list]])),
              });
              break;
            case 'release':
              frozen.splice(some % Math.max(1, frozen.length), 1)[0]?.image.release();
          }
          keyspace.check();
        }
        for (const [key, model] of models) expect(contents(key)).toEqual(model);
        for (const { image, models: were } of frozen) {
          const kept = new Map<string, string[]>();
          openImage(image.share()).forEach(0, (entry) => {
            const list: string[] = [];
            entry.list().forEach((each) => void list.push(text(each)));
            kept.set(text(entry.key()), list);
          });
          expect(kept).toEqual(were);
          image.release();
        }
        for (const key of models.keys()) db.remove(bytesOf(`l${key}`));
        keyspace.purge();
        keyspace.check();
        expect(keyspace.memory().usedBytes).toBeLessThan(2048);
      }),
      {
        numRuns: 150,
        // Below a root of one child that is no leaf stands a node that another list has, too.
        examples: [
          [
            20,
            [
              thin('01001100000111000001011101101100000000000000000000'),
              thin('01010011000110000000000000000000000000000000000000'),
              { ...thin(''), kind: 'insert', some: 30 },
              thin('01011010100000000000000000000000000000000000000000'),
              { ...thin(''), kind: 'copy', other: 1 },
              thin('11000000000000000000000000000000000000000000000000'),
            ],
          ],
        ],
      },
    );
  });

  test('a copy of a long list costs nothing, and a change of either a few blocks', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 1 });
    const db = keyspace.database(0);
    const list = db.list(bytesOf('l'), true)!;
    for (let i = 0; i < 50_000; i++) list.pushTail(bytesOf(`element ${i}`));
    const before = keyspace.memory().usedBytes;
    db.copy(bytesOf('l'), bytesOf('c'));
    expect(keyspace.memory().usedBytes - before).toBeLessThan(1024);
    db.list(bytesOf('c'), true)!.setAt(25_000, bytesOf('changed'));
    db.list(bytesOf('l'), true)!.pushHead(bytesOf('first'));
    expect(keyspace.memory().usedBytes - before).toBeLessThan(32_768);
    expect(text(db.list(bytesOf('l'), false)!.at(25_001))).toBe('element 25000');
    expect(text(db.list(bytesOf('c'), false)!.at(25_000))).toBe('changed');
    db.remove(bytesOf('l'));
    expect(text(db.list(bytesOf('c'), false)!.at(49_999))).toBe('element 49999');
    keyspace.check();
  });

  test('a change in the middle of a long list costs a few blocks of copying after a freeze', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 1 });
    const list = keyspace.database(0).list(bytesOf('l'), true)!;
    for (let i = 0; i < 20_000; i++) list.pushTail(bytesOf(`element ${i}`));
    const image = keyspace.freeze();
    list.insertAt(10_000, bytesOf('new'));
    list.removeRange(5_000, 1);
    expect(keyspace.memory().copiedBytes).toBeLessThan(32_768);
    expect(list.length).toBe(20_000);
    expect(text(list.at(10_000 - 1))).toBe('new');
    keyspace.check();
    image.release();
  });
});

describe('large hashes and sets', () => {
  test('one field of thirty thousand costs a few pages of copying after a freeze', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 3 });
    const hash = keyspace.database(0).hash(bytesOf('h'), true)!;
    for (let i = 0; i < 30_000; i++) hash.put(bytesOf(`field ${i}`), bytesOf(`value ${i}`));
    const image = keyspace.freeze();
    expect(hash.put(bytesOf('field 77'), bytesOf('changed'))).toBe(false);
    expect(hash.put(bytesOf('another'), bytesOf('1'))).toBe(true);
    expect(keyspace.memory().copiedBytes).toBeLessThan(65_536);
    expect(hash.size).toBe(30_001);
    const reader = image.open();
    reader.forEach(0, (entry) => {
      expect(entry.hash().size).toBe(30_000);
      expect(text(entry.hash().get(bytesOf('field 77'))!)).toBe('value 77');
      expect(entry.hash().has(bytesOf('another'))).toBe(false);
    });
    keyspace.check();
    image.release();
    keyspace.database(0).remove(bytesOf('h'));
    keyspace.check();
  });

  test('the limits of the compact forms are those of Redis, and are never taken back', () => {
    for (const tuning of [{}, small, { pageBytes: 64, smallCollectionBytes: 16 }]) {
      const database = createKeyspace({ databases: 1, hashSeed: 3, tuning }).database(0);
      const encoding = (name: string): string => database.find(bytesOf(name))!.encoding();
      const hash = database.hash(bytesOf('h'), true)!;
      for (let i = 0; i < 512; i++) hash.put(bytesOf(`f${i}`), bytesOf('v'.repeat(64)));
      expect(encoding('h')).toBe('listpack');
      hash.put(bytesOf('f'), bytesOf('v'));
      expect(encoding('h')).toBe('hashtable');
      hash.remove(bytesOf('f'));
      expect(encoding('h')).toBe('hashtable');
      database.hash(bytesOf('h2'), true)!.put(bytesOf('f'), bytesOf('v'.repeat(65)));
      expect(encoding('h2')).toBe('hashtable');
      const set = database.set(bytesOf('s'), true)!;
      for (let i = 0; i < 512; i++) set.add(bytesOf(`${i * 1000}`));
      expect(encoding('s')).toBe('intset');
      set.add(bytesOf('-1'));
      expect(encoding('s')).toBe('hashtable');
      database.set(bytesOf('s2'), true)!.add(bytesOf('text'));
      expect(encoding('s2')).toBe('hashtable');
      database.list(bytesOf('l'), true)!.pushHead(bytesOf('x'));
      expect(encoding('l')).toBe('quicklist');
    }
  });

  test('a collection may be read while another one is walked', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 3, tuning: small });
    const database = keyspace.database(0);
    const a = database.set(bytesOf('a'), true)!;
    const b = database.set(bytesOf('b'), true)!;
    for (let i = 0; i < 500; i++) {
      a.add(bytesOf(`m${i}`));
      if (i % 2 === 0) b.add(bytesOf(`m${i}`));
    }
    let common = 0;
    a.forEach((member) => {
      if (b.has(member)) common++;
      assert(database.find(bytesOf('a')) !== undefined);
    });
    expect(common).toBe(250);
  });
});
