/**
 * What each file system may leave after a tiny trace: every list is exact, a state too many or too few fails. A dot is a
 * zero byte, a question mark noise, `x*4096` so many letters; an empty text is an empty disk.
 */
import { describe, expect, it } from 'vitest';
import { after } from './trace.ts';

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

describe('a new file renamed to a fresh name, nothing synced', () => {
  const trace = 'create a; append a ab; rename a b';
  table([
    ['ext4-ordered', trace, '', 'a=', 'a=ab', 'b=', 'b=ab'],
    ['ext4-writeback', trace, '', 'a=', 'a=..', 'a=??', 'a=ab', 'b=', 'b=..', 'b=??', 'b=ab'],
    ['xfs', trace, '', 'a=', 'a=ab', 'b=', 'b=ab'],
    ['btrfs', trace, '', 'a=', 'a=ab', 'b=', 'b=ab'],
    ['lazyfs', trace, 'b=', 'b=ab'],
  ]);
});

describe('a new file renamed over an existing one, nothing synced', () => {
  const trace = 'given b=old; create a; append a ab; rename a b';
  table([
    // auto_da_alloc: with the new name comes the whole content; never an empty b.
    ['ext4-ordered', trace, 'b=old', 'a= b=old', 'a=ab b=old', 'b=ab'],
    // Its blocks are allocated by then, but nobody waits for the data.
    [
      'ext4-writeback',
      trace,
      'b=old',
      'a= b=old',
      'a=.. b=old',
      'a=?? b=old',
      'a=ab b=old',
      'b=..',
      'b=??',
      'b=ab',
    ],
    ['xfs', trace, 'b=old', 'a= b=old', 'a=ab b=old', 'b=', 'b=ab'],
    ['btrfs', trace, 'b=old', 'a= b=old', 'a=ab b=old', 'b=', 'b=ab'],
    ['lazyfs', trace, 'b=', 'b=ab'],
  ]);
});

describe('a synced file renamed, its directory not synced', () => {
  const trace = 'given b=old; create a; append a ab; sync a; rename a b';
  table([
    ['ext4-ordered', trace, 'a=ab b=old', 'b=ab'],
    ['ext4-writeback', trace, 'a=ab b=old', 'b=ab'],
    ['xfs', trace, 'a=ab b=old', 'b=ab'],
    ['btrfs', trace, 'a=ab b=old', 'b=ab'],
    ['lazyfs', trace, 'b=ab'],
  ]);
});

describe('names are lost from the newest on, in one row for all directories', () => {
  const trace = 'given d/x=1; create a; create d/b; unlink d/x';
  table([
    [
      'posix-strict',
      trace,
      ...['', 'a= '].flatMap((a) => ['', 'd/b=', 'd/x=1', 'd/b= d/x=1'].map((d) => (a + d).trim())),
    ],
    ['ext4-ordered', trace, 'd/x=1', 'a= d/x=1', 'a= d/b= d/x=1', 'a= d/b='],
    ['xfs', trace, 'd/x=1', 'a= d/x=1', 'a= d/b= d/x=1', 'a= d/b='],
    ['btrfs', trace, 'd/x=1', 'a= d/x=1', 'a= d/b= d/x=1', 'a= d/b='],
    ['lazyfs', trace, 'a= d/b='],
  ]);
});

describe('what a sync of one file says about others', () => {
  const older = 'create a; append a x; create b; sync b';
  const newer = 'given l=1; append l 2; create a; sync l';
  const clean = 'given l=1; create a; sync l';
  table([
    // A journal takes the older name along, not the older data.
    ['ext4-ordered', older, 'a= b=', 'a=x b='],
    ['xfs', older, 'a= b=', 'a=x b='],
    ['btrfs', older, 'b=', 'a= b=', 'a=x b='],
    ['posix-strict', older, '', 'a=', 'a=.', 'a=?', 'a=x', 'a= b=', 'a=. b=', 'a=? b=', 'a=x b=', 'b='],
    // ext4 commits the running transaction as a whole, xfs its log up to the last change of the file.
    ['ext4-ordered', newer, 'a= l=12'],
    ['xfs', newer, 'a= l=12', 'l=12'],
    ['btrfs', newer, 'a= l=12', 'l=12'],
    // A sync of a clean file commits nothing.
    ['ext4-ordered', clean, 'l=1', 'a= l=1'],
    ['xfs', clean, 'l=1', 'a= l=1'],
  ]);
  const overwritten = 'given l=1; create a; write l 0 2; datasync l';
  table([
    // For fdatasync an overwrite in place is no change of the inode; for fsync its time is.
    ['ext4-ordered', overwritten, 'l=2', 'a= l=2'],
    ['ext4-ordered', overwritten.replace('datasync', 'sync'), 'a= l=2'],
    ['xfs', overwritten, 'l=2', 'a= l=2'],
  ]);
});

