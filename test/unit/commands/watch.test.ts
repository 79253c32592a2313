/** Law: a key counts as changed exactly when a real Redis 7.0.15 would abort the EXEC of who watches it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded, step } from './support/differential.ts';
import { Generator } from './support/generate.ts';
import { StreamGenerator } from './support/generate-streams.ts';
import { makes } from './support/keyspaces.ts';
import { hasRealRedis, RealRedis, wantedVersion, type RealClient } from './support/real-redis.ts';
import { bytesOf, Runner } from './support/runner.ts';

const isHere = hasRealRedis();
if (!isHere)
  console.warn(`SKIPPED: no redis-server ${wantedVersion} on PATH; WATCH is not compared with the real one`);

describe.skipIf(!isHere)(`beside redis-server ${wantedVersion}`, () => {
  let real: RealRedis;
  let writer: RealClient;
  let watcher: RealClient;

  beforeAll(async () => {
    real = await RealRedis.start();
    writer = await real.client();
    watcher = await real.client();
  });

  afterAll(async () => {
    writer.end();
    watcher.end();
    await real.stop();
  });

  const commands = 3000 + Number(process.env['LIGHTSOUT_DIFFERENTIAL'] ?? 0) / 10;

  test(`${commands} commands, one key watched during each`, async () => {
    const seed = commands > 3000 ? Math.floor(Date.now() / 1000) : 7;
    const draw = seeded(seed);
    // No expired keys: whether WATCH saw one alive is another question, of the session's.
    const generator = new Generator(draw, { pastExpiries: false });
    const streams = new StreamGenerator(draw, 2);
    const runner = new Runner(makes[1]!.make(), { nowMs: Date.now(), seed });
    for (let i = 0; i < commands; i++) {
      const words = draw() < 0.2 ? streams.next() : generator.next();
      const key = words[1 + Math.floor(draw() * (words.length - 1))] ?? 'none';
      if (words[0]!.toLowerCase() === 'select') await watcher.call(...words);
      const dbBefore = runner.dbIndex;
      await watcher.call('WATCH', key);
      const theirs = await writer.call(...words);
      const [, exec] = await watcher.pipeline([['MULTI'], ['EXEC']]);

      const existed = runner.db.find(bytesOf(key)) !== undefined;
      const where = () =>
        `seed ${seed}, command ${i}: ${JSON.stringify(words)} while ${JSON.stringify(key)} is watched: `;
      runner.touched.clear();
      step(runner, words, theirs, where);
      if (runner.dbIndex !== dbBefore) continue;
      const isThere = runner.db.find(bytesOf(key)) !== undefined;
      const { touched, dbIndex } = runner;
      // Where a whole database changes, only keys that were there or are there now do.
      const allTouched = (touched.has('*') || touched.has(`${dbIndex}:*`)) && (existed || isThere);
      const changed = touched.has(`${dbIndex}:${key}`) || allTouched;
      if (changed !== (exec === '*-1\r\n'))
        expect.fail(`${where()}${changed ? 'only ours' : 'only theirs'} changed it`);
    }
  });
});
