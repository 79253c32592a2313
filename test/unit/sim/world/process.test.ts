/** Processes: what lives, what dies, and that the dead do nothing. */
import { describe, expect, it } from 'vitest';
import type { Child, ChildMain, ExitStatus, Frozen, Host, Json } from '../../../../src/ports/process.ts';
import type { File } from '../../../../src/ports/disk.ts';
import { diskFromFiles, filesOf, procKill } from '../../../../sim/disk/index.ts';
import { createWorld } from '../../../../sim/world/index.ts';
import type { TraceEvent, World, WorldOptions } from '../../../../sim/world/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (world: World, path: string): string | undefined => {
  const content = filesOf(world.machine.disk).get(path);
  return content === undefined ? undefined : new TextDecoder().decode(content);
};
const write = (file: File, text: string): Promise<number> =>
  new Promise((resolve, reject) => {
    file.write(bytes(text), (error, written) => (error === undefined ? resolve(written) : reject(error)));
  });
const sync = (file: File): Promise<void> =>
  new Promise((resolve, reject) => {
    file.sync((error) => (error === undefined ? resolve() : reject(error)));
  });
const sleep = (host: Host, ms: number): Promise<void> =>
  new Promise((resolve) => host.clock.after(ms, resolve));
const image: Frozen = { share: () => ({ frozen: true }) };
const world = (options: Partial<WorldOptions> = {}): World => createWorld({ seed: 1, ...options });

describe('a killed process', () => {
  it('never continues: no line after the await, no catch, no finally, no callback, no timer', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const it = createWorld({ seed });
      let steps = 0;
      let dead = false;
      const process = it.machine.spawn(async (host) => {
        const note = (): void => {
          expect(dead).toBe(false);
          steps++;
        };
        host.clock.after(3, note);
        host.clock.endOfTurn(note);
        try {
          const file = await host.disk.open('/a', { write: true, create: true, append: true });
          for (;;) {
            note();
            await write(file, 'x');
            note();
            await sync(file);
            host.clock.endOfTurn(note);
            await sleep(host, 1);
          }
        } catch {
          note();
        } finally {
          note();
        }
        return 0;
      });
      await it.run({ until: () => it.scheduler.events > seed });
      it.machine.kill(process.pid);
      dead = true;
      const before = steps;
      expect(await it.run({ untilMs: 10_000 })).toBe('idle');
      expect(steps).toBe(before);
      expect(process.status).toEqual({ code: null, signal: 'SIGKILL' });
      expect(it.machine.violations).toEqual([]);
    }
  });

  it('calls that a dead one makes do nothing and never settle', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const it = createWorld({ seed });
      let settled = 0;
      let called = false;
      const process = it.machine.spawn(async (host) => {
        const file = await host.disk.open('/a', { write: true, create: true });
        void host.process.exit(3).then(
          () => settled++,
          () => settled++,
        );
        called = true;
        const count = (): void => void settled++;
        file.write(bytes('late'), count);
        file.sync(count);
        host.clock.after(0, count);
        host.clock.endOfTurn(count);
        for (const promise of [
          host.disk.unlink('/a'),
          host.disk.mkdir('/b'),
          host.disk.rename('/a', '/c'),
          host.disk.readdir('/'),
          host.disk.lock('/'),
          host.disk.openDir('/'),
          file.close(),
          file.truncate(5),
          file.read(new Uint8Array(1), 0),
        ]) {
          promise.then(count, count);
        }
        return 0;
      });
      await it.run();
      expect(called).toBe(true);
      expect(settled).toBe(0);
      expect(process.status).toEqual({ code: 3, signal: null });
      expect(it.machine.disk.readdir('/')).toEqual(['a']);
      process.enter(() => settled++);
      expect(settled).toBe(0);
      expect(textOf(it, '/a')).toBe('');
    }
  });

  it('loses its locks and its descriptors', async () => {
    const it = world();
    const locked: boolean[] = [];
    const main = async (host: Host): Promise<number> => {
      const file = await host.disk.open(`/f${host.process.pid}`, { write: true, create: true });
      await host.disk.unlink(`/f${host.process.pid}`);
      await write(file, 'x'.repeat(100));
      locked.push((await host.disk.lock('/')) !== undefined);
      await sleep(host, 1_000_000);
      return 0;
    };
    const first = it.machine.spawn(main);
    await it.run({ untilMs: 100 });
    it.machine.spawn(main);
    await it.run({ untilMs: 200 });
    expect(locked).toEqual([true, false]);
    expect(it.machine.disk.space.usedBytes).toBe(200);
    it.machine.kill(first.pid);
    expect(it.machine.disk.space.usedBytes).toBe(100);
    it.machine.spawn(main);
    await it.run({ untilMs: 300 });
    expect(locked).toEqual([true, false, true]);
  });

  it('may leave any first part of the write that it had in flight, whole ones always', async () => {
    const left = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const it = createWorld({ seed, immediateWriteChance: 0 });
      let acknowledged = 0;
      const process = it.machine.spawn(async (host) => {
        const file = await host.disk.open('/a', { write: true, create: true, append: true });
        for (;;) {
          await write(file, '0123456789');
          acknowledged += 10;
        }
      });
      await it.run({ until: () => acknowledged === 20 });
      it.machine.kill(process.pid);
      const content = textOf(it, '/a')!;
      expect('0123456789'.repeat(3).startsWith(content)).toBe(true);
      expect(content.length).toBeGreaterThanOrEqual(20);
      left.add(content.length - 20);
    }
    expect(left.has(0) && left.has(10)).toBe(true);
    expect(left.size).toBeGreaterThan(5);
  });
});

