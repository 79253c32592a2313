/** The same seeds give the same traces on every machine and on every Node: CI runs this on Node 20, 22 and 24. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenPath, takeTraces } from './traces.ts';

test('twenty seeds give their golden traces (npm run golden after a change that is meant to change them)', async () => {
  const golden: unknown = JSON.parse(readFileSync(goldenPath, 'utf8'));
  expect(await takeTraces()).toEqual(golden);
}, 60_000);
