/**
 * The engine: the keyspace, the sessions that change it and the journal, snapshots and rewrites that make it last.
 *
 * The path of a write: `Session.feed` → `Engine.execute` → a command changes the keyspace and names its effects →
 * `Journal.append` → at the end of the turn one write, by policy a sync → the gate opens → `Transport.send`.
 *
 * One thread, no module-level state: two engines in one JavaScript realm know nothing of each other, and an engine whose
 * process was killed is nothing but garbage.
 */
import type { Command, CommandInfo } from '../commands/context.ts';
import {
  errors,
  keyspaceCommands,
  lookup,
  mayWrite,
  unknownSubcommand,
  wrongArity,
} from '../commands/index.ts';
import type { Keyspace } from '../data/index.ts';
import type { Lock } from '../ports/disk.ts';
import type { Host, Signal } from '../ports/process.ts';
import type { OpenScripts } from '../ports/scripts.ts';
import { LightsoutError } from '../errors.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { type Argv, ReplyWriter } from '../resp/index.ts';
import { adminCommands } from './admin/index.ts';
import type { AdminCommand } from './admin/types.ts';
import { ActiveExpiry } from './active-expiry.ts';
import { Backups } from './saving/backup.ts';
import { Blocking } from './clients/blocking.ts';
import { Cron } from './cron.ts';
import { Execution } from './execution.ts';
import { Gate } from './journal/gate.ts';
import { isDiskError, messageOf } from './io.ts';
import { Journal } from './journal/journal.ts';
import { LatencyMonitor } from './latency.ts';
import type { Log } from './log.ts';
import { recover } from './recovery/recovery.ts';
import { RecoveryReport } from './recovery/report.ts';
import { Rewriter } from './journal/rewrite.ts';
import { Session, type Transport } from './clients/session.ts';
import type { Settings } from './config/settings.ts';
import { ConfigFile } from './config/config-file.ts';
import { SettingsLimits, SettingsRequestLimits } from './config/limits.ts';
import { shutdown, type ShutdownHow } from './shutdown.ts';
import { Libraries } from './scripts/libraries.ts';
import { Scripts } from './scripts/scripts.ts';
import { Slowlog } from './slowlog.ts';
import { Snapshotter } from './saving/snapshot.ts';
import { newStats } from './stats.ts';
import { namedBy } from './subcommand.ts';
import { productionTuning, type Tuning } from './config/tuning.ts';
import { Watchers } from './clients/watch.ts';
import { Randomness } from './randomness.ts';
import { newKeyspace } from './new-keyspace.ts';
import { Names } from './names.ts';

export interface EngineOptions {
  readonly tuning?: Partial<Tuning>;
  /** Lines for the operator; nowhere by default. */
  readonly log?: Log;
  /** What CONFIG REWRITE rewrites, as an absolute path; without it there is nothing to rewrite. */
  readonly configFile?: string;
  /** What runs scripts, opened by the first of them; without it EVAL is refused. */
  readonly scripts?: OpenScripts;
  /** Called when an exception that nobody expected has ended the engine. By default the process exits with code 1. */
  readonly onCrash?: (error: unknown) => void;
}

/** Commands that write, refused while the last snapshot or the log is in trouble. */
const rdbMisconf =
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.";

/** The commands that may change the keyspace. */
const writers: ReadonlySet<CommandInfo> = new Set(
  [...keyspaceCommands.values(), ...adminCommands.values()].filter(mayWrite),
);

/**
 * Commands whose replies tell nothing of the data, and so wait for no disk. All others do, EVAL whatever it runs; EXEC as much
 * as what it runs, and a refused one nothing.
 */
const dataless: ReadonlySet<string> = new Set([
  'ping',
  'echo',
  'select',
  'hello',
  'client',
  'command',
  'info',
  'latency',
  'lastsave',
  'bgsave',
  'bgrewriteaof',
  'shutdown',
  'multi',
  'exec',
  'discard',
  'watch',
  'unwatch',
  'wait',
  'waitaof',
]);

/** The commands that may let their client wait. */
const blockers: ReadonlySet<CommandInfo> = new Set(
  [...keyspaceCommands.values()].filter(({ flags }) => flags.includes('blocking')),
);

