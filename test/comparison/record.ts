/** Runs a server under strace through a workload, and notes what it did. */
import { mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Value } from '../e2e/support/client.ts';
import { ServerProcess } from '../e2e/support/server-process.ts';
import type { Make } from './make.ts';
import { readSystemCalls, recorderCommand } from './system-calls.ts';
import type { SystemCall } from './system-calls.ts';
import type { Step } from './workload.ts';

/** What one server is told to be, whoever made it. */
export interface Configuration {
  readonly name: string;
  readonly args: readonly string[];
  /** What is promised: the policy of the log, or the snapshots that were reported. */
  readonly promise: 'always' | 'everysec' | 'save';
}

export interface Recording {
  readonly make: Make;
  readonly configuration: Configuration;
  readonly steps: readonly Step[];
  readonly calls: readonly SystemCall[];
  /** The directory that it worked in. */
  readonly directory: string;
}

export interface RecordOptions {
  /** Pause between two units. */
  readonly pauseMs: number;
  /** Every sync takes so much longer. */
  readonly slowSyncMs: number;
}

/** Its reply in the trace says on which connection the workload goes, and where it begins. */
export const BEGIN = 'the-workload-begins';

const PATIENCE_MS = 60_000;

export async function record(
  make: Make,
  configuration: Configuration,
  steps: readonly Step[],
  scratch: string,
  { pauseMs, slowSyncMs }: RecordOptions,
): Promise<Recording> {
  mkdirSync(path.join(scratch, 'data'), { recursive: true });
  const directory = realpathSync(path.join(scratch, 'data'));
  const trace = path.join(scratch, 'trace');
  const server = await ServerProcess.start(
    [...recorderCommand(trace, slowSyncMs), ...make.command],
    directory,
    configuration.args,
  );
  try {
    const client = await server.ready(PATIENCE_MS);
    const observer = await server.ready(PATIENCE_MS);
    await client.command('ECHO', BEGIN);
    for (const { unit, admin } of steps) {
      refuseErrors(await client.pipeline(unit));
      if (pauseMs > 0) await sleep(pauseMs);
      // A save that the server waits for is part of what it acknowledges.
      if (admin?.[0] === 'SAVE') await client.command('SAVE');
      else if (admin !== undefined) await order(observer, admin);
    }
    await settled(observer);
    await observer.send('SHUTDOWN', 'NOSAVE').catch(() => undefined);
    await server.ended;
  } finally {
    await server.killed();
  }
  return { make, configuration, steps, calls: readSystemCalls(trace), directory };
}

function refuseErrors(replies: readonly Value[]): void {
  const error = replies.find((reply) => reply instanceof Error);
  if (error !== undefined) throw error;
}

/** An administrator's command. One that finds another child at work is tried again when that has ended. */
async function order(client: Client, command: readonly string[]): Promise<void> {
  const reply = await client.send(...command);
  if (!(reply instanceof Error)) return;
  await settled(client);
  await client.command(...command);
}

async function settled(client: Client): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const info = String(await client.command('INFO', 'persistence'));
    if (/rdb_bgsave_in_progress:0[^]*aof_rewrite_in_progress:0/.test(info)) return;
    if (performance.now() > end) throw new Error(`a save or a rewrite does not end:\n${info}`);
    await sleep(20);
  }
}
