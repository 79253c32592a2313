/**
 * The programs beside which lightsout is put: tests that need one run wherever it is on PATH, and are skipped aloud
 * elsewhere.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's package that brings each program. */
const packages = {
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  'redis-benchmark': 'redis-tools',
  'redis-check-rdb': 'redis-tools',
  'redis-check-aof': 'redis-tools',
  strace: 'strace',
} as const;

export type Program = keyof typeof packages;

/** Whether all of them are there. Says so on standard error where one is not. */
export function haveAll(...programs: readonly Program[]): boolean {
  const missing = programs.filter((program) => !isOnPath(program));
  for (const program of missing) {
    process.stderr.write(
      `SKIPPED: tests that need ${program}, which is not on PATH. Install it with: apt-get install ${packages[program]}\n`,
    );
  }
  return missing.length === 0;
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
