import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Sha1 } from '../../../../src/bytes/sha1.ts';
import { TestWorld } from './world.ts';

test("SHA-1 is Node's, at every length about a block", () => {
  for (let length = 0; length < 200; length++)
    expect(hex(new Uint8Array(length).fill(0x61))).toBe(nodeHex(new Uint8Array(length).fill(0x61)));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (data) => hex(data) === nodeHex(data)));
});

test('DEBUG DIGEST is that of Redis', async () => {
  const world = await TestWorld.open();
  const client = world.connect();
  expect(await client.call('DEBUG', 'DIGEST')).toBe('0'.repeat(40));
  await client.call('DEBUG', 'POPULATE', 3, 'p', 4);
  await client.call('SET', 'a', 1);
  // Asked of redis-server 7.0.15.
  expect(await client.call('DEBUG', 'DIGEST')).toBe('51b543a8e4c860bfdba84e743533ac59c4d0b22d');
  expect(await client.call('DEBUG', 'DIGEST-VALUE', 'p:1', 'none')).toEqual([
    '8a4d721a312cb8d58f01046c7272ab90c3ad87f9',
    '0'.repeat(40),
  ]);
});

test('DEBUG DIGEST does not mind the order of members, and does that of elements', async () => {
  const digests: unknown[] = [];
  for (const order of [
    ['x', 'y'],
    ['y', 'x'],
  ]) {
    const world = await TestWorld.open();
    const client = world.connect();
    await client.call('SADD', 's', ...order);
    digests.push(await client.call('DEBUG', 'DIGEST'));
    await client.call('RPUSH', 'l', ...order);
    digests.push(await client.call('DEBUG', 'DIGEST'));
  }
  expect(digests[0]).toBe(digests[2]);
  expect(digests[1]).not.toBe(digests[3]);
});

function hex(data: Uint8Array): string {
  return Buffer.from(Sha1.of(data)).toString('hex');
}

function nodeHex(data: Uint8Array): string {
  return createHash('sha1').update(data).digest('hex');
}
