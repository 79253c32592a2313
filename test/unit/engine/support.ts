/**
 * Lives of the engine in a simulated world, for laws about it: a machine with /data on its disk, a server that can be
 * started over and over, and clients that remember what they asked and what they were told.
 */
import { ByteWriter, latin1Bytes, latin1Text } from '../../../src/bytes/index.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { childMains } from '../../../src/engine/saving/save-file.ts';
import type { Session } from '../../../src/engine/clients/session.ts';
import { defaultSettings, type Settings } from '../../../src/engine/config/settings.ts';
import type { Tuning } from '../../../src/engine/config/tuning.ts';
import type { Dir, Disk, DiskError, File } from '../../../src/ports/disk.ts';
import type { ChildMain, ForkError, Process } from '../../../src/ports/process.ts';
import { encodeCommand, type Reply, ReplyParser } from '../../../src/resp/index.ts';
import { SimDisk, syncEverything } from '../../../sim/disk/index.ts';
import { createWorld, type SimProcess, type World, type WorldOptions } from '../../../sim/world/index.ts';

export const dataDirectory = '/data';

export function emptyDisk(): SimDisk {
  const disk = new SimDisk();
  disk.mkdir(dataDirectory);
  syncEverything(disk);
  return disk;
}

/**
 * Asked before each disk operation of the server and its children. What it gives fails the operation: 'before' leaves the
 * disk as it is, 'after' does the operation and says that it failed.
 */
export type Saboteur = (
  operation: string,
  path: string,
  bytes: number,
) => { code: string; when: 'before' | 'after' } | undefined;

class Sabotaged extends Error implements DiskError {
  readonly code: string;
  readonly applied: 'no' | 'unknown';
  readonly operation: string;
  readonly path: string;

  constructor(code: string, operation: string, path: string, applied: 'no' | 'unknown') {
    super(`${code}: ${operation} '${path}'`);
    this.code = code;
    this.operation = operation;
    this.path = path;
    this.applied = applied;
  }
}

async function failLater(error: DiskError, done: (error: DiskError) => void): Promise<void> {
  await Promise.resolve();
  done(error);
}

/** What a disk has open: descriptors by path. */
export type OpenFiles = Map<string, number>;

/** A disk that can be made to fail, and that knows what is open. */
function watched(disk: Disk, saboteur: Saboteur, open: OpenFiles): Disk {
  const opened = (path: string): (() => void) => {
    open.set(path, (open.get(path) ?? 0) + 1);
    return () => {
      const left = open.get(path)! - 1;
      if (left === 0) open.delete(path);
      else open.set(path, left);
    };
  };
  const guard = async <T>(operation: string, path: string, work: () => Promise<T>): Promise<T> => {
    const plan = saboteur(operation, path, 0);
    if (plan?.when === 'before') throw new Sabotaged(plan.code, operation, path, 'no');
    const result = await work();
    if (plan?.when === 'after') throw new Sabotaged(plan.code, operation, path, 'unknown');
    return result;
  };
  const fileOf = (file: File, path: string): File => {
    const closed = opened(path);
    const sync = (operation: 'sync' | 'datasync', done: (error: DiskError | undefined) => void): void => {
      const plan = saboteur(operation, path, 0);
      if (plan === undefined) file[operation](done);
      // 'before' makes nothing durable, 'after' everything: what a failed sync leaves may be either.
      else if (plan.when === 'before')
        void failLater(new Sabotaged(plan.code, operation, path, 'unknown'), done);
      else file[operation](() => done(new Sabotaged(plan.code, operation, path, 'unknown')));
    };
    return {
      write: (bytes, done) => {
        const plan = saboteur('write', path, bytes.length);
        if (plan === undefined) file.write(bytes, done);
        else if (plan.when === 'before') done(new Sabotaged(plan.code, 'write', path, 'no'), 0);
        // Half of it, then the error.
        else
          file.write(bytes.subarray(0, Math.max(1, bytes.length >> 1)), (error, written) =>
            done(error ?? new Sabotaged(plan.code, 'write', path, 'no'), written),
          );
      },
      read: (into, position) => guard('read', path, () => file.read(into, position)),
      pwrite: (bytes, position) => guard('pwrite', path, () => file.pwrite(bytes, position)),
      truncate: (sizeBytes) => guard('truncate', path, () => file.truncate(sizeBytes)),
      sync: (done) => sync('sync', done),
      datasync: (done) => sync('datasync', done),
      hintSync: () => guard('hintSync', path, () => file.hintSync()),
      allocate: (sizeBytes) => guard('allocate', path, () => file.allocate(sizeBytes)),
      close: async () => {
        const plan = saboteur('close', path, 0);
        closed();
        await file.close();
        if (plan !== undefined) throw new Sabotaged(plan.code, 'close', path, 'unknown');
      },
    };
  };
  const dirOf = (dir: Dir, path: string): Dir => {
    const closed = opened(path);
    return {
      sync: () => guard('syncDir', path, () => dir.sync()),
      close: async () => {
        closed();
        await dir.close();
      },
    };
  };
  return {
    open: async (path, flags) => fileOf(await guard('open', path, () => disk.open(path, flags)), path),
    openDir: async (path) => dirOf(await guard('openDir', path, () => disk.openDir(path)), path),
    rename: (from, to) => guard('rename', to, () => disk.rename(from, to)),
    unlink: (path) => guard('unlink', path, () => disk.unlink(path)),
    mkdir: (path) => guard('mkdir', path, () => disk.mkdir(path)),
    readdir: (path) => guard('readdir', path, () => disk.readdir(path)),
    stat: (path) => guard('stat', path, () => disk.stat(path)),
    statfs: (path) => guard('statfs', path, () => disk.statfs(path)),
    lock: (directory) => disk.lock(directory),
  };
}

