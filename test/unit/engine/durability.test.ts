/** How much a loss of power would take, as the engine measures it, says it, bounds it, and lets clients wait for it. */
import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/resp/index.ts';
import { Client, type Server, Stage, textOf } from './support.ts';

/** A disk whose syncs can be made slow from one moment to the next. */
function slowable(settings: Stage['settings'] extends infer S ? Partial<S> : never): {
  readonly stage: Stage;
  readonly sync: { slowSyncChance: number; slowSyncMs: number };
} {
  const sync = { slowSyncChance: 0, slowSyncMs: 30_000 };
  return { stage: new Stage({ settings, faults: sync, latency: { writesPassSyncs: true } }), sync };
}

async function info(stage: Stage, client: Client, server: Server): Promise<ReadonlyMap<string, string>> {
  const text = (await stage.ask(client, server, 'INFO persistence')) ?? '';
  return new Map(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => line.split(':') as [string, string]),
  );
}

/** Names and numbers of a map in RESP2's form. */
function fieldsOf(reply: Reply): ReadonlyMap<string, number> {
  if (reply.type !== 'array') throw new Error(`an array was expected, got ${reply.type}`);
  const { items } = reply;
  const fields = new Map<string, number>();
  for (let i = 0; i + 1 < items.length; i += 2) fields.set(textOf(items[i]!), Number(textOf(items[i + 1]!)));
  return fields;
}

describe('the window is measured', () => {
  test('INFO and LATENCY DURABILITY say what is unsynced now, and the most that ever was', async () => {
    const { stage, sync } = slowable({ appendfsync: 'everysec' });
    const server = await stage.start();
    const client = new Client(server);
    await stage.ask(client, server, 'SET k 1');
    await stage.pass(3000);
    const calm = await info(stage, client, server);
    expect(calm.get('aof_unsynced_bytes')).toBe('0');
    expect(calm.get('aof_unsynced_ms')).toBe('0');
    expect(Number(calm.get('aof_unsynced_ms_peak'))).toBeGreaterThan(0);
    expect(Number(calm.get('aof_unsynced_ms_peak'))).toBeLessThan(1300);

    sync.slowSyncChance = 1;
    await stage.ask(client, server, 'SET k 2');
    await stage.pass(5000);
    const busy = await info(stage, client, server);
    expect(Number(busy.get('aof_unsynced_bytes'))).toBeGreaterThan(30);
    expect(Number(busy.get('aof_unsynced_ms'))).toBeGreaterThan(4900);
    await stage.ask(client, server, 'LATENCY DURABILITY');
    const told = fieldsOf(client.asked.at(-1)!.reply!);
    expect(told.get('unsynced-ms')).toBe(Number(busy.get('aof_unsynced_ms')));
    expect(told.get('unsynced-bytes')).toBe(Number(busy.get('aof_unsynced_bytes')));
    expect(told.get('unsynced-ms-limit')).toBe(10_000);

    sync.slowSyncChance = 0;
    await stage.pass(60_000);
    const after = await info(stage, client, server);
    expect(after.get('aof_unsynced_bytes')).toBe('0');
    expect(Number(after.get('aof_unsynced_ms_peak'))).toBeGreaterThan(29_000);
    await stage.ask(client, server, 'CONFIG RESETSTAT');
    expect((await info(stage, client, server)).get('aof_unsynced_ms_peak')).toBe('0');
  });

  test('LATENCY keeps what took longer than the threshold, and nothing without one', async () => {
    const { stage, sync } = slowable({ appendfsync: 'always' });
    sync.slowSyncMs = 700;
    const server = await stage.start();
    const client = new Client(server);
    sync.slowSyncChance = 1;
    await stage.ask(client, server, 'SET k 1');
    expect(await stage.ask(client, server, 'LATENCY LATEST')).toContain('"items":[]');
    await stage.ask(client, server, 'CONFIG SET latency-monitor-threshold 500');
    await stage.ask(client, server, 'SET k 2');
    const latest = (await stage.ask(client, server, 'LATENCY LATEST'))!;
    expect(server.engine!.latency.events.map(([name]) => name)).toEqual(['aof-fsync-always', 'aof-unsynced']);
    expect(server.engine!.latency.series('aof-fsync-always')!.longestMs).toBeGreaterThanOrEqual(700);
    expect(latest).not.toContain('"items":[]');
    expect(await stage.ask(client, server, 'LATENCY RESET')).toBe('2');
    expect(await stage.ask(client, server, 'LATENCY RESET')).toBe('0');
  });
});

