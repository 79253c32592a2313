/** lightsout-check-rdb and lightsout-check-aof as programs, beside Redis's on the same files. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { writeAof } from '../../src/codecs/aof.ts';
import { writeRdb } from '../../src/codecs/rdb.ts';
import { NodeDisk } from '../../src/node/disk.ts';
import { checkRdb } from '../../src/server/check/rdb-file.ts';
import { gather } from '../support/gather.ts';
import { haveAll } from './support/programs.ts';
import { type Ran, run } from './support/run.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const root = fileURLToPath(new URL('../../', import.meta.url));
const bytes = (text: string) => new TextEncoder().encode(text);

function ours(tool: 'check-rdb' | 'check-aof', args: readonly string[], input = ''): Promise<Ran> {
  return run(process.execPath, ['--import', 'tsx', `src/server/${tool}.ts`, ...args], { cwd: root, input });
}

const rdb = async () =>
  Buffer.concat(
    await gather(
      writeRdb(
        [
          { kind: 'aux', name: 'lightsout-checksum', value: 'crc64' },
          { kind: 'string', key: bytes('balance'), value: bytes('1000 or so') },
          { kind: 'list', key: bytes('list'), pieces: 1 },
          { kind: 'elements', values: [bytes('a'), bytes('b')] },
          { kind: 'end' },
        ] as const,
        { compress: false },
      ),
    ),
  );

describe.skipIf(!haveAll('redis-check-rdb', 'redis-check-aof'))('beside the tools of Redis', () => {
  test('an RDB that is whole or cut is judged alike; one with a flipped value and a zeroed checksum only here', async () => {
    const path = join(tempDir(), 'dump.rdb');
    const whole = await rdb();
    const verdicts = async (content: Uint8Array) => {
      writeFileSync(path, content);
      return [(await ours('check-rdb', [path])).code, (await run('redis-check-rdb', [path])).code];
    };
    expect(await verdicts(whole)).toEqual([0, 0]);
    expect(await verdicts(whole.subarray(0, -12))).toEqual([1, 1]);
    whole[whole.indexOf('1000')] = 0x39;
    expect(await verdicts(whole)).toEqual([1, 1]);
    whole.fill(0, whole.length - 8);
    expect(await verdicts(whole)).toEqual([1, 0]);
  });

  test('what is told of an RDB that is cut anywhere is what is told there, and our own line', async () => {
    const path = join(tempDir(), 'dump.rdb');
    const whole = await rdb();
    let told = 0;
    for (let length = 0; length <= whole.length; length += length > 9 ? 5 : 9) {
      writeFileSync(path, whole.subarray(0, length));
      const file = await new NodeDisk().open(path, { read: true });
      const lines: string[] = [];
      const { damage } = await checkRdb(file, path, Date.now(), (line) => void lines.push(line));
      await file.close();
      const theirs = (await run('redis-check-rdb', [path])).stdout.split('\n').slice(0, -1);
      const own = `[additional info] ${damage}`;
      expect(lines.includes(own)).toBe(damage !== undefined);
      expect(lines.filter((line) => line !== own)).toEqual(theirs);
      if (damage !== undefined) told++;
    }
    expect(told).toBeGreaterThan(10);
  });

  test('a log that is cut here is valid there, and what was cut is beside it', async () => {
    const folder = join(tempDir(), 'appendonlydir');
    mkdirSync(folder);
    const manifest = join(folder, 'appendonly.aof.manifest');
    const increment = join(folder, 'appendonly.aof.1.incr.aof');
    writeFileSync(manifest, 'file appendonly.aof.1.incr.aof seq 1 type i\n');
    const commands = [['SET', 'a', '1'], ['MULTI'], ['SET', 'b', '2'], ['SET', 'c', '3'], ['EXEC']];
    const items = commands.map((words) => ({ kind: 'command', words }) as const);
    const log = Buffer.concat(await gather(writeAof(items)));
    writeFileSync(increment, log.subarray(0, -9));
    const verdicts = async () => [
      (await ours('check-aof', [manifest])).code,
      (await run('redis-check-aof', [manifest])).code,
    ];
    expect(await verdicts()).toEqual([1, 1]);
    expect((await ours('check-aof', ['--fix', manifest], 'n\n')).code).toBe(1);
    const fixed = await ours('check-aof', ['--fix', manifest], 'y\n');
    expect(fixed.stdout).toMatch(/what was cut is in appendonly\.aof\.1\.incr\.aof\.at-27\.quarantine/);
    expect(fixed.code).toBe(0);
    expect(await verdicts()).toEqual([0, 0]);
    expect(readFileSync(increment)).toEqual(log.subarray(0, 27));
    const kept = readFileSync(`${increment}.at-27.quarantine`);
    expect(kept.subarray(kept.indexOf('\n#\n') + 3)).toEqual(log.subarray(27, -9));
  });
});

test('wrong usage is told with the usage, and a file that is not there by its name', async () => {
  const none = await ours('check-aof', ['--truncate-to-timestamp', 'yesterday', 'x']);
  expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/^Usage: lightsout-check-aof/)]);
  const gone = await ours('check-rdb', [join(tempDir(), 'gone.rdb')]);
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringMatching(/gone\.rdb/)]);
  expect((await ours('check-aof', ['--help'])).code).toBe(0);
});
