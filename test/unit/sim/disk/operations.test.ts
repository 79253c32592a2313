/** What each operation does while nothing crashes: descriptors, positions, holes, room, names. */
import { describe, expect, it } from 'vitest';
import { SimDisk, cloneDisk, diskFromFiles, filesOf } from '../../../../sim/disk/index.ts';
import { append, create, outcomes, show, sync, syncDir } from './outcomes.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const code = (name: string): unknown => expect.objectContaining({ code: name });

describe('open file descriptions', () => {
  it('share their position with their duplicates, and close with the last of them', () => {
    const disk = new SimDisk();
    const file = disk.open('a', { write: true, create: true });
    const child = disk.dup(file);
    disk.write(file, text('ab'));
    disk.write(child, text('cd'));
    disk.close(file);
    disk.write(child, text('ef'));
    expect(show(disk)).toBe('a=abcdef');
    disk.close(child);
    expect(() => disk.write(child, text('x'))).toThrow(code('EBADF'));
    expect(() => disk.dup(child)).toThrow(code('EBADF'));
  });

  it('two opens have a position each', () => {
    const disk = new SimDisk();
    const one = disk.open('a', { read: true, write: true, create: true });
    const two = disk.open('a', { read: true, write: true });
    disk.write(one, text('abcd'));
    disk.write(two, text('XY'));
    expect(show(disk)).toBe('a=XYcd');
    const into = new Uint8Array(9);
    expect(disk.read(one, into)).toBe(0);
    expect(disk.read(two, into)).toBe(2);
  });

  it('pwrite moves no position, and appends where the description appends', () => {
    const disk = new SimDisk();
    const file = disk.open('a', { write: true, create: true });
    disk.pwrite(file, text('xy'), 3);
    disk.write(file, text('ab'));
    expect(show(disk)).toBe('a=ab.xy');
    disk.pwrite(disk.open('a', { write: true, append: true }), text('!'), 0);
    expect(show(disk)).toBe('a=ab.xy!');
  });

  it('there are as many as the system allows', () => {
    const disk = new SimDisk({ openLimit: 2 });
    const first = create(disk, 'a');
    disk.dup(first);
    create(disk, 'b');
    expect(() => create(disk, 'c')).toThrow(code('ENFILE'));
    disk.close(first);
    expect(() => create(disk, 'c')).toThrow(code('ENFILE'));
    disk.close(first);
    create(disk, 'c');
    expect(show(disk)).toBe('a= b= c=');
  });
});

describe('room', () => {
  it('holes take none before they are filled', () => {
    const disk = new SimDisk({ capacityBytes: 10 });
    const file = disk.open('a', { write: true, create: true });
    disk.truncate(file, 100);
    expect(disk.space.usedBytes).toBe(0);
    disk.pwrite(file, text('ab'), 50);
    expect(disk.space.usedBytes).toBe(2);
    disk.pwrite(file, text('cd'), 200);
    expect(disk.space.usedBytes).toBe(4);
    expect(disk.pwrite(file, text('0123456789'), 0)).toBe(6);
    expect(() => disk.pwrite(file, text('x'), 20)).toThrow(code('ENOSPC'));
    disk.truncate(file, 0);
    expect(disk.space.usedBytes).toBe(0);
  });

  it('what was allocated is there when it is written', () => {
    const disk = new SimDisk({ capacityBytes: 10 });
    const file = create(disk, 'a');
    disk.allocate(file, 6);
    expect(show(disk)).toBe('a=......');
    expect(disk.statfs('/')).toEqual({ totalBytes: 10, freeBytes: 4 });
    const other = create(disk, 'b');
    expect(disk.write(other, text('abcdef'))).toBe(4);
    expect(disk.pwrite(disk.open('a', { write: true }), text('123456'), 0)).toBe(6);
    expect(() => disk.allocate(other, 5)).toThrow(code('ENOSPC'));
    expect(disk.space.usedBytes).toBe(10);
  });

  it('beyond a quota the code is EDQUOT, short write first', () => {
    const disk = new SimDisk({ capacityBytes: 100, quotaBytes: 3 });
    const file = create(disk, 'a');
    expect(disk.write(file, text('abcd'))).toBe(3);
    expect(() => disk.write(file, text('d'))).toThrow(code('EDQUOT'));
    expect(() => disk.mkdir('d')).toThrow(code('EDQUOT'));
    disk.unlink('a');
    expect(() => disk.mkdir('d')).toThrow(code('EDQUOT'));
    disk.close(file);
    disk.mkdir('d');
  });

  it('is given back to the last byte, whatever was done in between', () => {
    const disk = new SimDisk({ capacityBytes: 1000 });
    const file = disk.open('a', { write: true, create: true });
    let state = 1;
    const draw = (count: number): number => (state = (state * 48271) % 2147483647) % count;
    for (let step = 0; step < 2000; step++) {
      const at = draw(1500);
      const what = draw(4);
      try {
        if (what === 0) disk.truncate(file, at);
        else if (what === 1) disk.allocate(file, at);
        else disk.pwrite(file, new Uint8Array(1 + draw(200)), at);
      } catch (error) {
        expect(error).toEqual(code('ENOSPC'));
      }
      expect(disk.space.usedBytes).toBeGreaterThanOrEqual(0);
      expect(disk.space.usedBytes).toBeLessThanOrEqual(1000);
    }
    disk.unlink('a');
    disk.close(file);
    expect(disk.space.usedBytes).toBe(0);
  });
});

