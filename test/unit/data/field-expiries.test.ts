/**
 * Laws of fields that expire: beside the twin, whatever is done to a few hashes; and an image keeps what it saw.
 *
 * The random operations of model.test.ts meet such fields too, but seldom the same one twice.
 */
import { expect, test } from 'vitest';
import { NO_EXPIRY, type Keyspace } from '../../../src/data/index.ts';
import { MapKeyspace } from '../../support/map-keyspace.ts';
import { seeded } from '../commands/support/differential.ts';
import { makes } from '../commands/support/keyspaces.ts';
import { bytesOf, describeImage, describeKeyspace, text } from './describe.ts';

const fields = ['a', 'b', '1', '', 'f'.repeat(70), 'long '.repeat(60)];
const values = ['v', '7', 'w'.repeat(65), 'x'.repeat(900)];
const keys = ['h', 'i', 'j'.repeat(80)];

/** What the operation gives, and does to a keyspace. */
function operate(draw: () => number): (keyspace: Keyspace) => unknown {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)]!;
  const [kind, dbIndex, target] = [Math.floor(draw() * 12), pick([0, 0, 1]), pick([0, 1])];
  const [key, to, field, value] = [pick(keys), pick(keys), pick(fields), pick(values)].map(bytesOf) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const atMs = pick([5, 10, 15, 2 ** 44, NO_EXPIRY]);
  const nowMs = pick([3, 6, 12, 20]);
  return (keyspace) => {
    const db = keyspace.database(dbIndex);
    const isThere = db.find(key) !== undefined;
    if (kind < 3) return db.hash(key, true)!.put(field, value, kind === 0);
    if (!isThere) return undefined;
    if (kind === 3) return db.rename(key, to, keyspace.database(target));
    if (kind === 4) return db.copy(key, to, keyspace.database(target));
    const hash = db.hash(key, false)!;
    let result: unknown;
    if (kind < 9) result = hash.setFieldExpiry(field, atMs);
    else if (kind === 9) result = hash.remove(field);
    else if (kind === 10) result = hash.removeExpired(nowMs).map(text).sort();
    else result = hash.fieldExpiry(field);
    if (hash.size === 0) db.remove(key);
    return result;
  };
}

test.each(makes.filter(({ name }) => name !== 'the map'))('4000 operations over $name', ({ make }) => {
  const draw = seeded(11);
  const keyspace = make();
  const twin = new MapKeyspace({ databases: keyspace.databases });
  let image:
    | { readonly release: () => void; readonly seen: () => unknown; readonly saw: unknown }
    | undefined;
  const met = { dated: 0, collected: 0, unflagged: 0 };
  for (let i = 0; i < 4000; i++) {
    const operation = operate(draw);
    expect(operation(keyspace), `operation ${i}`).toEqual(operation(twin));
    keyspace.check();
    if (i % 5 === 0) expect(describeKeyspace(keyspace)).toEqual(describeKeyspace(twin));
    if (i % 50 === 0) {
      if (image !== undefined) expect(image.seen()).toEqual(image.saw);
      image?.release();
      const frozen = keyspace.freeze();
      const seen = () => [describeImage(frozen.open(), keyspace.databases), frozen.open().hasFieldExpiries];
      const hasAny = [0, 1].some((at) => twin.database(at).mayHaveFieldExpiries);
      image = { release: () => frozen.release(), seen, saw: [describeKeyspace(twin), hasAny] };
      if (hasAny) met.dated++;
    }
    if (i % 7 !== 0) continue;
    const [db, twinDb] = [keyspace.database(0), twin.database(0)];
    // A time that is too early only makes a hash come that has nothing to remove; none may be left out.
    const collected = db.collectFieldExpiries(12, 1000).map(text);
    const due = twinDb.collectFieldExpiries(12).map(text);
    expect(collected).toEqual(expect.arrayContaining(due));
    if (due.length > 0) met.collected++;
    if (twinDb.mayHaveFieldExpiries) expect(db.mayHaveFieldExpiries).toBe(true);
    else if (!db.mayHaveFieldExpiries) met.unflagged++;
  }
  image?.release();
  expect(Math.min(met.dated, met.collected, met.unflagged)).toBeGreaterThan(0);
});
