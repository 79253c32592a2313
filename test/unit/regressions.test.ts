/**
 * Bugs that the simulator found: each scenario failed once, and must keep meeting the situation that it failed in. Where a
 * mutant of the catalogue is that bug, it must fail there still; so it is for the known answers of the fault model (V3,
 * V5, V10), which are bugs of Redis.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadEngine } from '../../sim/mutants/bundle.ts';
import { mutants } from '../../sim/mutants/catalogue/index.ts';
import { parseScenario } from '../../sim/scenario/parse.ts';
import { runScenario } from '../../sim/scenario/run.ts';
import type { Scenario } from '../../sim/scenario/schema.ts';
import type { Situation } from '../../sim/scenario/situations.ts';

const directory = join(import.meta.dirname, '../regressions');

interface Regression {
  /** What must come about in it, or it no longer tests anything. */
  readonly situations: readonly Situation[];
  /** The bug, where the catalogue has it. */
  readonly mutant?: string;
}

const regressions: Readonly<Record<string, Regression>> = {
  // A rewrite finished while the last write of the old increment waited for a sync of three seconds, and closed the file
  // under it: EBADF, and under `always` the end of the server.
  'forsaken-increment-in-flight.json': { situations: ['rewrite-done', 'crash-with-pending-data'] },
  // A shutdown waited for a slow sync of a rewrite, and the cadence of everysec stood still meanwhile.
  'everysec-while-shutting-down.json': { situations: ['signalled', 'power-loss'] },
  // V3: a tail torn inside MULTI is cut inside it, and what is acknowledged after that goes with it at the next start.
  'v3-torn-inside-multi.json': {
    situations: ['in-flight-partial', 'recovered-again'],
    mutant: 'valid-up-to-inside-multi',
  },
  // V5: the new increment is written before the old one is synced, and outlives its tail.
  'v5-gap-at-the-switch.json': {
    situations: ['power-loss', 'several-increments-at-crash'],
    mutant: 'new-increment-before-the-old-is-synced',
  },
  // V10: temporaries of processes that died are never removed.
  'v10-temporaries-of-the-dead.json': {
    situations: ['files-accounted-for', 'crash-inside-recovery'],
    mutant: 'temporaries-never-collected',
  },
};

test('every regression names its situation, and every name has its file', () => {
  expect(
    readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .toSorted(),
  ).toEqual(Object.keys(regressions).toSorted());
});

const read = (name: string): Scenario =>
  parseScenario(JSON.parse(readFileSync(join(directory, name), 'utf8')));

test.each(Object.entries(regressions))('%s does not come back', async (name, { situations }) => {
  const result = await runScenario(read(name));
  expect(result.fault).toBeUndefined();
  expect(result.violations).toEqual([]);
  expect(situations.filter((situation) => (result.situations[situation] ?? 0) === 0)).toEqual([]);
});

const planted = Object.entries(regressions).flatMap(([name, { mutant }]) =>
  mutant === undefined ? [] : [[name, mutant] as const],
);

test.each(planted)('%s fails where the bug is planted: %s', async (name, id) => {
  const mutant = mutants.find((candidate) => candidate.id === id)!;
  const result = await runScenario(read(name), { engineModule: await loadEngine(mutant) });
  expect(result.fault).toBeUndefined();
  expect(mutant.kills).toContain(result.violations[0]?.property);
});
