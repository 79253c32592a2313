/** The oracle's RDB reader on damaged files: the judge never breaks, whatever the engine under test has written. */
import { expect, test } from 'vitest';
import { decodeRdb } from '../../../../sim/oracle/rdb-decoder.ts';
import { RdbDecodeError } from '../../../../sim/oracle/rdb-cursor.ts';
import { filesOf } from '../../../../sim/disk/index.ts';
import { Client, Stage } from '../../engine/support.ts';

/** A file that the engine wrote, with every type of the model in its small and its large form. */
async function everything(): Promise<Uint8Array> {
  const stage = new Stage({ settings: { appendonly: false } });
  const server = await stage.start();
  const client = new Client(server);
  const many = (word: (i: number) => string): string =>
    Array.from({ length: 5 }, (_, i) => word(i)).join(' ');
  for (const limit of ['list-max-listpack-size', 'set-max-intset-entries', 'hash-max-listpack-entries'])
    await stage.ask(client, server, `CONFIG SET ${limit} 3`);
  await stage.ask(
    client,
    server,
    'CONFIG SET zset-max-listpack-entries 3',
    'CONFIG SET stream-node-max-entries 2',
  );
  for (const command of [
    `SET compressed ${'x'.repeat(100)}`,
    'SET expires 12345 PX 100000',
    'RPUSH list a 1 -300 70000 5000000000',
    'SADD ints 1 2',
    `SADD set ${many((i) => `member:${i}`)}`,
    'HSET small f v g 1',
    `HSET large ${many((i) => `field:${i} ${i}`)}`,
    'ZADD zsmall 1.5 a',
    `ZADD zset ${many((i) => `${i}.25 member:${i}`)}`,
    'XADD stream 1-1 f v',
    'XADD stream 1-2 f w',
    'XADD stream 5-1 other 1 second 2',
    'XDEL stream 1-2',
    'XGROUP CREATE stream group 0',
    'XREADGROUP GROUP group consumer COUNT 1 STREAMS stream >',
  ])
    await stage.ask(client, server, command);
  await stage.ask(client, server, 'SAVE');
  const [, bytes] = [...filesOf(stage.disk)].find(([path]) => path.endsWith('dump.rdb'))!;
  return bytes;
}

test('any byte changed, and any cut, is read as something or refused with an offset, and nothing is made for lengths that lie', async () => {
  const whole = await everything();
  expect(decodeRdb(whole).databases.get(0)?.size).toBe(10);
  const counts = { read: 0, refused: 0 };
  const attempt = (bytes: Uint8Array, what: string): void => {
    try {
      decodeRdb(bytes);
      counts.read++;
    } catch (error) {
      if (!(error instanceof RdbDecodeError)) throw new Error(`${what}: ${String(error)}`, { cause: error });
      counts.refused++;
    }
  };
  // No checksum: so that it is not what refuses.
  const unchecked = whole.slice().fill(0, whole.length - 8);
  for (let at = 9; at < whole.length - 8; at++) {
    for (const byte of [0, 1, 0x7f, 0x80, 0x81, 0xc3, 0xf0, 0xf4, 0xff, unchecked[at]! ^ 1]) {
      const bytes = unchecked.slice();
      bytes[at] = byte;
      attempt(bytes, `${byte} at ${at}`);
    }
    attempt(unchecked.subarray(0, at), `cut at ${at}`);
  }
  expect(counts.read).toBeGreaterThan(100);
  expect(counts.refused).toBeGreaterThan(1000);
});
