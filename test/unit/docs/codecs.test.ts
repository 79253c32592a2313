/** The examples of docs/codecs.md do what they say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { count } from '../../../docs/examples/aof-count.ts';
import { filter } from '../../../docs/examples/rdb-filter.ts';
import { largest } from '../../../docs/examples/rdb-largest.ts';
import { writeAof } from '../../../src/codecs/aof.ts';
import { readRdb, writeRdb } from '../../../src/codecs/rdb.ts';
import { gather } from '../../support/gather.ts';

const folder = mkdtempSync(join(tmpdir(), 'lightsout-codecs-'));
const dump = join(folder, 'dump.rdb');
const bytes = (text: string) => new TextEncoder().encode(text);

beforeAll(async () => {
  const entries = [
    { kind: 'string', key: bytes('session:1'), value: bytes('x'.repeat(500)) },
    { kind: 'list', key: bytes('queue'), pieces: 2 },
    { kind: 'elements', values: [bytes('a'), bytes('b')] },
    { kind: 'elements', values: [bytes('c'.repeat(300))] },
    { kind: 'end' },
    { kind: 'string', key: bytes('n'), value: bytes('1') },
  ] as const;
  writeFileSync(dump, Buffer.concat(await gather(writeRdb(entries))));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('rdb-largest.ts orders values by their bytes', async () => {
  expect(await largest(dump, 2)).toEqual([
    { key: 'session:1', kind: 'string', bytes: 509 },
    { key: 'queue', kind: 'list', bytes: 307 },
  ]);
});

test('rdb-filter.ts leaves out what begins with the prefix, and nothing else', async () => {
  const kept = join(folder, 'kept.rdb');
  await filter(dump, kept, 'session:');
  const keys = (await gather(readRdb(createReadStream(kept)))).flatMap((entry) =>
    'key' in entry ? [Buffer.from(entry.key).toString()] : [],
  );
  expect(keys).toEqual(['queue', 'n']);
});

test('aof-count.ts counts commands, and tells of half a one', async () => {
  const log = join(folder, 'log.aof');
  const items = [
    { kind: 'annotation', text: '#TS:1790000000' },
    { kind: 'command', words: ['SET', 'k', 'v'] },
    { kind: 'command', words: ['set', 'k', 2] },
    { kind: 'command', words: ['DEL', 'k'] },
  ] as const;
  const whole = Buffer.concat(await gather(writeAof(items)));
  writeFileSync(log, whole.subarray(0, -3));
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  expect(await count(log)).toEqual(new Map([['SET', 2]]));
  expect(warn).toHaveBeenCalledWith('the last 17 bytes are half a command');
});
