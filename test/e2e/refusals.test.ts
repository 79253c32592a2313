/** When the server cannot start it says why in one line, changes nothing on the disk, and ends with the right status. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { run } from './support/run.ts';
import { type ServerProcess, lightsoutCommand, servers } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();

describe('another server on the same directory', () => {
  test('is refused before it touches a file, under either persistence', async () => {
    const dir = tempDir();
    const first = await start.lightsout(dir, '--appendonly', 'yes', '--save', '');
    const client = await first.ready();
    await client.command('SET', 'a', 1);
    const before = fingerprint(dir);
    for (const appendonly of ['yes', 'no']) {
      const second = await start.lightsout(dir, '--appendonly', appendonly);
      expect(await second.ended).toEqual({ code: 1, signal: null });
      expect(lastLine(second)).toContain('another server is running');
      expect(lastLine(second)).toContain(dir);
      expect(fingerprint(dir)).toEqual(before);
    }
    expect(await client.command('GET', 'a')).toBe('1');
    client.close();
    await first.killed();
  });

  test('starts as soon as the first one is dead, however it died', async () => {
    const dir = tempDir();
    const first = await start.lightsout(dir);
    (await first.ready()).close();
    await first.killed();
    const second = await start.lightsout(dir);
    (await second.ready()).close();
    await second.killed();
  });
});

describe('a damaged file: file and offset are told, exit status 1, nothing is modified', () => {
  const rdb = Buffer.concat([
    Buffer.from('REDIS0010'),
    Buffer.from('fe00000161', 'hex'),
    Buffer.from([0x01, 0x62, 0xff]),
    Buffer.alloc(8, 7),
  ]);
  const cases: [what: string, args: string[], files: Record<string, string | Buffer>, says: string[]][] = [
    ['a dump.rdb that is none', [], { 'dump.rdb': 'hello world' }, ['dump.rdb', 'offset']],
    ['a dump.rdb that ends too early', [], { 'dump.rdb': 'REDIS0010' }, ['dump.rdb', 'offset']],
    ['a dump.rdb with a wrong checksum', [], { 'dump.rdb': rdb }, ['dump.rdb', 'offset']],
    ['an empty dump.rdb', [], { 'dump.rdb': '' }, ['dump.rdb', 'offset']],
    [
      'a manifest of nonsense',
      ['--appendonly', 'yes'],
      { 'appendonlydir/appendonly.aof.manifest': 'file a seq\n' },
      ['appendonly.aof.manifest', 'line 1'],
    ],
    [
      'a manifest that names a missing file',
      ['--appendonly', 'yes'],
      { 'appendonlydir/appendonly.aof.manifest': 'file appendonly.aof.1.incr.aof seq 1 type i\n' },
      ['appendonly.aof.1.incr.aof'],
    ],
    [
      'an increment with rot in the middle',
      ['--appendonly', 'yes'],
      {
        'appendonlydir/appendonly.aof.manifest': 'file appendonly.aof.1.incr.aof seq 1 type i\n',
        'appendonlydir/appendonly.aof.1.incr.aof':
          '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n!!!\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n',
      },
      ['appendonly.aof.1.incr.aof', 'offset 27'],
    ],
  ];
  for (const [what, args, files, says] of cases) {
    test(what, async () => {
      const dir = tempDir();
      for (const [name, bytes] of Object.entries(files)) {
        if (name.includes('/')) mkdirSync(join(dir, name, '..'), { recursive: true });
        writeFileSync(join(dir, name), bytes);
      }
      const before = fingerprint(dir);
      const server = await start.lightsout(dir, ...args);
      expect(await server.ended).toEqual({ code: 1, signal: null });
      for (const word of says) expect(lastLine(server)).toContain(word);
      expect(fingerprint(dir)).toEqual(before);
    });
  }
});

test('an RDB that cannot be read is reported in the lines of redis-server as well', async () => {
  const dir = tempDir();
  writeFileSync(
    join(dir, 'dump.rdb'),
    Buffer.concat([Buffer.from('REDIS0010'), Buffer.from('fe00000161', 'hex')]),
  );
  const server = await start.lightsout(dir);
  expect((await server.ended).code).toBe(1);
  const lines = [
    'Short read or OOM loading DB. Unrecoverable error, aborting now.',
    'Internal error in RDB reading offset 14, function at dump.rdb:14 -> Unexpected EOF reading RDB file',
    '[offset 0] Checking RDB file dump.rdb',
    '[offset 11] Selecting DB ID 0',
    '--- RDB ERROR DETECTED ---',
    '[offset 14] Unexpected EOF reading RDB file',
    '[additional info] While doing: read-object-value',
    "[additional info] Reading key 'a'",
    'Terminating server after rdb file reading failure.',
  ];
  const found = lines.map((line) => server.output.indexOf(line));
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(found[0]).toBeGreaterThan(0);
});

describe('bad usage: one line with what, got and expected, exit status 2', () => {
  const cases: [args: string[], says: RegExp][] = [
    [['--nosuch', '1'], /argument 1: unknown directive 'nosuch'.*got nosuch 1.*expected/],
    [
      ['--appendfsync', 'sometimes'],
      /argument 1: 'appendfsync'.*got appendfsync sometimes.*everysec, always, no/,
    ],
    [['--port', 'x'], /argument 1: 'port'.*got port x.*integer/],
    [['--save', '1'], /Invalid save parameters/],
    [['--maxmemory', '1gb'], /argument 1.*no eviction/],
    [['--requirepass', 'secret'], /no passwords/],
    [['--replicaof', 'localhost', '6379'], /'replicaof' is not supported/],
    [['--dir', '/nonexistent/dir'], /\/nonexistent\/dir/],
    [['/nonexistent.conf'], /nonexistent\.conf/],
    [['--port', '0'], /nothing to listen on/],
  ];
  for (const [args, says] of cases) {
    test(args.join(' '), async () => {
      const [program = '', ...rest] = lightsoutCommand;
      const { code, stdout, stderr } = await run(program, [...rest, ...args], { cwd: tempDir() });
      const line = (stderr || stdout).trimEnd().split('\n').at(-1)!;
      expect(line).toMatch(says);
      expect(code).toBe(2);
    });
  }

  test('a line of a file is named by its number', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'redis.conf'), '# comment\nport 0\nhz many\n');
    const [program = '', ...rest] = lightsoutCommand;
    const { code, stderr } = await run(program, [...rest, 'redis.conf'], { cwd: dir });
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/redis\.conf:3: .*got hz many/);
  });
});

test('a port in use: exit status 1 before anything is touched', async () => {
  const dir = tempDir();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const [program = '', ...rest] = lightsoutCommand;
  const { code, stdout } = await run(program, [
    ...rest,
    '--appendonly',
    'yes',
    '--port',
    String(port),
    '--dir',
    dir,
  ]);
  expect(code).toBe(1);
  expect(stdout.trimEnd().split('\n').at(-1)).toContain(`127.0.0.1:${port}`);
  expect(readdirSync(dir)).toEqual([]);
  await new Promise((resolve) => taken.close(resolve));
});

test('--help and --version', async () => {
  const [program = '', ...rest] = lightsoutCommand;
  expect(await run(program, [...rest, '--help'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('Usage: lightsout-server'),
  });
  expect(await run(program, [...rest, '--version'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('v=7.0.15'),
  });
});

function lastLine(server: ServerProcess): string {
  return server.output.trimEnd().split('\n').at(-1) ?? '';
}

/** Every file below `dir` with its size, time of change and content. */
function fingerprint(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const path = join(dir, name);
      const stat = statSync(path, { bigint: true });
      const hash = stat.isFile() ? createHash('sha1').update(readFileSync(path)).digest('hex') : 'directory';
      return `${name} ${stat.size} ${stat.mtimeNs} ${stat.ino} ${hash}`;
    });
}
