/** Knobs, lying disks and rotting media: exact outcomes of tiny traces, and what is refused. */
import { describe, expect, it } from 'vitest';
import { crash, findProfile, profiles, SimDiskError } from '../../../../sim/disk/index.ts';
import { Odometer, SeededChoices } from '../../../../sim/draws/index.ts';
import { create, show } from './outcomes.ts';
import { after, play } from './trace.ts';

/** Profile, trace, outcomes. */
type Row = readonly [profile: string, trace: string, ...outcomes: string[]];

function table(rows: readonly Row[]): void {
  it.each(rows.map(([profile, trace, ...outcomes]) => ({ profile, trace, outcomes })))(
    '$profile: $trace',
    ({ profile, trace, outcomes }) => {
      expect(after(trace, profile)).toEqual(outcomes.toSorted());
    },
  );
}

describe('renames that are not tied', () => {
  const across = 'given x/a=1 y/k=2; rename x/a y/b';
  const here = 'given a=1; rename a b';
  table([
    ['posix-strict', across, 'x/a=1 y/k=2', 'y/b=1 y/k=2'],
    // The old name may stay as a second one; lost it is never.
    ['posix-strict+crossDirTie=false', across, 'x/a=1 y/k=2', 'x/a=1 y/b=1 y/k=2', 'y/b=1 y/k=2'],
    ['posix-strict+crossDirTie=false', `${across}; syncdir y`, 'x/a=1 y/b=1 y/k=2', 'y/b=1 y/k=2'],
    ['posix-strict+crossDirTie=false', `${across}; syncdir x`, 'y/b=1 y/k=2'],
    ['posix-strict+crossDirTie=false', here, 'a=1', 'b=1'],
    // Each side by itself: both names, or none.
    ['posix-strict+renameAtomic=false', here, '', 'a=1', 'a=1 b=1', 'b=1'],
    ['paranoid', here, '', 'a=1', 'a=1 b=1', 'b=1'],
    ['paranoid', 'given b=old; create a; sync a; syncdir /; rename a b', 'a= b=', 'a= b=old', 'b=', 'b=old'],
  ]);
});

describe('old kernels', () => {
  table([
    ['xfs', 'given a=x; append a y', 'a=x', 'a=xy'],
    ['xfs+xfsNull', 'given a=x; append a y', 'a=x', 'a=x.', 'a=xy'],
    ['ext4-ordered', 'given a=x; append a y', 'a=x', 'a=x.', 'a=xy'],
    ['ext4-ordered+ext4Stale', 'given a=x; append a y', 'a=x', 'a=x.', 'a=x?', 'a=xy'],
  ]);
});

describe('disks on which a sync is not all that it says', () => {
  table([
    ['xfs', 'given a=x; append a y; sync a', 'a=xy'],
    ['xfs+nobarrier', 'given a=x; append a y; sync a', 'a=x', 'a=xy'],
    ['xfs+nobarrier', 'given a=x; append a y; sync a; append a z; sync a', 'a=xy', 'a=xyz'],
    // The data is there and the size is not; a sync that is no fdatasync is honest.
    ['posix-strict+fdatasyncGrowthBug', 'given a=x; append a y; datasync a', 'a=x', 'a=xy'],
    ['posix-strict+fdatasyncGrowthBug', 'given a=x; append a y; sync a', 'a=xy'],
    ['posix-strict+fdatasyncGrowthBug', 'given a=xy; write a 0 z; datasync a', 'a=zy'],
    ['lying', 'given a=1; write a 0 2; sync a', 'a=1', 'a=2'],
    // A later honest sync makes up for a lie.
    ['lying', 'given a=1; create b; unlink a; syncdir /', '', 'a=1', 'a=1 b=', 'b='],
    ['lying', 'given a=1', 'a=1'],
  ]);

  it('a lie that a later honest sync covers is none', () => {
    const honestLater = new SeededChoices(1, { 'lie g1.a:1:1': 1, 'lie g1.a:1:2': 0 });
    const disk = play('given a=1; write a 0 2; sync a; sync a', findProfile('lying').cheat!(honestLater));
    expect(show(crash(disk, 'power', findProfile('lying'), new Odometer()).disk)).toBe('a=2');
  });
});

describe('a page that is rewritten without powersafe overwrite', () => {
  it('may lose a durable sector that the write did not touch', () => {
    const trace = 'given a=x*1024; append a y';
    expect(after(trace, 'xfs', { sectorBytes: 512 })).toEqual(['a=x*1024', 'a=x*1024y']);
    expect(after(trace, 'xfs+psow=false', { sectorBytes: 512 })).toEqual(
      ['a=x*1024', 'a=x*1024y', 'a=?*512x*512', 'a=?*512x*512y', 'a=x*512?*512', 'a=x*512?*512y'].sort(),
    );
  });

  it('keeps the other pages', () => {
    expect(after('given a=x*4096z; append a y', 'xfs+psow=false')).not.toContain('a=?*4096z');
  });
});

