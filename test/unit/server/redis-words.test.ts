/** What the server's log says in Redis's words when it refuses to start. */
import { expect, test } from 'vitest';
import { redisWords } from '../../../src/server/redis-words.ts';
import { diskFromFiles } from '../../../sim/disk/index.ts';
import { latin1Bytes } from '../../../src/bytes/index.ts';
import { isLightsoutError } from '../../../src/errors.ts';
import type { Settings } from '../../../src/index.ts';
import { TestWorld } from '../engine/admin/world.ts';

const manifest = '/data/appendonlydir/appendonly.aof.manifest';
const base = '/data/appendonlydir/appendonly.aof.1.base.aof';
const names = 'file appendonly.aof.1.base.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n';
const increment = '/data/appendonlydir/appendonly.aof.1.incr.aof';
const set = '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n';

async function linesFor(files: Record<string, string>, settings: Partial<Settings> = {}): Promise<string> {
  const disk = diskFromFiles(new Map(Object.entries(files).map(([path, text]) => [path, latin1Bytes(text)])));
  const refusal: unknown = await TestWorld.open({ appendonly: true, ...settings }, disk).catch(
    (error: unknown) => error,
  );
  if (!isLightsoutError(refusal)) throw new Error('the start was not refused');
  return [...redisWords(refusal), refusal.message].join('\n');
}

test('a start that is refused is told in the words of redis-server, and in our own', async () => {
  const banner = '*** FATAL AOF MANIFEST FILE ERROR ***';
  expect(await linesFor({ [manifest]: '' })).toContain(banner);
  const path = await linesFor({ [manifest]: 'file a/b.aof seq 1 type b\n' });
  for (const line of [
    banner,
    'Reading the manifest file, at line 1',
    ">>> 'file a/b.aof seq 1 type b'",
    "File can't be a path, just a filename",
  ])
    expect(path).toContain(line);
  expect(await linesFor({ [manifest]: names, [base]: set })).toContain(
    'Unable to obtain the AOF file appendonly.aof.1.incr.aof length. stat: No such file or directory',
  );
  expect(await linesFor({ [manifest]: names, [base]: set, [increment]: `${set}garbage` })).toContain(
    'Bad file format reading the append only file appendonly.aof.1.incr.aof: make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>',
  );
  const cut = { [manifest]: names, [base]: set, [increment]: set.slice(0, -3) };
  expect(await linesFor(cut, { aofLoadTruncated: false })).toContain(
    'Unexpected end of file reading the append only file appendonly.aof.1.incr.aof. You can: 1) Make a backup',
  );
  expect(
    await linesFor({
      [manifest]: names,
      [base]: set,
      [increment]: '*1\r\n$6\r\nNOTACMD\r\n'.replace('$6', '$7'),
    }),
  ).toContain("Unknown command 'NOTACMD' reading the append only file appendonly.aof.1.incr.aof");
  expect(await linesFor({ '/data/dump.rdb': 'NOTREDIS0009' }, { appendonly: false })).toContain(
    'Fatal error loading the DB: Invalid argument. Exiting.',
  );
});

test('data of a module is refused where Redis 7.0 refuses it, and passed over in newer files', async () => {
  const opened = (version: string) =>
    linesFor(
      {
        '/data/dump.rdb': `REDIS${version}\xf7\x81\xb5\xeb\x2d\xff\xfa\xdd\x6c\x01\x02\x02\x00\xff${'\0'.repeat(8)}`,
      },
      { appendonly: false },
    );
  expect(await opened('0009')).toContain(
    "The RDB file contains AUX module data I can't load: no matching module 'test__rdb'",
  );
  await expect(opened('0011')).rejects.toThrow('the start was not refused');
});
