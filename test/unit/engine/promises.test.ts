/** What the engine promised, after orders that cross each other and disks that fail in the middle of them. */
import { describe, expect, test } from 'vitest';
import { cloneDisk, crash, filesOf, posixStrict } from '../../../sim/disk/index.ts';
import { SeededChoices } from '../../../sim/draws/index.ts';
import { Client, Stage } from './support.ts';

function range(from: number, to: number, step = 1): number[] {
  const numbers: number[] = [];
  for (let n = from; n <= to; n += step) numbers.push(n);
  return numbers;
}

describe('the log is switched at run time', () => {
  test('orders to turn it on and off may come at any distance: the last one holds', async () => {
    for (const gapMs of [0, 0.05, 0.1, ...range(0.2, 12, 0.6), 20, 40, 80]) {
      const stage = new Stage({ seed: gapMs, settings: { appendonly: false, appendfsync: 'always' } });
      const server = await stage.start();
      const client = new Client(server);
      const send = (atMs: number, command: string): void =>
        server.process.after(atMs, 'input', () => client.send(command));
      send(0, 'SET k1 1');
      send(0, 'CONFIG SET appendonly yes');
      send(gapMs, 'CONFIG SET appendonly no');
      send(gapMs * 1.7, 'CONFIG SET appendonly yes');
      send(gapMs * 2, 'SET k2 2');
      await stage.pass(3000);
      expect(await stage.ask(client, server, 'SET k3 3'), `gap ${gapMs}`).toBe('OK');
      stage.world.machine.powerOff();
      const next = await stage.start({ appendonly: true });
      expect([next.refusal?.message, next.get('k1'), next.get('k2'), next.get('k3')], `gap ${gapMs}`).toEqual(
        [undefined, '1', '2', '3'],
      );
      expect(stage.world.machine.violations).toEqual([]);
    }
  });

  test('turned off while its first base is adopted, and on while the old log is removed, it is on', async () => {
    let isSecond = false;
    const stage = new Stage({
      settings: { appendfsync: 'always' },
      saboteur: (operation, path) => {
        if (!isSecond) return undefined;
        if (operation === 'rename' && path.endsWith('.manifest')) order('CONFIG SET appendonly no');
        if (operation === 'unlink' && path.endsWith('.incr.aof')) order('CONFIG SET appendonly yes');
        return undefined;
      },
    });
    const server = await stage.start();
    const client = new Client(server);
    const given = new Set<string>();
    const order = (command: string): void => {
      if (given.has(command)) return;
      given.add(command);
      server.process.after(0, 'input', () => client.send(command));
    };
    await stage.ask(client, server, 'SET k1 1', 'CONFIG SET appendonly no');
    await stage.pass(1000);
    isSecond = true;
    await stage.ask(client, server, 'CONFIG SET appendonly yes');
    await stage.pass(1000);
    expect([...given]).toEqual(['CONFIG SET appendonly no', 'CONFIG SET appendonly yes']);
    expect(await stage.ask(client, server, 'SET k2 2')).toBe('OK');
    stage.world.machine.powerOff();
    const next = await stage.start();
    expect([next.refusal?.message, next.get('k1'), next.get('k2')]).toEqual([undefined, '1', '2']);
  });

  test('turned off beside BGREWRITEAOF, it is off', async () => {
    for (const gapMs of range(0, 6, 0.3)) {
      const stage = new Stage({ seed: gapMs });
      const server = await stage.start();
      const client = new Client(server);
      server.process.enter(() => client.send('SET k1 1', 'CONFIG SET appendonly no'));
      server.process.after(gapMs, 'input', () => client.send('BGREWRITEAOF'));
      await stage.pass(3000);
      expect([server.engine!.journal.isOpen, ...server.open], `gap ${gapMs}`).toEqual([false]);
    }
  });

  test('turned on beside BGREWRITEAOF, it loses nothing that it acknowledges afterwards', async () => {
    for (const gapMs of [0, 0.05, 0.1, ...range(0.2, 10, 0.4)]) {
      const stage = new Stage({ seed: gapMs, settings: { appendonly: false, appendfsync: 'always' } });
      const server = await stage.start();
      const client = new Client(server);
      server.process.after(0, 'input', () => client.send('SET k1 1', 'BGREWRITEAOF'));
      server.process.after(gapMs, 'input', () => client.send('CONFIG SET appendonly yes', 'SET k2 2'));
      await stage.pass(3000);
      expect(await stage.ask(client, server, 'SET k3 3')).toBe('OK');
      await stage.pass(500);
      expect(await stage.ask(client, server, 'SET k4 4')).toBe('OK');
      stage.world.machine.powerOff();
      const next = await stage.start({ appendonly: true });
      expect(
        [next.refusal?.message, ...['k1', 'k2', 'k3', 'k4'].map((key) => next.get(key))],
        `gap ${gapMs}`,
      ).toEqual([undefined, '1', '2', '3', '4']);
    }
  });

  test('turned off while its disk fails, it refuses no writes any more', async () => {
    for (const what of ['write', 'datasync']) {
      let isFailing = false;
      const stage = new Stage({
        saboteur: (operation, path) =>
          isFailing && operation === what && path.endsWith('.incr.aof')
            ? { code: 'EIO', when: 'before' }
            : undefined,
      });
      const server = await stage.start();
      const client = new Client(server);
      expect(await stage.ask(client, server, 'SET k1 1')).toBe('OK');
      isFailing = true;
      server.process.enter(() => client.send('SET k2 2'));
      await stage.pass(3000);
      const other = new Client(server);
      expect(await stage.ask(other, server, 'CONFIG SET appendonly no')).toBe('OK');
      await stage.pass(1000);
      expect(await stage.ask(new Client(server), server, 'SET k3 3'), `after a failed ${what}`).toBe('OK');
      await stage.pass(3000);
      expect([...server.open], `after a failed ${what}`).toEqual([]);
      expect(stage.world.machine.violations).toEqual([]);
    }
  });

  test('turned off, its end does not reach the disk: it refuses no writes any more', async () => {
    for (const atMs of range(0, 8, 0.5)) {
      let isFailing = false;
      const stage = new Stage({
        seed: atMs,
        saboteur: (operation, path) =>
          isFailing && operation === 'datasync' && path.endsWith('.incr.aof')
            ? { code: 'EIO', when: 'after' }
            : undefined,
      });
      const server = await stage.start();
      const client = new Client(server);
      for (let n = 1; n <= 100; n++)
        server.process.after(n * 0.1, 'input', () => client.send(`SET k${n} ${n}`));
      server.process.after(2, 'input', () => client.send('CONFIG SET appendonly no'));
      server.process.after(2 + atMs, 'fault', () => {
        isFailing = true;
      });
      await stage.pass(2000);
      expect(await stage.ask(new Client(server), server, 'SET last 1'), `at ${atMs}`).toBe('OK');
      await stage.pass(2000);
      expect([...server.open], `at ${atMs}`).toEqual([]);
    }
  });
});

