/** What the disk does while nothing goes wrong: POSIX as seen by a process. */
import { describe, expect, it } from 'vitest';
import {
  SimDisk,
  cloneDisk,
  crash,
  diskFromFiles,
  filesOf,
  fingerprint,
  posixStrict,
} from '../../../../sim/disk/index.ts';
import { SeededChoices, Stream } from '../../../../sim/draws/index.ts';
import { append, create, outcomes, overwrite, show, sync, syncDir } from './outcomes.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** `toEqual` walks typed arrays element by element through matchers: a thousand times slower. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

describe('files', () => {
  it('append goes to the end, a position is moved by no truncation (V1)', () => {
    const disk = new SimDisk();
    const file = disk.open('a', { write: true, create: true });
    disk.write(file, text('abcd'));
    disk.truncate(file, 2);
    disk.write(file, text('xy'));
    expect(show(disk)).toBe('a=ab..xy');
    const other = create(disk, 'b');
    append(disk, other, 'abcd');
    disk.truncate(other, 2);
    append(disk, other, 'xy');
    expect(show(disk)).toBe('a=ab..xy b=abxy');
  });

  it('an unlinked file lives while it is open, and its space with it', () => {
    const disk = new SimDisk({ capacityBytes: 10 });
    const file = create(disk, 'a');
    append(disk, file, 'abcdefgh');
    disk.unlink('a');
    expect(disk.space.freeBytes).toBe(2);
    append(disk, file, 'xy');
    expect(disk.space.freeBytes).toBe(0);
    disk.close(file);
    expect(disk.space.freeBytes).toBe(10);
  });

  it('a full disk writes short first and fails then', () => {
    const disk = new SimDisk({ capacityBytes: 3 });
    const file = create(disk, 'a');
    expect(disk.write(file, text('abcd'))).toBe(3);
    expect(() => disk.write(file, text('d'))).toThrow(
      expect.objectContaining({ code: 'ENOSPC', applied: 'no' }),
    );
    expect(() => disk.open('b', { write: true, create: true })).toThrow(
      expect.objectContaining({ code: 'ENOSPC' }),
    );
  });

  it.each([
    ['ENOENT', (disk: SimDisk) => disk.open('none', { read: true })],
    ['EEXIST', (disk: SimDisk) => disk.open('f', { write: true, create: true, exclusive: true })],
    ['EISDIR', (disk: SimDisk) => disk.open('d', { read: true })],
    ['ENOENT', (disk: SimDisk) => disk.rename('none', 'x')],
    ['ENOENT', (disk: SimDisk) => disk.unlink('d/none')],
    ['EISDIR', (disk: SimDisk) => disk.unlink('d')],
    ['EEXIST', (disk: SimDisk) => disk.mkdir('d')],
    ['ENOTDIR', (disk: SimDisk) => disk.stat('f/x/y')],
    ['ENOENT', (disk: SimDisk) => disk.open('x/y', { write: true, create: true })],
    ['EISDIR', (disk: SimDisk) => disk.rename('f', 'd')],
    ['ENOTEMPTY', (disk: SimDisk) => disk.rename('empty', 'd')],
  ])('%s where POSIX says so', (code, run) => {
    const disk = diskFromFiles(new Map([['f', text('1')]]));
    disk.mkdir('d');
    disk.mkdir('empty');
    append(disk, create(disk, 'd/g'), 'x');
    if (code === 'ENOTDIR') expect(() => run(disk)).toThrow(/ENO/);
    else expect(() => run(disk)).toThrow(expect.objectContaining({ code }));
  });

  it('one lock a directory, gone with its process', () => {
    const disk = new SimDisk();
    disk.mkdir('d');
    expect(disk.lock('d', 1)).toBe(true);
    expect(disk.lock('d', 2)).toBe(false);
    disk.unlock('d', 2);
    expect(disk.lock('d', 2)).toBe(false);
    disk.unlockAll(1);
    expect(disk.lock('d', 2)).toBe(true);
  });
});

describe('versions', () => {
  /** The law: cache and disk, kept as deltas, agree with a naive model that keeps whole contents. */
  it('agree with whole contents over random writes, truncations and syncs', () => {
    for (let seed = 0; seed < 300; seed++) {
      const draws = new Stream(seed, 'versions');
      const disk = new SimDisk();
      const file = disk.open('a', { read: true, write: true, create: true });
      syncDir(disk, '/');
      let cached = new Uint8Array(0);
      let durable = cached;
      let covered = 0;
      let snapshot = cached;
      for (let step = 0; step < 40; step++) {
        const what = draws.int(6);
        if (what < 3) {
          const at = draws.int(Math.min(20_000, cached.length + 3000));
          const bytes = draws.bytes(draws.chance(0.5) ? 1 + draws.int(20) : 1 + draws.int(6000));
          const grown = new Uint8Array(Math.max(cached.length, at + bytes.length));
          grown.set(cached);
          grown.set(bytes, at);
          cached = grown;
          file.positionBytes = at;
          disk.write(file, bytes);
        } else if (what === 3) {
          const size = draws.int(Math.min(20_000, cached.length * 2 + 2));
          const cut = new Uint8Array(size);
          cut.set(cached.subarray(0, size));
          cached = cut;
          disk.truncate(file, size);
        } else if (what === 4) {
          covered = disk.syncBegin(file);
          snapshot = cached;
        } else {
          disk.syncEnd(file.inode, covered);
          durable = snapshot;
        }
        if (draws.chance(0.3)) expect(same(filesOf(disk).get('/a')!, cached)).toBe(true);
        const { base, durableSizeBytes } = file.inode;
        const onDisk = new Uint8Array(durableSizeBytes);
        onDisk.set(base.subarray(0, durableSizeBytes));
        expect(same(onDisk, durable)).toBe(true);
      }
      const into = new Uint8Array(cached.length + 10);
      expect(disk.read(file, into, 0)).toBe(cached.length);
      expect(same(into.subarray(0, cached.length), cached)).toBe(true);
    }
  });
});

