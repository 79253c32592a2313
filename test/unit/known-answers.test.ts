/**
 * The known answers of the fault model: what redis-server 7.0.15 does wrong with a damaged directory. An engine with
 * Redis's behaviour planted in it serves something wrong there and says nothing; the engine refuses, or says what it lost.
 * One is an answer of our own, of before it was mended.
 * (V3, V5 as a crash state and V10 come about by crashes alone: `test/unit/regressions.test.ts`.)
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { formatManifest, parseManifest } from '../../src/aof/index.ts';
import { ByteWriter, latin1Bytes, latin1Text } from '../../src/bytes/index.ts';
import { diskFromFiles, filesOf } from '../../sim/disk/index.ts';
import { loadEngine } from '../../sim/mutants/bundle.ts';
import { knownAnswerMutants } from '../../sim/mutants/catalogue/known-answers.ts';
import { checkMutant } from '../../sim/mutants/mutant.ts';
import type { EngineModule } from '../../sim/scenario/engine-module.ts';
import { createWorld } from '../../sim/world/index.ts';
import { encodeCommand, ReplyParser } from '../../src/resp/index.ts';
import { Client, Stage, textOf } from './engine/support.ts';

type Files = Map<string, Uint8Array>;

const folder = '/data/appendonlydir';
const manifestPath = `${folder}/appendonly.aof.manifest`;
const basePath = `${folder}/appendonly.aof.2.base.rdb`;
const increment = (seq: number): string => `${folder}/appendonly.aof.${seq}.incr.aof`;

/** k1 in a base, k2 and k3 in an increment, k4 in the next one. */
async function directory(): Promise<Files> {
  let mayFork = true;
  const stage = new Stage({
    settings: { appendfsync: 'always' },
    saboteur: (operation) =>
      operation === 'fork' && !mayFork ? { code: 'ENOMEM', when: 'before' } : undefined,
  });
  const server = await stage.start();
  const client = new Client(server);
  await stage.ask(client, server, 'SET k1 1000', 'BGREWRITEAOF');
  await stage.pass(1000);
  mayFork = false;
  await stage.ask(client, server, 'SET k2 1000');
  await stage.ask(client, server, 'SET k3 1000', 'BGREWRITEAOF');
  await stage.pass(1000);
  await stage.ask(client, server, 'SET k4 1000');
  return filesOf(stage.disk);
}

function edit(files: Files, path: string, change: (text: string) => string): void {
  const before = latin1Text(files.get(path)!);
  const after = change(before);
  expect([path, after === before]).toEqual([path, false]);
  files.set(path, latin1Bytes(after));
}

/** What a disk, or a person, has done to the directory. */
interface KnownAnswer {
  readonly damage: string;
  /** What the engine makes of it. Missing: it refuses. */
  readonly served?: { readonly values: readonly string[]; readonly outcome: string };
  apply(files: Files): void;
}

const answers: Readonly<Record<string, KnownAnswer>> = {
  'redis-empty-base-accepted': {
    damage: 'the base has no bytes',
    apply: (files) => {
      files.set(basePath, new Uint8Array(0));
    },
  },
  'redis-gap-between-increments-accepted': {
    damage: 'an older increment ends one batch too early',
    apply: (files) => {
      edit(files, increment(2), (text) => text.slice(0, text.lastIndexOf('#lightsout')));
      // A manifest that was written before that batch: it does not know how long the file was.
      const manifest = parseManifest(files.get(manifestPath)!);
      const increments = manifest.increments.map(({ name, seq }) => ({ name, seq }));
      files.set(manifestPath, formatManifest({ ...manifest, increments }, true));
    },
  },
  'redis-cut-manifest-accepted': {
    damage: 'the manifest ends before its last increment, and that file is gone with its line',
    apply: (files) => {
      edit(files, manifestPath, (text) => text.slice(0, text.indexOf('file appendonly.aof.3')));
      files.delete(increment(3));
    },
  },
  'redis-unnamed-increment-passed-over': {
    damage: 'files of Redis, and the manifest is one from before the last increment',
    apply: (files) => {
      const manifest = parseManifest(files.get(manifestPath)!);
      const [first] = manifest.increments;
      const older = { ...manifest, annotation: undefined, comments: [], increments: [first!] };
      files.set(manifestPath, formatManifest(older, false));
      files.set(increment(3), latin1Bytes('*3\r\n$3\r\nSET\r\n$2\r\nk4\r\n$4\r\n1000\r\n'));
    },
  },
  'torn-single-file-log-served-empty': {
    damage: 'a log of Redis before 7, and it ends in half a command',
    served: { values: ['1000', '1000', '1000', '(nil)'], outcome: 'torn-tail-cut' },
    apply: (files) => {
      files.clear();
      files.set('/data/appendonly.aof', tornSingleFile());
    },
  },
  'redis-log-without-integrity': {
    damage: 'a digit of a value is another',
    apply: (files) => edit(files, increment(2), (text) => text.replace('k2\r\n$4\r\n1', 'k2\r\n$4\r\n9')),
  },
  'redis-zero-checksum-accepted': {
    damage: 'a digit of a value is another, and the checksum is zero',
    apply: (files) =>
      edit(
        files,
        basePath,
        // 1000 is an integer of 16 bits in an RDB.
        (text) => `${text.slice(0, -8).replace('\xc1\xe8\x03', '\xc1\xe9\x03')}${'\0'.repeat(8)}`,
      ),
  },
};