/** Those that answer later for others' sake: waiting is not executing. */
const waiters: ReadonlySet<string> = new Set(['wait', 'waitaof']);

export class Engine {
  readonly host: Host;
  readonly settings: Settings;
  readonly tuning: Tuning;
  readonly log: Log;
  readonly names: Names;
  readonly keyspace: Keyspace;
  readonly execution: Execution;
  readonly journal: Journal;
  readonly snapshots: Snapshotter;
  readonly rewriter: Rewriter;
  readonly scripts: Scripts;
  readonly backups: Backups;
  readonly latency: LatencyMonitor;
  readonly slowlog: Slowlog;
  readonly configFile: ConfigFile | undefined;
  readonly watchers: Watchers;
  readonly blocking = new Blocking(this);
  readonly stats = newStats();
  /** What the start found and did. */
  readonly recovery = new RecoveryReport();
  readonly sessions = new Map<number, Session>();
  readonly randomness: Randomness;
  readonly startedAtMs: number;
  readonly libraries: Libraries;
  readonly requestLimits: SettingsRequestLimits;
  /** Changes since the last durable snapshot. */
  dirty = 0;
  isShuttingDown = false;
  /** DEBUG LOADAOF is under way: the keyspace is neither what it was nor what it will be. */
  isLoading = false;
  /** DEBUG PAUSE-CRON. */
  isCronPaused = false;

  readonly #gate = new Gate();
  readonly #cron: Cron;
  readonly #lock: Lock;
  readonly #onCrash: ((error: unknown) => void) | undefined;
  #nextSessionId = 1;
  #isStopped = false;

  private constructor(host: Host, lock: Lock, settings: Settings, options: EngineOptions) {
    this.host = host;
    this.#lock = lock;
    this.settings = settings;
    this.tuning = { ...productionTuning, ...options.tuning };
    this.log = options.log ?? (() => undefined);
    this.#onCrash = options.onCrash;
    this.startedAtMs = host.clock.wallMs();
    this.configFile =
      options.configFile === undefined ? undefined : new ConfigFile(host, settings, options.configFile);
    this.randomness = new Randomness(host.process);
    this.names = new Names(settings, host.process);
    this.requestLimits = new SettingsRequestLimits(settings);
    this.keyspace = newKeyspace(host.process, settings, this.tuning);
    this.execution = new Execution(
      this.keyspace,
      new SettingsLimits(settings),
      new ReplyWriter(new ByteWriter(64)),
      () => this.randomness.draw(),
      {
        changed: (dbIndex, key, changes, told) => {
          this.dirty += changes;
          if (told === 'all') this.watchers.touch(dbIndex, key);
          if (told !== 'nobody') this.blocking.touch(dbIndex, key);
        },
        going: (dbIndex, changes) => {
          this.dirty += changes;
          this.watchers.going(dbIndex);
          this.blocking.touchAll(dbIndex);
          if (dbIndex === undefined && !this.execution.replaying) this.snapshots.everythingFlushed();
        },
        swapped: (first, second) => {
          this.dirty++;
          if (first === second) return;
          this.watchers.swapped(first, second);
          this.blocking.touchAll(first);
          this.blocking.touchAll(second);
        },
      },
    );
    this.watchers = new Watchers(this.keyspace, this.execution);
    this.latency = new LatencyMonitor(host.clock, settings);
    this.slowlog = new Slowlog(host.clock, settings, this.latency);
    this.journal = new Journal(host.clock, settings, this.tuning, {
      released: () => this.#gate.open(this.journal.released),
      trouble: (error) => this.#onJournalTrouble(error),
      overdue: (isOverdue) => this.#onJournalOverdue(isOverdue),
      took: (what, durationMs) => this.latency.took(what, durationMs),
    });
    this.snapshots = new Snapshotter(this);
    this.backups = new Backups(this);
    this.rewriter = new Rewriter(this);
    this.scripts = new Scripts(this, options.scripts);
    this.libraries = new Libraries(this.scripts);
    this.#cron = new Cron(this, new ActiveExpiry(this));
  }