describe('media that rot', () => {
  it('leave of a byte any other, or none where the only line is gone; two damages at most', () => {
    const found = new Set<string>();
    let most = 0;
    /** Once one was done, no more. */
    class One extends Odometer {
      override choose(key: string, count: number): number {
        const damage = Number(/^crash\/rot (\d)$/.exec(key)?.[1] ?? 0);
        most = Math.max(most, damage);
        return damage > 1 ? 0 : super.choose(key, count);
      }
    }
    const odometer = new One();
    do found.add(show(crash(play('given a=x'), 'power', findProfile('rot'), odometer).disk));
    while (odometer.next());
    const bytes = Array.from({ length: 256 }, (_, byte) => (byte === 0 ? '.' : String.fromCharCode(byte)));
    expect([...found].sort()).toEqual([...new Set(['a=', ...bytes.map((byte) => `a=${byte}`)])].sort());
    expect(most).toBe(2);
  });

  it('exchange whole sectors', () => {
    const choices = new SeededChoices(1, {
      'crash/rot 1': 1,
      'crash/rot 1/kind': 3,
      'crash/rot 1/sector': 0,
      'crash/rot 1/other': 1,
      'crash/rot 2': 0,
    });
    const { disk, report } = crash(play('given a=x*512y*512'), 'power', findProfile('rot'), choices);
    expect(show(disk)).toBe('a=y*512x*512');
    expect(report.situations.get('medium-damaged')).toBe(1);
  });

  it('give back what was before the last sync that made the file longer', () => {
    const choices = new SeededChoices(1, {
      'crash/rot 1': 1,
      'crash/rot 1/kind': 5,
      'crash/rot 1/sector': 0,
      'crash/rot 2': 0,
    });
    const { disk } = crash(play('given a=x; append a yz; sync a'), 'power', findProfile('rot'), choices);
    expect(show(disk)).toBe('a=x..');
  });

  it('make a sector unreadable until it is written', () => {
    const choices = new SeededChoices(1, {
      'crash/rot 1': 1,
      'crash/rot 1/kind': 4,
      'crash/rot 1/sector': 1,
      'crash/rot 2': 0,
    });
    const { disk } = crash(play('given a=x*512y*512'), 'power', findProfile('rot'), choices);
    const file = create(disk, 'a');
    const into = new Uint8Array(1024);
    expect(disk.read(file, into, 0)).toBe(512);
    expect(() => disk.read(file, into, 512)).toThrow(SimDiskError);
    disk.pwrite(disk.open('a', { write: true }), new Uint8Array(512).fill(0x7a), 512);
    expect(disk.read(file, into, 0)).toBe(1024);
  });

  it('stay as bad through the next loss of power', () => {
    const choices = new SeededChoices(1, {
      'crash/rot 1': 1,
      'crash/rot 1/kind': 4,
      'crash/rot 1/sector': 0,
      'crash/rot 2': 0,
    });
    const { disk } = crash(play('given a=x'), 'power', findProfile('rot'), choices);
    const { disk: later } = crash(disk, 'power', findProfile('posix-strict'), new Odometer());
    expect(() => later.read(create(later, 'a'), new Uint8Array(1), 0)).toThrow('EIO');
  });
});

describe('what is refused, with the rule', () => {
  it.each([
    ['ntfs', 'one of posix-strict, ext4-ordered'],
    [
      'xfs+mirror',
      "a knob (crossDirTie, renameAtomic, xfsNull, ext4Stale, psow, fdatasyncGrowthBug, nobarrier), perhaps with =true or =false; 'mirror' is none",
    ],
    ['xfs+xfsNull=maybe', "'xfsNull=maybe' is none"],
    ['xfs+toString', "'toString' is none"],
    ['ext4-ordered+xfsNull', 'xfsNull only with xfs (R5'],
    ['ext4-writeback+ext4Stale', 'ext4Stale only with ext4-ordered (R5'],
    ['xfs+crossDirTie=false', 'crossDirTie only with posix-strict, lying, rot (R2'],
    ['btrfs+renameAtomic=false', 'renameAtomic only with'],
    ['posix-strict+renameAtomic=false+crossDirTie=true', 'no crossDirTie=true beside renameAtomic=false (R2'],
    ['btrfs+psow=false', 'psow only with'],
    ['proc-kill+psow=false', 'psow only with'],
    ['btrfs+fdatasyncGrowthBug', 'fdatasyncGrowthBug only with'],
    ['lazyfs+nobarrier', 'nobarrier only with'],
    ['lying+nobarrier', 'at most one of lying, nobarrier and fdatasyncGrowthBug (R1'],
  ])('%s', (name, expected) => {
    expect(() => findProfile(name)).toThrow(`profile: got ${JSON.stringify(name)}, expected`);
    expect(() => findProfile(name)).toThrow(expected);
  });

  it('a knob that stands as it would by itself is none', () => {
    expect(after('given a=x; append a y', 'xfs+xfsNull=false+psow=true')).toEqual(['a=x', 'a=xy']);
  });

  it('is honest where what was synced cannot be lost', () => {
    const honest = [...profiles.values()].filter((profile) => profile.honest).map(({ name }) => name);
    expect([...profiles.keys()].filter((name) => !honest.includes(name))).toEqual(['lying', 'rot']);
    for (const name of ['xfs+psow=false', 'xfs+nobarrier', 'ext4-ordered+fdatasyncGrowthBug'])
      expect(findProfile(name).honest).toBe(false);
    for (const name of ['xfs+xfsNull', 'ext4-ordered+ext4Stale', 'posix-strict+crossDirTie=false'])
      expect(findProfile(name).honest).toBe(true);
  });
});
