/**
 * A client's connection as the model sees it: the selected database, the queue of an open MULTI, and the keys that it watches.
 *
 * Gives for each command the reply that is expected, and says whether that reply depends on the data: if so, nobody may
 * see it before what it depends on is as durable as the policy says.
 */
import type { Expectation } from '../reply.ts';
import { isError, OK, QUEUED } from '../reply.ts';
import { fail, ModelError } from './call.ts';
import { Chance } from './chance.ts';
import { modelScripts } from './scripts.ts';
import { NO_EXPIRY_MS } from '../record.ts';
import type { ModelRecord } from '../record.ts';
import type { Change, ModelState } from './state.ts';
import { dataless, modelCommands, readers } from './table.ts';

export interface Prediction {
  readonly expected: Expectation;
  /** True when the reply tells something of the data. */
  readonly observes: boolean;
  /**
   * Where chance has a part in it: every way that it can have gone, the first being the one that the state went. Only the
   * reply tells which it was. Missing: there is but one.
   */
  readonly outcomes?: readonly Outcome[];
}

export interface Outcome {
  readonly expected: Expectation;
  readonly changes: readonly Change[];
}

/** A key as it was when a client began to watch it. */
interface WatchedKey {
  readonly database: number;
  readonly key: string;
  readonly record: ModelRecord | undefined;
  readonly executions: number;
}

export class ModelClient {
  readonly #state: ModelState;
  #database = 0;
  #queue: (readonly string[])[] | undefined;
  /** A command of the queue was refused: EXEC will be. */
  #isSpoilt = false;
  #watched: WatchedKey[] = [];

  constructor(state: ModelState) {
    this.#state = state;
  }

  get database(): number {
    return this.#database;
  }

