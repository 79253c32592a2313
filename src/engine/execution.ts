/**
 * Execution: one command over the keyspace, synchronous, with its effects gathered into a unit.
 *
 * It is the same for clients and for the replay of a log. Nothing here waits, writes a file or knows of a socket.
 */
import type { Command, Context, Wait } from '../commands/context.ts';
import type { Database, Keyspace, StreamNodeLimits } from '../data/index.ts';
import { Argv, type ReplyWriter } from '../resp/index.ts';
import { Unit } from './unit.ts';

/** Who is told of changes. `key` undefined: every key of `dbIndex`, or of all databases where that is undefined too. */
export type OnChange = (dbIndex: number | undefined, key: Uint8Array | undefined, changes: number) => void;

export class Execution implements Context {
  readonly keyspace: Keyspace;
  readonly unit = new Unit();
  readonly effects = this.unit;
  argv: Argv = new Argv();
  reply: ReplyWriter;
  db: Database;
  dbIndex = 0;
  nowMs = 0;
  replaying = false;
  isUnblocking = false;
  readonly streamNodes: StreamNodeLimits;

  readonly #draw: () => number;
  readonly #onChange: OnChange;

  constructor(
    keyspace: Keyspace,
    streamNodes: StreamNodeLimits,
    reply: ReplyWriter,
    draw: () => number,
    onChange: OnChange,
  ) {
    this.keyspace = keyspace;
    this.streamNodes = streamNodes;
    this.reply = reply;
    this.db = keyspace.database(0);
    this.#draw = draw;
    this.#onChange = onChange;
  }

  /** Runs one command in a database. What it must log is in `unit` afterwards. */
  run(command: Command, argv: Argv, dbIndex: number, reply: ReplyWriter): void {
    this.argv = argv;
    this.reply = reply;
    this.dbIndex = dbIndex;
    this.db = this.keyspace.database(dbIndex);
    this.unit.enter(argv, dbIndex);
    command.run(this);
  }

  /** Nobody waits yet. */
  block(_wait: Wait): boolean {
    return false;
  }

  signalReady(_key: Uint8Array): void {}

  draw(): number {
    return this.#draw();
  }

  /** During a replay not everything is told: see `touch`. */
  changed(dbIndex: number, key: Uint8Array, changes = 1): void {
    this.#onChange(dbIndex, key, changes);
  }

  changedAll(dbIndex: number | undefined, changes: number): void {
    this.#onChange(dbIndex, undefined, changes);
  }
}