describe('a loss of power', () => {
  it('ends everybody at once and keeps what was synced', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const it = createWorld({ seed });
      let durable = 0;
      const main = async (host: Host): Promise<number> => {
        const file = await host.disk.open('/a', { write: true, create: true, append: true });
        const dir = await host.disk.openDir('/');
        await dir.sync();
        for (let i = 0; ; i++) {
          await write(file, 'x');
          if (i % 3 !== 0) continue;
          await sync(file);
          durable = i + 1;
        }
      };
      it.machine.spawn(main);
      await it.run({ until: () => it.scheduler.events > 20 + seed });
      it.machine.powerOff();
      expect(it.machine.processes.size).toBe(0);
      const content = textOf(it, '/a');
      if (durable > 0) expect(content?.slice(0, durable)).toBe('x'.repeat(durable));
      expect(await it.run({ untilMs: 1e6 })).toBe('idle');
      expect(it.machine.generation).toBe(1);
      it.machine.spawn(async (host) => {
        await host.disk.stat('/');
        return 0;
      });
      await it.run();
      expect(it.machine.violations).toEqual([]);
    }
  });

  it('is a kill under proc-kill', async () => {
    const it = world({ profile: procKill });
    it.machine.spawn(async (host) => {
      const file = await host.disk.open('/a', { write: true, create: true });
      await write(file, 'abc');
      await sleep(host, 1e6);
      return 0;
    });
    await it.run({ untilMs: 100 });
    it.machine.powerOff();
    expect(textOf(it, '/a')).toBe('abc');
  });
});

