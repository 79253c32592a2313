/** The ten largest values of an RDB file, whatever its size: `npx tsx docs/examples/rdb-largest.ts dump.rdb`. */
import { createReadStream } from 'node:fs';
import { readRdb } from 'lightsout/rdb';

export interface Large {
  readonly key: string;
  readonly kind: string;
  readonly bytes: number;
}

export async function largest(path: string, count: number): Promise<Large[]> {
  const top: Large[] = [];
  let at: { key: string; kind: string; bytes: number } | undefined;
  const done = (): void => {
    if (at !== undefined) top.push(at);
    at = undefined;
    top.sort((a, b) => b.bytes - a.bytes).splice(count);
  };
  for await (const entry of readRdb(createReadStream(path))) {
    if ('key' in entry)
      at = { key: Buffer.from(entry.key).toString(), kind: entry.kind, bytes: entry.key.length };
    if (at === undefined) continue;
    if (entry.kind === 'elements') for (const value of entry.values) at.bytes += value.length;
    if ('value' in entry) at.bytes += entry.value.length;
    if ('field' in entry) at.bytes += entry.field.length;
    if ('member' in entry) at.bytes += entry.member.length;
    if (entry.kind === 'node') at.bytes += entry.listpack.length;
    if (entry.kind === 'string' || entry.kind === 'end') done();
  }
  return top;
}

if (process.argv[2] !== undefined && import.meta.url === `file://${process.argv[1]}`)
  for (const { key, kind, bytes } of await largest(process.argv[2], 10)) console.log(bytes, kind, key);