describe('names', () => {
  it('a link is one more name of the same file; a rename between the two does nothing', () => {
    const disk = diskFromFiles(new Map([['a', text('1')]]));
    disk.link('a', 'b');
    append(disk, create(disk, 'b'), '2');
    expect(show(disk)).toBe('a=12 b=12');
    disk.rename('a', 'b');
    expect(show(disk)).toBe('a=12 b=12');
    disk.unlink('a');
    expect(show(disk)).toBe('b=12');
    expect(disk.space.usedBytes).toBe(2);
    expect(() => disk.link('none', 'c')).toThrow(code('ENOENT'));
    expect(() => disk.link('b', 'b')).toThrow(code('EEXIST'));
    disk.mkdir('d');
    expect(() => disk.link('d', 'e')).toThrow(code('EPERM'));
  });

  it('a file with two names is one file after a crash, too', () => {
    const disk = diskFromFiles(new Map([['a', text('1')]]));
    disk.link('a', 'b');
    syncDir(disk, '/');
    const file = create(disk, 'a');
    append(disk, file, '2');
    expect(outcomes(disk)).toEqual(['a=1 b=1', 'a=1. b=1.', 'a=12 b=12', 'a=1? b=1?'].sort());
    const copy = cloneDisk(disk).disk;
    append(copy, create(copy, 'b'), '3');
    expect(show(copy)).toBe('a=123 b=123');
  });

  it('an unsynced link, unlink or rmdir may or may not have happened', () => {
    const disk = diskFromFiles(new Map([['a', text('1')]]));
    disk.mkdir('d');
    syncDir(disk, '/');
    disk.link('a', 'b');
    expect(outcomes(disk)).toEqual(['a=1', 'a=1 b=1']);
    disk.rmdir('d');
    expect(() => disk.stat('d')).toThrow(code('ENOENT'));
    const file = create(disk, 'a');
    sync(disk, file);
    disk.unlink('a');
    expect(outcomes(disk)).toEqual(['', 'a=1', 'a=1 b=1', 'b=1']);
  });

  it('no rename and no link crosses from one file system to another', () => {
    const disk = diskFromFiles(new Map([['a', text('1')]]));
    disk.mount('m');
    expect(() => disk.rename('a', 'm/a')).toThrow(code('EXDEV'));
    expect(() => disk.link('a', 'm/a')).toThrow(code('EXDEV'));
    expect(() => disk.rmdir('m')).toThrow(code('EBUSY'));
    disk.mkdir('m/d');
    expect(() => disk.rename('m/d', 'd')).toThrow(code('EXDEV'));
    disk.rename('m/d', 'm/e');
    expect(disk.readdir('m')).toEqual(['e']);
    expect(() => cloneDisk(disk).disk.rename('a', 'm/a')).toThrow(code('EXDEV'));
  });

  it.each([
    ['ENOTDIR', (disk: SimDisk) => disk.stat('f/x')],
    ['ENOTDIR', (disk: SimDisk) => disk.stat('f/')],
    ['ENOENT', (disk: SimDisk) => disk.stat('none/..')],
    ['ENAMETOOLONG', (disk: SimDisk) => disk.mkdir('n'.repeat(256))],
    ['ENOTDIR', (disk: SimDisk) => disk.rmdir('f')],
    ['ENOTEMPTY', (disk: SimDisk) => disk.rmdir('d')],
    ['EINVAL', (disk: SimDisk) => disk.rmdir('d/.')],
    ['EINVAL', (disk: SimDisk) => disk.rename('d', 'd/e')],
    ['ENOTEMPTY', (disk: SimDisk) => disk.rename('d/g', 'd')],
    ['EBUSY', (disk: SimDisk) => disk.rename('d/.', 'e')],
    ['EINVAL', (disk: SimDisk) => disk.truncate(disk.open('f', { read: true }), 0)],
    ['EBADF', (disk: SimDisk) => disk.write(disk.open('f', { read: true }), text('x'))],
    ['EBADF', (disk: SimDisk) => disk.read(disk.open('f', { write: true }), new Uint8Array(1))],
  ])('%s where Linux says so', (name, run) => {
    const disk = diskFromFiles(new Map([['f', text('1')]]));
    disk.mkdir('d');
    create(disk, 'd/g');
    expect(() => run(disk)).toThrow(code(name));
  });
});

describe('a file system that met an error in its own structures', () => {
  it('lets itself be read, and nothing else, until it is mounted anew', () => {
    const disk = diskFromFiles(new Map([['a', text('1')]]));
    const file = create(disk, 'a');
    disk.condition = 'read-only';
    for (const run of [
      () => disk.write(file, text('2')),
      () => disk.truncate(file, 0),
      () => create(disk, 'b'),
      () => disk.open('a', { write: true }),
      () => disk.rename('a', 'b'),
      () => disk.unlink('a'),
      () => disk.mkdir('d'),
    ]) {
      expect(run).toThrow(code('EROFS'));
    }
    expect(disk.read(file, new Uint8Array(5), 0)).toBe(1);
    expect([...filesOf(disk).keys()]).toEqual(['/a']);
    expect(cloneDisk(disk).disk.condition).toBe('read-only');
  });

  it('or answers everything with EIO', () => {
    const disk = diskFromFiles(new Map([['a', text('1')]]));
    const file = create(disk, 'a');
    disk.condition = 'shut down';
    for (const run of [
      () => disk.write(file, text('2')),
      () => disk.read(file, new Uint8Array(5), 0),
      () => disk.stat('a'),
      () => disk.readdir('/'),
      () => disk.open('a', { read: true }),
      () => disk.unlink('a'),
    ]) {
      expect(run).toThrow(code('EIO'));
    }
  });
});
