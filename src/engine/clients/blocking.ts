/**
 * Clients that wait for keys: BLPOP and its kin, XREAD BLOCK and XREADGROUP BLOCK.
 *
 * A command that finds nothing asks to wait, and its session executes nothing more meanwhile. What changes a key that
 * somebody waits for marks it as ready; once the command, or the transaction, that did so is executed and logged, ready
 * keys are served in the order in which they became ready, and the clients of each in the order in which they began to
 * wait: the command of each is run again, as if that key were the only one it named. What it changes then is a unit of
 * its own behind the one that made the key ready, and its reply leaves through the session's gate like any other, so
 * never before that unit is as durable as the policy says.
 */
import type { Command, Wait } from '../../commands/index.ts';
import { errors, lookup } from '../../commands/index.ts';
import { latin1Text } from '../../bytes/index.ts';
import type { Timer } from '../../ports/clock.ts';
import { Argv } from '../../resp/index.ts';
import type { Engine } from '../engine.ts';
import type { Session } from './session.ts';

interface Waiting {
  readonly session: Session;
  readonly dbIndex: number;
  readonly argv: Argv;
  readonly command: Command;
  readonly wait: Wait;
  /** Names of its keys. */
  readonly names: readonly string[];
  readonly done: () => void;
  timer: Timer | undefined;
}

/** Whoever waits for longer than a lifetime waits for ever. */
const longestTimerMs = 100 * 365 * 86_400_000;

interface ReadyKey {
  readonly dbIndex: number;
  readonly key: Uint8Array;
}

export class Blocking {
  readonly #engine: Engine;
  readonly #byKey = new Map<string, Set<Waiting>>();
  readonly #bySession = new Map<Session, Waiting>();
  /** In the order in which they became ready. */
  readonly #ready = new Map<string, ReadyKey>();
  #isServing = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** How many clients wait. */
  get count(): number {
    return this.#bySession.size;
  }

  isWaiting(session: Session): boolean {
    return this.#bySession.has(session);
  }

  /** Lets a session wait; resolves when it has been answered. */
  wait(session: Session, dbIndex: number, wait: Wait): Promise<void> {
    const argv = Argv.of(wait.words);
    const names = [...new Set(wait.keys.map((key) => nameOf(dbIndex, key)))];
    return new Promise((resolve) => {
      const waiting: Waiting = {
        session,
        dbIndex,
        argv,
        command: lookup(argv)!,
        wait: { ...wait, keys: wait.keys.map((key) => key.slice()) },
        names,
        done: resolve,
        timer: undefined,
      };
      this.#bySession.set(session, waiting);
      for (const name of names) {
        const others = this.#byKey.get(name);
        if (others === undefined) this.#byKey.set(name, new Set([waiting]));
        else others.add(waiting);
      }
      if (wait.timeoutMs === 0 || wait.timeoutMs > longestTimerMs) return;
      waiting.timer = this.#engine.host.clock.after(wait.timeoutMs, () => this.#timeOut(waiting));
    });
  }

  /** A key was made, changed or removed. */
  touch(dbIndex: number, key: Uint8Array): void {
    if (this.#byKey.size === 0) return;
    const name = nameOf(dbIndex, key);
    if (this.#byKey.has(name) && !this.#ready.has(name)) this.#ready.set(name, { dbIndex, key: key.slice() });
  }

  /** As `touch` for every key of a database, or of all. */
  touchAll(dbIndex: number | undefined): void {
    for (const waiting of this.#bySession.values()) {
      if (dbIndex !== undefined && waiting.dbIndex !== dbIndex) continue;
      for (const key of waiting.wait.keys) this.touch(waiting.dbIndex, key);
    }
  }

  /** Serves what became ready. Call when what made it so is logged. */
  serve(): void {
    if (this.#ready.size === 0 || this.#isServing) return;
    this.#isServing = true;
    try {
      // Serving may make further keys ready.
      for (const [name, { dbIndex, key }] of this.#ready) {
        this.#ready.delete(name);
        // Who is served leaves the set on the way; nobody joins it.
        for (const waiting of this.#byKey.get(name) ?? []) this.#serveOne(waiting, dbIndex, key);
      }
    } finally {
      this.#isServing = false;
    }
  }

  #serveOne(waiting: Waiting, dbIndex: number, key: Uint8Array): void {
    const { execution, keyspace, journal, slowlog } = this.#engine;
    const { session, wait } = waiting;
    if (keyspace.database(dbIndex).find(key)?.type !== wait.type) {
      if (wait.unblocksOnRemoval !== true) return;
      session.reply.error(errors.unblockedByRemoval);
      this.#endServed(waiting);
      return;
    }
    const startedMonoMs = slowlog.begin(waiting.command, waiting.argv.count);
    const isServed = execution.runAgain(waiting.command, waiting.argv, dbIndex, session.reply, key);
    if (isServed) slowlog.took(startedMonoMs, waiting.command, waiting.argv, session);
    if (!execution.unit.isEmpty) journal.append(execution.unit);
    if (isServed) this.#endServed(waiting);
  }

  /** The reply tells of the unit that made the key ready: it waits for that one even where it has filled the log's buffer. */
  #endServed(waiting: Waiting): void {
    waiting.session.lastUnit = this.#engine.journal.appended;
    this.#end(waiting);
  }

  /** CLIENT UNBLOCK. False where the session does not wait. */
  unblock(session: Session, how: 'timeout' | 'error'): boolean {
    const waiting = this.#bySession.get(session);
    if (waiting === undefined) return false;
    if (how === 'error') {
      session.reply.error(errors.unblockedByClient);
      this.#end(waiting);
    } else {
      this.#timeOut(waiting);
    }
    return true;
  }

  /** The session is gone: nobody answers it any more. */
  forget(session: Session): void {
    const waiting = this.#bySession.get(session);
    if (waiting !== undefined) this.#remove(waiting);
  }

  #timeOut(waiting: Waiting): void {
    waiting.session.reply.nilArray();
    this.#end(waiting);
  }

  #end(waiting: Waiting): void {
    this.#remove(waiting);
    waiting.done();
  }

  #remove(waiting: Waiting): void {
    waiting.timer?.cancel();
    this.#bySession.delete(waiting.session);
    for (const name of waiting.names) {
      const others = this.#byKey.get(name);
      others?.delete(waiting);
      if (others?.size === 0) this.#byKey.delete(name);
    }
  }
}

function nameOf(dbIndex: number, key: Uint8Array): string {
  return `${dbIndex}:${latin1Text(key)}`;
}