  /**
   * Takes the directory's lock, recovers what is there and serves.
   *
   * @throws LightsoutError LOCKED where another process owns the directory, CORRUPT where a file is damaged (nothing was
   * changed then), CONFIG, IO
   */
  static async open(host: Host, settings: Settings, options: EngineOptions = {}): Promise<Engine> {
    const lock = await host.disk.lock(settings.dir).catch((error: unknown) => {
      throw new LightsoutError(
        'CONFIG',
        `cannot use dir '${settings.dir}': ${messageOf(error)}; make it, or name another with --dir`,
        { cause: error },
      );
    });
    if (lock === undefined) {
      throw new LightsoutError(
        'LOCKED',
        `another server is running on '${settings.dir}'; stop it or give this one a directory of its own (--dir)`,
      );
    }
    const engine = new Engine(host, lock, settings, options);
    try {
      await recover(engine);
    } catch (error) {
      await lock.release();
      if (isDiskError(error)) throw new LightsoutError('IO', `recovery: ${error.message}`, { cause: error });
      throw error;
    }
    engine.#cron.start();
    host.process.onSignal((signal) => engine.#onSignal(signal));
    return engine;
  }

  /** Undoes what recovery has loaded so far: nothing of it is to be served. */
  forgetEverything(): void {
    this.keyspace.clear();
    this.libraries.flush();
    this.stats.loadedKeys = this.stats.loadedExpiredKeys = 0;
  }

  /** Begins a session with a client. `address` is for CLIENT LIST. */
  connect(transport: Transport, address = ''): Session {
    const session = new Session(this, transport, this.#nextSessionId++, address);
    this.sessions.set(session.id, session);
    this.stats.connections++;
    return session;
  }

  forget(session: Session): void {
    this.watchers.clear(session);
    this.backups.end(session);
    this.blocking.forget(session);
    this.sessions.delete(session.id);
  }

  /** Time stands still during a turn: what arrived together is executed at one moment. */
  beginTurn(): void {
    this.execution.nowMs = this.host.clock.wallMs();
    this.slowlog.beginTurn();
  }

  /**
   * Runs `leave` as soon as what a session has written may leave: at once, or when the gate opens, and never before what it
   * wrote earlier.
   *
   * A reply that tells of the data depends on every unit until now, whoever made it; another one (PING, INFO, a refusal) on
   * the session's own alone. While the log takes nothing and writes are refused for it, so do all: a full disk must not
   * silence the server, and what a client reads then may be what a kill takes.
   */
  gated(session: Session, leave: () => void): void {
    const position = session.tellsOfData && !this.#logIsStuck ? this.journal.appended : session.lastUnit;
    session.tellsOfData = false;
    const before = session.gated?.hasLeft === false ? session.gated : undefined;
    if (before !== undefined && position <= before.position) before.leaves.push(leave);
    else if (before === undefined && position <= this.journal.released) leave();
    else session.gated = this.#gate.wait(position, leave);
  }

  get #logIsStuck(): boolean {
    return this.settings.appendfsync !== 'always' && this.journal.refusal !== undefined;
  }

  /**
   * Executes one command of a session and writes its reply to the session.
   *
   * @returns a promise where the reply will be written later; the session waits for it
   */
  execute(session: Session, argv: Argv): Promise<void> | undefined {
    this.stats.commands++;
    session.lastCommandAtMs = this.execution.nowMs;
    const mark = session.replyMark;
    const command = this.command(argv);
    let pending: Promise<void> | undefined;
    if (command === undefined) {
      this.#refuse(session, unknownCommand(argv));
    } else {
      session.lastCommand = command.name;
      const refusal = this.#refusal(session, command, argv);
      if (refusal !== undefined) this.#refuse(session, refusal);
      else if (session.transaction.isOpen && !runsAtOnce(command)) {
        session.transaction.queue.push({ command, argv: argv.clone() });
        session.reply.simple('QUEUED');
      } else {
        pending = this.perform(session, command, argv, false);
        if (!this.execution.unit.isEmpty) {
          this.journal.append(this.execution.unit);
          session.lastUnit = this.journal.appended;
        }
        this.blocking.serve();
      }
    }
    if (session.replies === 'on') return pending;
    // What answers later finds the output empty: what came before it has been handed to the gate by then.
    if (pending !== undefined) return pending.then(() => this.#silence(session, 0));
    this.#silence(session, mark);
    return undefined;
  }

  /** The command that a request names. */
  command(argv: Argv): Command | AdminCommand | undefined {
    return lookup(argv) ?? adminCommands.get(argv.lowerText(0));
  }

  /** Runs a command that nothing speaks against. Its effects stay in the unit: the caller logs them. */
  perform(
    session: Session,
    command: Command | AdminCommand,
    argv: Argv,
    inExec: boolean,
  ): Promise<void> | undefined {
    const { slowlog } = this;
    const startedMonoMs = slowlog.begin(command, argv.count);
    const pending = this.#run(session, command, argv, inExec);
    if (pending === undefined) {
      slowlog.took(startedMonoMs, command, argv, session);
      return undefined;
    }
    // Who waits has not executed: what serves a client that waits for a key takes note.
    if (blockers.has(command) || waiters.has(command.name)) return pending;
    // It is executed when it has answered. Its words are gone by then.
    const words = argv.clone();
    return pending.then(() => slowlog.took(startedMonoMs, command, words, session));
  }

  #run(
    session: Session,
    command: Command | AdminCommand,
    argv: Argv,
    inExec: boolean,
  ): Promise<void> | undefined {
    session.tellsOfData ||= !dataless.has(command.name);
    if ('run' in command) {
      const { execution } = this;
      if (inExec || !blockers.has(command)) {
        execution.run(command, argv, session.dbIndex, session.reply);
        return undefined;
      }
      let waits: Promise<void> | undefined;
      execution.onBlock = (wait) => {
        waits = this.blocking.wait(session, session.dbIndex, wait);
      };
      execution.run(command, argv, session.dbIndex, session.reply);
      execution.onBlock = undefined;
      return waits;
    }
    const done = command.administer({
      engine: this,
      session,
      argv,
      reply: session.reply,
      nowMs: this.execution.nowMs,
      inExec,
    });
    return done instanceof Promise ? done : undefined;
  }

  /** Why a command must not be run now, as an error reply. */
  #refusal(session: Session, command: Command | AdminCommand, argv: Argv): string | undefined {
    const named = namedBy(command, argv);
    if (named === undefined) return unknownSubcommand(argv.text(1), command.name.toUpperCase());
    const { arity } = named;
    if (arity >= 0 ? argv.count !== arity : argv.count < -arity) return wrongArity(named.name);
    if (session.transaction.isOpen && command.flags.includes('no_multi'))
      return 'ERR Command not allowed inside a transaction';
    if (this.isLoading && !named.flags.includes('loading')) return errors.loading;
    if (!writers.has(command)) return undefined;
    if ('subcommands' in command && !mayWrite(subcommandOf(command, argv))) return undefined;
    return this.isShuttingDown ? 'ERR The server is shutting down' : this.writeRefusal();
  }