describe('appendfsync always at run time', () => {
  test('its own OK says that everything before it is durable, whatever else is under way', async () => {
    for (const atMs of range(0, 24, 1.3)) {
      const stage = new Stage({ seed: atMs, settings: { appendfsync: atMs % 2 > 1 ? 'no' : 'everysec' } });
      const server = await stage.start();
      const client = new Client(server);
      let isAnswered = false;
      for (let n = 1; n <= 80; n++) {
        server.process.after(n * 0.3, 'input', () => {
          if (!isAnswered) client.send(`SET k${n} ${n}`);
        });
      }
      server.process.after(4, 'input', () => new Client(server).send('BGREWRITEAOF'));
      let setting: ReturnType<Client['send']> | undefined;
      server.process.after(atMs, 'input', () => {
        setting = client.send('CONFIG SET appendfsync always');
      });
      await stage.world.run({
        until: () => (isAnswered = setting?.reply !== undefined),
        untilMs: stage.nowMs + 10_000,
      });
      expect(isAnswered, `at ${atMs}`).toBe(true);
      stage.world.machine.powerOff();
      const next = await stage.start();
      const lost = client.asked.filter(
        ({ words, reply }) => words[0] === 'SET' && reply !== undefined && next.get(words[1]!) === undefined,
      );
      expect([next.refusal?.message, ...lost], `at ${atMs}`).toEqual([undefined]);
    }
  });
});

describe('a child is killed', () => {
  test('at any moment: nothing is lost, nothing stays behind, and the next one succeeds', async () => {
    for (const atMs of range(0, 20, 0.9)) {
      const stage = new Stage({
        seed: atMs,
        settings: { appendfsync: 'always' },
        tuning: { saveSliceBytes: 64 },
      });
      const server = await stage.start();
      const client = new Client(server);
      for (let n = 1; n <= 60; n++)
        server.process.after(n * 0.4, 'input', () => client.send(`SET k${n} ${n}`));
      server.process.after(4, 'input', () =>
        new Client(server).send(atMs % 2 > 1 ? 'BGSAVE' : 'BGREWRITEAOF'),
      );
      server.process.after(4 + atMs, 'kill', () => {
        for (const child of server.process.children) child.deliver('SIGKILL');
      });
      await stage.pass(2000);
      expect(
        await stage.insist(
          client,
          server,
          'BGREWRITEAOF',
          'Background append only file rewriting started',
          3000,
        ),
      ).toBe(true);
      await stage.pass(2000);
      const other = new Client(server);
      expect(await stage.ask(other, server, 'SAVE')).toBe('OK');
      expect(await stage.ask(other, server, 'INFO persistence')).toContain('aof_last_bgrewrite_status:ok');
      expect([...filesOf(stage.disk).keys()].filter((path) => path.includes('temp-'))).toEqual([]);
      stage.world.machine.powerOff();
      const next = await stage.start();
      const lost = client.asked.filter(
        ({ words, reply }) =>
          words[0] === 'SET' && reply?.type === 'simple' && next.get(words[1]!) === undefined,
      );
      expect([next.refusal?.message, ...lost], `at ${atMs}`).toEqual([undefined]);
    }
  });
});