describe('children', () => {
  const childMains = new Map<string, ChildMain>([
    [
      'save',
      async (host, given, args) => {
        const file = await host.disk.open('/out', { write: true, create: true });
        for (let i = 0; i < 20; i++) await write(file, 'x');
        await write(file, JSON.stringify([given, args]));
        return 7;
      },
    ],
    ['fail', () => Promise.reject(new Error('no'))],
    ['hang', (host) => sleep(host, 1e9).then(() => 0)],
  ]);

  const parent = (mainName: string, use?: (child: Child) => void) => {
    const it = world({ childMains });
    const statuses: ExitStatus[] = [];
    const process = it.machine.spawn(async (host) => {
      const child = host.process.fork(image, mainName, { n: 1 });
      child.onExit((status) => statuses.push(status));
      use?.(child);
      await sleep(host, 1e6);
      return 0;
    });
    return { it, process, statuses };
  };

  it('get arguments of their own, as JSON would carry them, and nothing that JSON cannot', async () => {
    const seen: unknown[] = [];
    const keep: ChildMain = (_host, _image, args) => {
      seen.push(args);
      return Promise.resolve(0);
    };
    const it = world({ childMains: new Map([['keep', keep]]) });
    const args = { list: [1, 'a', null, true], inner: { n: 2 }, left: undefined } as unknown as Json;
    const errors: unknown[] = [];
    it.machine.spawn(async (host) => {
      host.process.fork(image, 'keep', args);
      for (const odd of [NaN, 1n, () => 0] as unknown as Json[]) {
        try {
          host.process.fork(image, 'keep', { odd });
        } catch (error) {
          errors.push(error);
        }
      }
      (args as { inner: { n: number } }).inner.n = 3;
      await sleep(host, 1e6);
      return 0;
    });
    await it.run({ untilMs: 1e5 });
    expect(seen).toStrictEqual([{ list: [1, 'a', null, true], inner: { n: 2 } }]);
    expect(errors).toHaveLength(3);
    for (const error of errors) expect(error).toBeInstanceOf(TypeError);
  });

  it('get the image and the arguments, run beside their parent, and tell it their exit', async () => {
    const { it, statuses } = parent('save');
    await it.run({ until: () => statuses.length > 0, untilMs: 1e5 });
    expect(statuses).toEqual([{ code: 7, signal: null }]);
    expect(textOf(it, '/out')).toBe('x'.repeat(20) + '[{"frozen":true},{"n":1}]');
  });

  it('that reject end with 1, that are signalled end by the signal', async () => {
    const failed = parent('fail');
    await failed.it.run({ until: () => failed.statuses.length > 0, untilMs: 1e5 });
    expect(failed.statuses).toEqual([{ code: 1, signal: null }]);
    expect(failed.it.machine.violations).toEqual([]);
    const killed = parent('hang', (child) => child.kill('SIGUSR1'));
    await killed.it.run({ until: () => killed.statuses.length > 0, untilMs: 1e5 });
    expect(killed.statuses).toEqual([{ code: null, signal: 'SIGUSR1' }]);
  });

  it('outlive their parent, for a while or to their end; their exit goes to nobody', async () => {
    let finished = 0;
    let cutShort = 0;
    for (let seed = 0; seed < 60; seed++) {
      const it = createWorld({ seed, childMains, orphanMs: 2 });
      const process = it.machine.spawn(async (host) => {
        host.process.fork(image, 'save', null).onExit(() => expect.unreachable());
        await sleep(host, 1e6);
        return 0;
      });
      await it.run({ until: () => it.machine.processes.size === 2 });
      it.machine.kill(process.pid);
      expect([...it.machine.processes.values()].map((orphan) => orphan.parent)).toEqual([undefined]);
      // The successor may get the dead parent's pid while the orphan runs.
      const successor = it.machine.spawn(() => Promise.resolve(0));
      expect(successor.pid).toBe(1);
      expect(await it.run()).toBe('idle');
      expect(it.machine.processes.size).toBe(0);
      if (textOf(it, '/out')?.endsWith('null]') === true) finished++;
      else cutShort++;
    }
    expect(finished).toBeGreaterThan(5);
    expect(cutShort).toBeGreaterThan(5);
  });

  it('an orphan can be killed; a fork can fail', async () => {
    const { it, process } = parent('hang');
    await it.run({ until: () => it.machine.processes.size === 2 });
    it.machine.kill(process.pid);
    it.machine.killAll();
    expect(it.machine.processes.size).toBe(0);
    const poor = createWorld({ seed: 1, childMains, processFaults: { forkErrorChance: 1 } });
    let code: unknown;
    poor.machine.spawn(async (host) => {
      try {
        host.process.fork(image, 'save', null);
      } catch (error) {
        code = (error as { code: string }).code;
      }
      return Promise.resolve(0);
    });
    await poor.run();
    expect(code).toBe('ENOMEM');
  });
});

describe('signals', () => {
  it('go to the handler; without one they end the process', async () => {
    const it = world();
    const seen: string[] = [];
    const polite = it.machine.spawn(async (host) => {
      host.process.onSignal((signal) => seen.push(signal));
      await sleep(host, 1e6);
      return 0;
    });
    const rude = it.machine.spawn((host) => sleep(host, 1e6).then(() => 0));
    await it.run({ untilMs: 1 });
    polite.deliver('SIGTERM');
    rude.deliver('SIGTERM');
    expect(seen).toEqual(['SIGTERM']);
    expect([polite.alive, rude.alive]).toEqual([true, false]);
    polite.deliver('SIGKILL');
    expect(polite.alive).toBe(false);
  });
});

