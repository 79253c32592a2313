/**
 * P17, BOUNDED-DISK and ENOSPC-SAFE: whatever room the disk has, what was durable stays so, and the engine takes writes
 * again when there is room, without a restart.
 *
 * First a run is made with room for everything, and its peak measured. Then the same work is done with a quota of that peak
 * less more and more, so that the disk is full in a base, in a manifest, in an append, at every place where room is taken.
 */
import { expect, test } from 'vitest';
import { generateScenario } from '../sim/scenario/generate.ts';
import { Course } from '../sim/scenario/course.ts';
import { runScenario } from '../sim/scenario/run.ts';
import type { Scenario, Step } from '../sim/scenario/schema.ts';
import * as engine from '../src/index.ts';
import { expectHeld, Tried } from './runs.ts';

/** A log that is rewritten while it grows; one life. */
function workload(seed: number): Scenario {
  const scenario = generateScenario(seed, {
    persistences: ['rdb+hybrid'],
    appendfsyncs: ['everysec'],
    profiles: ['posix-strict'],
    faults: [],
    generations: 1,
    commands: 120,
  });
  const { settings } = scenario;
  return {
    ...scenario,
    settings: { ...settings, autoAofRewritePercentage: 20, autoAofRewriteMinSizeBytes: 256 },
    generations: scenario.generations.map((generation) => ({ ...generation, crashesInRecovery: [] })),
  };
}

async function peakOf(scenario: Scenario): Promise<number> {
  let peak = 0;
  const result = await new Course(scenario, engine, false, {
    visit: ({ world }) => {
      peak = Math.max(peak, world.machine.disk.space.usedBytes);
    },
    settle: () => Promise.resolve(),
  }).run();
  expectHeld(result, ['P1', 'P3', 'P12']);
  return peak;
}

/** The disk has so much room for two thirds of the work, then room for everything. */
function withQuota(scenario: Scenario, freeBytes: number): Scenario {
  const generations = scenario.generations.map((generation) => {
    const { steps } = generation;
    const end = Math.floor((steps.length * 2) / 3);
    const full: Step = { kind: 'space', afterMs: 0, freeBytes };
    const room: Step = { kind: 'space', afterMs: 0 };
    return { ...generation, steps: [full, ...steps.slice(0, end), room, ...steps.slice(end)] };
  });
  return { ...scenario, generations };
}

test('P17: with any quota below the peak nothing durable is lost, and writes are taken again when there is room', async () => {
  const tried = new Tried();
  for (const seed of [3, 8]) {
    const scenario = workload(seed);
    const peak = await peakOf(scenario);
    expect(peak, 'bytes').toBeGreaterThan(1000);
    for (let share = 0; share < 12; share++) {
      const freeBytes = Math.floor((peak * share) / 12);
      const result = await runScenario(withQuota(scenario, freeBytes));
      tried.add(result);
      try {
        expectHeld(result, ['P1', 'P3', 'P4', 'P10', 'P12', 'P14', 'P15', 'P16', 'P18', 'P21']);
      } catch (error) {
        throw new Error(`seed ${seed} with ${freeBytes} of ${peak} bytes`, { cause: error });
      }
    }
  }
  expect(tried.of('log-write-failed')).toBeGreaterThan(0);
  expect(tried.of('write-refused')).toBeGreaterThan(0);
  expect(tried.of('writes-taken-after-refusal'), 'without a restart').toBeGreaterThan(0);
});
