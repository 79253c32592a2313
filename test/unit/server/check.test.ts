/** The check tools: what they find, and what they do to files. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  emptyManifest,
  formatManifest,
  parseManifest,
  reserveBatchHeader,
  sealBatch,
} from '../../../src/aof/index.ts';
import { ByteWriter } from '../../../src/bytes/index.ts';
import { writeRdb } from '../../../src/codecs/rdb.ts';
import { NodeDisk } from '../../../src/node/disk.ts';
import { encodeCommand } from '../../../src/resp/index.ts';
import { AofTool } from '../../../src/server/check/aof-tool.ts';
import { checkRdb } from '../../../src/server/check/rdb-file.ts';
import { gather } from '../../support/gather.ts';
import { latin1 } from '../rdb/contents.ts';

const key = 0x5c3e10f2;
let root: string;
let folder: string;
let manifestPath: string;
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lightsout-check-'));
  folder = join(root, 'appendonlydir');
  mkdirSync(folder);
  manifestPath = join(folder, 'appendonly.aof.manifest');
  said = [];
});

afterEach(() => rmSync(root, { recursive: true }));

/** A file of batches, numbered from `first`; a number is a timestamp before a batch. `d` is where each begins. */
function batches(
  first: number,
  items: readonly (number | string[][])[],
): { bytes: Uint8Array; ends: number[] } {
  const file = new ByteWriter();
  const ends: number[] = [];
  let sequence = first;
  for (const item of items) {
    if (typeof item === 'number') {
      file.latin1(`#TS:${item}\r\n`);
      continue;
    }
    const batch = new ByteWriter();
    reserveBatchHeader(batch);
    for (const words of item) encodeCommand(batch, words);
    sealBatch(batch, { key, offset: file.length }, sequence++, ends.at(-2) ?? 0);
    file.bytes(batch.buffer, 0, batch.length);
    ends.push(file.length);
  }
  return { bytes: file.copy(), ends };
}

const three = [[['SET', 'k', '1000']], [['MULTI'], ['INCR', 'k'], ['EXEC']], [['DEL', 'other']]];
const increment = (seq: number) => join(folder, `appendonly.aof.${seq}.incr.aof`);

function write(increments: readonly Uint8Array[], knownBytes = 0): void {
  for (const [i, bytes] of increments.entries()) writeFileSync(increment(i + 1), bytes);
  const files = increments.map((_, i) => ({
    name: `appendonly.aof.${i + 1}.incr.aof`,
    seq: i + 1,
    bytes: knownBytes,
  }));
  const manifest = { ...emptyManifest, increments: files, annotation: { key, isPaused: false } };
  writeFileSync(manifestPath, formatManifest(manifest, true));
}

async function run<T>(path: string, work: (tool: AofTool) => Promise<T>, answer = true): Promise<T> {
  const tool = await AofTool.open(path, {
    say: (line) => void said.push(line),
    confirm: (question) => {
      said.push(question);
      return Promise.resolve(answer);
    },
  });
  try {
    return await work(tool);
  } finally {
    await tool.close();
  }
}

const check = (fixes: boolean, answer = true) => run(manifestPath, (tool) => tool.check(fixes), answer);
const listing = () =>
  readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name)).toString('latin1')]);
const quarantined = () => readdirSync(folder).filter((name) => name.endsWith('.quarantine'));

describe('a log', () => {
  test('that is whole is valid, and nothing is changed', async () => {
    write([batches(1, three).bytes]);
    const before = listing();
    expect(await check(true)).toBe(true);
    expect(said.at(-1)).toBe('All AOF files and manifest are valid');
    expect(said.some((line) => line.includes('batches=3'))).toBe(true);
    expect(listing()).toEqual(before);
  });

  test('in which any one bit is wrong is not valid, and the place is named', async () => {
    const { bytes } = batches(1, three);
    write([bytes]);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      writeFileSync(increment(1), damaged);
      said = [];
      expect([at, await check(false)]).toEqual([at, false]);
      expect(said.join('\n')).toMatch(/at offset \d+/);
    }
  });

  test('is cut behind its last whole batch, and what was cut is kept', async () => {
    const { bytes, ends } = batches(1, three);
    write([bytes.slice(0, -5)]);
    expect(await check(false)).toBe(false);
    expect(said.at(-1)).toMatch(/is not valid. Use the --fix option/);
    expect(await check(true, false)).toBe(false);
    expect(said.at(-1)).toBe('Aborting...');
    expect(readFileSync(increment(1))).toHaveLength(bytes.length - 5);

    expect(await check(true)).toBe(true);
    expect(Uint8Array.from(readFileSync(increment(1)))).toEqual(bytes.slice(0, ends[1]));
    const kept = readFileSync(join(folder, quarantined()[0]!)).toString('latin1');
    expect(kept).toMatch(/^#lightsout quarantine 1\n#file appendonly\.aof\.1\.incr\.aof\n/);
    expect(kept.slice(kept.indexOf('\n#\n') + 3)).toBe(
      Buffer.from(bytes.slice(ends[1], -5)).toString('latin1'),
    );
    expect(await check(false)).toBe(true);
  });

  test('whose damage lies before what was durable is cut there, and the manifest knows of less', async () => {
    const { bytes, ends } = batches(1, three);
    bytes[ends[0]! + 70]! ^= 1;
    write([bytes], bytes.length);
    expect(await check(false)).toBe(false);
    expect(said.join('\n')).toContain('(rotten)');
    expect(await check(true)).toBe(true);
    expect(parseManifest(readFileSync(manifestPath)).increments[0]!.bytes).toBe(ends[0]);
    expect(quarantined()).toHaveLength(1);
    expect(await check(false)).toBe(true);
  });

  test('with damage in a file before the last, or a file missing, is left as it is', async () => {
    const first = batches(1, three);
    const second = batches(4, three);
    write([first.bytes.slice(0, -1), second.bytes.slice(0, -1)]);
    const before = listing();
    expect(await check(true)).toBe(false);
    expect(said.join('\n')).toMatch(/it is not the last file of the log: restore it from a copy/);
    rmSync(increment(1));
    expect(await check(true)).toBe(false);
    expect(said.join('\n')).toMatch(/does not exist, and the manifest names it/);
    writeFileSync(increment(1), first.bytes.slice(0, -1));
    expect(listing()).toEqual(before);
  });

  test('that misses a batch between two files is not valid', async () => {
    write([batches(1, three).bytes, batches(5, three).bytes]);
    expect(await check(false)).toBe(false);
    expect(said.join('\n')).toMatch(/batch 5 stands where batch 4 goes on/);
  });

  test('whose manifest has lost a line is not valid', async () => {
    write([batches(1, three).bytes]);
    const lines = readFileSync(manifestPath).toString('latin1').split('\n');
    writeFileSync(manifestPath, lines.filter((line) => !line.startsWith('#lightsout end')).join('\n'));
    expect(await check(false)).toBe(false);
    expect(said.join('\n')).toMatch(/the manifest has lost lines/);
  });

  test('is not touched while a server has its directory, nor a file of it without the manifest', async () => {
    write([batches(1, three).bytes.slice(0, -5)]);
    await expect(run(increment(1), (tool) => tool.check(true))).rejects.toMatchObject({ code: 'CONFIG' });
    const lock = await new NodeDisk().lock(root);
    await expect(check(true)).rejects.toMatchObject({ code: 'LOCKED' });
    await lock!.release();
    expect(await check(true)).toBe(true);
  });
});

