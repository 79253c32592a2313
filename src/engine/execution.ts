/**
 * Execution: one command over the keyspace, synchronous, with its effects gathered into a unit.
 *
 * It is the same for clients and for the replay of a log. Nothing here waits, writes a file or knows of a socket.
 */
import type { Command, Context, Told, ValueLimits, Wait } from '../commands/context.ts';
import type { Database, Keyspace } from '../data/index.ts';
import { Argv, type ReplyWriter } from '../resp/index.ts';
import { Unit } from './journal/unit.ts';

/** Who is told of changes. */
export interface ChangeListener {
  changed(dbIndex: number, key: Uint8Array, changes: number, told: Told): void;
  /** Every key of a database, or of all, is about to go. */
  going(dbIndex: number | undefined, changes: number): void;
  /** Two databases have exchanged their keys. */
  swapped(first: number, second: number): void;
}

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
  inScript = false;
  readyKey: Uint8Array | undefined;
  /** Takes what a command waits for; undefined where the client may not wait. */
  onBlock: ((wait: Wait) => void) | undefined;
  readonly limits: ValueLimits;

  readonly #draw: () => number;
  readonly #listener: ChangeListener;

  constructor(
    keyspace: Keyspace,
    limits: ValueLimits,
    reply: ReplyWriter,
    draw: () => number,
    listener: ChangeListener,
  ) {
    this.keyspace = keyspace;
    this.limits = limits;
    this.reply = reply;
    this.db = keyspace.database(0);
    this.#draw = draw;
    this.#listener = listener;
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

  /** The same for what a script calls. */
  runForScript(command: Command, argv: Argv, dbIndex: number, reply: ReplyWriter): void {
    this.inScript = true;
    try {
      this.run(command, argv, dbIndex, reply);
    } finally {
      this.inScript = false;
    }
  }

  /**
   * Runs the command of a client that waits, for the sake of one of its keys.
   * @returns whether it was answered; else it waits on
   */
  runAgain(command: Command, argv: Argv, dbIndex: number, reply: ReplyWriter, readyKey: Uint8Array): boolean {
    let waitsOn = false;
    this.readyKey = readyKey;
    this.onBlock = () => {
      waitsOn = true;
    };
    try {
      this.run(command, argv, dbIndex, reply);
    } finally {
      this.readyKey = undefined;
      this.onBlock = undefined;
    }
    return !waitsOn;
  }

  block(wait: Wait): boolean {
    if (this.onBlock === undefined || this.replaying) return false;
    this.onBlock(wait);
    return true;
  }

  draw(): number {
    return this.#draw();
  }

  /** During a replay not everything is told: see `touch`. */
  changed(dbIndex: number, key: Uint8Array, changes = 1, told: Told = 'all'): void {
    this.#listener.changed(dbIndex, key, changes, told);
  }

  changedAll(dbIndex: number | undefined, changes: number): void {
    this.#listener.going(dbIndex, changes);
  }

  swapped(first: number, second: number): void {
    this.#listener.swapped(first, second);
  }
}