describe('the window is bounded', () => {
  test('under everysec a sync that hangs ends in refused writes, and in none when the disk is back', async () => {
    const { stage, sync } = slowable({ appendfsync: 'everysec', aofMaxUnsyncedMs: 4000 });
    const server = await stage.start();
    const client = new Client(server);
    sync.slowSyncChance = 1;
    await stage.ask(client, server, 'SET k 1');
    await stage.pass(3000);
    expect(await stage.ask(client, server, 'SET k 2')).toBe('OK');
    await stage.pass(2000);
    expect(await stage.ask(client, server, 'SET k 3')).toMatch(/^-MISCONF .*aof-max-unsynced-ms/);
    expect(await stage.ask(client, server, 'GET k')).toBe('2');
    sync.slowSyncChance = 0;
    expect(await stage.insist(client, server, 'SET k 4', 'OK', 60_000)).toBe(true);
    expect(server.log.filter((line) => line.includes('writes are'))).toHaveLength(2);
  });

  test('the wall clock has no part in it', async () => {
    const { stage } = slowable({ appendfsync: 'everysec', aofMaxUnsyncedMs: 4000 });
    const server = await stage.start();
    const client = new Client(server);
    await stage.ask(client, server, 'SET k 1');
    stage.world.wall.offsetMs -= 20_000;
    for (let i = 0; i < 8; i++) {
      await stage.pass(1000);
      expect(await stage.ask(client, server, 'SET k 2')).toBe('OK');
    }
    expect(Number((await info(stage, client, server)).get('aof_unsynced_ms_peak'))).toBeLessThan(1300);
  });

  test('memory is bounded where the disk takes nothing, whatever the policy', async () => {
    for (const appendfsync of ['everysec', 'no'] as const) {
      const stage = new Stage({
        settings: { appendfsync },
        tuning: { bufferBytes: 2000 },
        saboteur: () => undefined,
      });
      const server = await stage.start();
      const client = new Client(server);
      let isFull = false;
      stage.saboteur = (operation, path) =>
        isFull && operation === 'write' && path.endsWith('.incr.aof')
          ? { code: 'ENOSPC', when: 'before' }
          : undefined;
      isFull = true;
      for (let i = 0; i < 40; i++)
        server.process.after(i * 10, 'input', () => client.send(`SET k${i} ${'x'.repeat(200)}`));
      await stage.pass(1000);
      expect(server.engine!.journal.bufferBytes, `under ${appendfsync}`).toBeLessThan(2600);
      isFull = false;
      expect(await stage.insist(client, server, 'SET k 4', 'OK', 20_000), `under ${appendfsync}`).toBe(true);
    }
  });
});