describe('a rewrite meets a disk that fails', () => {
  test('while the old increment cannot be synced and rewrites fail, nothing that follows it is acknowledged', async () => {
    let isFailing = false;
    const stage = new Stage({
      settings: { appendfsync: 'everysec' },
      saboteur: (operation, path) => {
        if (!isFailing) return undefined;
        if (operation === 'datasync' && path.endsWith('.1.incr.aof')) return { code: 'EIO', when: 'after' };
        return operation === 'fork' ? { code: 'ENOMEM', when: 'before' } : undefined;
      },
    });
    const server = await stage.start();
    const client = new Client(server);
    await stage.ask(client, server, 'SET k1 1');
    await stage.pass(3000);
    // Between the sync before the switch and the switch itself: what comes now makes the old increment unsynced again.
    server.process.after(0, 'input', () => client.send('BGREWRITEAOF'));
    for (const n of range(2, 300))
      server.process.after((n - 2) * 0.1, 'input', () => {
        isFailing ||= server.log.some((line) => line.includes('Creating AOF incr file'));
        client.send(`SET k${n} ${n}`);
      });
    await stage.pass(20_000);
    const acknowledged = client.asked.filter(
      ({ words, reply }) => words[0] === 'SET' && reply?.type === 'simple',
    ).length;
    expect(server.log.filter((line) => line.includes('terminated with error')).length).toBeGreaterThan(1);
    // All that left before the failed sync was in the first increment; what came to later ones has to wait.
    const firstIncrement = new TextDecoder('latin1').decode(
      filesOf(stage.disk).get('/data/appendonlydir/appendonly.aof.1.incr.aof'),
    );
    expect(firstIncrement).toContain(`$${`k${acknowledged}`.length}\r\nk${acknowledged}\r\n`);
    isFailing = false;
    expect(await stage.insist(new Client(server), server, 'SET healed 1', 'OK', 200_000)).toBe(true);
    await stage.pass(3000);
    expect([...server.open].map(([, handles]) => handles)).toEqual([1]);
    stage.world.machine.powerOff();
    const next = await stage.start();
    expect([next.refusal?.message, ...range(1, acknowledged).map((n) => next.get(`k${n}`))]).toEqual([
      undefined,
      ...range(1, acknowledged).map(String),
    ]);
  });

  test('the disk is full for the old increment and then for the new one: when there is space, it serves again', async () => {
    let isFull = false;
    const stage = new Stage({
      settings: { appendfsync: 'everysec', activeExpire: false },
      saboteur: (operation, path) => {
        if (operation === 'write' && path.endsWith('.incr.aof') && isFull)
          return { code: 'ENOSPC', when: 'before' };
        // Behind the sync before the switch: what comes now cannot be written to the old increment any more.
        if (operation === 'open' && path.endsWith('.2.incr.aof')) {
          isFull = true;
          server.process.after(0, 'input', () => client.send('SET k2 2'));
        }
        // Refused are writes; that a key has expired is logged nevertheless, to the new increment.
        if (operation === 'fork') server.process.after(0, 'input', () => client.send('GET gone'));
        return undefined;
      },
    });
    const server = await stage.start();
    const client = new Client(server);
    await stage.ask(client, server, 'SET gone 1 PX 1');
    await stage.pass(5);
    server.process.enter(() => client.send('BGREWRITEAOF'));
    await stage.world.run({
      until: () => server.log.some((line) => line.includes('finished successfully')),
      untilMs: stage.nowMs + 5000,
    });
    await stage.pass(1);
    isFull = false;
    expect(await stage.insist(new Client(server), server, 'SET healed 1', 'OK', 130_000)).toBe(true);
  });

  test('a base that got its name although the rename failed does not stay behind', async () => {
    const stage = new Stage({
      saboteur: (operation, path) =>
        operation === 'rename' && path.endsWith('.2.base.rdb') ? { code: 'EIO', when: 'after' } : undefined,
    });
    const server = await stage.start();
    const client = new Client(server);
    for (let n = 0; n < 2; n++) {
      await stage.ask(client, server, 'BGREWRITEAOF');
      await stage.pass(2000);
    }
    expect([...filesOf(stage.disk).keys()].filter((path) => path.includes('.base.'))).toEqual([
      '/data/appendonlydir/appendonly.aof.3.base.rdb',
    ]);
  });

  test("a close that fails is nobody's end", async () => {
    const stage = new Stage({
      saboteur: (operation, path) =>
        operation === 'close' && path.endsWith('.incr.aof') ? { code: 'EIO', when: 'before' } : undefined,
    });
    const server = await stage.start();
    const client = new Client(server);
    await stage.ask(client, server, 'SET k1 1');
    await stage.ask(client, server, 'BGREWRITEAOF');
    await stage.pass(3000);
    expect(stage.world.machine.violations).toEqual([]);
    expect(await stage.ask(client, server, 'SET k2 2')).toBe('OK');
  });
});

