/** A hunt begins where nobody was, ends with the first failure, and leaves it behind small. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freshSeeds } from '../../../../sim/cli/hunt.ts';
import { main } from '../../../../sim/cli/program.ts';
import { readScenarioFile } from '../../../../sim/cli/scenario-file.ts';
import { countCommands } from '../../../../sim/scenario/schema.ts';

let directory = '';
let said = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lightsout-hunt-'));
  said = '';
  const hear = (text: string | Uint8Array): boolean => {
    said += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

test('hunts that begin at different milliseconds begin at different seeds', () => {
  const [earlier, later] = [freshSeeds(1_795_460_000_000), freshSeeds(1_795_460_000_001)];
  expect(later.first).toBeGreaterThan(earlier.first);
  expect(String(later.first).length).toBeLessThanOrEqual(15);
});

test('a planted bug is found, and its scenario, shrunk, stands beside it with a test', async () => {
  const args = [
    '--seeds',
    '1001..1200',
    '--jobs',
    '1',
    '--mutant',
    'reply-before-write',
    '--output',
    directory,
  ];
  expect(await main(['hunt', ...args])).toBe(1);
  expect(said).toContain('hunt: seeds from 1001 to 1200');
  const files = readdirSync(directory).toSorted();
  expect(files.map((name) => name.replace(/^seed-\d+/, 'seed'))).toEqual([
    'seed.json',
    'seed.shrunk.json',
    'seed.shrunk.test.ts',
  ]);
  const [found, shrunk] = files.slice(0, 2).map((name) => readScenarioFile(join(directory, name)));
  expect(countCommands(shrunk!.scenario)).toBeLessThan(countCommands(found!.scenario));
  expect(shrunk!.recorded!.violations).toContain(found!.recorded!.violations[0]);
}, 30_000);