describe('clones', () => {
  it('have the same future and do not touch each other', () => {
    const disk = new SimDisk();
    const file = create(disk, 'a');
    append(disk, file, 'ab');
    sync(disk, file);
    append(disk, file, 'cd');
    disk.rename('a', 'b');
    const before = outcomes(disk);
    const { disk: copy, twin } = cloneDisk(disk);
    expect(outcomes(copy)).toEqual(before);
    overwrite(copy, 'b', 0, 'XY');
    copy.syncEnd(twin(file.inode)!, copy.seq);
    syncDir(copy, '/');
    expect(outcomes(copy)).toEqual(['b=XYcd']);
    expect(outcomes(disk)).toEqual(before);
    append(disk, file, 'ef');
    sync(disk, file);
    expect(show(disk)).toBe('b=abcdef');
    expect(show(copy)).toBe('b=XYcd');
  });

  it('a crash changes neither the disk nor what it shares with the result', () => {
    const disk = diskFromFiles(new Map([['a', text('abc')]]));
    const { disk: left } = crash(disk, 'power', posixStrict, new SeededChoices(1));
    overwrite(left, 'a', 0, 'X');
    const file = create(left, 'a');
    sync(left, file);
    expect(show(disk)).toBe('a=abc');
    expect(show(left)).toBe('a=Xbc');
    const { disk: untouched } = crash(disk, 'power', posixStrict, new SeededChoices(1));
    overwrite(disk, 'a', 1, 'Y');
    sync(disk, create(disk, 'a'));
    expect(show(untouched)).toBe('a=abc');
    expect(show(disk)).toBe('a=aYc');
    expect(show(left)).toBe('a=Xbc');
  });

  it('the fingerprint is of names and contents', () => {
    const one = diskFromFiles(new Map([['d/a', text('abc')]]));
    const two = new SimDisk();
    two.mkdir('d');
    append(two, create(two, 'd/a'), 'a');
    append(two, create(two, 'd/a'), 'bc');
    expect(fingerprint(two)).toBe(fingerprint(one));
    append(two, create(two, 'd/a'), 'd');
    expect(fingerprint(two)).not.toBe(fingerprint(one));
    expect(fingerprint(diskFromFiles(new Map([['d/b', text('abc')]])))).not.toBe(fingerprint(one));
    overwrite(one, 'd/a', 0, 'z');
    sync(one, create(one, 'd/a'));
    expect(fingerprint(one)).toBe(fingerprint(diskFromFiles(new Map([['d/a', text('zbc')]]))));
  });
});

describe('the choices of a crash', () => {
  const pending = (): SimDisk => {
    const disk = new SimDisk();
    for (const name of ['a', 'b', 'c']) {
      const file = create(disk, name);
      append(disk, file, name.repeat(3000));
      sync(disk, file);
      for (let i = 0; i < 20; i++) append(disk, file, `${i},`.repeat(100));
    }
    disk.rename('a', 'd');
    disk.unlink('b');
    return disk;
  };

  it('replay from their record alone, whatever the seed', () => {
    for (let seed = 0; seed < 50; seed++) {
      const choices = new SeededChoices(seed);
      const left = fingerprint(crash(pending(), 'power', posixStrict, choices).disk);
      const record = choices.record();
      const noise = Object.keys(record).some((key) => key.includes('/hole') && record[key] === 1);
      const again = fingerprint(crash(pending(), 'power', posixStrict, new SeededChoices(seed, record)).disk);
      expect(again).toBe(left);
      if (noise) continue;
      const elsewhere = new SeededChoices('other', record);
      expect(fingerprint(crash(pending(), 'power', posixStrict, elsewhere).disk)).toBe(left);
    }
  });

  it('kindest means that nothing is lost', () => {
    const disk = pending();
    const { disk: left, report } = crash(disk, 'power', posixStrict, new SeededChoices(1, {}, 'kindest'));
    expect(fingerprint(left)).toBe(fingerprint(disk));
    expect(report.lost).toBe(0);
  });

  it('reach every situation over a few hundred seeds, and now and then lose all or nothing', () => {
    const seen = new Map<string, number>();
    let everything = 0;
    for (let seed = 0; seed < 400; seed++) {
      const { report } = crash(pending(), 'power', posixStrict, new SeededChoices(seed));
      for (const [name, count] of report.situations) seen.set(name, (seen.get(name) ?? 0) + count);
      if (report.lost === 0) everything++;
      expect(report.table().length).toBeGreaterThan(0);
    }
    expect(everything).toBeGreaterThan(20);
    for (const name of [
      'crash-with-pending-data',
      'crash-with-pending-name',
      'page-lost',
      'later-page-without-earlier',
      'size-lost',
      'size-without-data',
      'data-without-size',
      'torn-page',
      'unlink-lost',
      'unlink-before-rename',
      'rename-lost',
      'rename-kept',
      'synced-file-without-name',
    ]) {
      expect([...seen.keys()]).toContain(name);
    }
  });
});
