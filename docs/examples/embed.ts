/** A counter that survives: run it twice with `npx tsx docs/examples/embed.ts DIRECTORY`. */
import { mkdirSync } from 'node:fs';
import { Store } from 'lightsout/node';

const dir = process.argv[2] ?? 'data';
mkdirSync(dir, { recursive: true });

const store = await Store.open({ dir, appendonly: true, appendfsync: 'always' });
const reply = await store.command('INCR', 'starts');
console.log(reply.type === 'integer' ? `started ${reply.value.toString()} times` : reply);
await store.close();
