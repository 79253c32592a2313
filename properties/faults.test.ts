/** P13, P14, P18, P20, P24: laws about disks that err, lie and rot, about what is told, about neighbours and clocks. */
import fc from 'fast-check';
import { runScenario } from 'lightsout/sim';
import type { Property, Situation } from 'lightsout/sim';
import { expect, test } from 'vitest';
import { expectHeld, law, scenarios, Tried } from './runs.ts';
import type { Choices } from './runs.ts';

const log = ['aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'] as const;

/** Fixed, so that what has to come about does. Sweeps have the other seeds. */
const SEED = 5;

interface Law {
  readonly title: string;
  readonly choices: Choices;
  readonly properties: readonly Property[];
  /** What has to have come about, or the law was not put to the test. */
  readonly met: readonly Situation[];
  readonly numRuns: number;
}

const laws: readonly Law[] = [
  {
    title: 'P14: after an error of the log nothing is acknowledged that no sync and no rewrite has made good',
    choices: { persistences: log, faults: ['errors'], profiles: ['posix-strict'] },
    properties: ['P14', 'P1', 'P2', 'P3', 'P12', 'P15', 'P18'],
    met: ['log-sync-failed', 'log-write-failed', 'write-refused'],
    numRuns: 60,
  },
  {
    title:
      'P13: what a disk lost or changed that it had confirmed is refused, or a state that once was is served',
    choices: { persistences: [...log, 'rdb'], profiles: ['lying', 'rot'] },
    properties: ['P13', 'P1', 'P7'],
    met: ['refused-damaged-disk'],
    numRuns: 25,
  },
  {
    title: 'P20: a second server refuses, and touches nothing',
    choices: { persistences: log, faults: ['second'] },
    properties: ['P20', 'P1', 'P12'],
    met: ['second-server-refused'],
    numRuns: 12,
  },
  {
    title:
      'P24: however the wall jumps, what must survive under everysec is the same, and no rewrite or collection heeds it',
    choices: { persistences: log, appendfsyncs: ['everysec'], faults: ['wall'], profiles: ['posix-strict'] },
    properties: ['P3', 'P1', 'P15', 'P16'],
    met: ['wall-jump-while-unsynced', 'wall-jump-before-recovery', 'everysec-sync-done'],
    numRuns: 20,
  },
];

test.each(laws.map((law) => [law.title, law] as const))(
  '%s',
  async (_, { choices, properties, met, numRuns }) => {
    const tried = new Tried();
    await fc.assert(law(choices, properties, tried), { numRuns, seed: SEED });
    expect(met.filter((situation) => tried.of(situation) === 0)).toEqual([]);
  },
);

test('P20: a child that outlives its server changes nothing that anyone will read', async () => {
  const tried = new Tried();
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        scenario: scenarios({
          persistences: ['rdb', 'rdb+aof', 'rdb+hybrid'],
          faults: [],
          generations: [2, 3],
        }),
        operations: fc.integer({ min: 1, max: 4 }),
      }),
      async ({ scenario, operations }) => {
        const generations = scenario.generations.map((generation) => ({
          ...generation,
          crash: { kind: 'kill', armedAfterSteps: 3, when: { at: 'child', operations } } as const,
        }));
        const result = await runScenario({ ...scenario, generations });
        tried.add(result);
        expectHeld(result, ['P20', 'P1', 'P4', 'P5', 'P8', 'P12', 'P15', 'P16']);
      },
    ),
    { numRuns: 15, seed: SEED },
  );
  expect(tried.of('orphan-alive-at-restart')).toBeGreaterThan(0);
});

test('P18: what was reported as saved is durable, also where the lights go out at that very moment', async () => {
  const tried = new Tried();
  await fc.assert(
    fc.asyncProperty(
      scenarios({ persistences: ['rdb', 'rdb+hybrid'], profiles: ['posix-strict'] }),
      async (scenario) => {
        const generations = scenario.generations.map((generation) => ({
          ...generation,
          crash: {
            kind: 'power',
            armedAfterSteps: generation.steps.length >> 1,
            when: { at: 'saved', ordinal: 1 },
          } as const,
        }));
        const result = await runScenario({ ...scenario, generations });
        tried.add(result);
        expectHeld(result, ['P18', 'P5', 'P10', 'P12']);
      },
    ),
    { numRuns: 15, seed: SEED },
  );
  expect(tried.of('crash-right-after-save')).toBeGreaterThan(0);
  expect(tried.of('save-reported')).toBeGreaterThan(0);
});
