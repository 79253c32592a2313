/**
 * Looks for a power cut that leaves what a profile calls illegal.
 *
 * node --import tsx test/e2e/power-cut/search.ts ext4 ext4-ordered 1..200    (as root)
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { profiles } from '../../../sim/disk/index.ts';
import { cutsDuring } from './cuts.ts';
import { Image, obstacle } from './image.ts';
import type { FileSystem } from './image.ts';
import { isWhole, judge, tell } from './legal.ts';
import { traceOf } from './traces.ts';

const [fileSystem = 'ext4', name = 'posix-strict', range = '1..100'] = process.argv.slice(2);
const profile = profiles.get(name);
const reason = obstacle(fileSystem as FileSystem);
if (profile === undefined || reason !== undefined)
  throw new Error(`cannot search: ${reason ?? `no profile ${name}`}`);

const [from = 1, to = from] = range.split('..').map(Number);
const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'lightsout-cuts-'));
const tally = new Map<string, number>();
const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);
let image: Image | undefined;
try {
  image = new Image(fileSystem as FileSystem, parent);
  for (let seed = from; seed <= to; seed++) {
    for (const { trace, state, disk } of cutsDuring(image, traceOf(seed), seed)) {
      const verdict = judge(disk, profile, state, 30_000);
      count(verdict);
      count(isWhole(disk, state) ? 'nothing lost' : 'something lost');
      if (verdict === 'illegal') console.log(`seed ${seed}: ${trace}\n  left: ${tell(state)}`);
    }
  }
} finally {
  image?.close();
  fs.rmSync(parent, { recursive: true, force: true });
}
console.log(JSON.stringify(Object.fromEntries(tally)));
