/**
 * The rules of the crash (fault-model.md, A.4) on traces so small that every legal outcome can be listed. Each list is
 * exact: a state too many is a promise of POSIX broken, a state too few is a freedom that the engine was never tested
 * against.
 */
import { describe, expect, it } from 'vitest';
import { SimDisk, crash, diskFromFiles, posixStrict, syncEverything } from '../../../../sim/disk/index.ts';
import { SeededChoices } from '../../../../sim/draws/index.ts';
import { append, create, outcomes, overwrite, sampled, show, sync, syncDir } from './outcomes.ts';
import { play } from './trace.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe('create, write, rename', () => {
  /** The file's four contents: empty, size without data (zeros or noise), whole. */
  const contents = (name: string): string[] => [`${name}=`, `${name}=..`, `${name}=??`, `${name}=ab`];

  it('leaves nothing, the old name or the new one, with any part of the file', () => {
    const disk = new SimDisk();
    append(disk, create(disk, 'a'), 'ab');
    disk.rename('a', 'b');
    expect(outcomes(disk)).toEqual(['', ...contents('a'), ...contents('b')]);
  });

  it('a sync of the file fixes its content and not its name', () => {
    const disk = new SimDisk();
    const file = create(disk, 'a');
    append(disk, file, 'ab');
    sync(disk, file);
    disk.rename('a', 'b');
    expect(outcomes(disk)).toEqual(['', 'a=ab', 'b=ab']);
  });

  it('a sync of the directory fixes the name and not the content', () => {
    const disk = new SimDisk();
    append(disk, create(disk, 'a'), 'ab');
    disk.rename('a', 'b');
    syncDir(disk, '/');
    expect(outcomes(disk)).toEqual(contents('b'));
  });

  it('a sync of the directory before the rename fixes the old name only', () => {
    const disk = new SimDisk();
    const file = create(disk, 'a');
    append(disk, file, 'ab');
    sync(disk, file);
    syncDir(disk, '/');
    disk.rename('a', 'b');
    expect(outcomes(disk)).toEqual(['a=ab', 'b=ab']);
  });

  it('the safe order over an existing file leaves the old or the new content, never a mixture', () => {
    const disk = diskFromFiles(new Map([['b', text('old')]]));
    const file = create(disk, 'tmp');
    append(disk, file, 'new');
    sync(disk, file);
    disk.rename('tmp', 'b');
    expect(outcomes(disk)).toEqual(['b=new', 'b=old', 'b=old tmp=new']);
    syncDir(disk, '/');
    expect(outcomes(disk)).toEqual(['b=new']);
  });
});

describe('R1: floors', () => {
  // Without R1 (all versions legal, the durable one too old) the first list would contain 'a=' and 'a=ab'.
  it('what was synced is never lost, what came later may be', () => {
    const disk = new SimDisk();
    const file = create(disk, 'a');
    append(disk, file, 'ab');
    sync(disk, file);
    syncDir(disk, '/');
    expect(outcomes(disk)).toEqual(['a=ab']);
    append(disk, file, 'cd');
    expect(outcomes(disk)).toEqual(['a=ab', 'a=ab..', 'a=ab??', 'a=abcd']);
  });

  it('a sync covers what was written before it was called, whenever it completes', () => {
    const disk = new SimDisk();
    const file = create(disk, 'a');
    syncDir(disk, '/');
    append(disk, file, 'ab');
    const covered = disk.syncBegin(file);
    append(disk, file, 'cd');
    disk.syncEnd(file.inode, covered);
    expect(outcomes(disk)).toEqual(['a=ab', 'a=ab..', 'a=ab??', 'a=abcd']);
  });

  it('a sync that has not completed promises nothing, and may have done anything', () => {
    const disk = new SimDisk();
    const file = create(disk, 'a');
    syncDir(disk, '/');
    append(disk, file, 'ab');
    disk.syncBegin(file);
    expect(outcomes(disk)).toEqual(['a=', 'a=..', 'a=??', 'a=ab']);
  });

  it('syncs that overtake each other raise the floor only', () => {
    const disk = new SimDisk();
    const file = create(disk, 'a');
    syncDir(disk, '/');
    append(disk, file, 'ab');
    const first = disk.syncBegin(file);
    append(disk, file, 'cd');
    const second = disk.syncBegin(file);
    disk.syncEnd(file.inode, second);
    disk.syncEnd(file.inode, first);
    expect(outcomes(disk)).toEqual(['a=abcd']);
  });

  it('an unlink is no more durable than a create', () => {
    const disk = diskFromFiles(new Map([['a', text('x')]]));
    disk.unlink('a');
    expect(outcomes(disk)).toEqual(['', 'a=x']);
    syncDir(disk, '/');
    expect(outcomes(disk)).toEqual(['']);
  });
});

