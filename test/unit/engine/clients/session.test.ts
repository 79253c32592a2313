/** A session and the gate: what is executed, and in which order replies leave. */
import { describe, expect, test } from 'vitest';
import { Gate } from '../../../../src/engine/journal/gate.ts';
import { latin1Bytes } from '../../../../src/bytes/index.ts';
import { Client, Stage, textOf } from '../support.ts';

describe('a connection that ends', () => {
  test('nothing is executed behind QUIT, whether replies wait at the gate or not', async () => {
    for (const appendfsync of ['always', 'everysec', 'no'] as const) {
      const stage = new Stage({ settings: { appendfsync } });
      const server = await stage.start();
      const client = new Client(server);
      server.process.enter(() => client.send('SET k1 1', 'QUIT', 'SET k2 2'));
      server.process.after(0, 'input', () => client.send('SET k3 3'));
      await stage.pass(1000);
      expect(client.isClosed).toBe(true);
      expect([server.get('k1'), server.get('k2'), server.get('k3')]).toEqual(['1', undefined, undefined]);
      expect(client.asked.map(({ reply }) => reply && textOf(reply))).toEqual([
        'OK',
        'OK',
        undefined,
        undefined,
      ]);
    }
  });

  test('nothing is executed behind what is no RESP, however it goes on', async () => {
    const stage = new Stage({ settings: { appendfsync: 'always' } });
    const server = await stage.start();
    const client = new Client(server);
    server.process.enter(() => {
      client.send('SET k1 1');
      client.session.feed(latin1Bytes('*1\r\n!'));
      client.send('SET k2 2');
    });
    await stage.pass(1000);
    expect(client.isClosed).toBe(true);
    expect([server.get('k1'), server.get('k2')]).toEqual(['1', undefined]);
  });
});

test('how long a word may be is asked with each word', async () => {
  const stage = new Stage({});
  const server = await stage.start();
  const client = new Client(server);
  const longer = 'x'.repeat(1024 * 1024 + 1);
  server.process.enter(() => {
    client.send('CONFIG SET proto-max-bulk-len 1mb', `SET a ${longer.slice(1)}`, 'APPEND a x');
    client.send('CONFIG SET proto-max-bulk-len 2mb', 'APPEND a x', `SET b ${longer}`);
    client.send('CONFIG SET proto-max-bulk-len 1mb', `SET c ${longer}`);
  });
  await stage.pass(1000);
  expect(client.asked.map(({ reply }) => reply && textOf(reply))).toEqual([
    'OK',
    'OK',
    '-ERR string exceeds maximum allowed size (proto-max-bulk-len)',
    'OK',
    '1048577',
    'OK',
    'OK',
    '-ERR Protocol error: invalid bulk length',
  ]);
  expect(client.isClosed).toBe(true);
});

describe('commands behind one that answers later', () => {
  test('wait, and answer in order', async () => {
    const stage = new Stage({ settings: { appendfsync: 'always' } });
    const server = await stage.start();
    const client = new Client(server);
    const other = new Client(server);
    server.process.enter(() => client.send('SET k1 1', 'SAVE', 'GET k1', 'SET k1 2', 'SAVE', 'GET k1'));
    server.process.after(0, 'input', () => other.send('SET k1 3'));
    await stage.pass(2000);
    expect(client.asked.map(({ reply }) => reply && textOf(reply))).toEqual([
      'OK',
      'OK',
      '3',
      'OK',
      'OK',
      '2',
    ]);
    expect(other.asked[0]!.answeredAtMs).toBeLessThan(client.asked[5]!.answeredAtMs!);
  });
});

describe('CLIENT REPLY', () => {
  test('silences what answers later, too', async () => {
    const stage = new Stage({});
    const server = await stage.start();
    const client = new Client(server);
    const sent = [
      'CLIENT REPLY SKIP',
      'SAVE',
      'ECHO a',
      'CLIENT REPLY OFF',
      'SAVE',
      'ECHO b',
      'CLIENT REPLY ON',
      'ECHO c',
    ];
    server.process.enter(() => client.send(...sent));
    await stage.pass(2000);
    expect(client.asked.slice(0, 4).map(({ reply }) => reply && textOf(reply))).toEqual([
      'a',
      'OK',
      'c',
      undefined,
    ]);
  });
});

describe('WATCH', () => {
  test('what changes while EXEC waits behind SAVE is seen by it', async () => {
    const stage = new Stage({});
    const server = await stage.start();
    const client = new Client(server);
    const other = new Client(server);
    server.process.enter(() =>
      client.send(
        'SET k1 1',
        'WATCH k1',
        'MULTI',
        'SET k2 2',
        'EXEC',
        'WATCH k1',
        'SAVE',
        'MULTI',
        'SET k3 3',
        'EXEC',
      ),
    );
    server.process.after(0, 'input', () => other.send('SET k1 2'));
    await stage.pass(2000);
    expect([server.get('k2'), server.get('k3')]).toEqual(['2', undefined]);
  });
});

describe('the gate', () => {
  test('keeps those who follow one place in order, also where they open it', () => {
    const gate = new Gate();
    const left: string[] = [];
    const first = gate.wait(1, () => {
      left.push('first');
      gate.open(2);
    });
    first.leaves.push(() => left.push('behind the first'));
    gate.wait(2, () => left.push('second'));
    gate.open(1);
    expect(left).toEqual(['first', 'behind the first', 'second']);
    expect([first.hasLeft, gate.isEmpty]).toEqual([true, true]);
  });

  test('lets everybody out once and in order, also where those who leave open it again', () => {
    const gate = new Gate();
    const left: number[] = [];
    for (let n = 1; n <= 5000; n++) {
      gate.wait(n, () => {
        left.push(n);
        if (n % 7 === 0) gate.open(n + 2);
      });
    }
    gate.open(3000);
    gate.open(5000);
    expect(left).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
    expect(gate.isEmpty).toBe(true);
  });
});
