/** `npm run golden`: after a change that is meant to change traces. Says how many it changed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { goldenPath, takeTraces } from './traces.ts';

const before = existsSync(goldenPath)
  ? (JSON.parse(readFileSync(goldenPath, 'utf8')) as Readonly<Record<string, string>>)
  : {};
const now = await takeTraces();
writeFileSync(goldenPath, `${JSON.stringify(now, undefined, 2)}\n`);
const seeds = Object.keys(now);
const changed = seeds.filter((seed) => before[seed] !== now[seed]);
process.stdout.write(`${changed.length} of ${seeds.length} golden traces are others than before\n`);