describe('what escapes from a process', () => {
  it('is a violation, and ends it where it was thrown in its own turn', async () => {
    const it = world();
    const thrown = it.machine.spawn((host) => {
      host.clock.after(1, () => {
        throw new Error('in a timer');
      });
      return sleep(host, 1e6).then(() => 0);
    });
    it.machine.spawn(() => Promise.reject(new Error('in main')));
    const careless = it.machine.spawn((host) => {
      void Promise.reject(new Error('unheard'));
      return sleep(host, 10).then(() => 0);
    });
    await it.run();
    expect(thrown.status).toEqual({ code: 1, signal: null });
    expect(careless.status).toEqual({ code: 0, signal: null });
    expect(
      it.machine.violations.map(({ kind, error }) => `${kind}: ${(error as Error).message}`).sort(),
    ).toEqual(['exception: in a timer', 'exception: in main', 'rejection: unheard']);
  });
});

describe('the clock', () => {
  it('timers are never early, run in the order of their due times, and can be taken back', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const it = createWorld({ seed });
      const order: number[] = [];
      it.machine.spawn(async (host) => {
        const { clock } = host;
        await sleep(host, 0.1 * seed);
        const start = clock.monoMs();
        for (const [n, delay] of [5, 1.7, 5, 0.3, 30, 0, 1.7].entries()) {
          clock.after(delay, () => {
            expect(clock.monoMs() - start).toBeGreaterThanOrEqual(delay);
            order.push(n);
          });
        }
        clock.after(2, () => order.push(99)).cancel();
        return sleep(host, 1000).then(() => 0);
      });
      await it.run();
      expect(order).toEqual([5, 3, 1, 6, 0, 2, 4]);
    }
  });

  it('the end of a turn comes after the input of that instant, in the order of the calls', async () => {
    const it = world();
    const seen: string[] = [];
    const process = it.machine.spawn((host) => sleep(host, 1000).then(() => 0));
    await it.run({ untilMs: 1 });
    const { clock } = process.host;
    process.after(1, 'input', () => {
      clock.endOfTurn(() => {
        seen.push('end 1');
        clock.endOfTurn(() => seen.push('next turn'));
      });
      clock.endOfTurn(() => seen.push('end 2'));
      seen.push('input 1');
    });
    process.after(1, 'input', () => seen.push('input 2'));
    await it.run({ untilMs: 3 });
    expect(seen).toEqual(['input 1', 'input 2', 'end 1', 'end 2', 'next turn']);
  });

  it('the wall may jump, the monotonic clock does not', async () => {
    const it = world({ startWallMs: 5000 });
    const process = it.machine.spawn((host) => sleep(host, 1000).then(() => 0));
    await it.run({ untilMs: 10 });
    expect(process.host.clock.wallMs()).toBe(5010);
    it.wall.offsetMs -= 4000;
    expect(process.host.clock.wallMs()).toBe(1010);
    expect(process.host.clock.monoMs()).toBe(10);
  });
});

describe('a sync', () => {
  it('covers what the page cache had when it was called, not what came while it ran', async () => {
    let uncovered = 0;
    for (let seed = 0; seed < 60; seed++) {
      const it = createWorld({ seed, immediateWriteChance: 0 });
      let cachedBytes = -1;
      it.machine.spawn(async (host) => {
        const file = await host.disk.open('/a', { write: true, create: true, append: true });
        const written = write(file, 'x');
        const synced = sync(file);
        cachedBytes = it.machine.disk.stat('/a').sizeBytes;
        await Promise.all([written, synced]);
        return 0;
      });
      await it.run();
      expect(it.machine.disk.stat('/a').sizeBytes).toBe(1);
      const inode = it.machine.disk.find('/a');
      expect(inode?.kind === 'file' ? inode.durableSizeBytes : undefined).toBe(cachedBytes);
      if (cachedBytes === 0) uncovered++;
    }
    expect(uncovered).toBeGreaterThan(10);
    expect(uncovered).toBeLessThan(50);
  });

  it('keeps writes to the same file waiting, and no others', async () => {
    const it = world({ latency: { syncScale: 50 } });
    const order: string[] = [];
    it.machine.spawn(async (host) => {
      const a = await host.disk.open('/a', { write: true, create: true, append: true });
      const b = await host.disk.open('/b', { write: true, create: true, append: true });
      await Promise.all([
        sync(a).then(() => order.push('sync a')),
        write(a, 'x').then(() => order.push('write a')),
        write(b, 'x').then(() => order.push('write b')),
      ]);
      return 0;
    });
    await it.run();
    expect(order).toEqual(['write b', 'sync a', 'write a']);
  });
});