describe('R2: the two slots of a rename', () => {
  const twoDirs = (): SimDisk => {
    const disk = diskFromFiles(
      new Map([
        ['x/a', text('1')],
        ['y/keep', text('2')],
      ]),
    );
    disk.rename('x/a', 'y/b');
    return disk;
  };

  // Without R2 there would be a state with neither name and one with both.
  it('stand and fall together, also across directories', () => {
    expect(outcomes(twoDirs())).toEqual(['x/a=1 y/keep=2', 'y/b=1 y/keep=2']);
  });

  it.each(['x', 'y'])('a sync of one directory (%s) persists both sides', (synced) => {
    const disk = twoDirs();
    syncDir(disk, synced);
    expect(outcomes(disk)).toEqual(['y/b=1 y/keep=2']);
  });

  // Without the closing down (a kept rename keeps the earlier one on its slot) 'b' would have no version for
  // "second kept, first lost": 'c=1'-like doubles of an inode or an empty choice.
  it('a later rename on the same slot brings the earlier one', () => {
    const disk = diskFromFiles(
      new Map([
        ['a', text('1')],
        ['c', text('2')],
      ]),
    );
    disk.rename('a', 'b');
    disk.rename('c', 'b');
    expect(outcomes(disk)).toEqual(['a=1 c=2', 'b=1 c=2', 'b=2']);
  });

  it('renames that share no slot are independent: an unlink or a rename may overtake', () => {
    const disk = diskFromFiles(
      new Map([
        ['a', text('1')],
        ['c', text('2')],
        ['e', text('3')],
      ]),
    );
    disk.rename('a', 'b');
    disk.unlink('e');
    disk.rename('c', 'd');
    expect(outcomes(disk)).toEqual(
      [
        'a=1 c=2',
        'a=1 c=2 e=3',
        'a=1 d=2',
        'a=1 d=2 e=3',
        'b=1 c=2',
        'b=1 c=2 e=3',
        'b=1 d=2',
        'b=1 d=2 e=3',
      ].sort(),
    );
  });

  it('a chain a to b to c has three states', () => {
    const disk = diskFromFiles(new Map([['a', text('1')]]));
    disk.rename('a', 'b');
    disk.rename('b', 'c');
    expect(outcomes(disk)).toEqual(['a=1', 'b=1', 'c=1']);
  });
});

describe('R3: reachability', () => {
  // Without R3 'd/f' would be there without 'd', or 'd' gone and its file somewhere.
  it('a synced file in a synced directory is gone with the directory that was not', () => {
    const disk = new SimDisk();
    disk.mkdir('d');
    const file = create(disk, 'd/f');
    append(disk, file, 'ab');
    sync(disk, file);
    syncDir(disk, 'd');
    expect(outcomes(disk)).toEqual(['', 'd/f=ab']);
    syncDir(disk, '/');
    expect(outcomes(disk)).toEqual(['d/f=ab']);
  });

  it('a synced file whose name was not synced is gone', () => {
    const disk = new SimDisk();
    const file = create(disk, 'f');
    append(disk, file, 'ab');
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['', 'f=ab']);
  });

  it('a directory and what is in it are independent', () => {
    const disk = new SimDisk();
    disk.mkdir('d');
    syncDir(disk, '/');
    const file = create(disk, 'd/f');
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['', 'd/f=']);
  });
});

