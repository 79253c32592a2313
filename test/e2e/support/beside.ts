/** Lightsout and a real Redis side by side, each with one client, for as long as a test file's `describe` lasts. */
import { afterAll, beforeAll } from 'vitest';

import type { Client, Value, Word } from './client.ts';
import { servers } from './server.ts';
import { tempDirs } from './temp.ts';

export interface Beside {
  /** That of lightsout, and that of Redis. Empty until the tests begin. */
  readonly clients: readonly Client[];
  /** What lightsout answers to a command, and what Redis does. */
  readonly both: (...words: readonly Word[]) => Promise<readonly [ours: unknown, theirs: unknown]>;
}

/** Starts both, empty, with DEBUG; to be called in a `describe`. */
export function besideRedis(): Beside {
  const tempDir = tempDirs();
  const start = servers();
  const clients: Client[] = [];
  beforeAll(async () => {
    const args = ['--save', '', '--enable-debug-command', 'yes'];
    for (const make of ['lightsout', 'redis'] as const)
      clients.push(await (await start[make](tempDir(), ...args)).ready());
  });
  afterAll(() => clients.forEach((client) => client.close()));
  return {
    clients,
    both: async (...words) => {
      const [ours, theirs] = await Promise.all(
        clients.map(async (client) => comparable(await client.send(...words))),
      );
      return [ours, theirs];
    },
  };
}

/** A reply to compare: an error as its line, without blanks at its end. */
export function comparable(reply: Value): unknown {
  if (reply instanceof Error) return `-${reply.message.trimEnd()}`;
  return Array.isArray(reply) ? reply.map(comparable) : reply;
}
