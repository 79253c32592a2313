/**
 * A client's connection as the model sees it: the selected database, and the queue of an open MULTI.
 *
 * Gives for each command the reply that is expected, and says whether that reply depends on the data: if so, nobody may
 * see it before what it depends on is as durable as the policy says.
 */
import type { Expectation } from '../reply.ts';
import { OK, QUEUED } from '../reply.ts';
import { ModelError } from './call.ts';
import type { ModelState } from './state.ts';
import { dataless, modelCommands } from './table.ts';

export interface Prediction {
  readonly expected: Expectation;
  /** True when the reply tells something of the data. */
  readonly observes: boolean;
}

export class ModelClient {
  readonly #state: ModelState;
  #database = 0;
  #queue: (readonly string[])[] | undefined;

  constructor(state: ModelState) {
    this.#state = state;
  }

  get database(): number {
    return this.#database;
  }

  /** Executes one command at a wall time, as the engine shall. */
  execute(command: readonly string[], nowMs: number): Prediction {
    const name = command[0]!.toUpperCase();
    if (name === 'MULTI') {
      if (this.#queue !== undefined)
        return { expected: { error: 'ERR MULTI calls can not be nested' }, observes: false };
      this.#queue = [];
      return { expected: OK, observes: false };
    }
    if (name === 'EXEC') return this.#exec(nowMs);
    if (name === 'DISCARD') {
      if (this.#queue === undefined)
        return { expected: { error: 'ERR DISCARD without MULTI' }, observes: false };
      this.#queue = undefined;
      return { expected: OK, observes: false };
    }
    if (this.#queue !== undefined) {
      this.#queue.push(command);
      return { expected: QUEUED, observes: false };
    }
    return this.#run(command, nowMs);
  }

  #exec(nowMs: number): Prediction {
    const queue = this.#queue;
    if (queue === undefined) return { expected: { error: 'ERR EXEC without MULTI' }, observes: false };
    this.#queue = undefined;
    return { expected: queue.map((command) => this.#run(command, nowMs).expected), observes: true };
  }

  #run(command: readonly string[], nowMs: number): Prediction {
    const name = command[0]!.toUpperCase();
    if (name === 'SELECT') return { expected: this.#select(Number(command[1])), observes: false };
    const run = modelCommands.get(name);
    if (run === undefined)
      throw new Error(`the model knows no command '${name}'; give it one in sim/oracle/model`);
    try {
      const expected = run({ state: this.#state, database: this.#database, args: command.slice(1), nowMs });
      return { expected, observes: !dataless.has(name) };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return { expected: { error: error.reply }, observes: false };
    }
  }

  #select(database: number): Expectation {
    if (!Number.isInteger(database) || database < 0 || database >= this.#state.databases)
      return { error: 'ERR DB index is out of range' };
    this.#database = database;
    return OK;
  }
}
