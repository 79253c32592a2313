import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Store } from 'lightsout/node';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lightsout-store-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a store keeps what was acknowledged, and opens again after it was closed', async () => {
  for (let start = 1; start <= 3; start++) {
    const store = await Store.open({ dir, appendonly: true, appendfsync: 'always' });
    expect(await store.command('INCR', 'starts')).toEqual({ type: 'integer', value: BigInt(start) });
    const [, ttl] = await Promise.all([
      store.command('SET', 'k', 'wörd', 'EX', 100),
      store.command('TTL', 'k'),
    ]);
    expect(ttl).toEqual({ type: 'integer', value: 100n });
    await store.close();
    await expect(store.command('PING')).rejects.toMatchObject({ code: 'SHUTDOWN' });
  }
});

test('a background save in a store ends well', async () => {
  const store = await Store.open({ dir });
  await store.command('SET', 'a', '1');
  expect(await store.command('BGSAVE')).toMatchObject({ type: 'simple' });
  await expect.poll(() => infoOf(store), { timeout: 10_000 }).toMatch(/rdb_saves:1/);
  await store.close();
});

test('a directory that another store uses is refused', async () => {
  const store = await Store.open({ dir });
  await expect(Store.open({ dir })).rejects.toMatchObject({ code: 'LOCKED' });
  await store.close();
});

async function infoOf(store: Store): Promise<string> {
  const reply = await store.command('INFO', 'persistence');
  return reply.type === 'bulk' ? new TextDecoder().decode(reply.bytes) : '';
}
