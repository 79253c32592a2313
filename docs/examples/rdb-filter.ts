/**
 * An RDB file without some of its keys, in bounded memory:
 * `npx tsx docs/examples/rdb-filter.ts dump.rdb kept.rdb session:` leaves out what begins with `session:`.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type RdbEntry, readRdb, writeRdb } from 'lightsout/rdb';

async function* without(entries: AsyncIterable<RdbEntry>, prefix: string): AsyncGenerator<RdbEntry> {
  let isLeftOut = false;
  for await (const entry of entries) {
    if ('key' in entry) isLeftOut = Buffer.from(entry.key).toString().startsWith(prefix);
    // How many keys a database has is not true any more. It is a hint, and may be missing.
    if (entry.kind !== 'size' && !isLeftOut) yield entry;
    if (entry.kind === 'string' || entry.kind === 'end') isLeftOut = false;
  }
}

export function filter(from: string, to: string, prefix: string): Promise<void> {
  return pipeline(writeRdb(without(readRdb(createReadStream(from)), prefix)), createWriteStream(to));
}

const [from, to, prefix] = process.argv.slice(2);
if (prefix !== undefined && import.meta.url === `file://${process.argv[1]}`) await filter(from!, to!, prefix);
