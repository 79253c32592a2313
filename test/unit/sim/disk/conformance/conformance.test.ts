/**
 * SimDisk answers as a real file system does: the same sequences of operations run on both, and every result, every error
 * code and what is there in the end are compared.
 *
 * What is not compared: the sizes of directories, and operations that only one of the two ways to open a file has (the
 * port has no pwrite and no read at the position; node:fs has no allocate).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealSubject, makeRoot } from './real-subject.ts';
import { SimSubject } from './sim-subject.ts';
import { operations, payload } from './operation.ts';
import type { Operation } from './operation.ts';

/** A longer search with other sequences: CONFORMANCE_RUNS=6000 npx vitest run test/unit/sim/disk/conformance */
const RUNS = process.env['CONFORMANCE_RUNS'];

let parent = '';
let runs = 0;
beforeAll(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'lightsout-conformance-'));
});
afterAll(() => fs.rmSync(parent, { recursive: true, force: true }));

/** Which files each open made, so that operations which its kind lacks can be left out on both sides. */
function offered(operation: Operation, raw: readonly boolean[]): boolean {
  if (!('file' in operation) || raw.length === 0) return true;
  const isRaw = raw[operation.file % raw.length]!;
  if (operation.do === 'pwrite') return isRaw;
  if (operation.do === 'read') return isRaw || operation.at !== undefined;
  if (operation.do === 'allocate' || operation.do === 'hintSync') return !isRaw;
  return true;
}

async function compare(sequence: readonly Operation[], seen: Set<string>): Promise<void> {
  const root = makeRoot(parent, runs++);
  const sim = new SimSubject();
  const real = new RealSubject(root);
  const raw: boolean[] = [];
  try {
    for (const [ordinal, operation] of sequence.entries()) {
      if (!offered(operation, raw)) continue;
      const bytes = payload(ordinal, 'length' in operation ? operation.length : 0);
      const expected = await real.run(operation, bytes);
      const got = await sim.run(operation, bytes);
      expect(got, `operation ${ordinal}: ${JSON.stringify(operation)}`).toBe(expected);
      seen.add(`${operation.do} ${/^E[A-Z]+$/.test(got) ? got : 'done'}`);
      if (operation.do === 'open' && got === 'ok') raw.push(operation.raw);
    }
    expect(await sim.tree()).toBe(await real.tree());
  } finally {
    await real.close();
    fs.rmSync(root, { recursive: true, force: true });
  }
}

describe('SimDisk and the real file system', () => {
  it(
    'give the same results, codes and contents for every sequence of operations',
    async () => {
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(operations(100), (sequence) => compare(sequence, seen)),
        RUNS === undefined ? { numRuns: 150, seed: 20_261_123 } : { numRuns: Number(RUNS) },
      );
      // The suite has looked at what it is there for.
      for (const situation of [
      'open done', 'open ENOENT', 'open EEXIST', 'open EISDIR', 'open ENOTDIR', 'open ENAMETOOLONG',
      'write done', 'write EBADF', 'pwrite done', 'read done', 'read EBADF', 'truncate done', 'truncate EINVAL', 'truncate EBADF',
      'allocate done', 'allocate EBADF', 'sync done', 'close done', 'close EBADF',
      'rename done', 'rename ENOENT', 'rename EISDIR', 'rename ENOTDIR', 'rename ENOTEMPTY', 'rename EINVAL', 'rename EBUSY',
      'link done', 'link EEXIST', 'link EPERM', 'link ENOENT', 'unlink done', 'unlink ENOENT', 'unlink EISDIR', 'unlink ENOTDIR',
      'mkdir done', 'mkdir EEXIST', 'mkdir ENOTDIR', 'rmdir done', 'rmdir ENOTEMPTY', 'rmdir ENOTDIR',
      'readdir done', 'readdir ENOTDIR', 'stat done', 'stat ENOTDIR', 'openDir done', 'openDir ENOTDIR',
    ]) {
      expect([...seen], `never seen: ${situation}`).toContain(situation);
    } // prettier-ignore
    },
    60_000 + 100 * Number(RUNS ?? 0),
  );
});
