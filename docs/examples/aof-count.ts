/** How often each command stands in an append-only file: `npx tsx docs/examples/aof-count.ts appendonly.aof.1.incr.aof`. */
import { createReadStream } from 'node:fs';
import { readAof } from 'lightsout/aof';

export async function count(path: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const entry of readAof(createReadStream(path), { allowTorn: true })) {
    if (entry.kind === 'torn') console.warn(`the last ${entry.bytes} bytes are half a command`);
    if (entry.kind !== 'command') continue;
    const name = Buffer.from(entry.words[0]!).toString().toUpperCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

if (process.argv[2] !== undefined && import.meta.url === `file://${process.argv[1]}`)
  for (const [name, times] of await count(process.argv[2])) console.log(times, name);
