/** Law of SCAN, SSCAN, HSCAN: what is there all the time is given, whatever the step and whatever else comes and goes. */
import { expect, test } from 'vitest';
import { frameOf } from './support/frame.ts';
import { makes } from './support/keyspaces.ts';
import { Runner } from './support/runner.ts';

// The twin's scans are tried with the keyspaces; these are the real one's.
const make = () => new Runner(makes[1]!.make());

/** Scans to the end, calling `between` before each further step. */
function scanAll(
  runner: Runner,
  scan: (cursor: string) => string[],
  between: (step: number) => void = () => {},
): string[] {
  const found: string[] = [];
  let cursor = '0';
  let steps = 0;
  do {
    const [next, items] = frameOf(runner.run(...scan(cursor))).items!;
    found.push(...items!.items!.map((item) => item.body!));
    cursor = next!.body!;
    between(steps++);
    expect(steps).toBeLessThan(10_000);
  } while (cursor !== '0');
  return found;
}

const names = Array.from({ length: 700 }, (_, i) => `name:${i}`);

test.each(['1', '10', '1000', '9223372036854775807'])('SCAN COUNT %s gives every key that stays', (count) => {
  const runner = make();
  runner.run('MSET', ...names.flatMap((name) => [name, '']));
  const found = scanAll(
    runner,
    (cursor) => ['SCAN', cursor, 'COUNT', count],
    (step) => {
      runner.run('SET', `other:${step}`, '');
      if (step > 3) runner.run('DEL', `other:${step - 3}`);
    },
  );
  const given = new Set(found);
  expect(names.filter((name) => !given.has(name))).toEqual([]);
});

test('SCAN gives no expired key, and removes it', () => {
  const runner = make();
  runner.run('MSET', 'a', '', 'b', '');
  runner.run('SET', 'old', '', 'PXAT', '1');
  expect(scanAll(runner, (cursor) => ['SCAN', cursor]).toSorted()).toEqual(['a', 'b']);
  expect(runner.run('DBSIZE')).toBe(':2\r\n');
});

test('SCAN MATCH and TYPE', () => {
  const runner = make();
  runner.run('MSET', ...names.flatMap((name) => [name, '']));
  runner.run('SADD', 'name:set', 'x');
  expect(scanAll(runner, (cursor) => ['SCAN', cursor, 'MATCH', 'name:1?']).length).toBe(10);
  expect(scanAll(runner, (cursor) => ['SCAN', cursor, 'TYPE', 'SET'])).toEqual(['name:set']);
});

test('SSCAN and HSCAN give all members, and all fields with their values', () => {
  const runner = make();
  runner.run('SADD', 'set', ...names);
  runner.run('HSET', 'hash', ...names.flatMap((name, i) => [name, `${i}`]));
  expect(scanAll(runner, (cursor) => ['SSCAN', 'set', cursor]).toSorted()).toEqual(names.toSorted());
  const items = scanAll(runner, (cursor) => ['HSCAN', 'hash', cursor, 'COUNT', '7']);
  expect(Object.fromEntries(names.map((name) => [name, items[items.indexOf(name) + 1]]))).toEqual(
    Object.fromEntries(names.map((name, i) => [name, `${i}`])),
  );
});

test('a cursor that nobody gave ends the scan or goes on, and harms nothing', () => {
  const runner = make();
  runner.run('MSET', ...names.flatMap((name) => [name, '']));
  for (const cursor of ['-1', '+7', '', '18446744073709551615', '9007199254740993', '123456']) {
    expect(runner.run('SCAN', cursor)[0]).toBe('*');
  }
});
