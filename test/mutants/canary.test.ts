/**
 * The canary: a bug that has always been found is planted and looked for by the command line, as anybody would. When it
 * sings no more, it is not the engine that has become better: some part of the harness between a seed and an exit status is
 * broken.
 */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

function sim(...args: readonly string[]): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, ['sim/cli/main.mjs', ...args, '--jobs', '1'], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout };
}

const seeds = ['--seeds', '1..25', '--appendfsync', 'always', '--persistence', 'aof'];

test(
  'a planted bug makes a sweep fail, with the law that it breaks and how to see it again',
  { timeout: 120_000 },
  () => {
    const { status, stdout } = sim(...seeds, '--bail', '1', '--mutant', 'reply-before-fsync');
    expect(status).toBe(1);
    expect(stdout).toMatch(/P2|P11/);
    expect(stdout).toMatch(/--seed \d+/);
  },
);

test('without the bug the same sweep passes', { timeout: 120_000 }, () => {
  expect(sim(...seeds, '--quiet')).toEqual({ status: 0, stdout: '' });
});
