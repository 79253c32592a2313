/**
 * Law: SORT by numbers, of the elements or of other keys, gives what a real Redis gives.
 *
 * Apart from the other random commands: Redis looks at an errno that any earlier command with an odd float may have left.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded, step } from './support/differential.ts';
import { makes } from './support/keyspaces.ts';
import { hasRealRedis, RealRedis, wantedVersion, type RealClient } from './support/real-redis.ts';
import { Runner } from './support/runner.ts';

const isHere = hasRealRedis();
if (!isHere)
  console.warn(`SKIPPED: no redis-server ${wantedVersion} on PATH; SORT is not compared with the real one`);

const numbers = ['3', '1', '2', '10', '-1', '1.5', '0x10', ' 7', '', '+4', '-0', 'inf', '-inf', '1e3', '02'];

/** Keys l* and e* to be sorted, w* with weights, h* with weights in fields. */
function commandOf(draw: () => number): string[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)]!;
  const number = () => (draw() < 0.995 ? pick(numbers) : pick(['a', '1x', ' ', 'nan']));
  const kind = draw();
  if (kind < 0.1) return ['RPUSH', pick(['l0', 'l1']), number(), number()];
  if (kind < 0.2) return ['SADD', pick(['e0', 'e1']), number(), number()];
  if (kind < 0.27) return ['SET', `w${pick(numbers)}`, number()];
  if (kind < 0.34) return ['HSET', `h${pick(numbers)}`, 'f', number(), 'g', number()];
  if (kind < 0.4) return ['DEL', pick(['l0', 'l1', 'e0', 'e1', 'w1', 'h1', 'w10'])];
  if (kind < 0.45) return ['LRANGE', pick(['l0', 'l1', 'out']), '0', '-1'];
  const options: string[] = [];
  const by = pick(['w*', 'h*->f', 'h*->g', 'h*->none', undefined, undefined]);
  if (by !== undefined) options.push('BY', by);
  if (draw() < 0.4) options.push(pick(['ASC', 'DESC']));
  if (draw() < 0.3) options.push('LIMIT', pick(['0', '1', '-1', '50']), pick(['0', '2', '-1', '50']));
  for (const pattern of ['#', 'w*', 'h*->g']) if (draw() < 0.2) options.push('GET', pattern);
  if (draw() < 0.2) options.push('STORE', pick(['out', 'l0']));
  return ['SORT', pick(['l0', 'l1', 'e0', 'e1']), ...options];
}

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

  test.each([1, 2, 3])('2000 commands, seed %i', async (seed) => {
    await client.pipeline([['HELLO', '2'], ['FLUSHALL']]);
    const draw = seeded(seed);
    const commands = Array.from({ length: 2000 }, () => commandOf(draw));
    const replies = await client.pipeline(commands);
    const runner = new Runner(makes[seed % makes.length]!.make());
    commands.forEach((words, i) =>
      step(runner, words, replies[i]!, () => `seed ${seed}, command ${i}: ${JSON.stringify(words)}\n`),
    );
    const errors = replies.filter((reply) => reply.startsWith('-')).length;
    expect(errors).toBeLessThan(commands.length / 4);
  });
});