describe('R4: truncation', () => {
  // Without R4 'a=abcd' would be there: old bytes inside the size of the new write.
  it('a chosen truncation cuts older bytes, a lost one brings size and bytes back', () => {
    const disk = diskFromFiles(new Map([['a', text('abcdef')]]));
    const file = create(disk, 'a');
    disk.truncate(file, 2);
    append(disk, file, 'xy');
    // 'a=abxy..' and 'a=ab....': the page as it was in the cache, under the size of before the truncation. The second was
    // seen on ext4 and xfs (test/e2e/power-cut.test.ts): the cut's zeros are data, and the cut is not.
    expect(outcomes(disk)).toEqual(['a=ab', 'a=ab..', 'a=ab....', 'a=abcdef', 'a=abxy', 'a=abxy..']);
  });

  it('a repair that was not synced is undone, or leaves zeros to the end of its page', () => {
    const disk = diskFromFiles(new Map([['a', text('abcdef')]]));
    const file = create(disk, 'a');
    disk.truncate(file, 2);
    expect(outcomes(disk)).toEqual(['a=ab', 'a=ab....', 'a=abcdef']);
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['a=ab']);
  });

  it('bytes that were cut do not come back when the file grows again', () => {
    const disk = diskFromFiles(new Map([['a', text('abcdef')]]));
    const file = create(disk, 'a');
    disk.truncate(file, 2);
    disk.truncate(file, 6);
    expect(show(disk)).toBe('a=ab....');
    expect(outcomes(disk)).toEqual(['a=ab', 'a=ab....', 'a=abcdef']);
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['a=ab....']);
  });

  // Without the cut of the durable content the whole second page would be there again.
  it('durable pages that were cut do not come back either', () => {
    const disk = diskFromFiles(new Map([['a', text('x'.repeat(8192))]]));
    const file = create(disk, 'a');
    disk.truncate(file, 4096);
    disk.truncate(file, 8192);
    expect(outcomes(disk)).toEqual(['a=x*4096', 'a=x*4096.*4096', 'a=x*8192']);
  });
});

describe('R5: size', () => {
  // Without R5 (bytes clipped to the size, holes filled) there would be contents longer than any size written.
  it('data beyond the chosen size is dropped, size beyond the data is a hole', () => {
    const disk = diskFromFiles(new Map([['a', text('ab')]]));
    const file = create(disk, 'a');
    append(disk, file, 'cd');
    append(disk, file, 'ef');
    expect(outcomes(disk)).toEqual(
      [
        'a=ab',
        'a=abcd',
        'a=ab..',
        'a=ab??',
        'a=abcdef',
        'a=abcd..',
        'a=abcd??',
        'a=ab....',
        'a=ab????',
      ].sort(),
    );
  });

  it('a gap that was never written reads as zeros, whatever happens', () => {
    const disk = diskFromFiles(new Map([['a', text('ab')]]));
    const file = create(disk, 'a');
    disk.truncate(file, 4);
    expect(outcomes(disk)).toEqual(['a=ab', 'a=ab..']);
  });
});

describe('R6: one page', () => {
  // Without R6 (each write on its own) 'a=bx' and the like would be there: a newer write without an older one that the
  // same page had.
  it('has its versions in order, and no mixture within a sector', () => {
    const disk = diskFromFiles(new Map([['a', text('xx')]]));
    overwrite(disk, 'a', 0, 'b');
    overwrite(disk, 'a', 1, 'c');
    expect(outcomes(disk)).toEqual(['a=bc', 'a=bx', 'a=xx']);
  });

  it('different pages are independent', () => {
    const disk = diskFromFiles(new Map([['a', text('x'.repeat(8192))]]));
    overwrite(disk, 'a', 0, 'b'.repeat(8192));
    expect(outcomes(disk, 'power', 4096)).toEqual(
      ['a=b*4096x*4096', 'a=b*8192', 'a=x*4096b*4096', 'a=x*8192'].sort(),
    );
  });
});

