import { describe, expect, test } from 'vitest';

import { defaultSettings } from '../../../../src/engine/config/settings.ts';
import {
  Configurator,
  changeConfig,
  configOptions,
  findOption,
  matchingOptions,
  optionText,
} from '../../../../src/engine/config/table.ts';

function configured(...lines: readonly string[]) {
  const settings = defaultSettings();
  const configurator = new Configurator(settings);
  const faults = lines.map((line) => {
    const [name = '', ...words] = line.split(' ').map((word) => word.replaceAll('"', ''));
    return configurator.apply(name, words);
  });
  return { settings, fault: faults.find((fault) => fault !== undefined) };
}

describe('the table', () => {
  test('has each name once', () => {
    const names = configOptions.flatMap((option) => [option.name, ...option.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('reads back what it writes, for every directive', () => {
    const settings = defaultSettings();
    for (const option of configOptions) {
      const text = option.format(settings);
      const read = option.read([text]);
      expect(read.ok, `${option.name} ${text}`).toBe(true);
      if (read.ok) read.value(settings);
      expect(option.format(settings)).toBe(text);
    }
  });

  test('changes nothing in Settings that are not its own', () => {
    const [one, other] = [defaultSettings(), defaultSettings()];
    new Configurator(one).apply('timeout', ['7']);
    expect([optionText(one, 'timeout'), optionText(other, 'timeout')]).toEqual(['7', '0']);
  });
});

describe('at the start', () => {
  test('the first save replaces the defaults, later ones add, an empty one clears', () => {
    expect(optionText(configured('save 100 5', 'save 10 50').settings, 'save')).toBe('100 5 10 50');
    expect(optionText(configured('save 100 5 10 50').settings, 'save')).toBe('100 5 10 50');
    expect(configured('save ""').settings.save).toEqual([]);
    expect(optionText(configured('save 100 5', 'save ""', 'save 7 7').settings, 'save')).toBe('7 7');
    expect(optionText(configured().settings, 'save')).toBe('3600 1 300 100 60 10000');
  });

  test.each([
    ['nosuch 1', /unknown directive 'nosuch'/],
    ['replicaof a 1', /not supported/],
    ['maxmemory 1gb', /cannot be that/],
    ['cluster-enabled yes', /cannot be that/],
    ['requirepass secret', /cannot be that/],
    ['appendfilename a/b', /cannot be that/],
    ['hz', /cannot be that/],
    ['hz 10 20', /cannot be that/],
    ['save 1', /cannot be that/],
    ['databases 0', /cannot be that/],
  ])('%s is refused with what, got and expected', (line, what) => {
    const { fault, settings } = configured(line);
    expect(fault?.what).toMatch(what);
    expect(fault?.got).toBe(line);
    expect(fault?.expected).not.toBe('');
    expect({ ...settings, kept: undefined }).toEqual({ ...defaultSettings(), kept: undefined });
  });

  test.each([
    'maxmemory 0',
    'cluster-enabled no',
    'requirepass ""',
    'daemonize no',
    'tcp-backlog 511',
    'slave-read-only yes',
  ])('%s is taken', (line) => {
    expect(configured(line).fault).toBeUndefined();
  });

  test('enable-debug-command local allows DEBUG to those who are here', () => {
    expect(configured('enable-debug-command local').settings.enableDebugCommand).toBe(true);
    expect(optionText(configured('enable-debug-command local').settings, 'enable-debug-command')).toBe(
      'local',
    );
    expect(configured('enable-debug-command no').settings.enableDebugCommand).toBe(false);
  });
});

describe('CONFIG SET', () => {
  // Each as redis-server 7.0.15 answers it.
  test.each([
    ['hash-max-listpack-entries', '9223372036854775807', '9223372036854775807'],
    ['hash-max-listpack-entries', '9223372036854775808', "argument couldn't be parsed into an integer"],
    ['hash-max-listpack-entries', '-1', 'argument must be between 0 and 9223372036854775807 inclusive'],
    ['hash-max-ziplist-value', '1kb', '1024'],
    ['hash-max-ziplist-value', '-1', 'argument must be a memory value'],
    [
      'hll-sparse-max-bytes',
      '99999999999999999999',
      'argument must be between 0 and 9223372036854775807 inclusive',
    ],
    ['list-max-ziplist-size', '-5', '-5'],
    ['list-max-listpack-size', '2147483648', 'argument must be between -2147483648 and 2147483647 inclusive'],
    ['list-compress-depth', '3', '3'],
    ['hz', '-1', 'argument must be between 0 and 2147483647 inclusive'],
    ['hz', '0', '1'],
    ['zset-max-listpack-entries', '01', "argument couldn't be parsed into an integer"],
  ])('%s %s: %s', (name, value, expected) => {
    const settings = defaultSettings();
    const change = changeConfig(settings, [[name, value]], true);
    if (change.ok) change.commit(settings);
    expect(change.ok ? optionText(settings, findOption(name)!.name) : change.error.split(' - ')[1]).toBe(
      expected,
    );
  });

  test('protected directives change where that is enabled', () => {
    for (const [allowed, isLocal, ok] of [
      ['no', true, false],
      ['local', true, true],
      ['local', false, false],
      ['yes', false, true],
    ] as const) {
      const { settings } = configured(`enable-protected-configs ${allowed}`);
      expect(changeConfig(settings, [['dbfilename', 'other.rdb']], isLocal).ok).toBe(ok);
    }
  });

  test('commit changes all of it, and nothing before', () => {
    const settings = defaultSettings();
    const change = changeConfig(
      settings,
      [
        ['appendfsync', 'no'],
        ['hz', '50'],
        ['timeout', '3'],
      ],
      true,
    );
    expect(settings.appendfsync).toBe('everysec');
    if (change.ok) change.commit(settings);
    expect([settings.appendfsync, settings.hz, optionText(settings, 'timeout')]).toEqual(['no', 50, '3']);
  });
});

test('hidden directives show by their exact name only', () => {
  const settings = defaultSettings();
  const all = matchingOptions(settings, [{ text: '*', matches: () => true }]).map(([name]) => name);
  expect(all).not.toContain('key-load-delay');
  expect(all).toContain('hash-max-ziplist-entries');
  expect(matchingOptions(settings, [{ text: 'Key-Load-Delay', matches: () => false }])).toEqual([
    ['Key-Load-Delay', '0'],
  ]);
  expect(findOption('KEY-LOAD-DELAY')?.name).toBe('key-load-delay');
});
