import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reserveBatchHeader, sealBatch } from '../../../../src/aof/batch.ts';
import { ByteWriter, latin1Bytes } from '../../../../src/bytes/index.ts';
import { Replay, type ReplayOptions, type ReplayResult } from '../../../../src/engine/recovery/replay.ts';
import type { File } from '../../../../src/ports/disk.ts';
import { encodeCommand } from '../../../../src/resp/index.ts';

/** A file that can only be read, in pieces of a few bytes unless it is large. */
function fileOf(bytes: Uint8Array): File {
  const refuse = (): never => {
    throw new Error('replay only reads');
  };
  return {
    read: (into, position) => {
      const piece = bytes.subarray(
        position,
        position + Math.min(into.length, bytes.length > 1e6 ? Infinity : 7),
      );
      into.set(piece);
      return Promise.resolve(piece.length);
    },
    write: refuse,
    truncate: refuse,
    sync: refuse,
    datasync: refuse,
    hintSync: refuse,
    pwrite: refuse,
    allocate: refuse,
    close: () => Promise.resolve(),
  };
}

const key = 0x5eed5eed;

interface Replayed extends ReplayResult {
  readonly commands: string[];
  /** Why the file is torn. */
  readonly torn: string | undefined;
}

async function replay(
  bytes: Uint8Array,
  isAnnotated = true,
  more: Partial<ReplayOptions> = {},
): Promise<Replayed> {
  const commands: string[] = [];
  const options: ReplayOptions = {
    path: 'a.aof',
    fileBytes: bytes.length,
    from: 0,
    sliceBytes: 64,
    annotations: isAnnotated ? { key, isActive: true, firstBatch: undefined } : undefined,
    durableBytes: 0,
    uncheckedBytes: 0,
    ...more,
  };
  const result = await new Replay(fileOf(bytes), options, {
    apply: (argv) => {
      const words: string[] = [];
      for (let i = 0; i < argv.count; i++) words.push(argv.text(i));
      commands.push(words.join(' '));
    },
  }).run();
  const torn = result.damage?.kind === 'torn' ? result.damage.what : undefined;
  return { ...result, commands, torn };
}

/** A command or, as a list, a MULTI of several. */
type UnitWords = string | readonly string[];

function writeUnits(into: ByteWriter, units: readonly UnitWords[]): void {
  for (const unit of units) {
    if (typeof unit === 'string') encodeCommand(into, unit.split(' '));
    else for (const command of ['MULTI', ...unit, 'EXEC']) encodeCommand(into, command.split(' '));
  }
}

function batch(
  sequence: number,
  durableBytes: number,
  units: readonly UnitWords[],
  offset = durableBytes,
): Uint8Array {
  const writer = new ByteWriter();
  reserveBatchHeader(writer);
  writeUnits(writer, units);
  sealBatch(writer, { key, offset }, sequence, durableBytes);
  return writer.copy();
}

function plain(units: readonly UnitWords[]): Uint8Array {
  const writer = new ByteWriter();
  writeUnits(writer, units);
  return writer.copy();
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  for (const part of parts) writer.bytes(part);
  return writer.copy();
}

/** What is rotten in it, and where. */
async function rot(
  bytes: Uint8Array,
  isAnnotated = true,
  more: Partial<ReplayOptions> = {},
): Promise<string> {
  const { damage } = await replay(bytes, isAnnotated, more);
  if (damage?.kind !== 'rotten') throw new Error(`expected rot, got ${JSON.stringify(damage)}`);
  return `${damage.what}, at offset ${damage.offset}`;
}

const first = batch(1, 0, ['SET a 1', ['INCR a', 'INCR b']]);
const second = batch(2, first.length, ['RPUSH l x']);

