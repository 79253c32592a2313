/**
 * Law: streams of a real Redis 7.0.15 and ours cannot be told apart by replies, and our log, replayed, gives the streams
 * that it came from, delivery counts and all.
 *
 * Times of delivery hang on the moment: numbers near to now, and small idle times, are compared as that. A reply of two
 * servers' own clocks (`*` ids) is taken over. LIGHTSOUT_DIFFERENTIAL=100000 plays that many commands more.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeless } from './support/compare.ts';
import { seeded } from './support/differential.ts';
import { frameOf } from './support/frame.ts';
import { StreamGenerator } from './support/generate-streams.ts';
import { makes } from './support/keyspaces.ts';
import { hasRealRedis, RealRedis, wantedVersion, type RealClient } from './support/real-redis.ts';
import { describeKeyspace, Runner } from './support/runner.ts';
import { strict } from './support/strict-keyspace.ts';

const isHere = hasRealRedis();
if (!isHere) console.warn(`SKIPPED: no redis-server ${wantedVersion} on PATH; streams are not compared`);

describe.skipIf(!isHere)(`streams beside redis-server ${wantedVersion}`, () => {
  let real: RealRedis;
  let client: RealClient;

  beforeAll(async () => {
    real = await RealRedis.start();
    client = await real.client();
  });

  afterAll(async () => {
    client.end();
    await real.stop();
  });

  const more = Math.ceil(Number(process.env['LIGHTSOUT_DIFFERENTIAL'] ?? 0) / 5000);
  const runs = Array.from({ length: 4 + more }, (_, i) => ({
    ...makes[(i + 1) % makes.length]!,
    seed: i < 4 ? i + 1 : Math.floor(Date.now() / 1000) * 1000 + i,
    commands: i < 4 ? 1500 : 5000,
    protocol: i % 2 === 0 ? (2 as const) : (3 as const),
  }));

  test.each(runs)('seed $seed, $commands commands, RESP$protocol, over $name', async (run) => {
    await client.pipeline([['HELLO', String(run.protocol)], ['FLUSHALL'], ['SELECT', '0']]);
    const generator = new StreamGenerator(seeded(run.seed));
    const commands = Array.from({ length: run.commands }, () => generator.next());
    const keyspace = run.make();
    const runner = new Runner(strict(keyspace), run);
    for (let from = 0; from < commands.length; from += 100) {
      const batch = commands.slice(from, from + 100);
      const replies = await client.pipeline(batch);
      batch.forEach((words, i) => {
        const name = words[0]!.toLowerCase();
        const theirs = replies[i]!;
        runner.nowMs = Date.now();
        // An id of the real server's clock becomes ours, so that both go on alike.
        const given = /^\$\d+\r\n(\d{13}-\d+)\r\n$/.exec(theirs)?.[1];
        const star = words.indexOf('*');
        const mine = name === 'xadd' && given !== undefined && star > 0 ? words.with(star, given) : words;
        const ours = timeless(runner.run(...mine), name);
        const story = commands
          .slice(Math.max(0, from + i - 300), from + i)
          .filter((other) => other[1] === words[1]);
        expect(
          ours,
          `seed ${run.seed}, command ${from + i}: ${JSON.stringify(words)}\n${story
            .slice(-12)
            .map((one) => JSON.stringify(one))
            .join('\n')}`,
        ).toBe(timeless(theirs, name));
      });
    }
    keyspace.check();
    const again = new Runner(makes[0]!.make(), { nowMs: runner.nowMs });
    again.replay(runner.units);
    expect(describeKeyspace(again.keyspace)).toBe(describeKeyspace(keyspace));
  });
});

test.each(makes)('a consumer that is made on the way is a change of its own, over $name', ({ make }) => {
  const runner = new Runner(make());
  const changesOf = (line: string): number => {
    const before = runner.changes;
    runner.run(...line.split(' '));
    return runner.changes - before;
  };
  runner.run('XADD', 'x', '1-1', 'f', 'v');
  runner.run('XGROUP', 'CREATE', 'x', 'g', '0');
  const told = [
    'XREADGROUP GROUP g one STREAMS x >',
    'XREADGROUP GROUP g one STREAMS x >',
    'XCLAIM x g two 0 1-1',
    'XCLAIM x g one 0 1-1',
    'XAUTOCLAIM x g three 0 0',
  ].map(changesOf);
  expect(told).toEqual([2, 0, 2, 1, 2]);
});

test.each(makes)('what is added behind a greater id that was deleted is there, over $name', ({ make }) => {
  const keyspace = make();
  const runner = new Runner(keyspace);
  const tell = (line: string): string => runner.run(...line.split(' '));
  const idsIn = (reply: string): string[] => reply.match(/\d+-\d+/g) ?? [];
  for (const line of ['XADD x 1-1 f v', 'XADD x 9-9 f v', 'XDEL x 9-9', 'XSETID x 5-0', 'XADD x 6-6 f v'])
    tell(line);
  const check = (): void => {
    expect(idsIn(tell('XRANGE x - 8'))).toEqual(['1-1', '6-6']);
    expect(idsIn(tell('XRANGE x 6-6 6-6'))).toEqual(['6-6']);
    expect(idsIn(tell('XREVRANGE x + 2'))).toEqual(['6-6']);
    expect(idsIn(tell('XREVRANGE x 9 -'))).toEqual(['6-6', '1-1']);
    expect(idsIn(tell('XREAD STREAMS x 1-1'))).toEqual(['6-6']);
  };
  check();
  const payload = frameOf(tell('DUMP x')).body!;
  expect(runner.run('RESTORE', 'x', '0', payload, 'REPLACE')).toBe('+OK\r\n');
  check();
  // The same id a second time: one is there, the other is not.
  expect(['XADD x 9-9 f w', 'XDEL x 9-9', 'XDEL x 9-9', 'XLEN x'].map(tell).join('')).toBe(
    '$3\r\n9-9\r\n:1\r\n:0\r\n:2\r\n',
  );
  check();
  // Nothing is left of the run, and what is added comes before it.
  for (const line of ['XADD y 1-1 f v', 'XADD y 2-2 f v', 'XADD y 9-9 f v', 'XDEL y 9-9']) tell(line);
  for (const line of ['XTRIM y MINID = 8', 'XSETID y 0-5', 'XADD y 0-6 f v', 'XADD y 3-3 f v']) tell(line);
  expect(idsIn(tell('XRANGE y - 0-7'))).toEqual(['0-6']);
  expect(idsIn(tell('XRANGE y - +'))).toEqual(['0-6', '3-3']);
  keyspace.check();
});

test.each(makes)('a trim by length passes over the greatest id of all, deleted, over $name', ({ make }) => {
  const runner = new Runner(make());
  const tell = (line: string): string => runner.run(...line.split(' '));
  const greatest = '18446744073709551615-18446744073709551615';
  for (const line of ['XADD x 1-1 f v', `XADD x ${greatest} f v`, `XDEL x ${greatest}`, 'XSETID x 5-0'])
    tell(line);
  for (const line of ['XADD x 6-6 f v', 'XADD x 7-7 f v', 'XADD x 8-8 f v']) tell(line);
  expect(tell('XTRIM x MAXLEN = 1')).toBe(':3\r\n');
  expect(tell('XRANGE x - +')).toContain('8-8');
});
