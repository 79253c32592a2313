#!/usr/bin/env node
/** lightsout-check-aof: whether a log is whole, and cutting off what is not, told as redis-check-aof tells it. */
import { createInterface } from 'node:readline';

import { isDiskError } from '../engine/io.ts';
import { isLightsoutError } from '../errors.ts';
import { AofTool } from './check/aof-tool.ts';

const usage = `Usage: lightsout-check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>

Checks an append-only log: the manifest and each of its files, or one file by its syntax alone. The hashes of batches are
compared where the manifest is given.

  --fix                           cut the end off the last file, where it is damaged, after asking
  --truncate-to-timestamp SECONDS cut the log to where it stood at that second (Unix time), by its #TS: lines

What is cut off is kept first, in a file beside it whose name ends in .quarantine. Neither option is taken while a
lightsout-server uses the directory.
Exit status: 0 where the log is whole (by now), 1 where it is not or cannot be read.
`;

const args = process.argv.slice(2);
if (args[0] === '--help' || args[0] === '-h') process.stdout.write(usage);
else process.exitCode = await main();

async function main(): Promise<number> {
  const path = args.at(-1);
  const fixes = args.length === 2 && args[0] === '--fix';
  const toSec = args.length === 3 && args[0] === '--truncate-to-timestamp' ? Number(args[1]) : undefined;
  const isWrong = toSec === undefined ? args.length !== 1 && !fixes : !/^\d{1,15}$/.test(args[1]!);
  if (path === undefined || isWrong) {
    process.stderr.write(usage);
    return 1;
  }
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    const tool = await AofTool.open(path, { say, confirm });
    try {
      if (toSec !== undefined) return (await tool.truncateTo(toSec)) ? 0 : 1;
      return (await tool.check(fixes)) ? 0 : 1;
    } finally {
      await tool.close();
    }
  } catch (error) {
    if (!isDiskError(error) && !isLightsoutError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** True where the next line of standard input says yes. */
async function confirm(question: string): Promise<boolean> {
  process.stdout.write(question);
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return /^y/i.test(line);
  return false;
}