  /** Executes one command at a wall time, as the engine shall. `refusal`: what writes are answered now instead. */
  execute(command: readonly string[], nowMs: number, refusal?: string): Prediction {
    const name = command[0]!.toUpperCase();
    if (name === 'MULTI') {
      if (this.#queue !== undefined)
        return { expected: { error: 'ERR MULTI calls can not be nested' }, observes: false };
      this.#queue = [];
      this.#isSpoilt = false;
      return { expected: OK, observes: false };
    }
    if (name === 'EXEC') return this.#exec(nowMs, refusal);
    if (name === 'DISCARD') {
      if (this.#queue === undefined)
        return { expected: { error: 'ERR DISCARD without MULTI' }, observes: false };
      this.#queue = undefined;
      this.#watched = [];
      return { expected: OK, observes: false };
    }
    if (name === 'WATCH') return this.#watch(command.slice(1));
    if (refusal !== undefined && !readers.has(name)) {
      if (this.#queue !== undefined) this.#isSpoilt = true;
      return { expected: { error: refusal }, observes: false };
    }
    if (this.#queue !== undefined) {
      this.#queue.push(command);
      return { expected: QUEUED, observes: false };
    }
    return this.#inEveryWay((chance) => this.#run(command, nowMs, chance, refusal));
  }

  /** Executes a unit once for every way that its draws can go, the first one last: there the state stays. */
  #inEveryWay(run: (chance: Chance) => Prediction): Prediction {
    const { mark } = this.#state;
    const database = this.#database;
    const chance = new Chance();
    this.#state.executions++;
    let prediction = run(chance);
    if (chance.isCertain) return prediction;
    const outcomes: Outcome[] = [];
    for (;;) {
      outcomes.push({ expected: prediction.expected, changes: this.#state.takeBack(mark) });
      this.#database = database;
      const isAnotherWay = chance.turn();
      prediction = run(chance);
      if (!isAnotherWay) break;
    }
    return { ...prediction, expected: { eitherOf: outcomes.map(({ expected }) => expected) }, outcomes };
  }

  #exec(nowMs: number, refusal: string | undefined): Prediction {
    const queue = this.#queue;
    if (queue === undefined) return { expected: { error: 'ERR EXEC without MULTI' }, observes: false };
    const watched = this.#watched;
    this.#queue = undefined;
    this.#watched = [];
    if (this.#isSpoilt) {
      const error = 'EXECABORT Transaction discarded because of previous errors.';
      return { expected: { error }, observes: false };
    }
    if (refusal !== undefined && queue.some((command) => !readers.has(command[0]!.toUpperCase()))) {
      const error = `EXECABORT Transaction discarded because of: ${refusal}`;
      return { expected: { error }, observes: false };
    }
    if (watched.some((key) => this.#hasChanged(key))) return { expected: null, observes: true };
    const mayAbort = watched.some(
      ({ executions, record }) => executions !== this.#state.executions || mayExpire(record),
    );
    const execute = (): Prediction =>
      this.#inEveryWay((chance) => ({
        expected: queue.map((command) => this.#run(command, nowMs, chance, refusal).expected),
        observes: true,
      }));
    return mayAbort ? this.#orNot(execute) : execute();
  }

  #watch(keys: readonly string[]): Prediction {
    if (this.#queue !== undefined)
      return { expected: { error: 'ERR WATCH inside MULTI is not allowed' }, observes: false };
    const { executions } = this.#state;
    const database = this.#database;
    for (const key of keys)
      this.#watched.push({ database, key, record: this.#state.raw(database, key), executions });
    return { expected: OK, observes: false };
  }

  /** Whether it surely has; what may have expired meanwhile may have gone unnoticed as well. */
  #hasChanged({ database, key, record }: WatchedKey): boolean {
    const now = this.#state.raw(database, key);
    return now !== record && !mayExpire(now) && !mayExpire(record) && !differInGroups(now, record);
  }

  /**
   * A unit whose watched keys hold what they held, but somebody may have written just that to them, or they have expired: it
   * is executed, or it is not.
   */
  #orNot(execute: () => Prediction): Prediction {
    const { mark } = this.#state;
    const database = this.#database;
    const { expected, outcomes } = execute();
    const done = outcomes ?? [{ expected, changes: this.#state.takeBack(mark) }];
    if (outcomes === undefined) {
      this.#database = database;
      execute();
    }
    return {
      expected: { eitherOf: [expected, null] },
      observes: true,
      outcomes: [...done, { expected: null, changes: [] }],
    };
  }

  #run(command: readonly string[], nowMs: number, chance: Chance, refusal?: string): Prediction {
    const name = command[0]!.toUpperCase();
    if (name === 'EVAL' || name === 'EVAL_RO') return this.#evaluate(command, nowMs, chance, refusal);
    if (name === 'SELECT') return { expected: this.#select(Number(command[1])), observes: false };
    const run = modelCommands.get(name);
    if (run === undefined)
      throw new Error(`the model knows no command '${name}'; give it one in sim/oracle/model`);
    try {
      const args = command.slice(1);
      const expected = run({ state: this.#state, database: this.#database, args, nowMs, chance });
      return { expected, observes: !dataless.has(name) };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return { expected: { error: error.reply }, observes: false };
    }
  }

  /** EVAL script numkeys key ... argument ...: its commands, one after the other. Writes are refused to it one by one. */
  #evaluate(
    [, text, keys, ...words]: readonly string[],
    nowMs: number,
    chance: Chance,
    refusal: string | undefined,
  ): Prediction {
    const script = modelScripts.get(text!);
    if (script === undefined)
      throw new Error(`the model knows no such script; give it one in sim/oracle/model/scripts.ts:\n${text}`);
    const database = this.#database;
    const pcall = (...command: string[]): Expectation =>
      refusal !== undefined && !readers.has(command[0]!)
        ? { error: refusal }
        : this.#run(command, nowMs, chance).expected;
    const call = (...command: string[]): Expectation => {
      const reply = pcall(...command);
      return isError(reply) ? fail(reply.error) : reply;
    };
    try {
      const expected = script.run({ call, pcall }, words.slice(0, Number(keys)), words.slice(Number(keys)));
      return { expected, observes: true };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      // What follows tells where in the script that was.
      return { expected: { statuses: [], errors: [error.reply] }, observes: true };
    } finally {
      this.#database = database;
    }
  }

  #select(database: number): Expectation {
    if (!Number.isInteger(database) || database < 0 || database >= this.#state.databases)
      return { error: 'ERR DB index is out of range' };
    this.#database = database;
    return OK;
  }
}

/** Whether the key, or a part of it, has an expiry. */
function mayExpire(record: ModelRecord | undefined): boolean {
  if (record === undefined) return false;
  return record.expireAtMs !== NO_EXPIRY_MS || (record.type === 'hash' && record.fieldExpiries !== undefined);
}

/** What becomes of the groups of a stream does not count as a change of the key. */
function differInGroups(a: ModelRecord | undefined, b: ModelRecord | undefined): boolean {
  return a?.type === 'stream' && b?.type === 'stream' && a.value.entries === b.value.entries;
}
