/**
 * What a command may see and do.
 *
 * A command is a synchronous function over a Context: it reads its arguments, changes the keyspace, writes one reply and
 * names its *effects*: what must be logged so that a replay gives the same keyspace whatever the time, the randomness and
 * the configuration then. It knows nothing of clients' sockets, durability or files. The same functions serve clients
 * and the replay of a log (`replaying`: nothing expires, no effects are kept, the reply goes nowhere).
 */
import type { Database, Keyspace, StreamNodeLimits, ValueType } from '../data/index.ts';
import type { Argv, ReplyWriter } from '../resp/index.ts';

/** A part of an effect; numbers are written as decimal text, text as latin1. */
export type EffectPart = Uint8Array | string | number | bigint;

export interface Effects {
  /** The effect is the command exactly as it was sent. */
  verbatim(): void;
  /** Another command stands for the effect. Several effects of one command are logged as one MULTI/EXEC unit. */
  command(...parts: readonly EffectPart[]): void;
  /** An effect that happened on the way, atomic with nothing: where all are such, there is no MULTI/EXEC. */
  apart(...parts: readonly EffectPart[]): void;
}

/**
 * Who is told of a change: those who watch the key and those who wait for it, the latter alone, or nobody. To who watches a
 * stream, what becomes of its groups is no change: that is Redis's way.
 */
export type Told = 'all' | 'waiting' | 'nobody';

/** What a blocked client waits for. The words are copied. */
export interface Wait {
  /** The command to run again when a key is ready. */
  readonly words: readonly (Uint8Array | string)[];
  readonly keys: readonly Uint8Array[];
  readonly type: ValueType;
  /** 0: for ever. */
  readonly timeoutMs: number;
  /** The client is sent away where its key goes or changes its type. */
  readonly unblocksOnRemoval?: boolean;
}

/** What the configuration says of values. The same object for ever: what it says later holds from then on. */
export interface ValueLimits {
  /** No string grows beyond it, except in a replay. */
  readonly longestStringBytes: number;
  /** A sparse HyperLogLog that would grow beyond it becomes dense. */
  readonly hllSparseMaxBytes: number;
  /** Whether RESTORE looks at the checksum. */
  readonly verifiesDumps: boolean;
  /** When a run of a stream's entries is full. */
  readonly streamNodes: StreamNodeLimits;
}

export interface Context {
  readonly keyspace: Keyspace;
  /** The client's selected database. */
  readonly db: Database;
  readonly dbIndex: number;
  readonly argv: Argv;
  readonly reply: ReplyWriter;
  readonly effects: Effects;
  /** Unix ms, the same during a whole command, and during a whole EXEC. */
  readonly nowMs: number;
  /** True while a log is replayed: keys count as there whatever their expiry, and past expiries are set as they are. */
  readonly replaying: boolean;
  /** True of what a script calls. */
  readonly inScript: boolean;
  readonly limits: ValueLimits;
  /** The key for whose sake a command that waited is run again: it looks at no other. */
  readonly readyKey: Uint8Array | undefined;
  /**
   * Lets the client wait for keys. False where it may not wait (in a transaction, during a replay): then the command
   * answers as if the time were over.
   */
  block(wait: Wait): boolean;
  /** Uniform in [0, 1). */
  draw(): number;
  /**
   * Says that a key changed (made, altered, removed): for WATCH and for the count of changes since the last save, which
   * grows by `changes`. To be called once for each changed key, also for what is not this client's database. By default
   * everybody is told.
   */
  changed(dbIndex: number, key: Uint8Array, changes?: number, told?: Told): void;
  /** As `changed` for every key of one database, or of all (dbIndex undefined), before they go: FLUSHDB, FLUSHALL. */
  changedAll(dbIndex: number | undefined, changes: number): void;
  /** Says that two databases, or one with itself, have exchanged their keys: one change. */
  swapped(first: number, second: number): void;
}

/** Redis's command flags, as COMMAND INFO names them. */
export type CommandFlag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'noscript'
  | 'loading'
  | 'stale'
  | 'fast'
  | 'blocking'
  | 'no_multi'
  | 'no_auth'
  | 'allow_busy'
  | 'pubsub'
  | 'skip_monitor'
  | 'skip_slowlog'
  | 'asking'
  | 'movablekeys'
  | 'no_mandatory_keys';

export interface CommandInfo {
  /** Lower case. */
  readonly name: string;
  /** Number of words with the name; negative: at least that many. */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  /** Positions of keys among the words: first, last (negative counts from the end), step; zeros for none. */
  readonly keys: readonly [first: number, last: number, step: number];
}

/** A command of the keyspace. */
export interface Command extends CommandInfo {
  /** Of a command that only picks one of these; their names are `command|subcommand`. */
  readonly subcommands?: readonly CommandInfo[];
  /** It reads, but may note in the value what it found, and log that: a script that may only read may not call it. */
  readonly notesWhatItFinds?: boolean;
  run(context: Context): void;
}