describe('a log with annotations', () => {
  test('is replayed batch by batch', async () => {
    const { commands, torn, validBytes, lastBatch, units } = await replay(join(first, second));
    expect(commands).toEqual(['SET a 1', 'INCR a', 'INCR b', 'RPUSH l x']);
    expect({ torn, validBytes, lastBatch, units }).toEqual({
      torn: undefined,
      validBytes: first.length + second.length,
      lastBatch: 2,
      units: 3,
    });
  });

  test('cut anywhere, is torn at the end of the last whole batch', async () => {
    const whole = join(first, second);
    for (let cut = 0; cut < whole.length; cut++) {
      const { commands, validBytes, torn } = await replay(whole.subarray(0, cut));
      expect(validBytes).toBe(cut < first.length ? 0 : first.length);
      expect(commands.length).toBe(cut < first.length ? 0 : 3);
      expect(torn === undefined).toBe(cut === 0 || cut === first.length);
    }
  });

  test('damaged behind what was durable, whatever the damage, is torn and never half believed', async () => {
    const whole = join(first, second);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: first.length, max: whole.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        async (at, damage) => {
          const bytes = whole.slice();
          bytes.set(damage.subarray(0, bytes.length - at), at);
          if (bytes.every((byte, i) => byte === whole[i])) return;
          const { commands, validBytes, torn } = await replay(bytes);
          expect(commands).toEqual(['SET a 1', 'INCR a', 'INCR b']);
          expect(validBytes).toBe(first.length);
          expect(torn).toBeDefined();
        },
      ),
    );
  });

  test('damaged before what a later batch knew to be durable, is rotten and refused with the offset', async () => {
    const bytes = join(first, second);
    for (const at of [0, 20, 70, first.length - 1]) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x01;
      expect(await rot(damaged)).toContain('at offset 0');
    }
  });

  test('with a first batch of garbage, is torn at 0: nothing was durable yet', async () => {
    const { validBytes, torn } = await replay(
      latin1Bytes('\x8fgarbage\x00\x13 that an unsynced page may hold'),
    );
    expect(validBytes).toBe(0);
    expect(torn).toBeDefined();
  });

  test('to which Redis has appended without annotations, is replayed to its end', async () => {
    const { commands, torn } = await replay(join(first, plain(['SELECT 0', 'SET r 1'])));
    expect(commands.slice(3)).toEqual(['SELECT 0', 'SET r 1']);
    expect(torn).toBeUndefined();
  });

  test('with a batch missing in the middle, is not replayed beyond the gap', async () => {
    const third = batch(3, 0, ['SET c 3'], first.length);
    const { commands, validBytes, torn } = await replay(join(first, third));
    expect(commands.length).toBe(3);
    expect(validBytes).toBe(first.length);
    expect(torn).toContain('batch 3 follows batch 1');
  });
});

describe('a batch', () => {
  test('that stands elsewhere than where it was made for is none, and none is one of another log', async () => {
    const moved = batch(2, 0, ['SET b 2'], first.length + 1);
    expect((await replay(join(first, moved))).torn).toContain('hash');
    const options = { annotations: { key: key + 1, isActive: true, firstBatch: undefined } };
    expect((await replay(first, true, options)).torn).toContain('hash');
  });

  test('that does not go on from what is before the file is a gap, and nothing of it is applied', async () => {
    const options = { annotations: { key, isActive: true, firstBatch: 2 } };
    const { commands, damage } = await replay(batch(3, 0, ['SET c 3']), true, options);
    expect({ commands, kind: damage?.kind }).toEqual({ commands: [], kind: 'rotten' });
    expect((await replay(batch(2, 0, ['SET c 3']), true, options)).damage).toBeUndefined();
  });

  test('to which Redis has appended, and then we again, is replayed to its end', async () => {
    const foreign = plain(['SELECT 0', 'SET a-long-name 1']);
    const ours = batch(2, first.length + foreign.length, ['SELECT 0', 'RPUSH l x']);
    const noted = { durableBytes: first.length + foreign.length };
    const { commands, damage } = await replay(join(first, foreign, ours), true, noted);
    expect(damage).toBeUndefined();
    expect(commands.slice(3)).toEqual(['SELECT 0', 'SET a-long-name 1', 'SELECT 0', 'RPUSH l x']);
  });

  test('is passed over like any comment where nobody knows the key', async () => {
    const { commands, damage } = await replay(join(first, second), false);
    expect({ damage, count: commands.length }).toEqual({ damage: undefined, count: 4 });
  });
});