describe('tearing', () => {
  it('mixes the sectors of a page of two versions', () => {
    const disk = diskFromFiles(new Map([['a', text('x'.repeat(1024))]]));
    overwrite(disk, 'a', 0, 'b'.repeat(1024));
    expect(outcomes(disk, 'power', 4096)).toEqual(['a=b*1024', 'a=x*1024']);
    expect(outcomes(disk)).toEqual(['a=b*1024', 'a=b*512x*512', 'a=x*1024', 'a=x*512b*512']);
  });

  it('an older version than the last may lie under it', () => {
    const disk = diskFromFiles(new Map([['a', text('x'.repeat(1024))]]));
    overwrite(disk, 'a', 0, 'b'.repeat(512));
    overwrite(disk, 'a', 512, 'c'.repeat(512));
    expect(outcomes(disk)).toEqual(['a=b*512c*512', 'a=b*512x*512', 'a=x*1024', 'a=x*512c*512']);
  });

  it('leaves zeros or noise in a torn sector that was new, and never touches durable bytes', () => {
    const disk = diskFromFiles(new Map([['a', text('x'.repeat(500))]]));
    append(disk, create(disk, 'a'), 'b'.repeat(24));
    for (const outcome of outcomes(disk)) expect(outcome.startsWith('a=x*500')).toBe(true);
    expect(outcomes(disk)).toContain('a=x*500.*12b*12');
    expect(outcomes(disk)).toContain('a=x*500?*12b*12');
    expect(outcomes(disk)).toContain('a=x*500b*12.*12');
  });
});

describe('a second name of a file', () => {
  it('leads to the same file after a loss of power', () => {
    const disk = play('given a=x; link a b; append a y; sync a; syncdir /');
    const { disk: left } = crash(disk, 'power', posixStrict, new SeededChoices(1));
    append(left, create(left, 'a'), 'z');
    expect(show(left)).toBe('a=xyz b=xyz');
  });
});

describe('a kill', () => {
  const pending = (): SimDisk => {
    const disk = new SimDisk();
    append(disk, create(disk, 'a'), 'ab');
    disk.rename('a', 'b');
    return disk;
  };

  it('loses nothing that is pending', () => {
    expect(outcomes(pending(), 'kill')).toEqual(['b=ab']);
  });

  it('leaves it pending: a loss of power afterwards may take it', () => {
    const disk = pending();
    const { disk: killed } = crash(disk, 'kill', posixStrict, new SeededChoices(1));
    expect(outcomes(killed)).toEqual(outcomes(disk));
    syncEverything(killed);
    expect(outcomes(killed)).toEqual(['b=ab']);
  });

  it('applies any first part of a write in flight', () => {
    const disk = diskFromFiles(new Map([['a', text('x')]]));
    const file = create(disk, 'a');
    disk.inflight.add({
      key: 'w',
      operation: 'write',
      pid: 1,
      parts: 2,
      perform: (other, twin, portion) => {
        other.writeAt(twin(file.inode)!, 1, text('ab'), 0, portion);
      },
    });
    expect(outcomes(disk, 'kill')).toEqual(['a=x', 'a=xa', 'a=xab']);
    expect(show(disk)).toBe('a=x');
    expect(outcomes(disk, 'power')).toContain('a=x??');
  });
});

describe('a sync that failed', () => {
  it('leaves the new bytes in the cache, the old ones on the disk, and nothing pending', () => {
    const disk = diskFromFiles(new Map([['a', text('old')]]));
    overwrite(disk, 'a', 0, 'new');
    const file = create(disk, 'a');
    disk.syncFail(file.inode, disk.syncBegin(file));
    expect(show(disk)).toBe('a=new');
    sync(disk, file);
    expect(show(disk)).toBe('a=new');
    expect(outcomes(disk)).toEqual(['a=old']);
    expect(outcomes(disk, 'kill')).toEqual(['a=new']);
  });

  it('a later write dirties the whole page again', () => {
    const disk = diskFromFiles(new Map([['a', text('old')]]));
    const file = create(disk, 'a');
    append(disk, file, 'ab');
    disk.syncFail(file.inode, disk.syncBegin(file));
    expect(outcomes(disk)).toEqual(['a=old']);
    append(disk, file, 'cd');
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['a=oldabcd']);
  });
});

describe('sampling finds exactly the states that enumeration lists', () => {
  it('of two appends and a rename', () => {
    const disk = new SimDisk();
    const file = create(disk, 'tmp');
    append(disk, file, '1');
    append(disk, file, '2');
    disk.rename('tmp', 'a');
    expect(sampled(disk, 3000)).toEqual(outcomes(disk));
  });

  it('of overwrites that can tear', () => {
    const disk = diskFromFiles(new Map([['a', text('x'.repeat(1500))]]));
    overwrite(disk, 'a', 500, 'y'.repeat(600));
    overwrite(disk, 'a', 1000, 'z'.repeat(100));
    expect(sampled(disk, 5000)).toEqual(outcomes(disk));
  });
});