describe('while the log takes nothing', () => {
  test('everybody is answered but those whose own writes wait', async () => {
    const stage = new Stage({ settings: { appendfsync: 'everysec' } });
    const server = await stage.start();
    const [writer, reader] = [new Client(server), new Client(server)];
    await stage.ask(writer, server, 'SET k 1');
    stage.saboteur = (operation, path) =>
      operation === 'write' && path.endsWith('.incr.aof') ? { code: 'ENOSPC', when: 'before' } : undefined;
    expect(await stage.ask(writer, server, 'SET k 2')).toBeUndefined();
    // As in Redis: who asks whether all is well is told that it is not.
    expect(await stage.ask(reader, server, 'PING')).toMatch(/^-MISCONF/);
    expect(await stage.ask(reader, server, 'ECHO all')).toBe('all');
    expect(await stage.ask(reader, server, 'GET k')).toBe('2');
    expect(await stage.ask(reader, server, 'SET k 3')).toMatch(/^-MISCONF/);
    stage.saboteur = () => undefined;
    expect(await stage.insist(reader, server, 'SET k 4', 'OK', 20_000)).toBe(true);
    expect(writer.asked.at(-1)!.reply).toMatchObject({ type: 'simple' });
  });

  test('a PING waits for no sync under always either, and a read still does', async () => {
    const { stage, sync } = slowable({ appendfsync: 'always' });
    const server = await stage.start();
    const [writer, pinger, reader] = [new Client(server), new Client(server), new Client(server)];
    sync.slowSyncChance = 1;
    server.process.after(0, 'input', () => writer.send('SET k 1'));
    await stage.pass(5);
    const beganMs = stage.nowMs;
    expect(await stage.ask(pinger, server, 'PING')).toBe('PONG');
    expect(stage.nowMs - beganMs).toBeLessThan(5);
    expect(await stage.ask(reader, server, 'GET k')).toBeUndefined();
  });

  test('an EXEC waits as what it runs does, and one that runs nothing or is refused does not', async () => {
    const { stage, sync } = slowable({ appendfsync: 'always' });
    const server = await stage.start();
    const [writer, refused, pinger, reader, stale] = [1, 2, 3, 4, 5].map(() => new Client(server));
    await stage.ask(stale!, server, 'WATCH k');
    sync.slowSyncChance = 1;
    server.process.after(0, 'input', () => writer!.send('SET k 1'));
    await stage.pass(5);
    await stage.ask(refused!, server, 'MULTI');
    await stage.ask(refused!, server, 'NOSUCHCOMMAND');
    expect(await stage.ask(refused!, server, 'EXEC')).toMatch(/^-?EXECABORT/);
    await stage.ask(pinger!, server, 'MULTI');
    await stage.ask(pinger!, server, 'PING');
    expect(await stage.ask(pinger!, server, 'EXEC')).toBeDefined();
    await stage.ask(reader!, server, 'MULTI');
    await stage.ask(reader!, server, 'GET k');
    expect(await stage.ask(reader!, server, 'EXEC')).toBeUndefined();
    // That k has changed is told by an EXEC that is not run, too.
    await stage.ask(stale!, server, 'MULTI');
    expect(await stage.ask(stale!, server, 'EXEC')).toBeUndefined();
    expect(stale!.asked.at(-1)!.reply).toBeUndefined();
  });
});

describe('WAITAOF', () => {
  test('under everysec the reply comes when the disk has it: a power loss at that moment takes nothing', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const stage = new Stage({ seed, settings: { appendfsync: 'everysec' } });
      const server = await stage.start();
      const client = new Client(server);
      expect(await stage.ask(client, server, 'SET k 1', 'WAITAOF 1 0 0')).toContain('"value":1');
      stage.world.machine.powerOff();
      expect((await stage.start()).get('k')).toBe('1');
    }
  });

  test('under appendfsync no it asks for the sync itself', async () => {
    const stage = new Stage({ settings: { appendfsync: 'no' } });
    const server = await stage.start();
    const client = new Client(server);
    expect(await stage.ask(client, server, 'SET k 1', 'WAITAOF 1 0 0')).toContain('"value":1');
    stage.world.machine.powerOff();
    expect((await stage.start()).get('k')).toBe('1');
  });

  test('it gives up at its timeout and says what was reached', async () => {
    const { stage, sync } = slowable({ appendfsync: 'everysec' });
    const server = await stage.start();
    const client = new Client(server);
    sync.slowSyncChance = 1;
    const beganMs = stage.nowMs;
    const reply = await stage.ask(client, server, 'SET k 1', 'WAITAOF 1 0 300');
    expect(reply).toMatch(/"value":0.*"value":0/);
    expect(stage.nowMs - beganMs).toBeGreaterThanOrEqual(300);
    expect(stage.nowMs - beganMs).toBeLessThan(400);
  });

  test('who wrote nothing waits for nothing; who asks for a replica waits for the timeout', async () => {
    const { stage, sync } = slowable({ appendfsync: 'everysec' });
    const server = await stage.start();
    const writer = new Client(server);
    const reader = new Client(server);
    sync.slowSyncChance = 1;
    await stage.ask(writer, server, 'SET k 1');
    const beganMs = stage.nowMs;
    expect(await stage.ask(reader, server, 'WAITAOF 1 0 0')).toContain('"value":1');
    expect(stage.nowMs - beganMs).toBeLessThan(5);
    expect(await stage.ask(reader, server, 'WAIT 1 500')).toBe('0');
    expect(stage.nowMs - beganMs).toBeGreaterThanOrEqual(500);
  });

  test('its words are checked, and without a log there is nothing to wait for', async () => {
    const stage = new Stage({ settings: { appendonly: false } });
    const server = await stage.start();
    const client = new Client(server);
    const ask = (command: string): Promise<string | undefined> => stage.ask(client, server, command);
    expect(await ask('WAITAOF 2 0 0')).toBe('-ERR value is out of range, value must between 0 and 1');
    expect(await ask('WAITAOF 0 -1 0')).toBe('-ERR value is out of range, must be positive');
    expect(await ask('WAITAOF 0 0 -1')).toBe('-ERR timeout is negative');
    expect(await ask('WAITAOF 0 0 x')).toBe('-ERR timeout is not an integer or out of range');
    expect(await ask('WAITAOF 1 0 0')).toBe(
      '-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.',
    );
    expect(await ask('WAITAOF 0 0 0')).toContain('"value":0');
  });
});

