/**
 * P19, REPLAY-DETERMINISM, and the half of P22 that is a restart: what a directory holds does not depend on who loads it,
 * when, or how it is configured.
 *
 * The same seed twice would show nothing: entropy (and with it the hash seed), the wall, the rate of the cron, the sizes of
 * pages and slices and the active expiry all differ. What has expired by the later of the two walls is left out.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diskFromFiles, filesOf, syncEverything } from '../sim/disk/index.ts';
import { loadEngine } from '../sim/mutants/bundle.ts';
import { mutants } from '../sim/mutants/catalogue/index.ts';
import { differences } from '../sim/oracle/index.ts';
import type { Difference, Snapshot } from '../sim/oracle/index.ts';
import { Course } from '../sim/scenario/course.ts';
import { PROBE_KEY, recoverElsewhere } from '../sim/scenario/elsewhere.ts';
import type { EngineModule } from '../sim/scenario/engine-module.ts';
import type { Scenario } from '../sim/scenario/schema.ts';
import { DATA_DIRECTORY } from '../sim/scenario/server.ts';
import * as engine from '../src/index.ts';
import { scenarios } from './runs.ts';

const SEED = 19;
const DAY_MS = 86_400_000;

type Files = ReadonlyMap<string, Uint8Array>;

/** Where two states differ, but for the write that only asks whether an engine takes one. */
function apart(one: Snapshot, two: Snapshot, wallMs: number): Difference[] {
  return differences(one, two, wallMs).filter(({ key }) => key !== PROBE_KEY);
}

/** What a run leaves behind. */
async function filesAfter(scenario: Scenario): Promise<Files> {
  let files: Files = new Map();
  const result = await new Course(scenario, engine, false, {
    visit: () => undefined,
    settle: (stage) => {
      files = filesOf(stage.world.machine.disk);
      return Promise.resolve();
    },
  }).run();
  expect(result.violations).toEqual([]);
  return files;
}

async function load(
  files: Files,
  scenario: Scenario,
  how: { readonly seed: string; readonly startWallMs: number; readonly module?: EngineModule },
) {
  const disk = diskFromFiles(files);
  // A dump that was never made leaves nothing.
  if (files.size === 0) disk.mkdir(DATA_DIRECTORY);
  syncEverything(disk);
  const { first, second } = await recoverElsewhere({
    scenario,
    module: how.module ?? engine,
    disk,
    seed: how.seed,
    startWallMs: how.startWallMs,
    again: true,
  });
  if (!first.ok) throw new Error(first.why);
  if (second?.ok !== true) throw new Error(second === undefined ? 'no second recovery' : second.why);
  return { ...first, again: second.snapshot };
}

test('P19: another seed, wall, cron and memory layout load the same state, and load it again', async () => {
  let keys = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        scenario: scenarios({ faults: [], profiles: ['posix-strict'], generations: [1, 2] }),
        laterMs: fc.constantFrom(-DAY_MS, 0, 60_000, 400 * DAY_MS),
      }),
      async ({ scenario, laterMs }) => {
        const files = await filesAfter(scenario);
        const startWallMs = scenario.startWallMs + 3_600_000;
        const one = await load(files, scenario, { seed: 'one', startWallMs });
        const { settings } = scenario;
        const other: Scenario = {
          ...scenario,
          settings: { ...settings, hz: 37, activeExpire: !settings.activeExpire, rdbcompression: false },
          tuning: { pageBytes: 64, segmentEntries: 1, loadSliceBytes: 16, expirePages: 1 },
        };
        const two = await load(files, other, { seed: 'two', startWallMs: startWallMs + laterMs });
        const wallMs = Math.max(one.wallMs, two.wallMs) + 60_000;
        expect(apart(one.snapshot, two.snapshot, wallMs)).toEqual([]);
        expect(apart(one.snapshot, one.again, wallMs)).toEqual([]);
        for (const database of one.snapshot) keys += database.size;
      },
    ),
    { numRuns: 10, seed: SEED },
  );
  expect(keys, 'keys that were compared').toBeGreaterThan(30);
});

/** A dump, and what it holds, and what an engine with a log makes of the directory. */
async function turnedOn(scenario: Scenario, files: Files, module: EngineModule) {
  const how = { seed: 'on', startWallMs: scenario.startWallMs + 3_600_000 };
  const before = await load(files, scenario, how);
  const after = await load(files, { ...scenario, persistence: 'hybrid' }, { ...how, module });
  const wallMs = Math.max(before.wallMs, after.wallMs) + 60_000;
  return {
    keys: before.snapshot.reduce((sum, database) => sum + database.size, 0),
    lost: [...apart(before.snapshot, after.snapshot, wallMs), ...apart(before.snapshot, after.again, wallMs)]
      .length,
  };
}

test('P22: a log that is turned on by a restart begins with the dump, and keeps it through the next loss of power', async () => {
  const mutant = mutants.find(({ id }) => id === 'dump-forgotten-by-the-first-log')!;
  const mutated = await loadEngine(mutant);
  let keys = 0;
  let lostByMutant = 0;
  await fc.assert(
    fc.asyncProperty(
      scenarios({ persistences: ['rdb'], faults: [], profiles: ['posix-strict'], generations: [1, 2] }),
      async (scenario) => {
        const files = await filesAfter(scenario);
        const right = await turnedOn(scenario, files, engine);
        expect(right.lost).toBe(0);
        keys += right.keys;
        lostByMutant += (await turnedOn(scenario, files, mutated)).lost;
      },
    ),
    { numRuns: 6, seed: SEED },
  );
  expect(keys).toBeGreaterThan(10);
  expect(lostByMutant, 'with the mutant').toBeGreaterThan(0);
});
