/** Extended precision: by example, and beside the real one at random. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addLongDouble, formatLongDouble, parseLongDouble } from '../../../src/commands/long-double.ts';
import { seeded } from './support/differential.ts';
import { hasRealRedis, RealRedis, wantedVersion } from './support/real-redis.ts';
import { bytesOf } from './support/runner.ts';

function add(a: string, b: string): string {
  const [left, right] = [parseLongDouble(bytesOf(a)), parseLongDouble(bytesOf(b))];
  if (left === undefined || right === undefined) return 'no number';
  const sum = addLongDouble(left, right);
  return sum === undefined ? 'not finite' : formatLongDouble(sum);
}

test.each([
  ['0.1', '0.2', '0.3'],
  ['10.5', '0.1', '10.6'],
  ['5.0e3', '2.0e2', '5200'],
  ['3.0', '1.1', '4.1'],
  ['1', '-1', '0'],
  ['-0', '0', '0'],
  ['18446744073709551616', '1', '18446744073709551616'],
  ['0x10', '0x1.8p1', '19'],
  ['1e-17', '0', '0.00000000000000001'],
  ['1e-18', '0', '0'],
  ['inf', '1', 'not finite'],
  ['1e4932', '1e4932', 'not finite'],
  ['nan', '1', 'no number'],
  ['1e5000', '1', 'no number'],
  ['1e-5000', '1', 'no number'],
  ['0e99999999999999', '1', '1'],
  ['', '1', 'no number'],
  ['1 ', '1', 'no number'],
  ['.', '1', 'no number'],
  ['0x', '1', 'no number'],
])('%s + %s = %s', (a, b, sum) => {
  expect(add(a, b)).toBe(sum);
});

const isHere = hasRealRedis() && process.arch === 'x64';
if (!isHere)
  console.warn(`SKIPPED: no redis-server ${wantedVersion} for x86-64 on PATH; INCRBYFLOAT is not compared`);

describe.skipIf(!isHere)(`beside redis-server ${wantedVersion}`, () => {
  let real: RealRedis;

  beforeAll(async () => {
    real = await RealRedis.start();
  });

  afterAll(() => real.stop());

  test('random numbers in random notations', async () => {
    const draw = seeded(11);
    const below = (n: number) => Math.floor(draw() * n);
    const digits = (most: number) => Array.from({ length: below(most + 1) }, () => below(10)).join('');
    const number = () => {
      const kind = draw();
      const sign = ['', '-', '', '-', '+'][below(5)]!;
      if (kind < 0.4) return `${sign}${below(1000)}.${digits(4)}`;
      if (kind < 0.6) return `${sign}${digits(25)}.${digits(25)}`;
      if (kind < 0.7) return `${sign}${digits(20)}`;
      if (kind < 0.9) return `${sign}${digits(20)}.${digits(20)}e${below(60) - 30}`;
      if (kind < 0.94) return `${sign}${digits(3)}.${digits(3)}e${below(11000) - 5500}`;
      return `${sign}0x${below(65536).toString(16)}.${below(65536).toString(16)}p${below(200) - 100}`;
    };
    const pairs = Array.from({ length: 5000 }, () => [number(), number()] as const);
    const client = await real.client();
    const replies = await client.pipeline(
      pairs.flatMap(([a, b]) => [
        ['SET', 'k', a],
        ['INCRBYFLOAT', 'k', b],
      ]),
    );
    client.end();
    pairs.forEach(([a, b], i) => {
      const theirs = replies[2 * i + 1]!;
      const text = theirs.startsWith('-ERR value is not')
        ? 'no number'
        : theirs.startsWith('-')
          ? 'not finite'
          : theirs.split('\r\n')[1];
      expect(add(a, b), `${a} + ${b}`).toBe(text);
    });
  });
});