/** Four commands, the last of them not whole. */
function tornSingleFile(): Uint8Array {
  const bytes = new ByteWriter();
  for (const key of ['k1', 'k2', 'k3', 'k4']) encodeCommand(bytes, ['SET', key, '1000']);
  return bytes.copy().subarray(0, -5);
}

/** What an engine makes of a directory: why it refuses, or the values of k1 to k4 and what it says it did. */
async function startOn(
  module: EngineModule,
  files: Files,
): Promise<{ refusal: string } | { values: string[]; outcome: string }> {
  const world = createWorld({ seed: 1, disk: diskFromFiles(files), childMains: module.childMains });
  const answered: string[] = [];
  let refusal: string | undefined;
  world.machine.spawn(async (host) => {
    const settings = {
      ...module.defaultSettings(),
      dir: '/data',
      appendonly: true,
      appendfsync: 'always' as const,
    };
    const engine = await module.openEngine(host, settings).catch((error: unknown) => {
      refusal = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    if (engine === undefined) return 1;
    const parser = new ReplyParser();
    const session = engine.connect({
      send: (bytes) => {
        parser.push(bytes);
        for (let reply = parser.next(); reply !== undefined; reply = parser.next())
          answered.push(textOf(reply));
      },
      close: () => undefined,
    });
    const bytes = new ByteWriter();
    for (const key of ['k1', 'k2', 'k3', 'k4']) encodeCommand(bytes, ['GET', key]);
    encodeCommand(bytes, ['INFO', 'persistence']);
    session.feed(bytes.copy());
    return new Promise<number>(() => {});
  }, 'engine');
  await world.run({ until: () => refusal !== undefined || answered.length === 5, untilMs: 60_000 });
  if (refusal !== undefined) return { refusal };
  const outcome = /recovery_outcome:(\S+)/.exec(answered[4]!)![1]!;
  return { values: answered.slice(0, 4), outcome };
}

let clean: EngineModule;
let undamaged: Files;
beforeAll(async () => {
  clean = await loadEngine();
  undamaged = await directory();
});

describe.each(knownAnswerMutants.map((mutant) => [mutant.id, mutant] as const))('%s', (id, mutant) => {
  test('fits the source, is wrong where the engine refuses or serves what is whole, and right on what is not damaged', async () => {
    checkMutant(mutant);
    const mutated = await loadEngine(mutant);
    const files = new Map(undamaged);
    const whole = { values: ['1000', '1000', '1000', '1000'], outcome: 'whole' };
    expect(await startOn(clean, files)).toEqual(whole);
    expect(await startOn(mutated, files)).toEqual(whole);
    answers[id]!.apply(files);
    const wrong = await startOn(mutated, files);
    const right = await startOn(clean, files);
    const { served } = answers[id]!;
    if (served !== undefined) {
      expect(right).toEqual(served);
      expect(wrong).toMatchObject({ values: Array.from({ length: 4 }, () => '(nil)') });
      return;
    }
    expect(wrong).toMatchObject({ outcome: 'whole' });
    expect(wrong).not.toEqual(whole);
    expect(right).toMatchObject({ refusal: expect.any(String) as string });
  });
});

test('every known answer has its damage, and every damage its answer', () => {
  expect(Object.keys(answers).sort()).toEqual(knownAnswerMutants.map(({ id }) => id).sort());
});
