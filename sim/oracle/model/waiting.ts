/**
 * Clients that wait for keys: BLPOP and its kin, XREAD and XREADGROUP with BLOCK.
 *
 * Who finds nothing waits. After each unit the keys that it changed are gone through in the order of its changes, and for
 * each of them those who wait for it, in the order in which they began to: their command is executed again, for that key
 * alone, and is a unit of its own. What that changes may serve others. Who waits for a group is sent away where that goes,
 * or its stream.
 */
import type { Expectation } from '../reply.ts';
import { idText } from '../stream.ts';
import type { ModelClient } from './client.ts';
import type { Change, ModelState } from './state.ts';

/** What a command waits for. */
export interface WaitFor {
  readonly keys: readonly string[];
  /** A value of another type serves nobody. */
  readonly type: 'list' | 'zset' | 'stream';
  /** The group that reads. */
  readonly group?: string;
  /** Zero waits for ever. */
  readonly timeoutMs: number;
}

export interface Waiter extends WaitFor {
  readonly client: ModelClient;
  readonly command: readonly string[];
  /** It has its reply. Takes what it changed as a unit and gives that unit's changes. */
  readonly served: (expected: Expectation) => readonly Change[];
}

/** What the command waits for when it finds nothing; undefined for one that never waits. */
export function waitOf(command: readonly string[]): WaitFor | undefined {
  switch (command[0]!.toUpperCase()) {
    case 'BLPOP':
    case 'BRPOP':
      return { keys: command.slice(1, -1), type: 'list', timeoutMs: Number(command.at(-1)) * 1000 };
    case 'BZPOPMIN':
    case 'BZPOPMAX':
      return { keys: command.slice(1, -1), type: 'zset', timeoutMs: Number(command.at(-1)) * 1000 };
    case 'BLMPOP':
      return { keys: keysOf(command), type: 'list', timeoutMs: Number(command[1]) * 1000 };
    case 'BZMPOP':
      return { keys: keysOf(command), type: 'zset', timeoutMs: Number(command[1]) * 1000 };
    case 'BRPOPLPUSH':
      return { keys: [command[1]!], type: 'list', timeoutMs: Number(command[3]) * 1000 };
    case 'BLMOVE':
      return { keys: [command[1]!], type: 'list', timeoutMs: Number(command[5]) * 1000 };
    case 'XREAD':
    case 'XREADGROUP':
      return waitOfReader(command);
    default:
      return undefined;
  }
}

/** BLMPOP timeout n key ... */
function keysOf(command: readonly string[]): readonly string[] {
  return command.slice(3, 3 + Number(command[2]));
}

function waitOfReader(command: readonly string[]): WaitFor | undefined {
  const block = command.indexOf('BLOCK');
  if (block < 0) return undefined;
  const { keys } = streamsOf(command);
  const group = command[1] === 'GROUP' ? { group: command[2]! } : {};
  return { keys, type: 'stream', ...group, timeoutMs: Number(command[block + 1]) };
}

/** What stands behind STREAMS, and all before it. */
function streamsOf(command: readonly string[]): {
  readonly options: readonly string[];
  readonly keys: readonly string[];
  readonly ids: readonly string[];
} {
  const from = command.indexOf('STREAMS') + 1;
  const count = (command.length - from) / 2;
  return {
    options: command.slice(0, from),
    keys: command.slice(from, from + count),
    ids: command.slice(from + count),
  };
}

export class Waiters {
  readonly #state: ModelState;
  /** In the order in which they began to wait. */
  #waiters: Waiter[] = [];

  constructor(state: ModelState) {
    this.#state = state;
  }

  add(waiter: Waiter): void {
    this.#waiters.push({ ...waiter, command: this.#fromNowOn(waiter) });
  }

  /** The command with the ids that `$` stands for now. */
  #fromNowOn({ command, client, type }: Waiter): readonly string[] {
    if (type !== 'stream') return command;
    const { options, keys, ids } = streamsOf(command);
    const lastId = (key: string): string => {
      const record = this.#state.raw(client.database, key);
      return record?.type === 'stream' ? idText(record.value.lastId) : '0-0';
    };
    return [...options, ...keys, ...ids.map((id, i) => (id === '$' ? lastId(keys[i]!) : id))];
  }

  /** Serves whom the changes of a unit serve, and whom those serve in turn. */
  serve(changes: readonly Change[], nowMs: number): void {
    if (this.#waiters.length === 0) return;
    const ready = [...changes];
    for (const { database, key } of ready) {
      for (const waiter of this.#waiters) {
        if (waiter.client.database !== database || !waiter.keys.includes(key)) continue;
        const expected = this.#answer(waiter, key, nowMs);
        if (expected === null) continue;
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        ready.push(...waiter.served(expected));
      }
    }
  }

  /** What a waiter is answered for the sake of one key; null: it waits on. */
  #answer({ client, command, type, group }: Waiter, key: string, nowMs: number): Expectation {
    const record = this.#state.get(client.database, key, nowMs);
    if (record?.type !== type)
      return group === undefined ? null : { error: 'UNBLOCKED the stream key no longer exists' };
    if (group !== undefined && record.type === 'stream' && !record.value.groups.has(group))
      return { error: 'NOGROUP the consumer group this client was blocked on no longer exists' };
    return client.execute(forKey(command, key), nowMs).expected;
  }
}

/** The command as if that key were the only one that it names. */
function forKey(command: readonly string[], key: string): readonly string[] {
  const name = command[0]!.toUpperCase();
  if (name === 'BLMOVE' || name === 'BRPOPLPUSH') return command;
  if (name === 'BLMPOP' || name === 'BZMPOP')
    return [...command.slice(0, 2), '1', key, ...command.slice(3 + keysOf(command).length)];
  if (!name.startsWith('X')) return [command[0]!, key, command.at(-1)!];
  const { options, keys, ids } = streamsOf(command);
  return [...options, key, ids[keys.indexOf(key)]!];
}
