/**
 * A server under test: a process of ours in a directory of its own, on a port of its own, on loopback.
 *
 * Both sides get the same directives. It is ended by its own pid, at the latest when the bench ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import { Client } from './client.ts';

/** How often a starting server is asked whether it serves. */
const askEveryMs = 2;
const startLimitMs = 120_000;

/** Both sides of a comparison. */
export interface Both<T> {
  readonly ours: T;
  readonly redis: T;
}

export type SideName = 'lightsout' | 'redis';

/** One of the two that are compared. */
export interface Side {
  readonly name: SideName;
  /** Program and its first arguments. */
  readonly command: readonly string[];
}

export type Directives = Readonly<Record<string, string>>;

/** Whatever ends the bench, it leaves no process and no file behind. */
const living = new Set<ChildProcess>();
const scratches: string[] = [];
process.on('exit', () => {
  for (const server of living) server.kill('SIGKILL');
  for (const directory of scratches) rmSync(directory, { recursive: true, force: true });
});

export class Server {
  readonly side: Side;
  readonly port: number;
  readonly directory: string;
  /** From the start of the process until it answered PING with all data loaded. */
  readonly startMs: number;
  readonly client: Client;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #log: string[];

  private constructor(
    side: Side,
    port: number,
    directory: string,
    startMs: number,
    client: Client,
    started: Started,
  ) {
    this.side = side;
    this.port = port;
    this.directory = directory;
    this.startMs = startMs;
    this.client = client;
    this.#process = started.process;
    this.#ended = started.ended;
    this.#log = started.log;
  }

  /** Starts a server and waits until it serves. `directory`: one with files to begin with. */
  static async start(side: Side, directives: Directives = {}, directory = makeScratch()): Promise<Server> {
    const port = await freePort();
    const all: Directives = { port: `${port}`, bind: '127.0.0.1', dir: directory, save: '', ...directives };
    const words = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    const startedAt = performance.now();
    const started = launch([...side.command, ...words]);
    try {
      const client = await untilServing(port, started);
      return new Server(side, port, directory, performance.now() - startedAt, client, started);
    } catch (error) {
      started.process.kill('SIGKILL');
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** For how long its main thread has been on a core since it began: time that does not depend on the neighbours. */
  get onCoreMs(): number {
    return Number(readFileSync(`/proc/${this.pid}/task/${this.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  }

  /** What the server wrote to its standard output and error. */
  get log(): string {
    return this.#log.join('');
  }

  /** Resident memory, bytes. */
  get residentBytes(): number {
    return this.#statusBytes('VmRSS');
  }

  /** The most resident memory that it has had, bytes. */
  get peakResidentBytes(): number {
    return this.#statusBytes('VmHWM');
  }

  #statusBytes(name: string): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  }

  /** Waits for a child (`rdb_bgsave_in_progress`, `aof_rewrite_in_progress`) to end. */
  async untilIdle(field: string): Promise<void> {
    while ((await this.client.info(field)) !== '0') await sleep(10);
  }

  /** Ends the server; what it left on the disk stays. SIGTERM: once all that it was told is on the disk. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.client.end();
    this.#process.kill(signal);
    await this.#ended;
    living.delete(this.#process);
  }

  /** Ends the server and removes its directory. */
  async discard(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  readonly log: string[];
}

function launch(command: readonly string[]): Started {
  const server = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  living.add(server);
  const log: string[] = [];
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk: Buffer) => {
      log.push(chunk.toString());
    });
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', (error) => {
      log.push(error.message);
      resolve();
    });
  });
  return { process: server, ended, log };
}

/** Connects and asks until PING is answered; a server that is loading refuses either. */
async function untilServing(port: number, { process: server, log, ended }: Started): Promise<Client> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  for (
    const givesUpAt = performance.now() + startLimitMs;
    performance.now() < givesUpAt;
    await sleep(askEveryMs)
  ) {
    if (isOver)
      throw new Error(`${server.spawnargs.join(' ')} ended at its start: ${log.join('').slice(-2000)}`);
    let client: Client | undefined;
    try {
      client = await Client.open(port);
      for (;;) {
        const answer = await client.ask('PING').catch((error: unknown) => (error as Error).message);
        if (answer === 'PONG') return client;
        if (!answer.startsWith('LOADING')) break;
        await sleep(askEveryMs);
      }
    } catch {
      // Nobody listens yet.
    }
    client?.end();
  }
  throw new Error(`${server.spawnargs.join(' ')} does not serve after ${startLimitMs} ms`);
}

/** A new directory for files of the bench, removed at its end at the latest. */
export function makeScratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'lightsout-bench-'));
  scratches.push(directory);
  return directory;
}
