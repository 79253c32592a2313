/**
 * Real power cuts: traces run on a loop-mounted file system, the power is cut (the image is copied under the mounted
 * device), the copy is mounted, and what is left must be one of the states that the simulated disk calls legal for the same
 * trace: under the file system's own profile, and under posix-strict, which is to be harsher than all of them.
 *
 * Skipped, with the reason, where the machine does not allow it: it takes root, loop devices and mkfs. The longer search
 * with random traces is `node --import tsx test/e2e/power-cut/search.ts ext4 ext4-ordered 1..200`.
 *
 * What the search has taught (kernel 6.18.44, e2fsprogs 1.47.0, xfsprogs 6.1.0):
 *  - A cut to the middle of a page zeroes the rest of that page in the cache, and this zeroing is written back as data: on
 *    ext4 and xfs alike it is on the disk while the cut itself, a matter of the journal, is not. The old size is back, with
 *    zeros from the cut to the end of the page and the old bytes after them. R4 of the fault model has the old pages back
 *    with the old size; SimDisk has had the zeros as a change of their own since.
 *  - The "last allocated block" to whose end ext4's size leads its data is a block, not a page: with mkfs's 1 KiB blocks
 *    (its default below 512 MiB) the lead ends there, so the images here are made with 4 KiB blocks, as large disks are.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lossless, posixStrict, profiles } from '../../sim/disk/index.ts';
import { cutsDuring } from './power-cut/cuts.ts';
import type { Cut } from './power-cut/cuts.ts';
import { Image, obstacle } from './power-cut/image.ts';
import type { FileSystem } from './power-cut/image.ts';
import { isWhole, judge, tell } from './power-cut/legal.ts';

const traces = [
  // The usual append, another file's sync, and the log's own.
  'given l=x*100; append l a*50; create z; append z q; sync z; cut; append l b*9000; writeback l; cut; sync l; cut',
  // Safe and unsafe renames: to a fresh name, over an existing one, with and without a sync.
  'given b=x*100; create t; append t a*9000; rename t c; create z; append z q; sync z; cut',
  'given b=x*100; create t; append t a*9000; rename t b; create z; append z q; sync z; cut; syncdir .; cut',
  'given b=x*100; create t; append t a*5000; sync t; rename t b; cut; create l; syncdir .; cut',
  // A sync of a clean inode commits nothing.
  'given b=x*10; create t; append t a*10; sync b; cut; sync t; cut',
  // A repair: the cut of a torn tail, alone, synced, and appended to.
  'given l=x*9000; truncate l 5000; append l a*3; cut; sync l; cut',
  'given l=x*9000; truncate l 2; writeback l; cut',
  'given a=x*4096 b=y*4096; unlink a; rename b a; append a c*100; syncdir .; cut',
]; // prettier-ignore

let parent = '';
beforeAll(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'lightsout-cuts-'));
});
afterAll(() => fs.rmSync(parent, { recursive: true, force: true }));

describe.each<[FileSystem, string]>([
  ['ext4', 'ext4-ordered'],
  ['xfs', 'xfs'],
  ['btrfs', 'btrfs'],
])('a power cut on %s', (fileSystem, profileName) => {
  const reason = obstacle(fileSystem);
  if (reason !== undefined) console.warn(`SKIPPED: no power is cut on ${fileSystem}, since ${reason}`);

  it.skipIf(reason !== undefined)(
    `leaves only what the profile ${profileName} calls legal, and posix-strict too`,
    () => {
      const profile = profiles.get(profileName)!;
      const cuts: Cut[] = [];
      const image = new Image(fileSystem, parent);
      try {
        for (const [ordinal, trace] of traces.entries()) cuts.push(...cutsDuring(image, trace, ordinal));
      } finally {
        image.close();
      }
      for (const { trace, state, disk } of cuts) {
        const what = `${trace}\n  left: ${tell(state)}`;
        expect(`${judge(disk, profile, state)}: ${what}`).toBe(`legal: ${what}`);
        expect(`${judge(disk, posixStrict, state)}: ${what}`).toBe(`legal: ${what}`);
      }
      // The power was really cut: something was lost, and a disk that loses nothing is told apart.
      const lossy = cuts.filter(({ disk, state }) => !isWhole(disk, state));
      expect(lossy.length).toBeGreaterThan(2);
      for (const { disk, state } of lossy) expect(judge(disk, lossless, state)).toBe('illegal');
    },
    60_000,
  );
});
