/**
 * A disk that is full for a while, for real: a small tmpfs, where a ballast leaves room for less than the next writes need,
 * after the log was rewritten. Then the ballast goes, and the server works on until it is killed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../e2e/support/client.ts';
import { ServerProcess } from '../e2e/support/server-process.ts';
import type { CrashImage } from './images.ts';
import type { Make } from './make.ts';
import { everysecArgs } from './plan.ts';
import { statesOf } from './workload.ts';
import type { Step } from './workload.ts';

export interface FilledUp {
  readonly image: CrashImage;
  /** What is held after each unit that was acknowledged. */
  readonly states: readonly string[];
}

const SIZE_BYTES = 1024 * 1024;
const PATIENCE_MS = 60_000;

/** Why this machine cannot do it; undefined when it can. */
export function fullDiskObstacle(scratch: string): string | undefined {
  const at = path.join(scratch, 'try');
  mkdirSync(at, { recursive: true });
  try {
    mount(at);
    unmount(at);
    return undefined;
  } catch {
    return 'mounting a tmpfs is not allowed here';
  }
}

/**
 * @param roomBytes - what the ballast leaves
 */
export async function fillUp(
  make: Make,
  steps: readonly Step[],
  roomBytes: number,
  scratch: string,
): Promise<FilledUp> {
  const directory = path.join(scratch, 'full');
  mkdirSync(directory, { recursive: true });
  mount(directory);
  const data = path.join(directory, 'data');
  mkdirSync(data);
  const server = await ServerProcess.start(make.command, data, everysecArgs);
  const acknowledged: Step[] = [];
  let refusals = 0;
  let waited = 0;
  let files: ReadonlyMap<string, Uint8Array>;
  const third = Math.floor(steps.length / 3);
  try {
    const client = await server.ready(PATIENCE_MS);
    /** Takes units until one is not answered within a second: that one is given back. */
    const take = async (some: readonly Step[]): Promise<{ answered: Promise<void> } | undefined> => {
      for (const step of some) {
        const answered = client.pipeline(step.unit).then((replies) => {
          if (replies.some((reply) => reply instanceof Error)) refusals++;
          else acknowledged.push(step);
        });
        const isLate = await Promise.race([answered.then(() => false), sleep(1000).then(() => true)]);
        if (isLate) return { answered };
        await sleep(20);
      }
      return undefined;
    };
    await take(steps.slice(0, third));
    await client.command('BGREWRITEAOF');
    await until(client, /aof_rewrite_in_progress:0/);
    const ballast = path.join(directory, 'ballast');
    const { bsize, bavail } = statfsSync(directory);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bsize * bavail - roomBytes)));
    const late = await take(steps.slice(third, 2 * third));
    rmSync(ballast);
    // Ours answers nobody while it cannot write what its answers depend on.
    if (late !== undefined) {
      waited++;
      await late.answered;
    }
    await until(client, /aof_last_write_status:ok/);
    await take(steps.slice(2 * third));
    await sleep(1500);
    await server.killed();
    files = filesBelow(data);
  } finally {
    await server.killed();
    unmount(directory);
  }
  const count = acknowledged.length;
  const image: CrashImage = {
    files,
    kind: 'kill',
    profile: 'tmpfs',
    operation: `the last of ${steps.length} units, ${refusals} of them refused${waited > 0 ? ', one answered when there was room again' : ''}`,
    lower: count,
    upper: count,
    only: undefined,
  };
  return { image, states: statesOf(acknowledged) };
}

async function until(client: Client, status: RegExp): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!status.test(String(await client.command('INFO', 'persistence')))) {
    if (performance.now() > end) throw new Error(`INFO never says ${status.source}`);
    await sleep(50);
  }
}

function filesBelow(directory: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const at = path.join(entry.parentPath, entry.name);
    files.set(path.relative(directory, at), readFileSync(at));
  }
  return files;
}

function mount(at: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tmpfs', at], { stdio: 'ignore' });
}

function unmount(at: string): void {
  execFileSync('umount', [at], { stdio: 'ignore' });
}
