/** Laws of how commands use the keyspace: nothing is used after its time, no empty collection is left behind. */
import { expect, test } from 'vitest';
import { seeded } from './support/differential.ts';
import { Generator } from './support/generate.ts';
import { makes } from './support/keyspaces.ts';
import { Runner } from './support/runner.ts';
import { strict } from './support/strict-keyspace.ts';

const runs = [1, 2, 3, 4, 5, 6].map((seed) => ({ seed, ...makes[seed % makes.length]! }));

test.each(runs)('random commands over $name (seed $seed)', ({ seed, make }) => {
  const draw = seeded(seed);
  const generator = new Generator(draw, { pastExpiries: seed % 2 === 0 });
  const keyspace = make();
  const runner = new Runner(strict(keyspace), { seed });
  for (let i = 0; i < 2500; i++) {
    const words = generator.next();
    if (words[0]!.toLowerCase() === 'select') {
      runner.select(Number(words[1] ?? 0));
      continue;
    }
    const { changes } = runner;
    const logged = runner.units.length;
    runner.run(...words);
    const isFlush = /^flush/i.test(words[0]!);
    if (runner.changes > changes && runner.units.length === logged) {
      expect.fail(`${JSON.stringify(words)} changed something and logged nothing`);
    }
    // What expires is no change that is counted.
    const isChanged = runner.changes > changes || runner.touched.size > 0;
    if (runner.units.length > logged && !isChanged && !isFlush) {
      expect.fail(`${JSON.stringify(words)} logged something and changed nothing`);
    }
  }
  for (let i = 0; i < keyspace.databases; i++) {
    keyspace.database(i).forEach((entry) => {
      const size = {
        string: () => 1,
        list: () => entry.list().length,
        set: () => entry.set().size,
        hash: () => entry.hash().size,
        zset: () => entry.zset().size,
        // A stream may be empty.
        stream: () => 1,
      };
      expect(size[entry.type]()).toBeGreaterThan(0);
    });
  }
});
