/**
 * Law: whatever a client sends, a real Redis 7.0.15 and ours cannot be told apart: not by replies, not by the count of
 * changes, not by the log. And the log, replayed, gives the keyspace that it came from.
 *
 * LIGHTSOUT_DIFFERENTIAL=100000 plays that many commands more, under seeds of the moment.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashExpiryCommands } from '../../../src/commands/hash-expiry.ts';
import { keyspaceCommands } from '../../../src/commands/table.ts';
import { createKeyspace } from '../../../src/data/index.ts';
import { MapKeyspace } from '../../support/map-keyspace.ts';
import { differ } from './support/differential.ts';
import { frameOf } from './support/frame.ts';
import { makes } from './support/keyspaces.ts';
import { hasRealRedis, RealRedis, wantedVersion, type RealClient } from './support/real-redis.ts';
import { describeKeyspace, Runner } from './support/runner.ts';

/** Those of Redis 7.4. */
const laterCommands: ReadonlySet<string> = new Set(hashExpiryCommands.map(({ name }) => name));

const isHere = hasRealRedis();
if (!isHere)
  console.warn(
    `SKIPPED: no redis-server ${wantedVersion} on PATH; commands are not compared with the real ones`,
  );

describe.skipIf(!isHere)(`beside redis-server ${wantedVersion}`, () => {
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
  const runs = Array.from({ length: 6 + more }, (_, i) => ({
    ...makes[i % makes.length]!,
    seed: i < 6 ? i + 1 : Math.floor(Date.now() / 1000) * 1000 + i,
    commands: i < 6 ? 3000 : 5000,
    profile: { pastExpiries: i % 2 === 0 },
    protocol: i % 4 < 2 ? (2 as const) : (3 as const),
  }));

  test.each(runs)('seed $seed, $commands commands, RESP$protocol, over $name', async (run) => {
    const keyspace = run.make();
    const runner = await differ(real, client, keyspace, run);
    keyspace.check();
    const again = new Runner(makes[0]!.make(), { nowMs: runner.nowMs });
    again.replay(runner.units);
    expect(describeKeyspace(again.keyspace)).toBe(describeKeyspace(keyspace));
  });

  test('OBJECT ENCODING and REFCOUNT', async () => {
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i * 3}`);
    const pairs = (count: number) => numbers(count).flatMap((number) => [number, 'v']);
    const making: string[][] = [
      ...['', '1', '-1', '9999', '10000', '9223372036854775807', '9223372036854775808', '01', 'a', '1.5'].map(
        (v) => ['SET', 'k', v],
      ),
      ...[44, 45].map((length) => ['SET', 'k', 'x'.repeat(length)]),
      ['INCR', 'k'],
      ...[1, 512, 513].map((count) => ['SADD', 'k', ...numbers(count)]),
      ['SADD', 'k', 'a'],
      ['SADD', 'k', '1', '01'],
      ...[1, 512, 513].map((count) => ['HSET', 'k', ...pairs(count)]),
      ...[64, 65].map((length) => ['HSET', 'k', 'f', 'x'.repeat(length)]),
      ...[64, 65].map((length) => ['HSET', 'k', 'x'.repeat(length), 'v']),
      ['RPUSH', 'k', 'a'],
      ['RPUSH', 'k', ...numbers(5000)],
    ];
    await client.pipeline([
      ['HELLO', '2'],
      ['SELECT', '0'],
    ]);
    const asked = making.flatMap((words) => [
      ['DEL', 'k'],
      words,
      ['OBJECT', 'ENCODING', 'k'],
      ['OBJECT', 'REFCOUNT', 'k'],
    ]);
    const theirs = await client.pipeline(asked);
    const runner = new Runner(makes[1]!.make());
    const told = (replies: readonly string[]) =>
      making.map((words, i) => [
        words.join(' ').slice(0, 60),
        words.length,
        ...replies.slice(4 * i + 2, 4 * i + 4),
      ]);
    expect(told(asked.map((words) => runner.run(...words)))).toEqual(told(theirs));
  });

  test('OBJECT ENCODING of what SPOP leaves', async () => {
    const asked = [9, 10, 11].flatMap((count) =>
      ['1', 'a'].map((last) => [
        ['DEL', 'k'],
        ['SADD', 'k', 'x', ...Array.from({ length: 11 }, (_, i) => `${i + 2}`), last],
        ['SREM', 'k', 'x'],
        ['PEXPIREAT', 'k', '4000000000000'],
        ['OBJECT', 'ENCODING', 'k'],
        ['SPOP', 'k', String(count)],
        ...(last === '1' ? [['OBJECT', 'ENCODING', 'k']] : []),
        ['SCARD', 'k'],
        ['PEXPIRETIME', 'k'],
      ]),
    );
    await client.pipeline([
      ['HELLO', '2'],
      ['SELECT', '0'],
      ['DEL', 'k'],
    ]);
    const runner = new Runner(makes[1]!.make());
    for (const commands of asked) {
      const theirs = await client.pipeline(commands);
      const ours = commands.map((words) => runner.run(...words));
      const told = (replies: readonly string[]) =>
        commands.flatMap((words, i) => (words[0] === 'SPOP' ? [] : [[words.join(' '), replies[i]]]));
      expect(told(ours)).toEqual(told(theirs));
    }
  });

  test.each([0, 1, 3])(
    'OBJECT ENCODING where %i elements, and bytes, are the most that stay compact',
    async (most) => {
      const limits = {
        hashMaxListpackEntries: most,
        hashMaxListpackValueBytes: most,
        setMaxIntsetEntries: most,
        zsetMaxListpackEntries: most,
        zsetMaxListpackValueBytes: most,
      };
      const directives = ['hash-max-listpack-entries', 'hash-max-listpack-value', 'set-max-intset-entries'];
      directives.push('zset-max-ziplist-entries', 'zset-max-ziplist-value');
      const set = (value: string) => ['CONFIG', 'SET', ...directives.flatMap((name) => [name, value])];
      await client.pipeline([['HELLO', '2'], ['SELECT', '0'], ['DEL', 'k'], set(String(most))]);
      const asked = [1, 2, 3, 4].flatMap((count) =>
        [
          ['SADD', 'k', ...Array.from({ length: count }, (_, i) => `${i}`)],
          ['HSET', 'k', ...Array.from({ length: count }, (_, i) => [`${i}`, 'v']).flat()],
          ['HSET', 'k', 'x'.repeat(count), 'v'],
          ['HSET', 'k', 'f', 'x'.repeat(count)],
          ['ZADD', 'k', ...Array.from({ length: count }, (_, i) => ['1', `${i}`]).flat()],
        ].flatMap((words) => [['DEL', 'k'], words, ['OBJECT', 'ENCODING', 'k']]),
      );
      const theirs = await client.pipeline(asked);
      await client.call('CONFIG', 'SET', directives[0]!, '512', directives[1]!, '64', directives[2]!, '512');
      await client.call('CONFIG', 'SET', directives[3]!, '128', directives[4]!, '64');
      for (const keyspace of [
        createKeyspace({ databases: 1, hashSeed: 1, limits }),
        new MapKeyspace({ databases: 1, limits }),
      ]) {
        const runner = new Runner(keyspace);
        expect(asked.map((words) => [words.join(' '), runner.run(...words)])).toEqual(
          asked.map((words, i) => [words.join(' '), theirs[i]]),
        );
      }
    },
  );

  test('every command says of itself what COMMAND INFO says', async () => {
    await client.call('HELLO', '2');
    const named = [...keyspaceCommands.values()].filter(({ name }) => !laterCommands.has(name));
    const frames = frameOf(await client.call('COMMAND', 'INFO', ...named.map(({ name }) => name))).items!;
    named.forEach(({ name, arity, flags, keys }, i) => {
      const [, theirArity, theirFlags, ...theirKeys] = frames[i]!.items!;
      const theirs = {
        name,
        arity: Number(theirArity!.line.slice(1)),
        flags: theirFlags!.items!.map(({ line }) => line.slice(1)),
        keys: theirKeys.slice(0, 3).map(({ line }) => Number(line.slice(1))),
      };
      expect({ name, arity, flags, keys }).toEqual(theirs);
    });
  });
});
