/**
 * P6, ATOMIC: wherever the last unit of a log is torn, recovery gives the state before it or the state after it, never one
 * in between.
 *
 * A unit that fits one sector is never torn, so this one is of 6 KB, in several commands, and it is cut at *every* byte of it. Its
 * pair of keys adds up to zero at all times.
 */
import { beforeAll, expect, test } from 'vitest';
import { diskFromFiles, filesOf } from '../sim/disk/index.ts';
import { Client, Stage } from '../test/unit/engine/support.ts';

const path = '/data/appendonlydir/appendonly.aof.1.incr.aof';
const long = 'x'.repeat(5000);

type Files = ReadonlyMap<string, Uint8Array>;

/** A log of one small unit and one of 6 KB; with where the second begins. */
async function logOf(aofChecksum: boolean): Promise<{ files: Files; before: number }> {
  const stage = new Stage({ settings: { appendfsync: 'always', aofChecksum } });
  const server = await stage.start();
  const client = new Client(server);
  await stage.ask(client, server, 'MULTI', 'INCRBY a 5', 'DECRBY b 5', 'INCR n', 'EXEC');
  const before = filesOf(stage.disk).get(path)!.length;
  await stage.ask(
    client,
    server,
    'MULTI',
    'INCRBY a 7',
    `APPEND text ${long}`,
    'INCR n',
    `SET other ${'y'.repeat(1000)}`,
    'INCR n',
    'DECRBY b 7',
    'EXEC',
  );
  return { files: filesOf(stage.disk), before };
}

/** What a start on the log makes of it: 1 or 2, the units that are there, or a description of something else. */
async function unitsAfter(files: Files, bytes: Uint8Array, aofChecksum: boolean): Promise<number | string> {
  const disk = diskFromFiles(new Map([...files, [path, bytes]]));
  const stage = new Stage({ disk, settings: { appendfsync: 'always', aofChecksum } });
  const server = await stage.start();
  if (server.refusal !== undefined) return `refused: ${server.refusal.message}`;
  const keys = ['a', 'b', 'n', 'text', 'other'].map((key) => {
    const value = server.get(key);
    return value === undefined || value.length < 10 ? value : `${value.length} bytes`;
  });
  const seen = JSON.stringify(keys);
  if (seen === JSON.stringify(['5', '-5', '1', undefined, undefined])) return 1;
  return seen === JSON.stringify(['12', '-12', '3', '5000 bytes', '1000 bytes']) ? 2 : `half a unit: ${seen}`;
}

const logs = new Map<boolean, Awaited<ReturnType<typeof logOf>>>();

beforeAll(async () => {
  for (const aofChecksum of [true, false]) logs.set(aofChecksum, await logOf(aofChecksum));
});

test.each([
  ['with hashes', true],
  ['that syntax alone protects', false],
])(
  'P6: a log %s that ends at any byte of a unit holds the unit, or nothing of it',
  async (_, aofChecksum) => {
    const { files, before } = logs.get(aofChecksum)!;
    const whole = files.get(path)!;
    expect(whole.length - before).toBeGreaterThan(6000);
    const wrong: string[] = [];
    // Hashes know nothing of syntax: there the middle of a long value is tried at every sixteenth byte.
    const step = (cut: number): number =>
      aofChecksum && cut > before + 300 && cut < whole.length - 300 ? 16 : 1;
    for (let cut = before; cut <= whole.length; cut += step(cut)) {
      const units = await unitsAfter(files, whole.subarray(0, cut), aofChecksum);
      if (units !== (cut === whole.length ? 2 : 1)) wrong.push(`cut at ${cut}: ${units}`);
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  },
);

test('P6: a sector of the unit that never reached the disk takes all of it', async () => {
  const { files, before } = logs.get(true)!;
  const whole = files.get(path)!;
  const wrong: string[] = [];
  for (let sector = Math.ceil(before / 512); (sector + 1) * 512 <= whole.length; sector++) {
    const torn = whole.slice();
    torn.fill(0, sector * 512, (sector + 1) * 512);
    const units = await unitsAfter(files, torn, true);
    if (units !== 1) wrong.push(`sector ${sector}: ${units}`);
  }
  expect(wrong).toEqual([]);
});
