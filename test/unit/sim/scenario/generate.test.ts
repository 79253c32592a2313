/** The generator is pure, and what it makes is a scenario. */
import { describe, expect, test } from 'vitest';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { parseScenario } from '../../../../sim/scenario/parse.ts';
import { countCommands } from '../../../../sim/scenario/schema.ts';
import { isOnTop } from './orders.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

describe('the generator', () => {
  test('gives the same scenario for the same seed, and another for another', () => {
    expect(generateScenario(42)).toEqual(generateScenario('42'));
    expect(generateScenario(42)).not.toEqual(generateScenario(43));
  });

  test('gives what the reader of scenarios accepts, and JSON keeps', () => {
    for (const seed of seeds) {
      const scenario = generateScenario(seed);
      expect(parseScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
    }
  });

  test('makes standard scenarios: 200 commands in three generations, and what comes on top of them', () => {
    for (const seed of seeds) {
      const scenario = generateScenario(seed);
      const onTop = scenario.generations.flatMap(({ steps }) => steps).filter(isOnTop).length;
      const count = countCommands(scenario);
      expect(scenario.generations.length, `seed ${seed}`).toBe(3);
      expect(count, `seed ${seed}`).toBeGreaterThanOrEqual(200);
      expect(count - onTop, `seed ${seed}`).toBeLessThanOrEqual(200);
    }
  });

  test('obeys filters, and they shift nothing else', () => {
    const free = generateScenario(7);
    const pinned = generateScenario(7, {
      persistences: ['rdb'],
      appendfsyncs: ['no'],
      profiles: ['lossless'],
      generations: 5,
    });
    expect(pinned).toMatchObject({
      persistence: 'rdb',
      appendfsync: 'no',
      profile: 'lossless',
      tuning: free.tuning,
      clients: free.clients,
      witness: free.witness,
    });
    expect(pinned.generations).toHaveLength(5);
  });

  test('aims: every kind of moment and both kinds of crash, and a fifth of the runs crash inside recovery', () => {
    const moments = new Set<string>();
    let inRecovery = 0;
    for (const seed of seeds) {
      const { generations } = generateScenario(seed);
      for (const { crash } of generations) moments.add(`${crash.kind} ${crash.when.at}`);
      if (generations.slice(1).some(({ crashesInRecovery }) => crashesInRecovery.length > 0)) inRecovery++;
    }
    expect(moments.size).toBe(22);
    expect(inRecovery).toBeGreaterThan(seeds.length * 0.2);
  });

  test('edits the configuration between lives: a dump gets a log, a log another form, and none goes back to dumps', () => {
    const ways = new Set<string>();
    const pinned = { persistences: ['rdb', 'rdb+aof'], appendfsyncs: ['always'] } as const;
    for (const seed of Array.from({ length: 400 }, (_, number) => number)) {
      let { persistence } = generateScenario(seed);
      for (const [index, { edit }] of generateScenario(seed).generations.entries()) {
        if (edit === undefined) continue;
        expect(index).toBeGreaterThan(0);
        if (edit.appendfsync !== undefined) ways.add('policy');
        if (edit.persistence === undefined) continue;
        ways.add(`${persistence} to ${edit.persistence}`);
        persistence = edit.persistence;
      }
      for (const { edit } of generateScenario(seed, pinned).generations)
        expect([undefined, 'rdb+aof']).toContain(edit?.persistence);
    }
    expect([...ways].toSorted()).toEqual([
      'aof to hybrid',
      'hybrid to aof',
      'policy',
      'rdb to rdb+aof',
      'rdb to rdb+hybrid',
      'rdb+aof to rdb+hybrid',
      'rdb+hybrid to rdb+aof',
    ]);
  });
});

describe('reading a scenario', () => {
  const good = generateScenario(1);
  test.each([
    [{ ...good, profile: 'ntfs' }, 'scenario.profile: got "ntfs", expected one of posix-strict'],
    [{ ...good, version: 2 }, 'scenario.version: got 2, expected 1'],
    [{ ...good, extra: 1 }, 'scenario.extra: got 1, expected nothing by that name'],
    [{ ...good, generations: [] }, 'scenario.generations: got [], expected a list of at least 1'],
    [
      { ...good, generations: [{ ...good.generations[0], crash: { kind: 'flood' } }] },
      "scenario.generations[0].crash.kind: got \"flood\", expected 'kill' or 'power'",
    ],
    ['text', 'scenario: got "text", expected an object'],
  ])('refuses case %#', (value, message) => {
    expect(() => parseScenario(value)).toThrow(message as string);
  });
});