describe('a moment', () => {
  test('is where the log ends, before the first timestamp that is later', async () => {
    const { bytes, ends } = batches(1, [1000, three[0]!, 2000, three[1]!, 3000, three[2]!]);
    const cutTo = (seconds: number) => run(manifestPath, (tool) => tool.truncateTo(seconds));
    write([bytes]);
    expect(await cutTo(3000)).toBe(true);
    expect(said.at(-1)).toMatch(/Truncate nothing/);
    expect(await cutTo(2000)).toBe(true);
    expect(readFileSync(increment(1))).toHaveLength(ends[1]!);
    expect(await check(false)).toBe(true);
    expect(await cutTo(999)).toBe(true);
    expect(readFileSync(increment(1))).toHaveLength(0);
    expect(quarantined()).toHaveLength(2);
  });

  test('inside a MULTI of a log without batches is before all of it', async () => {
    const path = join(root, 'plain.aof');
    const file = new ByteWriter();
    encodeCommand(file, ['SET', 'a', 1]);
    const unit = file.length;
    encodeCommand(file, ['MULTI']);
    file.latin1('#TS:2000\r\n');
    encodeCommand(file, ['INCR', 'a']);
    encodeCommand(file, ['EXEC']);
    writeFileSync(path, file.copy());
    expect(await run(path, (tool) => tool.truncateTo(1999))).toBe(true);
    expect(readFileSync(path)).toHaveLength(unit);
  });

  test('is not looked for in a log that is damaged, nor cut out of its middle', async () => {
    write([batches(1, [1000, three[0]!]).bytes, batches(2, [2000, three[1]!]).bytes]);
    expect(await run(manifestPath, (tool) => tool.truncateTo(500))).toBe(false);
    expect(said.at(-2)).toMatch(/because it is not the last file/);
    appendFileSync(increment(2), 'garbage');
    expect(await run(manifestPath, (tool) => tool.truncateTo(1500))).toBe(false);
    expect(said.at(-1)).toMatch(/The log is damaged/);
  });
});

describe('an RDB', () => {
  const rdb = async (checksum: boolean) => {
    const entries = [
      { kind: 'aux', name: 'lightsout-checksum', value: 'crc64' },
      { kind: 'string', key: latin1('first'), value: latin1('x'), expireAtMs: 5 },
      { kind: 'set', key: latin1('second'), size: 1 },
      { kind: 'member', member: latin1('member') },
      { kind: 'end' },
    ] as const;
    return Uint8Array.from(Buffer.concat(await gather(writeRdb(entries, { checksum }))));
  };
  const damageOf = async (bytes: Uint8Array) => {
    const path = join(root, 'dump.rdb');
    writeFileSync(path, bytes);
    const file = await new NodeDisk().open(path, { read: true });
    const { damage } = await checkRdb(file, path, 10, (line) => void said.push(line));
    await file.close();
    return damage;
  };

  test('that is whole is counted', async () => {
    expect(await damageOf(await rdb(true))).toBeUndefined();
    expect(said.slice(-3)).toEqual(['[info] 2 keys read', '[info] 1 expires', '[info] 1 already expired']);
    expect(await damageOf(await rdb(false))).toBeUndefined();
    expect(said.join('\n')).toContain('saved with checksum disabled');
  });

  test('in which any byte is wrong, or its end is missing, is damaged', async () => {
    const bytes = await rdb(true);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      expect([at, await damageOf(damaged)]).not.toEqual([at, undefined]);
      expect([at, await damageOf(bytes.slice(0, at))]).not.toEqual([at, undefined]);
    }
    expect(await damageOf(bytes.slice(0, -15))).toMatch(/key second/);
  });

  test('of ours whose checksum was zeroed is damaged', async () => {
    const bytes = await rdb(true);
    bytes.fill(0, bytes.length - 8);
    expect(await damageOf(bytes)).toMatch(/the checksum at offset \d+ is zero/);
  });
});
