/** Function libraries in an engine of a simulated world: what is loaded lasts, and what functions write is one unit. */
import { latin1Text } from '../../../src/bytes/index.ts';
import type { EngineOptions, Settings } from '../../../src/index.ts';
import { lua } from '../../../src/server/lua.ts';
import {
  cloneDisk,
  crash,
  diskFromFiles,
  filesOf,
  posixStrict,
  SimDisk,
  syncEverything,
} from '../../../sim/disk/index.ts';
import { SeededChoices, Streams } from '../../../sim/draws/index.ts';
import type { World } from '../../../sim/world/index.ts';
import { describe, expect, test } from 'vitest';
import { type Plain, type TestClient, TestWorld } from '../engine/admin/world.ts';

const options: EngineOptions = { scripts: lua(), tuning: { maxScriptMillions: 3 } };
const logged: Partial<Settings> = { appendonly: true, appendfsync: 'always' };

function emptyDisk(): SimDisk {
  const disk = new SimDisk();
  disk.mkdir('/data');
  syncEverything(disk);
  return disk;
}

function logOf(disk: SimDisk): string {
  const bytes = filesOf(disk).get('/data/appendonlydir/appendonly.aof.1.incr.aof')!;
  return latin1Text(bytes).replace(/^#(?!!).*\r\n/gm, '');
}

const transfer = `redis.register_function('transfer', function(keys, args)
  redis.call('DECRBY', keys[1], args[1])
  redis.call('INCRBY', keys[2], args[1])
  return 'moved'
end)`;
const reading = `redis.register_function{function_name = 'look', flags = {'no-writes'}, description = 'looks',
  callback = function(keys) return redis.call('GET', keys[1]) end}`;
const library = (name: string, body: string): string => `#!lua name=${name}\n${body}`;
const answering = (name: string, value: number): string =>
  library(name, `redis.register_function('${name}', function() return ${value} end)`);

/** What FUNCTION LIST tells, in an order of its own. */
async function listed(client: TestClient): Promise<string[]> {
  const libraries = (await client.call('FUNCTION', 'LIST', 'WITHCODE')) as Plain[];
  return libraries.map((one) => JSON.stringify(one)).sort();
}

describe('a function library', () => {
  test('is logged as it was loaded, and what its functions write as one unit', async () => {
    const disk = emptyDisk();
    const client = (await TestWorld.open(logged, disk, options)).connect();
    expect(await client.call('FUNCTION', 'LOAD', library('bank', transfer))).toBe('bank');
    expect(logOf(disk)).toContain('FUNCTION\r\n$4\r\nLOAD\r\n');
    const before = logOf(disk);
    expect(await client.call('FCALL', 'TRANSFER', 2, 'a', 'b', 4)).toBe('moved');
    const unit = logOf(disk).slice(before.length);
    expect(unit.replaceAll('\r\n', ' ')).toMatch(/^\*1 \$5 MULTI .*DECRBY .*INCRBY .*\*1 \$4 EXEC $/);
    expect(unit).not.toContain('FCALL');
  });

  test('what is refused changes nothing and is not logged', async () => {
    const disk = emptyDisk();
    const client = (await TestWorld.open(logged, disk, options)).connect();
    await client.call('FUNCTION', 'LOAD', library('bank', transfer));
    const dump = (await client.call('FUNCTION', 'DUMP')) as string;
    const [before, log] = [await listed(client), logOf(disk)];
    for (const words of [
      ['LOAD', library('bank', reading)],
      ['LOAD', library('other', transfer)],
      ['LOAD', 'REPLACE', library('bank', 'x x')],
      ['LOAD', 'REPLACE', library('bank', 'while true do end')],
      ['LOAD', 'REPLACE', library('bank', 'redis.call("SET", "a", 1)')],
      ['DELETE', 'nope'],
      ['RESTORE', dump],
      ['RESTORE', dump.slice(1)],
      ['RESTORE', dump, 'SOMEHOW'],
    ])
      expect(await client.call('FUNCTION', ...words), `${words.join(' ')}`).toMatch(/^-ERR/);
    expect(await listed(client)).toEqual(before);
    expect(logOf(disk)).toBe(log);
    expect(await client.call('FCALL', 'transfer', 2, 'a', 'b', 1)).toBe('moved');
  });

  test('a payload is restored as a whole or not at all', async () => {
    const client = (await TestWorld.open({}, emptyDisk(), options)).connect();
    await client.call('FUNCTION', 'LOAD', answering('a', 1));
    await client.call('FUNCTION', 'LOAD', answering('b', 2));
    const dump = (await client.call('FUNCTION', 'DUMP')) as string;
    await client.call('FUNCTION', 'FLUSH');
    await client.call(
      'FUNCTION',
      'LOAD',
      library('c', "redis.register_function('B', function() return 3 end)"),
    );
    expect(await client.call('FUNCTION', 'RESTORE', dump, 'REPLACE')).toBe('-ERR Function b already exists');
    expect(await client.call('FCALL', 'a', 0)).toBe('-ERR Function not found');
    expect(await client.call('FCALL', 'b', 0)).toBe(3);
    expect(await client.call('FUNCTION', 'RESTORE', dump, 'FLUSH')).toBe('OK');
    expect([await client.call('FCALL', 'a', 0), await client.call('FCALL', 'b', 0)]).toEqual([1, 2]);
    expect(await client.call('FUNCTION', 'DUMP')).toBe(dump);
  });

  test('no-writes writes nothing, and FCALL_RO runs nothing else', async () => {
    const client = (await TestWorld.open({}, emptyDisk(), options)).connect();
    await client.call('FUNCTION', 'LOAD', library('bank', `${transfer}\n${reading}`));
    await client.call('SET', 'a', 'here');
    expect(await client.call('FCALL_RO', 'look', 1, 'a')).toBe('here');
    expect(await client.call('FCALL_RO', 'transfer', 2, 'a', 'b', 1)).toMatch(
      /^-ERR Can not execute a script with write flag/,
    );
    const sly =
      "redis.register_function{function_name='sly', flags={'no-writes'}, callback=function() redis.call('DEL', 'a') end}";
    await client.call('FUNCTION', 'LOAD', library('sly', sly));
    expect(await client.call('FCALL', 'sly', 0)).toMatch(
      /^-ERR Write commands are not allowed from read-only scripts/,
    );
    expect(await client.call('EXISTS', 'a')).toBe(1);
  });

  test('comes back from a dump, from either form of a rewritten log, and through DEBUG RELOAD', async () => {
    const settings: Partial<Settings>[] = [
      { appendonly: false },
      { ...logged, aofUseRdbPreamble: true },
      { ...logged, aofUseRdbPreamble: false },
    ];
    for (const one of settings) {
      const world = await TestWorld.open(one, emptyDisk(), options);
      const client = world.connect();
      await client.call('FUNCTION', 'LOAD', library('bank', `${transfer}\n${reading}`));
      await client.call('FUNCTION', 'LOAD', answering('n', 1));
      const before = await listed(client);
      await client.call('DEBUG', 'RELOAD');
      expect(await listed(client)).toEqual(before);
      await client.call(one.appendonly === true ? 'BGREWRITEAOF' : 'SAVE');
      await world.pass(5000);
      if (one.appendonly === true) {
        await client.call('FUNCTION', 'LOAD', 'REPLACE', answering('n', 2));
        await client.call('FUNCTION', 'DELETE', 'bank');
      }
      const after = await listed(client);
      const again = (
        await TestWorld.open(one, diskFromFiles(filesOf(world.world.machine.disk)), options)
      ).connect();
      expect(await listed(again)).toEqual(after);
      expect(await again.call('FCALL', 'n', 0)).toBe(one.appendonly === true ? 2 : 1);
    }
  });

  test('one of a file that does not load here is kept and written back', async () => {
    const disk = emptyDisk();
    const world = await TestWorld.open({}, disk, options);
    const client = world.connect();
    await client.call('FUNCTION', 'LOAD', library('bank', reading));
    await client.call('SET', 'a', 'here');
    await client.call('SAVE');
    const files = filesOf(disk);
    // An engine without a Lua serves the data, and saves what it cannot run.
    const without = await TestWorld.open({}, diskFromFiles(files));
    expect(await without.connect().call('FCALL', 'look', 1, 'a')).toMatch(/^-ERR scripts are not run here/);
    await without.connect().call('SAVE');
    const saved = filesOf(without.world.machine.disk);
    const again = (await TestWorld.open({}, diskFromFiles(saved), options)).connect();
    expect(await again.call('FCALL', 'look', 1, 'a')).toBe('here');
  });

  test('where nothing may be written libraries are listed, and not changed', async () => {
    const world = await TestWorld.open({}, emptyDisk(), options);
    const client = world.connect();
    await client.call('FUNCTION', 'LOAD', answering('n', 7));
    world.engine.isShuttingDown = true;
    const refused = '-ERR The server is shutting down';
    expect(await client.call('FUNCTION', 'LOAD', answering('m', 7))).toBe(refused);
    expect(await client.call('FUNCTION', 'FLUSH')).toBe(refused);
    expect(await client.call('FCALL', 'n', 0)).toBe(refused);
    expect(await listed(client)).toHaveLength(1);
    expect(await client.call('FUNCTION', 'STATS')).toContain('engines');
  });

  test('a machine that was dropped for its size finds its functions again', async () => {
    const client = (await TestWorld.open({}, emptyDisk(), options)).connect();
    await client.call('FUNCTION', 'LOAD', answering('n', 7));
    expect(await client.call('EVAL', 'return #("x"):rep(30000000)', 0)).toBe(30_000_000);
    expect(await client.call('FCALL', 'n', 0)).toBe(7);
    expect(await client.call('FUNCTION', 'DELETE', 'n')).toBe('OK');
    expect(await client.call('FCALL', 'n', 0)).toBe('-ERR Function not found');
  });
});

test('after a loss of power the libraries are those that were acknowledged, or those of the command under way', async () => {
  let crashes = 0;
  let lost = 0;
  const changes = new Set<string>();
  for (let seed = 1; seed <= 3; seed++) {
    const draws = new Streams(seed).stream('functions');
    const settings = { ...logged, aofUseRdbPreamble: seed % 2 === 0 };
    const { world, connect } = await serving(settings, emptyDisk());
    const { machine, scheduler } = world;
    const client = connect();
    await client.call('FUNCTION', 'LOAD', answering('x', 99));
    const dump = (await client.call('FUNCTION', 'DUMP')) as string;
    let state = await listed(client);
    const crashed = async (disk: SimDisk, step: number): Promise<string[]> => {
      const choices = new SeededChoices(seed * 100 + step);
      const left = crash(disk, 'power', posixStrict, choices);
      crashes++;
      lost += left.report.lost;
      return listed((await serving(settings, left.disk)).connect());
    };
    for (let step = 0; step < 16; step++) {
      const name = draws.pick(['x', 'y', 'z']);
      const command = draws.pick([
        ['FUNCTION', 'LOAD', 'REPLACE', answering(name, step)],
        ['FUNCTION', 'LOAD', 'REPLACE', answering(name, step)],
        ['FUNCTION', 'LOAD', answering(name, step)],
        ['FUNCTION', 'DELETE', name],
        ['FUNCTION', 'DELETE', name],
        step % 2 === 0 ? ['FUNCTION', 'FLUSH'] : ['FUNCTION', 'RESTORE', dump, 'REPLACE'],
        ['BGREWRITEAOF'],
      ]);
      client.send(command);
      // While something that the command has written is being synced.
      for (let i = draws.int(3); i >= 0; i--)
        for (const isSyncing of [false, true])
          await world.run({
            until: () => machine.disk.syncing > 0 === isSyncing,
            untilMs: scheduler.nowMs + 3000,
          });
      const underWay = cloneDisk(machine.disk).disk;
      await world.run({ untilMs: scheduler.nowMs + 3000 });
      client.replies.length = 0;
      const next = await listed(client);
      if (JSON.stringify(state) !== JSON.stringify(next)) changes.add(command[1]!);
      const at = `seed ${seed}, step ${step}: ${command.join(' ')}`;
      expect([state, next], `${at}`).toContainEqual(await crashed(underWay, step));
      expect(await crashed(cloneDisk(machine.disk).disk, step), `${at}`).toEqual(next);
      state = next;
    }
  }
  expect(crashes).toBe(96);
  expect(lost).toBeGreaterThan(0);
  expect([...changes].sort()).toEqual(['DELETE', 'FLUSH', 'LOAD', 'RESTORE']);
}, 60_000);

async function serving(
  settings: Partial<Settings>,
  disk: SimDisk,
): Promise<{ world: World; connect: () => TestClient }> {
  const server = await TestWorld.open(settings, disk, options);
  return { world: server.world, connect: () => server.connect() };
}