describe('units without annotation behind batches', () => {
  const foreign = plain(['SELECT 0', 'SET r 1', ['SET s 2', 'SET t 3']]);
  const whole = join(first, foreign);

  test('are torn where the file ends inside one or ends in zeros, and rotten where anything else is wrong', async () => {
    const third = first.length + plain(['SELECT 0', 'SET r 1']).length;
    for (let at = third + 1; at < whole.length; at++) {
      const { validBytes, torn } = await replay(whole.subarray(0, at));
      expect({ at, validBytes, isTorn: torn !== undefined }).toEqual({ at, validBytes: third, isTorn: true });
      const zeroed = whole.slice();
      zeroed.fill(0, at);
      const cut = await replay(zeroed);
      expect({ at, validBytes: cut.validBytes, kind: cut.damage?.kind }).toEqual({
        at,
        validBytes: third,
        kind: 'torn',
      });
    }
    for (const at of [first.length, first.length + 1, third, third + 1]) {
      const damaged = whole.slice();
      damaged[at]! ^= 0x10;
      // What begins right behind the batches, and not as a unit, may be a torn batch as well.
      const kind = at <= first.length + 1 ? 'torn' : 'rotten';
      expect({ at, kind: (await replay(damaged)).damage?.kind }).toEqual({ at, kind });
    }
  });

  test('are what a log goes on with that is written without annotations: rot there is never cut', async () => {
    // Up to its last word: without its EXEC the file ends inside a MULTI, as a torn one does.
    for (let at = first.length; at < whole.length - plain(['EXEC']).length; at++) {
      const damaged = whole.slice();
      damaged.fill(0xff, at, at + 1);
      const options = { annotations: { key, isActive: false, firstBatch: undefined } };
      const { damage } = await replay(damaged, true, options);
      if (damage !== undefined) expect({ at, kind: damage.kind }).toEqual({ at, kind: 'rotten' });
    }
  });

  test('that were known to be durable are never cut', async () => {
    const damaged = whole.slice();
    damaged[first.length] = 0;
    expect(await rot(damaged, true, { durableBytes: whole.length })).toContain('known to be durable');
    expect(await rot(whole.subarray(0, -3), true, { durableBytes: whole.length })).toContain('durable');
  });
});

describe('a log without annotations', () => {
  test('is cut before the timestamp of a torn unit, unless more is known to be durable', async () => {
    const bytes = new ByteWriter();
    encodeCommand(bytes, ['SET', 'a', '1']);
    const unitBytes = bytes.length;
    bytes.latin1('#TS:1700000000\r\n');
    const stampBytes = bytes.length;
    encodeCommand(bytes, ['SET', 'b', '2']);
    const torn = bytes.view().subarray(0, -3);
    expect((await replay(torn, false)).validBytes).toBe(unitBytes);
    expect((await replay(torn, false, { durableBytes: stampBytes })).validBytes).toBe(stampBytes);
    // With nothing torn behind it, it stays.
    const whole = bytes.view().subarray(0, stampBytes);
    expect(await replay(whole, false)).toMatchObject({ validBytes: stampBytes, damage: undefined });
  });

  const units: UnitWords[] = ['SET a 1', ['INCR a', 'INCR b'], 'RPUSH l x'];
  const ends = [0, plain(units.slice(0, 1)).length, plain(units.slice(0, 2)).length, plain(units).length];

  test('cut anywhere, is torn at the end of the last whole unit: never inside MULTI', async () => {
    const whole = plain(units);
    for (let cut = 0; cut <= whole.length; cut++) {
      const { commands, validBytes, torn } = await replay(whole.subarray(0, cut), false);
      const complete = ends.filter((end) => end <= cut).length - 1;
      expect(validBytes).toBe(ends[complete]);
      expect(commands.length).toBe([0, 1, 3, 4][complete]);
      expect(torn === undefined).toBe(ends.includes(cut));
    }
  });

  test('with timestamps, cut anywhere, is torn at the end of the last whole unit: half a timestamp goes', async () => {
    const stamp = '#TS:1700000000\r\n';
    const [one, two] = [plain(['SET a 1']), plain([['INCR a', 'INCR b']])];
    const whole = join(one, latin1Bytes(stamp), two);
    const stamped = one.length + stamp.length;
    for (let cut = one.length + 1; cut < whole.length; cut++) {
      for (const annotations of [undefined, { key, isActive: false, firstBatch: undefined }]) {
        const { validBytes, torn } = await replay(whole.subarray(0, cut), false, { annotations });
        const isWhole = cut === stamped;
        expect({ cut, validBytes, isWhole: torn === undefined }).toEqual({
          cut,
          validBytes: isWhole ? cut : one.length,
          isWhole,
        });
      }
    }
    const durable = { durableBytes: one.length + 1 };
    expect(await rot(whole.subarray(0, one.length + 5), false, durable)).toContain('known to be durable');
  });

  test('with zeros at its end, is torn; with anything else there, refused', async () => {
    const whole = plain(units);
    const { validBytes, torn } = await replay(join(whole, new Uint8Array(100)), false);
    expect(validBytes).toBe(whole.length);
    expect(torn).toContain('zeros');
    expect(await rot(join(whole, latin1Bytes('rubbish')), false)).toContain(`at offset ${whole.length}`);
  });

  /** Units of 61 bytes; bytes [start, end) are zeros. */
  const holed = (start: number, end: number, lengthBytes = 4000): Uint8Array => {
    const all = plain(
      Array.from({ length: lengthBytes / 61 }, (_, i) => `SET key:${1000 + i} ${'v'.repeat(25)}`),
    );
    all.fill(0, start, end);
    return all;
  };

  test('with a hole of zeros where a page was not written is torn at the last unit before it', async () => {
    const unitBytes = holed(0, 0).length / Math.floor(4000 / 61);
    for (const start of [unitBytes * 9, unitBytes * 9 + 1, unitBytes * 9 + 40, 512]) {
      for (const end of [1024, 1536, 3072]) {
        const { validBytes, torn } = await replay(holed(start, end), false);
        const whole = Math.floor(start / unitBytes) * unitBytes;
        expect({ start, end, validBytes }).toEqual({ start, end, validBytes: whole });
        expect(torn).toContain(`to ${end}, where a page or a part of one was never written`);
      }
    }
    // Few zeros are taken for data, but not in the place of a unit's first bytes.
    const before = Array.from({ length: 60 }, (_, i) => i * unitBytes).find(
      (at) => -at & 511 && (-at & 511) < 8,
    )!;
    const { validBytes } = await replay(holed(before, before + (-before & 511)), false);
    expect(validBytes).toBe(before);
  });

  test('with zeros that no power cut leaves is refused: behind them whole units, an odd end, or too much', async () => {
    const unitBytes = holed(0, 0).length / Math.floor(4000 / 61);
    const aligned = plain(Array.from({ length: 40 }, () => `SET k ${'v'.repeat(100)}`)).slice(0, 128 * 40);
    expect(aligned.length / 40).toBe(128);
    aligned.fill(0, 128 * 3, 512);
    expect(await rot(aligned, false)).toContain('where the disk was full, and then nothing is missing');
    expect(await rot(holed(unitBytes * 9, 1000), false)).not.toContain('zeros from');
    const large = holed(unitBytes * 9, 1024, 17 * 1024 * 1024);
    expect(await rot(large, false, { sliceBytes: 65_536 })).toContain('zeros from');
    const known = { durableBytes: unitBytes * 9 + 1 };
    expect(await rot(holed(unitBytes * 9, 1024), false, known)).toContain('known to be durable');
  });

  test('damaged in the middle, is refused with the offset', async () => {
    const damaged = plain(units);
    damaged[ends[1]!] = 0x58;
    expect(await rot(damaged, false)).toContain(`at offset ${ends[1]}`);
  });
});

