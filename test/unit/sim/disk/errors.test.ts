/** What a disk does when the device under it fails (fault-model.md, A.5), an error model at a time. */
import { describe, expect, it } from 'vitest';
import type { File } from '../../../../src/ports/disk.ts';
import type { Host } from '../../../../src/ports/process.ts';
import {
  Faults,
  SimDiskError,
  cloneDisk,
  diskFromFiles,
  errorModels,
  filesOf,
} from '../../../../sim/disk/index.ts';
import type { ErrorModelName, FaultPlan, SimDisk, WriteBackFate } from '../../../../sim/disk/index.ts';
import { Odometer } from '../../../../sim/draws/index.ts';
import { createWorld } from '../../../../sim/world/index.ts';
import { append, create, outcomes, overwrite, show, sync } from './outcomes.ts';

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const page = (letter: string): string => letter.repeat(4096);

/** All that a disk may be after a sync of `a` whose write-back failed, with what is durable of it. */
function failures(name: ErrorModelName, make: () => SimDisk): string[] {
  const found = new Set<string>();
  const odometer = new Odometer();
  do {
    const disk = make();
    const file = create(disk, 'a');
    const faults = new Faults({}, odometer, errorModels[name]);
    odometer.noise = (_key, into, start, end) => into.fill(0x3f, start, end);
    faults.failWriteBack(disk, file.inode, disk.seq, 'x');
    for (const left of outcomes(disk)) found.add(`${show(disk)} on disk ${left}`);
  } while (odometer.next());
  return [...found].sort();
}

describe('a failed write-back', () => {
  const overwritten = (): SimDisk => {
    const disk = diskFromFiles(new Map([['a', bytes(page('x') + page('x'))]]));
    overwrite(disk, 'a', 0, page('y') + page('y'));
    return disk;
  };
  const grown = (): SimDisk => {
    const disk = diskFromFiles(new Map([['a', bytes(page('x'))]]));
    append(disk, create(disk, 'a'), page('y'));
    return disk;
  };

  it('on ext4 and xfs: clean pages, the cache new, each page on the disk new or old', () => {
    const all = ['x*8192', 'x*4096y*4096', 'y*4096x*4096', 'y*8192'];
    const expected = all.map((left) => `a=y*8192 on disk a=${left}`).sort();
    expect(failures('ext4', overwritten)).toEqual(expected);
    expect(failures('xfs', overwritten)).toEqual(expected);
  });

  it('of a growing file: on ext4 the size may come without the data, on xfs it does not', () => {
    const tell = (left: string): string => `a=x*4096y*4096 on disk a=x*4096${left}`;
    expect(failures('ext4', grown)).toEqual(['', '.*4096', '?*4096', 'y*4096'].map(tell).sort());
    expect(failures('xfs', grown)).toEqual([tell('')]);
  });

  it('on btrfs: content and size of the cache go back to what is durable', () => {
    expect(failures('btrfs', overwritten)).toEqual(['a=x*8192 on disk a=x*8192']);
    expect(failures('btrfs', grown)).toEqual(['a=x*4096 on disk a=x*4096']);
  });

  it('on btrfs, too, what was written after the sync was called stays pending', () => {
    const disk = diskFromFiles(new Map([['a', bytes('xx')]]), { capacityBytes: 100 });
    const file = create(disk, 'a');
    append(disk, file, 'yy');
    const covered = disk.syncBegin(file);
    append(disk, file, 'zz');
    overwrite(disk, 'a', 2, 'w');
    disk.syncFail(file.inode, covered, 'reverts');
    expect(show(disk)).toBe('a=xxw.zz');
    expect(disk.space.usedBytes).toBe(6);
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['a=xxw.zz']);
  });

  it('a later change that was waiting brings its page as a whole, with the bytes that failed', () => {
    const disk = diskFromFiles(new Map([['a', bytes('xxxx')]]));
    const file = create(disk, 'a');
    append(disk, file, 'yy');
    const covered = disk.syncBegin(file);
    append(disk, file, 'zz');
    disk.syncFail(file.inode, covered);
    expect(show(disk)).toBe('a=xxxxyyzz');
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['a=xxxxyyzz']);
  });

  it('and so it does where the page had reached the disk, and the size that shows it had not', () => {
    const disk = diskFromFiles(new Map([['a', bytes('xxxx')]]));
    const file = create(disk, 'a');
    append(disk, file, 'yy');
    const covered = disk.syncBegin(file);
    append(disk, file, 'zz');
    const fate: WriteBackFate = { reaches: () => true, sizeReaches: false, spoil: () => {} };
    disk.syncFail(file.inode, covered, fate);
    expect(show(cloneDisk(disk).disk)).toBe('a=xxxxyyzz');
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['a=xxxxyyzz']);
  });

  it('a size that was left behind stays so when the next sync fails with nothing to write, until a page is written again', () => {
    const disk = diskFromFiles(new Map([['a', bytes('xxxx')]]));
    const file = create(disk, 'a');
    append(disk, file, 'yy');
    disk.syncFail(file.inode, disk.seq);
    disk.syncFail(file.inode, disk.syncBegin(file));
    expect(outcomes(disk)).toEqual(['a=xxxx']);
    overwrite(disk, 'a', 0, 'x');
    sync(disk, file);
    expect(outcomes(disk)).toEqual(['a=xxxxyy']);
  });

  it('cut files come back whole where the cut was not written', () => {
    const disk = diskFromFiles(new Map([['a', bytes('abcdef')]]));
    const file = create(disk, 'a');
    disk.truncate(file, 2);
    append(disk, file, 'X');
    const covered = disk.syncBegin(file);
    const fate: WriteBackFate = { reaches: () => true, sizeReaches: false, spoil: () => {} };
    disk.syncFail(file.inode, covered, fate);
    expect(show(disk)).toBe('a=abX');
    expect(outcomes(disk)).toEqual(['a=abcdef']);
  });

  it('when the cache lets go of the file, it reads as the disk has it', () => {
    const disk = diskFromFiles(new Map([['a', bytes('xx')]]), { capacityBytes: 100 });
    const file = create(disk, 'a');
    append(disk, file, 'yy');
    disk.syncFail(file.inode, disk.seq);
    disk.close(file);
    expect(disk.evict(file.inode)).toBe(true);
    expect(show(disk)).toBe('a=xx');
    expect(disk.space.usedBytes).toBe(2);
    expect(disk.evict(file.inode)).toBe(false);
  });
});

