/** Glob patterns: the rules by example, and beside the real ones at random. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { globMatches } from '../../../src/commands/glob.ts';
import { seeded } from './support/differential.ts';
import { frameOf } from './support/frame.ts';
import { hasRealRedis, RealRedis, wantedVersion } from './support/real-redis.ts';
import { bytesOf } from './support/runner.ts';

const matches = (pattern: string, text: string) => globMatches(bytesOf(pattern), bytesOf(text));

test.each([
  ['*', 'anything', true],
  ['h?llo', 'hello', true],
  ['h?llo', 'hllo', false],
  ['h*llo', 'hllo', true],
  ['h*llo', 'heeello', true],
  ['h[ae]llo', 'hallo', true],
  ['h[^e]llo', 'hello', false],
  ['h[a-c]llo', 'hbllo', true],
  ['h[c-a]llo', 'hbllo', true],
  ['h\\*llo', 'h*llo', true],
  ['h\\*llo', 'hello', false],
  ['a\\', 'a\\', true],
  ['[abc', 'b', true],
  ['[\\]]', ']', true],
  ['*a*b*c', 'xxaxxbxxc', true],
  ['', '', true],
  ['*', '', false],
  ['a', '', false],
  ['', 'a', false],
])('%j on %j: %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

test('many stars take no more than pattern times text', () => {
  expect(matches(`${'a*'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
});

const isHere = hasRealRedis();
if (!isHere)
  console.warn(
    `SKIPPED: no redis-server ${wantedVersion} on PATH; patterns are not compared with the real ones`,
  );

describe.skipIf(!isHere)(`beside redis-server ${wantedVersion}`, () => {
  let real: RealRedis;

  beforeAll(async () => {
    real = await RealRedis.start();
  });

  afterAll(() => real.stop());

  test('random patterns over random keys', async () => {
    const draw = seeded(5);
    const word = (alphabet: string, most: number) =>
      Array.from(
        { length: Math.floor(draw() * most) },
        () => alphabet[Math.floor(draw() * alphabet.length)]!,
      ).join('');
    const keys = new Set(['', ...Array.from({ length: 150 }, () => word('abc]-^\\*', 6))]);
    const client = await real.client();
    await client.pipeline([...keys].map((key) => ['SET', key, '']));
    const patterns = Array.from({ length: 4000 }, () => word('abc**??[[]]-^\\', 9)).filter(
      (pattern) => pattern !== '*',
    );
    const replies = await client.pipeline(patterns.map((pattern) => ['KEYS', pattern]));
    client.end();
    patterns.forEach((pattern, i) => {
      const theirs = frameOf(replies[i]!).items!.map((item) => item.body!);
      const ours = [...keys].filter((key) => matches(pattern, key));
      expect({ pattern, found: ours.toSorted() }).toEqual({ pattern, found: theirs.toSorted() });
    });
  });
});
