import { expect, test } from 'vitest';

import { OutputQueue } from '../../../src/server/output-queue.ts';

test('flushes once what was added during one callback, after it', async () => {
  const queue = new OutputQueue();
  const flushed: string[] = [];
  const one = (name: string) => ({ flush: () => void flushed.push(name) });
  queue.add(one('a'));
  queue.add(one('b'));
  expect(flushed).toEqual([]);
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect(flushed).toEqual(['a', 'b']);
  queue.add(one('c'));
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect(flushed).toEqual(['a', 'b', 'c']);
});