/** Runs a main on a disk with faults; returns what its operations said, and the files. */
async function run(
  plan: FaultPlan,
  main: (host: Host, say: (what: string) => void) => Promise<void>,
  record: Record<string, number> = {},
): Promise<{ said: string[]; files: Map<string, Uint8Array>; disk: SimDisk }> {
  const said: string[] = [];
  const world = createWorld({ seed: 5, faults: plan, record, immediateWriteChance: 0 });
  world.machine.spawn(async (host) => {
    await main(host, (what) => said.push(what));
    return 0;
  });
  await world.run();
  expect(world.machine.violations).toEqual([]);
  return { said, files: filesOf(world.machine.disk), disk: world.machine.disk };
}

const write = (file: File, text: string): Promise<string> =>
  new Promise((resolve) => file.write(bytes(text), (error, n) => resolve(error?.code ?? String(n))));
const synced = (file: File): Promise<string> =>
  new Promise((resolve) => file.sync((error) => resolve(error?.code ?? 'ok')));
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof SimDiskError ? `${error.code} ${error.applied}` : String(error)),
  );

describe('who is told of a failed write-back', () => {
  const story = async (errorModel: ErrorModelName): Promise<string[]> => {
    const failing = { 'fault/sync g1.a:2/1': 1 };
    const { said } = await run(
      { syncErrorChance: 0, errorModel },
      async (host, say) => {
        const flags = { read: true, write: true, create: true, append: true };
        const one = await host.disk.open('/a', flags);
        const two = await host.disk.open('/a', flags);
        await write(one, 'abc');
        say(`one ${await synced(one)}`);
        const three = await host.disk.open('/a', flags);
        say(`one ${await synced(one)}`);
        say(`two ${await synced(two)}`);
        say(`two ${await synced(two)}`);
        say(`three ${await synced(three)}`);
      },
      failing,
    );
    return said;
  };

  it('each description that was open, once; one opened after it was told, not at all', async () => {
    expect(await story('ext4')).toEqual(['one EIO', 'one ok', 'two EIO', 'two ok', 'three ok']);
  });

  it('before Linux 4.13: only the first that asks', async () => {
    expect(await story('told-once')).toEqual(['one EIO', 'one ok', 'two ok', 'two ok', 'three ok']);
  });

  it('ext4 with data=journal: the next sync, not the one that failed; a file opened in between has it, too', async () => {
    expect(await story('ext4-journal')).toEqual(['one ok', 'one EIO', 'two EIO', 'two ok', 'three EIO']);
  });

  it('a background failure: the next sync, also of one who opens the file later', async () => {
    const { said, files } = await run({ writeBackErrorChance: 1, writeBackError: 'ENOSPC' }, async (host, say) => {
      const file = await host.disk.open('/a', { write: true, create: true });
      say(await write(file, 'abc'));
      await file.close();
      const again = await host.disk.open('/a', { write: true });
      say(await synced(again));
      say(await synced(again));
    }); // prettier-ignore
    expect(said).toEqual(['3', 'ENOSPC', 'ok']);
    expect(new TextDecoder().decode(files.get('/a'))).toBe('abc');
  });

  it('nobody, when the cache has let go of the file; it reads as the disk has it', async () => {
    const { said } = await run(
      { writeBackErrorChance: 1, evictChance: 1, errorModel: 'xfs' },
      async (host, say) => {
        const file = await host.disk.open('/a', { write: true, create: true });
        say(await write(file, 'abc'));
        await file.close();
        const again = await host.disk.open('/a', { read: true, write: true });
        say(await synced(again));
        say(String(await again.read(new Uint8Array(9), 0)));
      },
    );
    expect(said).toEqual(['3', 'ok', '0']);
  });
});

