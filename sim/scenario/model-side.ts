/**
 * The model's end of each connection: what a client sends is executed here too, and becomes history.
 *
 * The model executes a command in the same event in which the engine is fed its last byte, at the same wall time, before
 * the engine does. A unit is what one command or one EXEC changed; who waited for what it changed is served by another one,
 * right behind it.
 */
import type { UnitOfHistory } from '../oracle/history.ts';
import { ModelClient } from '../oracle/model/client.ts';
import type { Outcome } from '../oracle/model/client.ts';
import { waitOf, Waiters } from '../oracle/model/waiting.ts';
import type { WaitFor } from '../oracle/model/waiting.ts';
import { isError, replyMatches } from '../oracle/reply.ts';
import type { Expectation, Reply } from '../oracle/reply.ts';
import type { Execution, SimClient } from './client.ts';
import { logIsStuck, refusalOf } from './engine-module.ts';
import { HeldBack } from './held-back.ts';
import type { LogLaws } from './log-laws.ts';
import type { ServiceOptions } from './service-options.ts';

interface Connection {
  readonly model: ModelClient;
  /** Of the client, as history names it. */
  readonly number: number;
  /** How many commands its MULTI has seen; undefined outside of one. */
  queued: number | undefined;
  /** History index of its newest unit; 0 for none. */
  newestUnit: number;
}

export class ModelSide {
  readonly #o: ServiceOptions;
  readonly #laws: LogLaws;
  readonly #connections = new Map<SimClient, Connection>();
  readonly #heldBack = new HeldBack();
  readonly #waiters: Waiters;

  constructor(options: ServiceOptions, laws: LogLaws) {
    this.#o = options;
    this.#laws = laws;
    this.#waiters = new Waiters(options.history.state);
  }

  connect(client: SimClient, number: number): void {
    const model = new ModelClient(this.#o.history.state);
    this.#connections.set(client, { model, number, queued: undefined, newestUnit: 0 });
  }

  mayExecute(later: () => void): boolean {
    return this.#heldBack.mayExecute(later);
  }

  execute(client: SimClient, command: readonly string[]): Execution {
    const { history, server, situations, world } = this.#o;
    const connection = this.#connections.get(client)!;
    const refusal = refusalOf(server.engine!);
    const { expected, observes, outcomes } = connection.model.execute(command, server.wallMs, refusal);
    const commands = countCommands(connection, command[0]!);
    if (command[0] === 'EXEC' && expected === null) situations.count('unit-given-up-for-a-watched-key');
    if (refusal !== undefined && isError(expected)) this.#laws.refused(refusal);
    const unit = history.commit({
      atMs: world.scheduler.nowMs,
      client: connection.number,
      command,
      commands,
      ...(outcomes === undefined ? {} : { alternatives: outcomes.slice(1).map(({ changes }) => changes) }),
    });
    if (unit !== undefined) {
      this.#laws.taken(unit);
      connection.newestUnit = unit.index;
    }
    const wait = expected === null ? waitOf(command) : undefined;
    if (wait !== undefined) return this.#await(connection, command, wait);
    if (!observes) return { expected, dependsOn: 0, onReply: undefined, isDecided: true };
    // While the log takes nothing reads go on, and what they tell is promised to nobody but who wrote it.
    const isStuck = this.#o.scenario.appendfsync !== 'always' && logIsStuck(server.engine!);
    if (isStuck) situations.count('read-while-the-log-is-stuck');
    const dependsOn = isStuck ? connection.newestUnit : history.executed;
    if (unit !== undefined) this.#waiters.serve(unit.changes, server.wallMs);
    const onReply = outcomes === undefined || unit === undefined ? undefined : this.#waitFor(unit, outcomes);
    return { expected, dependsOn, onReply, isDecided: onReply === undefined };
  }

  /** Lets a client wait for keys: what serves it is a unit of its own, and its reply depends on that. */
  #await(connection: Connection, command: readonly string[], wait: WaitFor): Execution {
    const { history, situations, world } = this.#o;
    let answer: ((expected: Expectation, dependsOn: number) => void) | undefined;
    this.#waiters.add({
      ...wait,
      client: connection.model,
      command,
      served: (expected) => {
        const { number: client } = connection;
        const unit = history.commit({ atMs: world.scheduler.nowMs, client, command, commands: 1 });
        if (unit !== undefined) {
          this.#laws.taken(unit);
          connection.newestUnit = unit.index;
        }
        situations.count('served-after-a-wait');
        answer?.(expected, history.executed);
        return unit?.changes ?? [];
      },
    });
    const whenServed = (served: NonNullable<typeof answer>): void => {
      answer = served;
    };
    const { timeoutMs } = wait;
    return {
      expected: null,
      dependsOn: 0,
      onReply: undefined,
      isDecided: true,
      wait: { timeoutMs, whenServed },
    };
  }

  /** Holds everything back until the reply tells which of the outcomes it was. */
  #waitFor(unit: UnitOfHistory, outcomes: readonly Outcome[]): (reply: Reply) => void {
    this.#heldBack.hold();
    this.#o.situations.count('decided-by-chance');
    return (reply) => {
      const outcome = outcomes.find(({ expected }) => replyMatches(expected, reply));
      this.#o.history.settle(unit, outcome?.changes ?? unit.changes);
      this.#heldBack.decide();
      this.#o.server.process.after(0, 'client', () => this.#heldBack.resume());
    };
  }
}

/** How many commands are executed with this one: those queued before it when it is EXEC. */
function countCommands(connection: Connection, name: string): number {
  const { queued } = connection;
  if (name === 'MULTI') connection.queued = 0;
  else if (name === 'EXEC' || name === 'DISCARD') connection.queued = undefined;
  else if (queued !== undefined) connection.queued = queued + 1;
  return name === 'EXEC' ? (queued ?? 0) : 1;
}
