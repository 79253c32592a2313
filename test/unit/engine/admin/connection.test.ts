import { describe, expect, test } from 'vitest';

import { TestWorld } from './world.ts';

describe('RESET', () => {
  test('leaves the connection as it was when it was new', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    for (const words of [
      ['HELLO', 3, 'SETNAME', 'me'],
      ['SELECT', 5],
      ['WATCH', 'a'],
      ['MULTI'],
      ['SET', 'a', 1],
    ])
      await client.call(...words);
    expect(await client.call('RESET')).toBe('RESET');
    expect(await client.call('CLIENT', 'INFO')).toMatch(
      / name= .* flags=N db=0 .* multi=-1 watch=0 .* resp=2 /,
    );
  });
});

describe('QUIT', () => {
  test('nothing after it is executed, even while its reply waits for a sync', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
    const client = world.connect();
    client.send(['SET', 'a', 1], ['QUIT'], ['SET', 'a', 2]);
    client.send(['SET', 'a', 3]);
    await world.pass(100);
    expect(client.replies).toEqual(['OK', 'OK']);
    expect(client.isClosed).toBe(true);
    expect(await world.connect().call('GET', 'a')).toBe('1');
  });
});

describe('bytes that are no command', () => {
  test('end the connection: nothing after them is looked at, even while the error waits for a sync', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
    const client = world.connect();
    client.send(['SET', 'a', 1]);
    client.feed('*1\r\n!\r\n');
    client.send(['SET', 'a', 2]);
    await world.pass(100);
    expect(client.replies).toEqual(['OK', "-ERR Protocol error: expected '$', got '!'"]);
    expect(client.isClosed).toBe(true);
    expect(await world.connect().call('GET', 'a')).toBe('1');
  });
});

describe('CLIENT REPLY', () => {
  test('OFF answers nothing until ON does, SKIP leaves out one reply', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    client.send(
      ['CLIENT', 'REPLY', 'OFF'],
      ['PING'],
      ['SET', 'a', 1],
      ['CLIENT', 'REPLY', 'ON'],
      ['GET', 'a'],
    );
    client.send(['CLIENT', 'REPLY', 'SKIP'], ['PING'], ['GET', 'a']);
    await world.pass(10);
    expect(client.replies).toEqual(['OK', '1', '1']);
  });
});

describe('CLIENT KILL', () => {
  test('others lose their connection, the caller only when it asks for that', async () => {
    const world = await TestWorld.open();
    const [client, first, second] = [
      world.connect('127.0.0.1:1'),
      world.connect('127.0.0.1:2'),
      world.connect('127.0.0.1:3'),
    ];
    expect(await client.call('CLIENT', 'KILL', '127.0.0.1:2')).toBe('OK');
    expect([first.isClosed, second.isClosed]).toEqual([true, false]);
    expect(await client.call('CLIENT', 'KILL', 'TYPE', 'normal')).toBe(1);
    expect([second.isClosed, client.isClosed]).toEqual([true, false]);
    expect(await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no')).toBe(1);
    expect(client.isClosed).toBe(true);
    expect(world.engine.sessions.size).toBe(0);
  });
});

describe('CLIENT LIST', () => {
  test('says who is connected and what they last did', async () => {
    const world = await TestWorld.open();
    const [client, other] = [world.connect('127.0.0.1:1'), world.connect('127.0.0.1:2')];
    await other.call('CLIENT', 'SETNAME', 'other');
    await other.call('CLIENT', 'SETINFO', 'LIB-NAME', 'library');
    await world.pass(3000);
    const lines = String(await client.call('CLIENT', 'LIST'))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^id=\d+ addr=127\.0\.0\.1:1 name= age=3 idle=0 .* cmd=client\|list /);
    expect(lines[1]).toMatch(
      /^id=\d+ addr=127\.0\.0\.1:2 name=other age=3 idle=3 .* cmd=client\|setinfo .* lib-name=library /,
    );
  });
});

describe('DEBUG', () => {
  test('is refused unless it is enabled; local clients have it under `local`', async () => {
    const world = await TestWorld.open({ enableDebugCommand: false });
    expect(await world.connect().call('DEBUG', 'DIGEST')).toMatch(/^-ERR DEBUG command not allowed/);
  });

  test('SLEEP holds back the client that asked, and nobody else', async () => {
    const world = await TestWorld.open();
    const [client, other] = [world.connect(), world.connect()];
    client.send(['DEBUG', 'SLEEP', '0.5'], ['PING']);
    expect(await other.call('PING')).toBe('PONG');
    expect(client.replies).toEqual([]);
    await world.pass(1000);
    expect(client.replies).toEqual(['OK', 'PONG']);
  });
});
