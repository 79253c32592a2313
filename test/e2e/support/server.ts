/**
 * Servers for test files: lightsout, and a real Redis. Ours is bundled once a test file. Whatever a test file started and did
 * not end is killed after it, by pid.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

import { bundleServer, ServerProcess, serverSources } from './server-process.ts';

export { type Ended, ServerProcess } from './server-process.ts';

const bundle = mkdtempSync(join(tmpdir(), 'lightsout-bundle-'));
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

/** The program and arguments that run lightsout-server. */
export const lightsoutCommand: readonly string[] = bundleServer(bundle);

/** The same through tsx, as `npm start` does. */
export const sourceCommand: readonly string[] = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  join(serverSources, 'main.ts'),
];

/** Starters of servers, which all end with the test file. */
export function servers(): {
  lightsout(dir: string, ...args: readonly string[]): Promise<ServerProcess>;
  redis(dir: string, ...args: readonly string[]): Promise<ServerProcess>;
  /** Any command line that ends in one of a server: `strace … lightsout-server`. */
  command(command: readonly string[], dir: string, ...args: readonly string[]): Promise<ServerProcess>;
} {
  const started: ServerProcess[] = [];
  afterAll(async () => {
    for (const server of started) await server.killed();
  });
  const start = async (
    command: readonly string[],
    dir: string,
    args: readonly string[],
  ): Promise<ServerProcess> => {
    const server = await ServerProcess.start(command, dir, args);
    started.push(server);
    return server;
  };
  return {
    lightsout: (dir, ...args) => start(lightsoutCommand, dir, args),
    redis: (dir, ...args) => start(['redis-server'], dir, args),
    command: (command, dir, ...args) => start(command, dir, args),
  };
}