describe('a unit without annotation in front of batches', () => {
  const stray = plain(['SET y 9']);
  const third = batch(3, 0, ['SET c 3'], first.length + stray.length);
  const misplaced = join(first, stray, third);

  test('is where the log ends: whoever goes on without annotations never writes any again', async () => {
    const { commands, validBytes, torn } = await replay(misplaced);
    expect({ count: commands.length, validBytes }).toEqual({ count: 3, validBytes: first.length });
    expect(torn).toContain('batch 3 behind it');
  });

  test('is rot where the batches say that it was durable', async () => {
    const durable = batch(3, first.length + stray.length, ['SET c 3']);
    expect(await rot(join(first, stray, durable))).toContain(`${first.length + stray.length} bytes`);
    const { commands } = await replay(join(first, stray, durable));
    expect(commands.length).toBe(3);
  });

  test('is rot where units go on to what is left of a batch', async () => {
    // Without its first byte nothing tells it from what another server has left.
    for (let at = 1; at < third.length; at++) {
      const damaged = third.slice();
      damaged[at]! ^= 0x10;
      const { commands, damage } = await replay(join(first, stray, damaged));
      expect({ at, count: commands.length, kind: damage?.kind }).toEqual({ at, count: 3, kind: 'rotten' });
    }
  });

  test("is another server's where the last start found it, or where only its values look like batches", async () => {
    const noted = { durableBytes: first.length + stray.length };
    expect((await replay(misplaced, true, noted)).damage?.what).toContain('batch 3 follows batch 1');
    const unchecked = { uncheckedBytes: first.length + stray.length };
    expect((await replay(misplaced, true, unchecked)).commands.length).toBe(5);
    const copied = new ByteWriter();
    encodeCommand(copied, ['SET', 'copy', second]);
    const foreign = join(first, stray, copied.copy());
    expect((await replay(foreign)).commands.length).toBe(5);
    expect(await replay(foreign)).toMatchObject({ damage: undefined, plainUnits: 2 });
  });
});