describe('disk errors', () => {
  it('reject with a DiskError and change nothing', async () => {
    const it = world({ disk: diskFromFiles(new Map([['/a', bytes('1')]])) });
    const codes: unknown[] = [];
    it.machine.spawn(async (host) => {
      const note = (error: unknown): void => {
        const { code, applied, operation } = error as { code: string; applied: string; operation: string };
        codes.push(`${operation} ${code} ${applied}`);
      };
      await host.disk.open('/none', { read: true }).catch(note);
      await host.disk.mkdir('/a').catch(note);
      await host.disk.openDir('/a').catch(note);
      const file = await host.disk.open('/a', { read: true, write: true });
      await file.close();
      await write(file, 'x').catch(note);
      await sync(file).catch(note);
      await file.read(new Uint8Array(1), 0).catch(note);
      return 0;
    });
    await it.run();
    expect(it.machine.violations).toEqual([]);
    expect(codes).toEqual([
      'open ENOENT no',
      'mkdir EEXIST no',
      'openDir ENOTDIR no',
      'write EBADF no',
      'sync EBADF no',
      'read EBADF no',
    ]);
    expect(textOf(it, '/a')).toBe('1');
  });

  it('come as the plan says: short writes, EIO at a sync, a rename that fails after taking effect', async () => {
    const it = world({
      faults: { shortWriteChance: 1, syncErrorChance: 1, renameErrorChance: 1, dirSyncErrorChance: 1 },
    });
    const seen: string[] = [];
    it.machine.spawn(async (host) => {
      const note = (error: unknown): void => {
        const { code, applied, operation } = error as { code: string; applied: string; operation: string };
        seen.push(`${operation} ${code} ${applied}`);
      };
      const file = await host.disk.open('/a', { write: true, create: true, append: true });
      const written = await write(file, 'x'.repeat(100));
      expect(written > 0 && written < 100).toBe(true);
      await sync(file).catch(note);
      await host.disk.rename('/a', '/b').catch(note);
      const dir = await host.disk.openDir('/');
      await dir.sync().catch(note);
      return 0;
    });
    await it.run();
    expect(seen).toEqual(['sync EIO unknown', 'rename EIO unknown', 'dirsync EIO unknown']);
    expect([...filesOf(it.machine.disk).keys()]).toEqual(['/b']);
  });
});

describe('determinism', () => {
  const course = async (
    seed: number | string,
  ): Promise<{ digest: string; events: readonly TraceEvent[] }> => {
    const it = createWorld({
      seed,
      recordTrace: true,
      childMains: new Map([['c', (host: Host) => sleep(host, 3).then(() => 0)]]),
    });
    for (let life = 0; life < 3; life++) {
      it.machine.spawn(async (host) => {
        const file = await host.disk.open('/a', { write: true, create: true, append: true });
        host.process.fork(image, 'c', null).onExit(() => {});
        for (;;) {
          await write(file, String.fromCharCode(...host.process.entropy(8)));
          if (host.clock.monoMs() % 2 < 1) await sync(file);
          await host.disk.readdir('/');
        }
      });
      await it.run({ untilMs: 20 * (life + 1) });
      if (life === 1) it.machine.killAll();
      else it.machine.powerOff();
      it.trace.text('files', [...filesOf(it.machine.disk).values()].join('|'));
    }
    return { digest: it.trace.digest(), events: it.trace.events() };
  };

  it('the same seed gives the same trace, another one another', async () => {
    const one = await course(42);
    const two = await course('42');
    expect(two.events).toEqual(one.events);
    expect(two.digest).toBe(one.digest);
    expect((await course(43)).digest).not.toBe(one.digest);
    expect(one.events.length).toBeGreaterThan(100);
  });
});