describe('what was known to be durable', () => {
  test('a batch that was written in parts, with a sync between them, may be lost behind them: that is a torn tail', async () => {
    let isFull = false;
    const stage = new Stage({
      settings: { appendfsync: 'everysec' },
      saboteur: (operation, path, bytes) =>
        isFull && operation === 'write' && path.endsWith('.incr.aof')
          ? { code: 'ENOSPC', when: bytes > 5000 ? 'after' : 'before' }
          : undefined,
    });
    const server = await stage.start();
    const client = new Client(server);
    await stage.ask(client, server, 'SET k1 1');
    await stage.pass(3000);
    await stage.ask(client, server, 'SET k2 2');
    isFull = true;
    server.process.enter(() => client.send(`SET k3 ${'x'.repeat(20_000)}`));
    await stage.pass(2500);
    isFull = false;
    const other = new Client(server);
    for (let isTaken = false; !isTaken; await stage.pass(1))
      isTaken = (await stage.ask(other, server, 'SET k4 4')) === 'OK';
    for (const seed of range(1, 60)) {
      const { disk } = crash(cloneDisk(stage.disk).disk, 'power', posixStrict, new SeededChoices(seed), {
        prefix: 'clone',
      });
      const next = await new Stage({ disk, seed }).start();
      expect([next.refusal?.message, next.get('k1'), next.get('k2')], `seed ${seed}`).toEqual([
        undefined,
        '1',
        '2',
      ]);
    }
  });
});

describe('snapshots', () => {
  test('a SAVE that finds the disk full gives back what it took', async () => {
    const stage = new Stage({ settings: { appendonly: false, rdbcompression: false } });
    const server = await stage.start();
    const client = new Client(server);
    await stage.ask(client, server, `SET k1 ${'x'.repeat(100_000)}`);
    const before = stage.disk.space.usedBytes;
    stage.disk.space.capacityBytes = before + 3000;
    expect(await stage.ask(client, server, 'SAVE')).toBe('-ERR');
    await stage.pass(100);
    expect([...server.open]).toEqual([]);
    expect(stage.disk.space.usedBytes).toBe(before);
  });

  test('SHUTDOWN SAVE waits for a SAVE that is under way: an older one must not be the last to get its name', async () => {
    for (const gapMs of range(0.05, 3, 0.35)) {
      let open = 0;
      const stage = new Stage({
        seed: gapMs,
        settings: { appendonly: false },
        tuning: { saveSliceBytes: 100 },
        saboteur: (operation, path) => {
          if (operation === 'rename' || path.includes('temp-'))
            open += operation === 'open' ? 1 : operation === 'rename' ? -1 : 0;
          expect(open).toBeLessThan(2);
          return undefined;
        },
      });
      const server = await stage.start();
      const client = new Client(server);
      server.process.enter(() => client.send('SET k1 1', `SET k2 ${'ab'.repeat(200)}`));
      server.process.after(0.1, 'input', () => client.send('SAVE'));
      const other = new Client(server);
      server.process.after(0.1 + gapMs, 'input', () => other.send('SET k3 3', 'SHUTDOWN SAVE'));
      await stage.world.run({ until: () => !server.process.alive, untilMs: stage.nowMs + 10_000 });
      expect(server.process.status).toEqual({ code: 0, signal: null });
      stage.world.machine.powerOff();
      const next = await stage.start();
      expect([next.refusal?.message, next.get('k1'), next.get('k3')], `gap ${gapMs}`).toEqual([
        undefined,
        '1',
        '3',
      ]);
    }
  });
});