class NoFork extends Error implements ForkError {
  readonly code = 'ENOMEM';
}

/** A process whose forks can be made to fail. */
function watchedProcess(process: Process, saboteur: Saboteur): Process {
  return {
    pid: process.pid,
    entropy: (lengthBytes) => process.entropy(lengthBytes),
    fork: (image, mainName, args) => {
      if (saboteur('fork', mainName, 0) !== undefined) throw new NoFork('out of memory');
      return process.fork(image, mainName, args);
    },
    exit: (code) => process.exit(code),
    onSignal: (handler) => process.onSignal(handler),
  };
}

/** A command that a client sent, and what it was told. */
export interface Asked {
  readonly words: readonly string[];
  readonly atMs: number;
  reply: Reply | undefined;
  answeredAtMs: number | undefined;
}

export class Client {
  readonly asked: Asked[] = [];
  isClosed = false;
  readonly session: Session;
  readonly #server: Server;
  readonly #parser = new ReplyParser();
  #answered = 0;

  constructor(server: Server) {
    this.#server = server;
    this.session = server.engine!.connect({
      send: (bytes) => this.#hear(bytes),
      close: () => {
        this.isClosed = true;
      },
    });
  }

  /** Sends commands, in one piece. Gives the last of them. To be called within an event of the server's process. */
  send(...commands: readonly string[]): Asked {
    const bytes = new ByteWriter();
    for (const command of commands) {
      const words = command.split(' ');
      encodeCommand(bytes, words);
      this.asked.push({ words, atMs: this.#server.nowMs, reply: undefined, answeredAtMs: undefined });
    }
    this.session.feed(bytes.copy());
    return this.asked.at(-1)!;
  }

  #hear(bytes: Uint8Array): void {
    this.#parser.push(bytes);
    for (let reply = this.#parser.next(); reply !== undefined; reply = this.#parser.next()) {
      const asked = this.asked[this.#answered++];
      if (asked === undefined) throw new Error('a reply to nothing');
      asked.reply = reply;
      asked.answeredAtMs = this.#server.nowMs;
    }
  }
}

/** One life of the engine. */
export class Server {
  readonly process: SimProcess;
  engine: Engine | undefined;
  /** Why it did not start. */
  refusal: Error | undefined;
  readonly log: string[] = [];
  readonly open: OpenFiles = new Map();
  readonly #world: World;

  constructor(world: World, settings: Settings, tuning: Partial<Tuning>, saboteur: Saboteur) {
    this.#world = world;
    this.process = world.machine.spawn(async (host) => {
      try {
        const seen = {
          clock: host.clock,
          disk: watched(host.disk, saboteur, this.open),
          process: watchedProcess(host.process, saboteur),
        };
        this.engine = await Engine.open(seen, settings, {
          tuning,
          log: (level, text) => this.log.push(`${level}: ${text}`),
        });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.refusal = error;
        return 1;
      }
      return new Promise<number>(() => {});
    }, 'engine');
  }

  get nowMs(): number {
    return this.#world.scheduler.nowMs;
  }

  get isServing(): boolean {
    return this.engine !== undefined && this.process.alive;
  }

  /** The value of a string, as it is in memory. */
  get(key: string): string | undefined {
    const entry = this.engine?.keyspace.database(0).find(latin1Bytes(key));
    if (entry === undefined) return undefined;
    const into = new ByteWriter();
    entry.writeString(into);
    return latin1Text(into.view());
  }
}

export interface StageOptions extends Partial<WorldOptions> {
  readonly settings?: Partial<Settings>;
  readonly tuning?: Partial<Tuning>;
  readonly saboteur?: Saboteur;
}

/** A machine and its settings, over several lives. */
export class Stage {
  readonly world: World;
  readonly settings: Settings;
  saboteur: Saboteur;
  readonly #tuning: Partial<Tuning>;

  constructor(options: StageOptions) {
    const { settings, tuning, saboteur, ...world } = options;
    this.settings = { ...defaultSettings(), dir: dataDirectory, appendonly: true, save: [], ...settings };
    this.#tuning = tuning ?? {};
    this.saboteur = saboteur ?? (() => undefined);
    const nobody: OpenFiles = new Map();
    const mains = new Map(
      [...childMains].map(([name, main]): [string, ChildMain] => [
        name,
        (host, image, args) =>
          main(
            { ...host, disk: watched(host.disk, (...what) => this.saboteur(...what), nobody) },
            image,
            args,
          ),
      ]),
    );
    this.world = createWorld({ seed: 1, disk: emptyDisk(), childMains: mains, ...world });
  }

  get disk(): SimDisk {
    return this.world.machine.disk;
  }

  get nowMs(): number {
    return this.world.scheduler.nowMs;
  }

  /** Starts a server and waits until it serves or has refused. */
  async start(settings: Partial<Settings> = {}): Promise<Server> {
    const server = this.startSoon(settings);
    await this.world.run({ until: () => server.engine !== undefined || !server.process.alive });
    return server;
  }

  /** Starts a server and waits for nothing. */
  startSoon(settings: Partial<Settings> = {}): Server {
    return new Server(this.world, { ...this.settings, ...settings }, this.#tuning, (...what) =>
      this.saboteur(...what),
    );
  }

  async pass(ms: number): Promise<void> {
    await this.world.run({ untilMs: this.nowMs + ms });
  }

  /** Sends commands and waits for the reply to the last one; undefined where it does not come in ten seconds. */
  async ask(client: Client, server: Server, ...commands: readonly string[]): Promise<string | undefined> {
    let asked: Asked | undefined;
    server.process.enter(() => {
      asked = client.send(...commands);
    });
    const deadlineMs = this.nowMs + 10_000;
    await this.world.run({
      until: () => asked?.reply !== undefined || !server.process.alive,
      untilMs: deadlineMs,
    });
    return asked?.reply === undefined ? undefined : textOf(asked.reply);
  }

  /** Asks until the answer is right. False where it is not within `patienceMs`, or the server has ended. */
  async insist(
    client: Client,
    server: Server,
    command: string,
    answer: string,
    patienceMs: number,
  ): Promise<boolean> {
    const deadlineMs = this.nowMs + patienceMs;
    while (this.nowMs < deadlineMs && server.process.alive) {
      if ((await this.ask(client, server, command)) === answer) return true;
      await this.pass(200);
    }
    return false;
  }
}

export function textOf(reply: Reply): string {
  switch (reply.type) {
    case 'simple':
      return reply.text;
    case 'error':
      return `-${reply.text}`;
    case 'integer':
      return String(reply.value);
    case 'bulk':
      return latin1Text(reply.bytes);
    case 'nil':
      return '(nil)';
    default:
      return JSON.stringify(reply, (_, value: unknown) =>
        typeof value === 'bigint' ? Number(value) : value,
      );
  }
}
