/** Bugs that the simulator found: each scenario failed once, and must keep meeting the situation that it failed in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseScenario } from '../../sim/scenario/parse.ts';
import { runScenario } from '../../sim/scenario/run.ts';
import type { Situation } from '../../sim/scenario/situations.ts';

const directory = join(import.meta.dirname, '../regressions');

/** File → what must come about in it, or it no longer tests anything. */
const mustHit: Readonly<Record<string, readonly Situation[]>> = {
  // A rewrite finished while the last write of the old increment waited for a sync of three seconds, and closed the file
  // under it: EBADF, and under `always` the end of the server.
  'forsaken-increment-in-flight.json': ['rewrite-done', 'crash-with-pending-data'],
};

test('every regression names its situation, and every name has its file', () => {
  expect(
    readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .toSorted(),
  ).toEqual(Object.keys(mustHit).toSorted());
});

test.each(Object.entries(mustHit))('%s does not come back', async (name, situations) => {
  const scenario = parseScenario(JSON.parse(readFileSync(join(directory, name), 'utf8')));
  const result = await runScenario(scenario);
  expect(result.fault).toBeUndefined();
  expect(result.violations).toEqual([]);
  expect(situations.filter((situation) => (result.situations[situation] ?? 0) === 0)).toEqual([]);
});
