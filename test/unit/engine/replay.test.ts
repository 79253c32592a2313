import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reserveBatchHeader, sealBatch } from '../../../src/aof/batch.ts';
import { ByteWriter, latin1Bytes } from '../../../src/bytes/index.ts';
import { Replay, type ReplayResult } from '../../../src/engine/replay.ts';
import { isLightsoutError } from '../../../src/errors.ts';
import type { File } from '../../../src/ports/disk.ts';
import { encodeCommand } from '../../../src/resp/index.ts';

/** A file that can only be read, in pieces of a few bytes. */
function fileOf(bytes: Uint8Array): File {
  const refuse = (): never => {
    throw new Error('replay only reads');
  };
  return {
    read: (into, position) => {
      const piece = bytes.subarray(position, position + Math.min(into.length, 7));
      into.set(piece);
      return Promise.resolve(piece.length);
    },
    write: refuse,
    truncate: refuse,
    sync: refuse,
    datasync: refuse,
    hintSync: refuse,
    allocate: refuse,
    close: () => Promise.resolve(),
  };
}

async function replay(bytes: Uint8Array, isAnnotated = true): Promise<ReplayResult & { commands: string[] }> {
  const commands: string[] = [];
  const options = { path: 'a.aof', fileBytes: bytes.length, from: 0, sliceBytes: 64, isAnnotated };
  const result = await new Replay(fileOf(bytes), options, {
    apply: (argv) => {
      const words: string[] = [];
      for (let i = 0; i < argv.count; i++) words.push(argv.text(i));
      commands.push(words.join(' '));
    },
  }).run();
  return { ...result, commands };
}

/** A command or, as a list, a MULTI of several. */
type UnitWords = string | readonly string[];

function writeUnits(into: ByteWriter, units: readonly UnitWords[]): void {
  for (const unit of units) {
    if (typeof unit === 'string') encodeCommand(into, unit.split(' '));
    else for (const command of ['MULTI', ...unit, 'EXEC']) encodeCommand(into, command.split(' '));
  }
}

function batch(sequence: number, durableBytes: number, units: readonly UnitWords[]): Uint8Array {
  const writer = new ByteWriter();
  reserveBatchHeader(writer);
  writeUnits(writer, units);
  sealBatch(writer, sequence, durableBytes);
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

async function refusal(bytes: Uint8Array, isAnnotated = true): Promise<string> {
  const outcome = await replay(bytes, isAnnotated).catch((error: unknown) => error);
  if (!isLightsoutError(outcome)) throw new Error(`expected a refusal, got ${JSON.stringify(outcome)}`);
  expect(outcome.code).toBe('CORRUPT');
  return outcome.message;
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
      expect(await refusal(damaged)).toContain('at offset 0');
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
    const third = batch(3, 0, ['SET c 3']);
    const { commands, validBytes, torn } = await replay(join(first, third));
    expect(commands.length).toBe(3);
    expect(validBytes).toBe(first.length);
    expect(torn).toContain('batch 3 follows batch 1');
  });
});

describe('a log without annotations', () => {
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

  test('with zeros at its end, is torn; with anything else there, refused', async () => {
    const whole = plain(units);
    const { validBytes, torn } = await replay(join(whole, new Uint8Array(100)), false);
    expect(validBytes).toBe(whole.length);
    expect(torn).toContain('zeros');
    expect(await refusal(join(whole, latin1Bytes('rubbish')), false)).toContain(`at offset ${whole.length}`);
  });

  test('damaged in the middle, is refused with the offset', async () => {
    const damaged = plain(units);
    damaged[ends[1]!] = 0x58;
    expect(await refusal(damaged, false)).toContain(`at offset ${ends[1]}`);
  });
});
