/**
 * The harness of `npm run compare`, on a small scale: a real redis-server is recorded, its life done again on a SimDisk, and
 * servers are started on what is left.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, posixStrict } from '../../sim/disk/index.ts';
import { gather, sampleOf } from '../comparison/images.ts';
import { redis } from '../comparison/make.ts';
import type { Make } from '../comparison/make.ts';
import { record } from '../comparison/record.ts';
import { replay } from '../comparison/replay.ts';
import { judge } from '../comparison/verdict.ts';
import { statesOf, workload } from '../comparison/workload.ts';
import { haveAll } from './support/programs.ts';
import { lightsoutCommand } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const configuration = {
  name: 'appendfsync always',
  args: ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
  promise: 'always',
} as const;

describe.skipIf(!haveAll('redis-server', 'strace'))('beside a real Redis', { timeout: 60_000 }, () => {
  test('its files stand on a SimDisk as they stood, and verdicts tell right from wrong', async () => {
    const ours: Make = { name: 'lightsout', command: lightsoutCommand };
    const steps = workload('smoke', 6, [['BGREWRITEAOF']], 3);
    const states = statesOf(steps);
    const recording = await record(redis, configuration, steps, tempDir(), { pauseMs: 0, slowSyncMs: 0 });

    const nobody = { look: () => undefined, sent: () => undefined };
    const files = filesOf(replay(recording.calls, recording.directory, nobody));
    expect(files.size).toBe(3);
    for (const [at, bytes] of files)
      expect(
        Buffer.from(bytes).equals(readFileSync(join(recording.directory, at.slice('/data'.length)))),
      ).toBe(true);

    const images = gather(recording, { kind: 'power', profile: posixStrict, seed: 'smoke', samples: 2 });
    const last = images.find(({ lower, upper }) => lower === steps.length && upper === lower);
    expect(sampleOf(images, 5, 'smoke')).toHaveLength(5);

    const whole = {
      ...last!,
      files: new Map([...files].map(([at, bytes]) => [at.slice('/data/'.length), bytes])),
    };
    for (const make of [redis, ours])
      expect(await judge(make, configuration, whole, states, tempDir())).toMatchObject({
        outcome: 'complete',
      });
    const promised = { ...whole, lower: 7, upper: 7 };
    expect(await judge(redis, configuration, promised, states, tempDir())).toMatchObject({
      outcome: 'short',
    });
    expect(await judge(redis, configuration, whole, states.slice(0, -1), tempDir())).toMatchObject({
      outcome: 'wrong',
    });
    const named = [...whole.files].filter(([at]) => !at.includes('.base.'));
    const missing = { ...whole, files: new Map(named) };
    for (const make of [redis, ours])
      expect(await judge(make, configuration, missing, states, tempDir())).toMatchObject({
        outcome: 'refused',
      });
  });
});
