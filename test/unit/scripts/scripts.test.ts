/** Scripts in an engine of a simulated world: what they write is one unit, and what they do is decided by their input. */
import { latin1Bytes, latin1Text } from '../../../src/bytes/index.ts';
import { frameWords } from '../../../src/engine/scripts/frame.ts';
import type { EngineOptions } from '../../../src/index.ts';
import { lua } from '../../../src/server/lua.ts';
import { filesOf, SimDisk } from '../../../sim/disk/index.ts';
import { describe, expect, test } from 'vitest';
import { TestWorld } from '../engine/admin/world.ts';

const options: EngineOptions = { scripts: lua(), tuning: { maxScriptMillions: 3 } };

function emptyDisk(): SimDisk {
  const disk = new SimDisk();
  disk.mkdir('/data');
  return disk;
}

/** What the append-only file of a world holds now, without marks. */
function logOf(disk: SimDisk): string {
  const bytes = filesOf(disk).get('/data/appendonlydir/appendonly.aof.1.incr.aof')!;
  return latin1Text(bytes).replace(/^#.*\r\n/gm, '');
}

const transfer = `
local have = tonumber(redis.call('GET', KEYS[1]) or 0)
local amount = tonumber(ARGV[1])
if have < amount then return redis.error_reply('POOR not enough') end
redis.call('DECRBY', KEYS[1], amount)
redis.call('INCRBY', KEYS[2], amount)
return have - amount`;

describe('a script in the engine', () => {
  test('what it writes is logged as one unit, and as effects: not as a script', async () => {
    const disk = emptyDisk();
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' }, disk, options);
    const client = world.connect();
    await client.call('SET', 'a', 10);
    const before = logOf(disk);
    expect(await client.call('EVAL', transfer, 2, 'a', 'b', 4)).toBe(6);
    const unit = logOf(disk).slice(before.length);
    expect(unit.replaceAll('\r\n', ' ')).toMatch(/^\*1 \$5 MULTI .*DECRBY .*INCRBY .*\*1 \$4 EXEC $/);
    expect(unit).not.toContain('EVAL');
    expect(await client.call('EVAL', transfer, 2, 'a', 'b', 40)).toBe('-POOR not enough');
    expect(logOf(disk)).toBe(before + unit);
  });

  test('what it has read waits for the disk, as any read does; a PING does not', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' }, emptyDisk(), options);
    const [writer, reader, pinger] = [world.connect(), world.connect(), world.connect()];
    await reader.call('EVAL', 'return 1', 0);
    const heard = reader.replies.length;
    writer.send(['SET', 'k', 'v']);
    reader.send(['EVAL', "return redis.call('GET', KEYS[1])", 1, 'k']);
    pinger.send(['PING']);
    expect([writer.replies, reader.replies.slice(heard), pinger.replies]).toEqual([[], [], ['PONG']]);
    await world.pass(1000);
    expect([writer.replies, reader.replies.slice(heard)]).toEqual([['OK'], ['v']]);
  });

  test('a script inside MULTI adds to the transaction and makes no unit of its own', async () => {
    const disk = emptyDisk();
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' }, disk, options);
    const client = world.connect();
    client.send(['MULTI'], ['SET', 'a', 10], ['EVAL', transfer, 2, 'a', 'b', 4], ['EXEC']);
    await world.pass(1000);
    expect(client.replies).toEqual(['OK', 'QUEUED', 'QUEUED', ['OK', 6]]);
    expect(logOf(disk).match(/MULTI/g)).toHaveLength(1);
  });

  test('one that writes nothing and does not end is stopped, also where it catches errors or hides in a coroutine', async () => {
    const client = (await TestWorld.open({}, emptyDisk(), options)).connect();
    for (const body of [
      'while true do end',
      'while true do pcall(function() while true do end end) end',
      'coroutine.wrap(function() while true do end end)()',
      'while true do pcall(coroutine.wrap(function() while true do end end)) end',
      'while true do coroutine.resume(coroutine.create(function() while true do end end)) end',
      'redis.call("get", "a") while true do end',
    ])
      expect(await client.call('EVAL', body, 0)).toMatch(
        /^-ERR Error running script: it was stopped after 3 million/,
      );
    expect(await client.call('EVAL', 'return 1', 0)).toBe(1);
  });

  test('without memory the script fails, and the next one finds memory', async () => {
    const client = (await TestWorld.open({}, emptyDisk(), options)).connect();
    const greedy = 'local s, t = "x", {} while true do s = s .. s t[#t + 1] = s end';
    expect(await client.call('EVAL', greedy, 0)).toMatch(/^-ERR not enough memory/);
    expect(await client.call('EVAL', 'return #("x"):rep(100000)', 0)).toBe(100_000);
  });

  test('no script changes what another finds', async () => {
    const client = (await TestWorld.open({}, emptyDisk(), options)).connect();
    for (const body of [
      'rawset(_G, "left", 1)',
      'rawset(redis, "left", 1)',
      'setmetatable(_G, {})',
      'string.left = 1',
      'redis.call = nil',
      'getmetatable("").__index.left = 1',
    ])
      expect(await client.call('EVAL', body, 0)).toMatch(/^-ERR/);
    expect(
      await client.call('EVAL', 'redis.setresp(3) math.randomseed(1) cjson.encode_max_depth(2)', 0),
    ).toBe(null);
    expect(await client.call('EVAL', 'return cjson.encode_max_depth()', 0)).toBe(1000);
    expect(await client.call('EVAL', 'return redis.call("get", "x") == false', 0)).toBe(1);
    expect(await client.call('EVAL', 'return rawget(_G, "left") == nil and ("").left == nil', 0)).toBe(1);
  });

  test('a script that selects a database leaves its client where it was', async () => {
    const client = (await TestWorld.open({}, emptyDisk(), options)).connect();
    expect(await client.call('EVAL', 'redis.call("select", 3) redis.call("set", "a", 1)', 0)).toBe(null);
    expect(await client.call('EXISTS', 'a')).toBe(0);
    await client.call('SELECT', 3);
    expect(await client.call('EXISTS', 'a')).toBe(1);
  });

  test('set_repl that would lose what is written is refused', async () => {
    const client = (await TestWorld.open({}, emptyDisk(), options)).connect();
    const body = 'redis.set_repl(redis.REPL_NONE) redis.call("set", "a", 1)';
    expect(await client.call('EVAL', body, 0)).toMatch(/^-ERR redis.set_repl\(\) without REPL_AOF/);
    expect(await client.call('EXISTS', 'a')).toBe(0);
  });

  test('an engine without a Lua refuses and says why', async () => {
    const client = (await TestWorld.open()).connect();
    expect(await client.call('EVAL', 'return 1', 0)).toMatch(/^-ERR scripts are not run here/);
    expect(await client.call('SCRIPT', 'LOAD', 'return 1')).toMatch(/^-ERR scripts are not run here/);
  });
});

test('two machines given the same answer the same, tables in the same order', () => {
  const body = `local t = {} for i = 1, 100 do t["k" .. i * 7919 % 1000] = i end
    local names = {} for k in pairs(t) do names[#names + 1] = k end
    return table.concat(names, " ") .. " " .. tostring({}) .. " " .. math.random()`;
  const answers = [1, 2].map(() =>
    latin1Text(
      lua()((code) => latin1Bytes(code === 0x72 ? '5' : code === 0x76 ? '7.0.15' : '')).run(
        frameWords(['eval', 'x', body, '2', '0']),
      ),
    ),
  );
  expect(answers[0]).toContain('k919 ');
  expect(answers[0]).toBe(answers[1]);
});
