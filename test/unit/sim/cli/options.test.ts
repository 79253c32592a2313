/** Bad usage: one line that says what, got and expected; exit status 2. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../../../sim/cli/program.ts';
import { readOptions } from '../../../../sim/cli/options.ts';

describe('bad usage', () => {
  let said = '';
  beforeEach(() => {
    said = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());

  test.each([
    [['--sed', '1'], '--sed'],
    [['--seed', ''], '--seed: got ""'],
    [['--seed', 'a b'], '--seed: got "a b"'],
    [['--seed'], '--seed: got nothing'],
    [['--seed', '1', '--seeds', '1..2'], 'expected one of them'],
    [['--seeds', '5..1'], '--seeds: got "5..1", expected A..B'],
    [['--seeds', '1-5'], '--seeds: got "1-5"'],
    [['--jobs', '0'], '--jobs: got "0"'],
    [['--budget', '60'], '--budget: got "60", expected a time such as 60s'],
    [['--profile', 'ntfs'], '--profile: got "ntfs", expected one of posix-strict'],
    [['--persistence', 'aof,paper'], '--persistence: got "paper"'],
    [
      ['--appendfsync', 'sometimes'],
      '--appendfsync: got "sometimes", expected one or more of always, everysec, no',
    ],
    [['--generations', 'x'], '--generations: got "x"'],
    [['--shard', '3/2'], '--shard: got "3/2", expected I/N'],
    [['--reporter', 'junit'], '--reporter junit: got no --output, expected --output DIR'],
    [['--reporter', 'tap'], '--reporter: got "tap", expected one or more of line, json, junit, github, html'],
    [['explore', '--reporter', 'github'], 'explore --reporter: got "github", expected line or json'],
    [['report'], 'report: got nothing'],
    [['report', '/nowhere.json'], '/nowhere.json: got ENOENT'],
    [['report', new URL(import.meta.url).pathname], 'line 1: got'],
    [['replay'], 'replay: got nothing'],
    [['replay', '/nowhere.json'], '/nowhere.json: got ENOENT'],
    [['replay', new URL(import.meta.url).pathname], 'what is no JSON'],
    [['shrink', 'x.json'], 'x.json: got ENOENT'],
    [['--mutant', 'none-such'], '--mutant: got "none-such", expected one of'],
    [['frobnicate'], 'command: got'],
  ])('%j', async (args, message) => {
    expect(await main(args)).toBe(2);
    expect(said).toContain(message);
    expect(said.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('options are read as written', () => {
  expect(readOptions({})).toMatchObject({
    seeds: { first: 1, last: 200 },
    filtered: false,
    bail: Infinity,
    pinned: '',
  });
  expect(readOptions({ budget: '1.5m' })).toMatchObject({
    seeds: { first: 1, last: Infinity },
    budgetMs: 90_000,
  });
  expect(readOptions({ persistence: 'aof+rdb,hybrid', bail: true, json: true })).toMatchObject({
    filters: { persistences: ['rdb+aof', 'hybrid'] },
    filtered: true,
    bail: 1,
    reporters: ['json'],
    pinned: ' --persistence aof+rdb,hybrid',
  });
});
