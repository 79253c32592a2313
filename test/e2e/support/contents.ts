/** All that a server holds, in a form that can be compared: from a server of any make, through commands. */
import type { Client, Value, Word } from './client.ts';

/** 'db key' (latin1) to type, expiry in Unix ms (-1: none) and value; sets sorted, hashes by field. */
export type Contents = Map<string, { type: string; expireAtMs: number; value: unknown }>;

export async function contentsOf(client: Client, databases = 16): Promise<Contents> {
  const contents: Contents = new Map();
  for (let db = 0; db < databases; db++) {
    await client.command('SELECT', db);
    const keys = ((await client.command('KEYS', '*')) as string[]).toSorted();
    const bytes = keys.map((key) => Buffer.from(key, 'latin1'));
    const types = await inParts(
      client,
      bytes.map((key) => ['TYPE', key]),
    );
    const expiries = await inParts(
      client,
      bytes.map((key) => ['PEXPIRETIME', key]),
    );
    const values = await inParts(
      client,
      bytes.map((key, i) => readCommand(key, String(types[i]))),
    );
    for (const [i, key] of keys.entries()) {
      const type = String(types[i]);
      contents.set(`${db} ${key}`, {
        type,
        expireAtMs: Number(expiries[i]),
        value: ordered(type, values[i]!),
      });
    }
  }
  await client.command('SELECT', 0);
  return contents;
}

/** Many commands, a few at a time: the parser of replies is made for little at once. */
async function inParts(client: Client, commands: readonly (readonly Word[])[]): Promise<Value[]> {
  const replies: Value[] = [];
  for (let i = 0; i < commands.length; i += 32)
    replies.push(...(await client.pipeline(commands.slice(i, i + 32))));
  return replies;
}

function readCommand(key: Buffer, type: string): readonly Word[] {
  switch (type) {
    case 'string':
      return ['GET', key];
    case 'list':
      return ['LRANGE', key, 0, -1];
    case 'set':
      return ['SMEMBERS', key];
    case 'hash':
      return ['HGETALL', key];
    case 'stream':
      return ['XINFO', 'STREAM', key, 'FULL', 'COUNT', 0];
    case 'zset':
      return ['ZRANGE', key, 0, -1, 'WITHSCORES'];
    default:
      throw new Error(`a value of type ${type}`);
  }
}

/** What has no order of its own gets one. */
function ordered(type: string, value: Value): unknown {
  if (type === 'set') return (value as string[]).toSorted();
  if (type === 'stream') return lasting(value);
  if (type !== 'hash') return value;
  const flat = value as string[];
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]).toSorted(
    ([a = ''], [b = '']) => (a < b ? -1 : 1),
  );
}

/**
 * What of a stream differs between servers, or does not survive Redis's log of commands: how its entries lie, when consumers
 * were seen, how much a group has read. Times of delivery (the only numbers so large) are each server's own.
 */
const passing = new Set(['radix-tree-keys', 'radix-tree-nodes', 'seen-time', 'entries-read', 'lag']);
const firstTimeMs = 1e12;

function lasting(value: Value): unknown {
  if (typeof value === 'number' && value > firstTimeMs) return 'a time';
  if (!Array.isArray(value)) return value;
  const items = value as Value[];
  return items.flatMap((item, i) => (passing.has(String(items[i - 1])) ? [] : [lasting(item)]));
}