describe('a plan of faults', () => {
  it('fills the disk for a while: short first, then no write, no file, no rename, no directory', async () => {
    const { said } = await run({ diskFullChance: 0, diskFullMs: 1000 }, async (host, say) => {
      const file = await host.disk.open('/a', { write: true, create: true });
      say(await write(file, 'abcdefgh'));
      say(await write(file, 'abcdefgh'));
      say(await outcome(host.disk.open('/b', { write: true, create: true })));
      say(await outcome(host.disk.rename('/a', '/b')));
      say(await outcome(host.disk.mkdir('/d')));
      await new Promise<void>((resolve) => host.clock.after(1500, resolve));
      say(await write(file, 'abcdefgh'));
    }, { 'fault/full write g1.a:2/1': 1 }); // prettier-ignore
    expect(Number(said.shift())).toBeLessThan(8);
    expect(said).toEqual(['ENOSPC', 'ENOSPC no', 'ENOSPC no', 'ENOSPC no', '8']);
  });

  it('has a disk of a size, and a quota', async () => {
    for (const [plan, code] of [
      [{ capacityBytes: 5 }, 'ENOSPC'],
      [{ quotaBytes: 5 }, 'EDQUOT'],
    ] as const) {
      const { said } = await run(plan, async (host, say) => {
        const file = await host.disk.open('/a', { write: true, create: true });
        say(await write(file, 'abcdefgh'));
        say(await write(file, 'h'));
        say(String((await host.disk.statfs('/')).freeBytes));
        say(await outcome(file.allocate(6)));
      });
      expect(said).toEqual(['5', code, '0', `${code} no`]);
    }
  });

  it('lets a process have so many descriptors and no more; closing one gives one back', async () => {
    const { said } = await run({ descriptorLimit: 2 }, async (host, say) => {
      const file = await host.disk.open('/a', { write: true, create: true });
      const dir = await host.disk.openDir('/');
      say(await outcome(host.disk.open('/a', { read: true })));
      say(await outcome(host.disk.openDir('/')));
      await dir.close();
      say(await outcome(host.disk.openDir('/')));
      await file.close();
    });
    expect(said).toEqual(['EMFILE no', 'EMFILE no', 'ok']);
  });

  it('makes sectors unreadable until they are written: short before them, EIO at them', async () => {
    const { said } = await run({ readErrorChance: 0 }, async (host, say) => {
      const file = await host.disk.open('/a', { read: true, write: true, create: true });
      await write(file, 'x'.repeat(2000));
      await synced(file);
      const into = new Uint8Array(2000);
      say(String(await file.read(into, 0)));
      say(await outcome(file.read(into, 1024)));
      say(String(await file.read(into, 1536)));
      const again = await host.disk.open('/a', { write: true });
      await write(again, 'y'.repeat(1536));
      await synced(again);
      say(String(await file.read(into, 0)));
    }, { 'fault/sector g1.a:2/1': 3 }); // prettier-ignore
    expect(said).toEqual(['1024', 'EIO no', '464', '2000']);
  });

  it('reads short, and closes with an error and closed all the same', async () => {
    const plan = { shortReadChance: 1, closeErrorChance: 1, writeBackError: 'EDQUOT' } as const;
    const { said } = await run(plan, async (host, say) => {
      const file = await host.disk.open('/a', { read: true, write: true, create: true });
      await write(file, 'x'.repeat(100));
      const count = await file.read(new Uint8Array(100), 0);
      say(count > 0 && count < 100 ? 'short' : String(count));
      say(await outcome(file.close()));
      say(await outcome(file.close()));
    });
    expect(said).toEqual(['short', 'EDQUOT unknown', 'EBADF no']);
  });

  it('interrupts, and then nothing was done', async () => {
    const { said, files } = await run({ interruptChance: 0 }, async (host, say) => {
      const file = await host.disk.open('/a', { write: true, create: true });
      say(await write(file, 'abc'));
      say(await write(file, 'def'));
      say(await synced(file));
      say(await synced(file));
    }, { 'fault/interrupt write g1.a:2/1': 1, 'fault/interrupt sync g1.a:2/1': 1 }); // prettier-ignore
    expect(said).toEqual(['EINTR', '3', 'EINTR', 'ok']);
    expect(new TextDecoder().decode(files.get('/a'))).toBe('def');
  });

  it('fails changes of names, done or not done, and the file system stops as its error model says', async () => {
    for (const [errorModel, then] of [
      ['strict', 'ok'],
      ['ext4', 'EROFS no'],
      ['xfs', 'EIO no'],
    ] as const) {
      for (const way of [1, 2]) {
        const key = 'fault/rename rename/g1./b:1';
        const { said, disk } = await run(
          { renameErrorChance: 0, errorModel },
          async (host, say) => {
            await host.disk.open('/a', { write: true, create: true });
            say(await outcome(host.disk.rename('/a', '/b')));
            say(await outcome(host.disk.mkdir('/d')));
          },
          { [key]: way },
        );
        expect(said).toEqual(['EIO unknown', then]);
        expect(disk.find(way === 1 ? '/b' : '/a')).toBeDefined();
        expect(disk.find(way === 1 ? '/a' : '/b')).toBeUndefined();
      }
    }
  });

  it('takes the same course for the same seed', async () => {
    const plan: FaultPlan = { shortWriteChance: 0.3, writeBackErrorChance: 0.3, syncErrorChance: 0.3, diskFullChance: 0.1, renameErrorChance: 0.5, shortReadChance: 0.5 }; // prettier-ignore
    const course = async (): Promise<string[]> => {
      const { said } = await run(plan, async (host, say) => {
        const file = await host.disk.open('/a', { read: true, write: true, create: true });
        for (let i = 0; i < 30; i++) {
          say(await write(file, 'x'.repeat(300)));
          if (i % 3 === 0) say(await synced(file));
          if (i % 5 === 0) say(await outcome(host.disk.rename('/a', '/a')));
          say(await outcome(file.read(new Uint8Array(200), 0)));
        }
      });
      return said;
    };
    const said = await course();
    expect(await course()).toEqual(said);
    expect(new Set(said).size).toBeGreaterThan(6);
  });
});
