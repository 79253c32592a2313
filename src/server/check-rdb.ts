#!/usr/bin/env node
/** lightsout-check-rdb: whether an RDB file is whole, told as redis-check-rdb tells it. Changes nothing. */
import { isDiskError } from '../engine/io.ts';
import { NodeDisk } from '../node/disk.ts';
import { checkRdb } from './check/rdb-file.ts';

const usage = `Usage: lightsout-check-rdb <rdb-file-name>

Reads the whole file: every length, every nested encoding, the checksum. Names the offset and the key of what is damaged.
Exit status: 0 where the file is whole, 1 where it is damaged or cannot be read.
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const [path, ...rest] = process.argv.slice(2);
if (path === '--help' || path === '-h') {
  process.stdout.write(usage);
} else if (path === undefined || rest.length > 0) {
  process.stderr.write(usage);
  process.exitCode = 1;
} else {
  process.exitCode = await main(path);
}

async function main(file: string): Promise<number> {
  const disk = new NodeDisk();
  try {
    const open = await disk.open(file, { read: true });
    try {
      const { damage, endOffset } = await checkRdb(open, file, Date.now(), say);
      const behind = (await disk.stat(file)).sizeBytes - endOffset;
      if (damage === undefined && behind > 0)
        say(`[info] ${behind} bytes behind the end of the RDB, at offset ${endOffset}, were not looked at`);
      return damage === undefined ? 0 : 1;
    } finally {
      await open.close();
    }
  } catch (error) {
    if (!isDiskError(error)) throw error;
    process.stderr.write(`Cannot read file ${file}: ${error.message}\n`);
    return 1;
  }
}
