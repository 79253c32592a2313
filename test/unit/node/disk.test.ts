/** NodeDisk against the contract of the Disk port, on a real file system, through both ways to the kernel. */
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import type { Calls } from '../../../src/node/calls.ts';
import { directCalls } from '../../../src/node/calls.ts';
import { Descriptor } from '../../../src/node/descriptor.ts';
import { NodeDisk } from '../../../src/node/disk.ts';
import { NodeDiskError, diskError } from '../../../src/node/disk-error.ts';
import type { DiskError, File, OpenFlags } from '../../../src/ports/disk.ts';

const root = mkdtempSync(join(tmpdir(), 'lightsout-disk-'));
afterAll(() => rmSync(root, { recursive: true }));

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

function write(
  file: File,
  text: string | Uint8Array,
): Promise<{ error: DiskError | undefined; written: number }> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return new Promise((resolve) => file.write(bytes, (error, written) => resolve({ error, written })));
}

function sync(file: File, operation: 'sync' | 'datasync' = 'sync'): Promise<DiskError | undefined> {
  return new Promise((resolve) => file[operation](resolve));
}

/** The error of a call that must fail, as 'code applied operation'. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof NodeDiskError)) throw new Error(`expected a DiskError, got ${String(error)}`);
  return `${error.code} ${error.applied} ${error.operation}`;
}

const create: OpenFlags = { write: true, create: true };

describe.each([
  ['through the thread pool', false],
  ['on the calling thread', true],
])('%s', (_name, onCallingThread) => {
  const disk = new NodeDisk({ onCallingThread });
  let directory = '';
  let path = '';
  beforeEach(() => {
    directory = mkdtempSync(join(root, 'd-'));
    path = join(directory, 'file');
  });
  const content = (of = path): string => readFileSync(of, 'latin1');

  describe('open', () => {
    test('refusals', async () => {
      const nowhere = join(directory, 'no', 'file');
      expect(await refusal(disk.open(path, { read: true }))).toBe('ENOENT no open');
      expect(await refusal(disk.open(nowhere, create))).toBe('ENOENT no open');
      expect(await refusal(disk.open(directory, { write: true }))).toBe('EISDIR no open');
      expect(await refusal(disk.open(join(directory, 'x'.repeat(300)), create))).toBe('ENAMETOOLONG no open');
      writeFileSync(path, 'x');
      expect(await refusal(disk.open(join(path, 'below'), create))).toBe('ENOTDIR no open');
      expect(await refusal(disk.open('/proc/lightsout', create))).toMatch(/^(ENOENT|EACCES|EPERM) no open$/);
      await expect(disk.open(path, {})).rejects.toThrow(TypeError);
    });

    test('create keeps what is there, truncate does not, exclusive refuses it', async () => {
      writeFileSync(path, 'kept');
      await (await disk.open(path, create)).close();
      expect(content()).toBe('kept');
      expect(await refusal(disk.open(path, { ...create, exclusive: true }))).toBe('EEXIST no open');
      await (await disk.open(path, { write: true, truncate: true })).close();
      expect(content()).toBe('');
      const other = `${path}2`;
      await (await disk.open(other, { ...create, exclusive: true })).close();
      expect(content(other)).toBe('');
    });

    test('an error tells operation and path, and keeps its cause', async () => {
      const error = await disk.open(path, { read: true }).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'ENOENT', operation: 'open', path, applied: 'no' });
      expect(String(error)).toContain(path);
      expect((error as Error).cause).toBeInstanceOf(Error);
    });
  });

  describe('write', () => {
    test('goes to the position, which truncate does not move: the gap reads as zeros', async () => {
      const file = await disk.open(path, create);
      expect(await write(file, 'abcdef')).toEqual({ error: undefined, written: 6 });
      await file.truncate(2);
      await write(file, 'gh');
      await file.close();
      expect(content()).toBe('ab\0\0\0\0gh');
    });

    test('with append goes to the end as it is then', async () => {
      writeFileSync(path, 'old');
      const file = await disk.open(path, { write: true, append: true });
      await write(file, 'abc');
      await file.truncate(1);
      await write(file, 'd');
      writeFileSync(path, 'else', { flag: 'a' });
      await write(file, 'e');
      await file.close();
      expect(content()).toBe('odelsee');
    });

    test('without append starts at the beginning', async () => {
      writeFileSync(path, 'old content');
      const file = await disk.open(path, { write: true });
      await write(file, 'new');
      await file.close();
      expect(content()).toBe('new content');
    });

    test('truncate can lengthen, with zeros; a cut part never comes back', async () => {
      const file = await disk.open(path, create);
      await write(file, 'secret');
      await file.truncate(1);
      await file.truncate(4);
      await file.close();
      expect(content()).toBe('s\0\0\0');
    });

    test('a small one completes at once; a large one, or one beside a sync, whenever it can, in order', async () => {
      const file = await disk.open(path, create);
      let done = 0;
      file.write(new Uint8Array(1000).fill(97), () => done++);
      expect(done).toBe(1);
      const synced = sync(file);
      const beside = new Promise<unknown>((resolve) => {
        file.write(new TextEncoder().encode('b'), (error, written) => {
          done++;
          resolve({ error, written });
        });
      });
      expect(done).toBe(onCallingThread ? 2 : 1);
      expect(await beside).toEqual({ error: undefined, written: 1 });
      expect(await synced).toBeUndefined();
      const large = await write(file, new Uint8Array(4 << 20).fill(99));
      expect(large).toEqual({ error: undefined, written: 4 << 20 });
      await write(file, 'd');
      await file.close();
      expect(content()).toBe(`${'a'.repeat(1000)}b${'c'.repeat(4 << 20)}d`);
    });

    test('takes bytes of shared memory', async () => {
      const file = await disk.open(path, { ...create, read: true });
      await write(file, new Uint8Array(new SharedArrayBuffer(10)).fill(65).subarray(2, 5));
      const into = new Uint8Array(new SharedArrayBuffer(8));
      expect(await file.read(into, 0)).toBe(3);
      expect([...into.subarray(0, 4)]).toEqual([65, 65, 65, 0]);
      await file.close();
    });

    test('ENOSPC applies nothing and accepts nothing', async () => {
      const file = await disk.open('/dev/full', { write: true });
      const { error, written } = await write(file, 'x');
      expect(written).toBe(0);
      expect(error).toMatchObject({ code: 'ENOSPC', applied: 'no', operation: 'write', path: '/dev/full' });
      const large = await write(file, new Uint8Array(2 << 20));
      expect(large).toMatchObject({ written: 0, error: { code: 'ENOSPC', applied: 'no' } });
      await file.close();
    });

    test('on a file opened for reading: EBADF', async () => {
      writeFileSync(path, '');
      const file = await disk.open(path, { read: true });
      expect(await write(file, 'x')).toMatchObject({ written: 0, error: { code: 'EBADF', applied: 'no' } });
      await file.close();
    });
  });

  describe('read', () => {
    test('from a position, short at the end, 0 only behind it; does not move the position of writes', async () => {
      writeFileSync(path, 'abcdef');
      const file = await disk.open(path, { read: true, write: true });
      const into = new Uint8Array(4);
      expect(await file.read(into, 1)).toBe(4);
      expect(Buffer.from(into).toString()).toBe('bcde');
      expect(await file.read(into, 4)).toBe(2);
      expect(await file.read(into, 6)).toBe(0);
      expect(await file.read(into, 2 ** 40)).toBe(0);
      await write(file, 'X');
      await file.close();
      expect(content()).toBe('Xbcdef');
    });

    test('on a file opened for writing: EBADF', async () => {
      const file = await disk.open(path, create);
      expect(await refusal(file.read(new Uint8Array(1), 0))).toBe('EBADF no read');
      await file.close();
    });
  });

  describe('sync', () => {
    test('of a file', async () => {
      const file = await disk.open(path, create);
      await write(file, 'x');
      expect(await sync(file)).toBeUndefined();
      expect(await sync(file, 'datasync')).toBeUndefined();
      await file.close();
    });

    test('that fails leaves the durable content unknown', async () => {
      const file = await disk.open('/dev/full', { write: true });
      expect(await sync(file)).toMatchObject({ code: 'EINVAL', applied: 'unknown', operation: 'sync' });
      expect(await sync(file, 'datasync')).toMatchObject({ applied: 'unknown', operation: 'datasync' });
      await file.close();
    });

    test('of a directory; one that cannot be synced has nothing to lose', async () => {
      const dir = await disk.openDir(directory);
      await dir.sync();
      await dir.close();
      expect(await refusal(dir.sync())).toBe('EBADF no sync');
      expect(await refusal(dir.close())).toBe('EBADF no close');
      const proc = await disk.openDir('/proc/self');
      await proc.sync();
      await proc.close();
    });

    test('openDir refusals', async () => {
      expect(await refusal(disk.openDir(join(directory, 'no')))).toBe('ENOENT no openDir');
      writeFileSync(path, '');
      expect(await refusal(disk.openDir(path))).toBe('ENOTDIR no openDir');
    });
  });

  describe('close', () => {
    test('afterwards everything is EBADF', async () => {
      const file = await disk.open(path, { ...create, read: true });
      await file.close();
      expect(await write(file, 'x')).toMatchObject({ written: 0, error: { code: 'EBADF', applied: 'no' } });
      expect(await sync(file)).toMatchObject({ code: 'EBADF', applied: 'no' });
      expect(await sync(file, 'datasync')).toMatchObject({ code: 'EBADF', applied: 'no' });
      expect(await refusal(file.read(new Uint8Array(1), 0))).toBe('EBADF no read');
      expect(await refusal(file.truncate(0))).toBe('EBADF no truncate');
      expect(await refusal(file.close())).toBe('EBADF no close');
    });

    test('waits for the calls in flight, so that none lands in a file opened later', async () => {
      const file = await disk.open(path, create);
      const synced = sync(file);
      const large = write(file, new Uint8Array(8 << 20).fill(97));
      const closed = file.close();
      const others = await Promise.all([1, 2, 3, 4].map((n) => disk.open(`${path}${n}`, create)));
      expect(await large).toEqual({ error: undefined, written: 8 << 20 });
      expect(await synced).toBeUndefined();
      await closed;
      await Promise.all(others.map((other) => other.close()));
      expect([1, 2, 3, 4].map((n) => content(`${path}${n}`))).toEqual(['', '', '', '']);
      expect(content()).toHaveLength(8 << 20);
    });
  });

  describe('names', () => {
    test('rename replaces; open descriptions follow their file', async () => {
      writeFileSync(path, 'new');
      const target = join(directory, 'target');
      writeFileSync(target, 'old');
      const old = await disk.open(target, { read: true });
      await disk.rename(path, target);
      expect(content(target)).toBe('new');
      expect(existsSync(path)).toBe(false);
      const into = new Uint8Array(3);
      await old.read(into, 0);
      expect(Buffer.from(into).toString()).toBe('old');
      await old.close();
    });

    test('rename onto another name of the same file does nothing', async () => {
      writeFileSync(path, 'x');
      linkSync(path, `${path}2`);
      await disk.rename(path, `${path}2`);
      expect((await disk.readdir(directory)).toSorted()).toEqual(['file', 'file2']);
    });

    test('rename refusals', async () => {
      expect(await refusal(disk.rename(path, `${path}2`))).toBe('ENOENT no rename');
      writeFileSync(path, '');
      await disk.mkdir(join(directory, 'sub'));
      writeFileSync(join(directory, 'sub', 'x'), '');
      await disk.mkdir(join(directory, 'sub2'));
      expect(await refusal(disk.rename(path, join(directory, 'sub')))).toBe('EISDIR no rename');
      expect(await refusal(disk.rename(join(directory, 'sub'), path))).toBe('ENOTDIR no rename');
      expect(await refusal(disk.rename(join(directory, 'sub2'), join(directory, 'sub')))).toBe(
        'ENOTEMPTY no rename',
      );
      expect(await refusal(disk.rename(path, '/dev/shm/lightsout-x'))).toBe('EXDEV no rename');
    });

    test('unlink', async () => {
      writeFileSync(path, 'x');
      const file = await disk.open(path, { read: true });
      await disk.unlink(path);
      expect(await disk.readdir(directory)).toEqual([]);
      expect(await file.read(new Uint8Array(9), 0)).toBe(1);
      await file.close();
      expect(await refusal(disk.unlink(path))).toBe('ENOENT no unlink');
      expect(await refusal(disk.unlink(directory))).toMatch(/^(EISDIR|EPERM) no unlink$/);
    });

    test('mkdir, readdir, stat', async () => {
      const sub = join(directory, 'sub');
      await disk.mkdir(sub);
      expect(await refusal(disk.mkdir(sub))).toBe('EEXIST no mkdir');
      expect(await refusal(disk.mkdir(join(directory, 'a', 'b')))).toBe('ENOENT no mkdir');
      writeFileSync(path, '12345');
      symlinkSync('file', join(directory, '.link'));
      expect((await disk.readdir(directory)).toSorted()).toEqual(['.link', 'file', 'sub']);
      expect(await disk.stat(path)).toEqual({ kind: 'file', sizeBytes: 5 });
      expect(await disk.stat(join(directory, '.link'))).toEqual({ kind: 'file', sizeBytes: 5 });
      expect(await disk.stat(sub)).toMatchObject({ kind: 'directory' });
      expect(await refusal(disk.stat(join(directory, 'no')))).toBe('ENOENT no stat');
      expect(await refusal(disk.readdir(join(directory, 'no')))).toBe('ENOENT no readdir');
      expect(await refusal(disk.readdir(path))).toBe('ENOTDIR no readdir');
    });
  });
});

test('a descriptor is given back to the kernel when the last call that uses it is home', async () => {
  const steps: string[] = [];
  const calls: Calls = {
    ...directCalls,
    close: (fd, done) => (steps.push(`close ${fd}`), done(null, undefined)),
  };
  const descriptor = new Descriptor(calls, 77, 'file');
  const comeHome: (() => void)[] = [];
  const call = (): Promise<number> =>
    descriptor.run<number>('read', diskError, (fd, done) => comeHome.push(() => done(null, fd)));
  const both = [call(), call()];
  const closed = descriptor.close().then(() => steps.push('closed'));
  await expect(call()).rejects.toMatchObject({ code: 'EBADF' });
  comeHome[1]?.();
  await both[1];
  expect(steps).toEqual([]);
  comeHome[0]?.();
  await closed;
  expect(steps).toEqual(['close 77', 'closed']);
});

test('at the limits of a process: a short write, then its error; no descriptor left', () => {
  // A file size limit of 8 KiB makes the kernel accept a part of a write first and refuse the next one.
  const script = `ulimit -f 8 && ulimit -n 64 && exec "${process.execPath}" --import tsx "$0" "$1"`;
  const run = spawnSync('bash', ['-c', script, fixture('limits.ts'), join(root, 'limited')], {
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual({
    first: { written: 5000 },
    second: { written: 3192 },
    third: { written: 0, code: 'EFBIG', applied: 'no' },
    descriptors: { code: 'EMFILE', applied: 'no' },
  });
});