describe('rewrites that fail', () => {
  test('leave one increment, however often they fail, and the log is written all the while', async () => {
    const stage = new Stage({ settings: { appendfsync: 'everysec' } });
    const server = await stage.start();
    const client = new Client(server);
    stage.saboteur = (operation, path) =>
      operation === 'open' && path.includes('temp-rewriteaof')
        ? { code: 'ENOSPC', when: 'before' }
        : undefined;
    for (let i = 0; i < 6; i++) {
      await stage.ask(client, server, 'BGREWRITEAOF');
      await stage.pass(1000);
    }
    const { increments } = server.engine!.rewriter.store.current;
    expect(increments.length).toBeLessThanOrEqual(2);
    expect(await stage.ask(client, server, 'SET k 1')).toBe('OK');
    stage.saboteur = () => undefined;
    await stage.ask(client, server, 'BGREWRITEAOF');
    await stage.pass(1000);
    expect(server.engine!.rewriter.store.current.increments).toHaveLength(1);
    stage.world.machine.powerOff();
    expect((await stage.start()).get('k')).toBe('1');
  });

  test('are tried again within a minute where the log is broken, and writes are taken again', async () => {
    const stage = new Stage({ settings: { appendfsync: 'everysec' } });
    const server = await stage.start();
    const client = new Client(server);
    let isBad = true;
    stage.saboteur = (operation, path) =>
      isBad && (operation === 'datasync' || operation === 'sync') && path.includes('appendonlydir/')
        ? { code: 'EIO', when: 'before' }
        : undefined;
    await stage.ask(client, server, 'SET k 1');
    await stage.pass(20_000);
    expect(await stage.ask(client, server, 'SET k 2')).toMatch(/^-MISCONF/);
    isBad = false;
    expect(await stage.insist(client, server, 'SET k 3', 'OK', 70_000)).toBe(true);
    expect(await stage.ask(client, server, 'WAITAOF 1 0 0')).toContain('"value":1');
    stage.world.machine.powerOff();
    expect((await stage.start()).get('k')).toBe('3');
  });
});

test('a sync that failed is not believed by the next process: what it serves survives a loss of power', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const sync = { syncErrorChance: 0, errorModel: 'plain' as const };
    const stage = new Stage({ seed, settings: { appendfsync: 'always' }, faults: sync });
    const server = await stage.start();
    const client = new Client(server);
    expect(await stage.ask(client, server, 'SET a 1')).toBe('OK');
    sync.syncErrorChance = 1;
    // Not acknowledged: the server ends, and its log stays in the page cache with pages that the disk does not have.
    expect(await stage.ask(client, server, `SET b ${'2'.repeat(5000)}`)).toBeUndefined();
    expect(server.process.alive).toBe(false);
    sync.syncErrorChance = 0;
    const second = await stage.start();
    const served = second.get('b');
    expect(await stage.ask(new Client(second), second, 'SET c 3')).toBe('OK');
    stage.world.machine.powerOff();
    const third = await stage.start();
    expect([third.refusal, third.get('a'), third.get('b'), third.get('c')], `seed ${seed}`).toEqual([
      undefined,
      '1',
      served,
      '3',
    ]);
  }
});
