/**
 * Clients that wait for keys: BLPOP and its kin.
 *
 * Who finds nothing waits. After each unit the keys that it changed are gone through in the order of its changes, and for
 * each of them those who wait for it, in the order in which they began to: their command is executed again, for that key
 * alone, and is a unit of its own. What that changes may serve others.
 */
import type { Expectation } from '../reply.ts';
import type { ModelClient } from './client.ts';
import type { Change, ModelState } from './state.ts';

/** What a command waits for. */
export interface WaitFor {
  readonly keys: readonly string[];
  /** A value of another type serves nobody. */
  readonly type: 'list' | 'zset';
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
    case 'BLMOVE':
      return { keys: [command[1]!], type: 'list', timeoutMs: Number(command[5]) * 1000 };
    default:
      return undefined;
  }
}

export class Waiters {
  readonly #state: ModelState;
  /** In the order in which they began to wait. */
  #waiters: Waiter[] = [];

  constructor(state: ModelState) {
    this.#state = state;
  }

  add(waiter: Waiter): void {
    this.#waiters.push(waiter);
  }

  /** Serves whom the changes of a unit serve, and whom those serve in turn. */
  serve(changes: readonly Change[], nowMs: number): void {
    if (this.#waiters.length === 0) return;
    const ready = [...changes];
    for (const { database, key } of ready) {
      for (const waiter of this.#waiters) {
        if (waiter.client.database !== database || !waiter.keys.includes(key)) continue;
        if (this.#state.get(database, key, nowMs)?.type !== waiter.type) continue;
        const { expected } = waiter.client.execute(forKey(waiter.command, key), nowMs);
        if (expected === null) continue;
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        ready.push(...waiter.served(expected));
      }
    }
  }
}

/** The command as if that key were the only one that it names. */
function forKey(command: readonly string[], key: string): readonly string[] {
  return command[0]!.toUpperCase() === 'BLMOVE' ? command : [command[0]!, key, command.at(-1)!];
}
