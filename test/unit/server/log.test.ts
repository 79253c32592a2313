import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { formatTime, serverLog } from '../../../src/server/log.ts';

test("a line is Redis's: pid, role, local time, level, text; lower levels are left out", () => {
  const directory = mkdtempSync(join(tmpdir(), 'lightsout-log-'));
  const logfile = join(directory, 'log');
  let loglevel = 'notice';
  const log = serverLog({ logfile: () => logfile, loglevel: () => loglevel });
  log('verbose', 'left out');
  log('notice', 'one');
  loglevel = 'warning';
  log('notice', 'left out too');
  log('warning', 'two');
  const lines = readFileSync(logfile, 'utf8').split('\n');
  rmSync(directory, { recursive: true });
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    new RegExp(`^${process.pid}:M \\d\\d [A-Z][a-z][a-z] \\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\* one$`),
  );
  expect(lines[1]).toMatch(/ # two$/);
});

test('times have two digits, and three for milliseconds', () => {
  expect(formatTime(new Date(2026, 0, 2, 3, 4, 5, 6))).toBe('02 Jan 2026 03:04:05.006');
});