  /** Why nothing may be written now. */
  writeRefusal(): string | undefined {
    const why = this.journal.refusal;
    if (why !== undefined) return `MISCONF Errors writing to the AOF file: ${why}`;
    const { settings } = this;
    if (settings.stopWritesOnBgsaveError && settings.save.length > 0 && !this.snapshots.lastStatusOk)
      return rdbMisconf;
    return undefined;
  }

  #refuse(session: Session, message: string): void {
    if (session.transaction.isOpen) session.transaction.isSpoilt = true;
    session.reply.error(message);
  }

  /** CLIENT REPLY OFF and SKIP. */
  #silence(session: Session, mark: number): void {
    if (session.replies === 'skip') session.replies = 'skipping';
    else if (session.replies === 'skipping') {
      session.eraseReply(mark);
      session.replies = 'on';
    } else session.eraseReply(mark);
  }

  /** Removes a key whose time has come and logs it. */
  expire(dbIndex: number, key: Uint8Array): void {
    const { execution } = this;
    this.keyspace.database(dbIndex).remove(key);
    execution.unit.enter(execution.argv, dbIndex);
    execution.unit.command('DEL', key);
    this.journal.append(execution.unit);
    this.watchers.touch(dbIndex, key);
    this.blocking.touch(dbIndex, key);
    this.dirty++;
    this.stats.expiredKeys++;
    this.blocking.serve();
  }

  /** Removes the fields of a hash whose time has come and logs it. */
  expireFields(dbIndex: number, key: Uint8Array, nowMs: number): void {
    const { execution } = this;
    const db = this.keyspace.database(dbIndex);
    const hash = db.hash(key, false)!;
    const expired = hash.removeExpired(nowMs);
    if (expired.length === 0) return;
    if (hash.size === 0) db.remove(key);
    execution.unit.enter(execution.argv, dbIndex);
    execution.unit.command('HDEL', key, ...expired);
    this.journal.append(execution.unit);
    this.watchers.touch(dbIndex, key);
    this.blocking.touch(dbIndex, key);
    this.dirty += expired.length;
    this.blocking.serve();
  }

  /** SHUTDOWN. Resolves when everything is as durable as it was asked for; does not end the process. */
  shutdown(how: ShutdownHow): Promise<void> {
    return shutdown(this, how);
  }

  /** Stops the cron and gives the directory free. After `shutdown`. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cron.stop();
    await this.#lock.release();
  }

  /** An exception that nobody expected: what is in memory can no longer be trusted. */
  crash(error: unknown): void {
    this.log(
      'warning',
      `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    if (this.#onCrash !== undefined) this.#onCrash(error);
    else void this.host.process.exit(1);
  }

  #onSignal(signal: Signal): void {
    if (this.#isStopped) {
      void this.host.process.exit(0);
      return;
    }
    if (signal === 'SIGINT' && this.isShuttingDown) {
      // Whoever presses Ctrl-C again will not wait for a disk that hangs. What was acknowledged is as durable as it was.
      this.log('warning', 'You insist... exiting now.');
      void this.host.process.exit(1);
      return;
    }
    this.log('warning', `Received ${signal} scheduling shutdown...`);
    this.shutdown('default').then(
      () => this.host.process.exit(0),
      (error: unknown) =>
        this.log('warning', `${signal} received, but the shutdown failed: ${messageOf(error)}`),
    );
  }

  #onJournalOverdue(isOverdue: boolean): void {
    if (isOverdue)
      this.log(
        'warning',
        `The AOF has not been synced for more than ${this.settings.aofMaxUnsyncedMs} ms (the disk is busy or hangs): writes are refused until it is, or until aof-max-unsynced-ms is raised`,
      );
    else this.log('notice', 'The AOF is synced again within aof-max-unsynced-ms: writes are taken again');
  }

  #onJournalTrouble(error: Error | undefined): void {
    if (error === undefined) {
      this.log('warning', 'AOF write error looks solved, Redis can write again.');
      return;
    }
    this.log('warning', `Error writing to the AOF file: ${error.message}`);
    // Elsewhere writes are refused, a failed write is tried again, and a failed sync answered with a rewrite (the cron).
    if (this.settings.appendfsync !== 'always') return;
    this.log(
      'warning',
      "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...",
    );
    void this.host.process.exit(1);
  }
}

/** The subcommand that a request names, where the command has any; else the command. */
function subcommandOf(command: Command | AdminCommand, argv: Argv): CommandInfo {
  if (!('subcommands' in command) || argv.count < 2) return command;
  const name = `${command.name}|${argv.lowerText(1)}`;
  return (command.subcommands as readonly CommandInfo[]).find((one) => one.name === name) ?? command;
}

function runsAtOnce(command: Command | AdminCommand): boolean {
  return (
    command.name === 'exec' ||
    command.name === 'discard' ||
    command.name === 'multi' ||
    command.name === 'watch' ||
    command.name === 'quit' ||
    command.name === 'reset'
  );
}

function unknownCommand(argv: Argv): string {
  let args = '';
  for (let i = 1; i < argv.count && args.length < 128; i++) args += `'${argv.text(i).slice(0, 128)}' `;
  return `ERR unknown command '${argv.text(0).slice(0, 128)}', with args beginning with: ${args}`.trimEnd();
}
