/** A file brings back the order in which its records stand, so that loading it does not scatter them. */
import { expect, test } from 'vitest';
import { Client, Stage } from './support.ts';

test.each([
  ['a dump', { appendonly: false }, 'SAVE'],
  ['the base of a log', { appendonly: true }, 'BGREWRITEAOF'],
])('a server goes on with the hash seed of %s that it loads', async (_what, settings, save) => {
  const stage = new Stage({ settings });
  const first = await stage.start();
  const client = new Client(first);
  await stage.ask(client, first, 'SET k 1');
  await stage.ask(client, first, save);
  await stage.pass(3000);
  const { hashSeed } = first.engine!.keyspace;
  stage.world.machine.killAll();
  // Each process draws a seed of its own: a server on an empty directory has another.
  const other = await new Stage({ seed: 2, settings }).start();
  expect(other.engine!.keyspace.hashSeed).not.toBe(hashSeed);
  const next = await stage.start();
  expect([next.engine!.keyspace.hashSeed, next.get('k')]).toEqual([hashSeed, '1']);
});