describe('an append inside the last block', () => {
  const trace = 'given a=x; append a y; append a z';
  table([
    // The size goes through the journal at once, the data does not: zeros.
    ['ext4-ordered', trace, 'a=x', 'a=x.', 'a=x..', 'a=xy', 'a=xy.', 'a=xyz'],
    ['ext4-writeback', trace, 'a=x', 'a=x.', 'a=x?', 'a=x..', 'a=x??', 'a=xy', 'a=xy.', 'a=xy?', 'a=xyz'],
    ['xfs', trace, 'a=x', 'a=xy', 'a=xyz'],
    ['btrfs', trace, 'a=x', 'a=xy', 'a=xyz'],
    ['lazyfs', trace, 'a=x', 'a=xy', 'a=xyz'],
    // A later change of the journal takes the size along: it then leads for sure, as far as the data is lost.
    ['ext4-ordered', 'given a=x; append a y; create b; sync b', 'a=x. b=', 'a=xy b='],
    ['xfs', 'given a=x; append a y; create b; sync b', 'a=x b=', 'a=xy b='],
  ]);
});

describe('an append over several blocks', () => {
  const trace = 'given a=x*4096; append a a*4096b*4096c*9';
  table([
    ['ext4-ordered', trace, 'a=x*4096', 'a=x*4096a*4096', 'a=x*4096a*4096b*4096', 'a=x*4096a*4096b*4096c*9'],
    ['btrfs', trace, 'a=x*4096', 'a=x*4096a*4096', 'a=x*4096a*4096b*4096', 'a=x*4096a*4096b*4096c*9'],
    // Completed in any order: holes of zeros, and something written at the end.
    [
      'xfs',
      trace,
      'a=x*4096',
      'a=x*4096a*4096',
      'a=x*4096a*4096b*4096',
      'a=x*4096.*4096b*4096',
      'a=x*4096a*4096b*4096c*9',
      'a=x*4096.*4096b*4096c*9',
      'a=x*4096a*4096.*4096c*9',
      'a=x*4096.*8192c*9',
    ],
    // One write is one operation: its size comes with it.
    [
      'lazyfs',
      trace,
      'a=x*4096',
      'a=x*4096a*4096b*4096c*9',
      'a=x*4096.*4096b*4096c*9',
      'a=x*4096a*4096.*4096c*9',
      'a=x*4096.*8192c*9',
    ],
  ]);
});

describe('overwriting in place', () => {
  const trace = 'given a=x*8192; write a 0 y*8192';
  const any = ['a=x*8192', 'a=y*8192', 'a=x*4096y*4096', 'a=y*4096x*4096'];
  table([
    ['ext4-ordered', trace, ...any],
    ['ext4-writeback', trace, ...any],
    ['xfs', trace, ...any],
    ['btrfs', trace, ...any],
    ['lazyfs', trace, ...any],
  ]);

  it('tears where a block is written in place, and never on btrfs', () => {
    const torn = 'given a=x*1024; write a 0 y*1024';
    for (const profile of ['ext4-ordered', 'ext4-writeback', 'xfs', 'lazyfs'])
      expect(after(torn, profile, { sectorBytes: 512 })).toEqual(
        ['a=x*1024', 'a=x*512y*512', 'a=y*1024', 'a=y*512x*512'].sort(),
      );
    expect(after(torn, 'btrfs', { sectorBytes: 512 })).toEqual(['a=x*1024', 'a=y*1024']);
  });
});

describe('truncation', () => {
  const regrown = 'given a=x*8192; truncate a 0; append a y*8192';
  const rewritten = 'given a=x; truncate a 0; append a ab; close a; create b; sync b';
  table([
    // The truncated blocks keep their bytes until the truncation is durable: no mixture of old and new.
    ['ext4-ordered', regrown, 'a=x*8192', 'a=', 'a=y*4096', 'a=y*8192'],
    ['btrfs', regrown, 'a=x*8192', 'a=', 'a=y*4096', 'a=y*8192'],
    ['xfs', regrown, 'a=x*8192', 'a=', 'a=y*4096', 'a=y*8192', 'a=.*4096y*4096'],
    ['lazyfs', regrown, 'a=x*8192', 'a=', 'a=y*8192', 'a=.*4096y*4096'],
    // Closed after a truncation to nothing: a journal that goes on has the data (auto_da_alloc).
    ['ext4-ordered', rewritten, 'a=ab b='],
    ['ext4-writeback', rewritten, 'a=.. b=', 'a=?? b=', 'a=ab b='],
    ['xfs', rewritten, 'a= b=', 'a=ab b='],
  ]);
});

describe('btrfs', () => {
  table([
    // A synced file has its name and all directories above; nothing else of them.
    [
      'btrfs',
      'mkdir d; mkdir d/e; create d/e/f; append d/e/f 1; create d/g; sync d/e/f',
      'd/e/f=1',
      'd/e/f=1 d/g=',
    ],
    ['btrfs', 'create a; append a 1; rename a b; sync b', 'b=1'],
    // Reordering across files: the younger one whole, the older one nothing.
    ['btrfs', 'given a=1; append a 2; create b; sync b', 'a=1 b=', 'a=12 b='],
    ['btrfs', 'given h=1 m=1; create n; sync n; append m 2; unlink h; sync m', 'h=1 m=12 n=', 'm=12 n='],
  ]);
});
