import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { createKeyspace, openImage, type Keyspace, type StreamValue } from '../../../src/data/index.ts';
import { describeStream } from '../../support/describe-stream.ts';
import { bytesOf } from './describe.ts';

const limits = { maxBytes: 4096, maxEntries: 100 };

function filled(count: number): { keyspace: Keyspace; stream: StreamValue } {
  const keyspace = createKeyspace({ databases: 1, hashSeed: 1 });
  const stream = keyspace.database(0).stream(bytesOf('s'), true)!;
  for (let i = 1; i <= count; i++)
    stream.append(BigInt(i) << 64n, [bytesOf('field'), bytesOf(`value ${i}`)], limits);
  return { keyspace, stream };
}

describe('streams in pages', () => {
  test('one entry more, one deleted and one delivered copy a few kilobytes of a long stream that an image sees', () => {
    const { keyspace, stream } = filled(10_000);
    stream.createGroup(bytesOf('g'), 0n, 0n);
    stream.createConsumer(bytesOf('g'), bytesOf('c'), 1);
    for (let i = 1; i <= 5_000; i++) stream.setPending(bytesOf('g'), bytesOf('c'), BigInt(i) << 64n, 5, 1);
    keyspace.check();
    const before = describeStream(stream);
    const image = keyspace.freeze();
    stream.append(20_000n << 64n, [bytesOf('field'), bytesOf('more')], limits);
    expect(keyspace.memory().copiedBytes).toBeLessThan(8 * 1024);
    stream.delete(777n << 64n);
    stream.removePending(bytesOf('g'), 778n << 64n);
    stream.setPending(bytesOf('g'), bytesOf('c'), 6_000n << 64n, 5, 1);
    expect(keyspace.memory().copiedBytes).toBeLessThan(40 * 1024);
    let seen = '';
    openImage(structuredClone(image.share())).forEach(0, (entry) => {
      seen = describeStream(entry.stream());
    });
    assert(seen === before, 'the image shows the stream as it was');
    assert(describeStream(stream) !== before);
    keyspace.check();
    image.release();
    keyspace.check();
    keyspace.clear();
    expect(keyspace.memory().usedBytes).toBe(0);
  });

  test('many groups and consumers are found by name and listed by the order of their names', () => {
    const { keyspace, stream } = filled(3);
    const names = Array.from({ length: 300 }, (_, i) => `n${(i * 7919) % 300}`);
    for (const name of names) {
      expect(stream.createGroup(bytesOf(name), 0n, undefined)).toBe(true);
      expect(stream.createConsumer(bytesOf('n0'), bytesOf(name), 1)).toBe(true);
      expect(stream.createConsumer(bytesOf('n0'), bytesOf(name), 1)).toBe(false);
    }
    const listed: string[] = [];
    stream.forEachGroup((group) => void listed.push(Buffer.from(group.name).toString()));
    expect(listed).toEqual([...names].sort());
    const consumers: string[] = [];
    stream
      .group(bytesOf('n0'))!
      .forEachConsumer(({ name }) => void consumers.push(Buffer.from(name).toString()));
    expect(consumers).toEqual([...names].sort());
    for (const name of names) if (name !== 'n0') expect(stream.removeGroup(bytesOf(name))).toBe(true);
    expect(stream.groups).toBe(1);
    keyspace.check();
  });
});
