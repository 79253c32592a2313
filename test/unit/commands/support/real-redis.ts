/** A real redis-server in a directory of its own, and a client that is nothing but a pipeline. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../support/free-port.ts';
import { readFrame, type Frame } from './frame.ts';

export const wantedVersion = '7.0.15';

/** Whether the redis-server that the tests compare with is on PATH. */
export function hasRealRedis(): boolean {
  const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  return typeof stdout === 'string' && stdout.includes(`v=${wantedVersion} `);
}

export class RealRedis {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #port: number;

  private constructor(process: ChildProcess, directory: string, port: number) {
    this.#process = process;
    this.#directory = directory;
    this.#port = port;
  }

  static async start(): Promise<RealRedis> {
    const directory = mkdtempSync(join(tmpdir(), 'lightsout-commands-'));
    const port = await freePort();
    const options = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
      '--daemonize',
      'no',
    ];
    // The log is compared too; command by command, never rewritten.
    options.push('--appendonly', 'yes', '--appendfsync', 'no', '--aof-use-rdb-preamble', 'no');
    options.push('--auto-aof-rewrite-percentage', '0', '--enable-debug-command', 'local');
    const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
      server.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('Ready to accept connections')) resolve();
      });
    });
    return new RealRedis(server, directory, port);
  }

  client(): Promise<RealClient> {
    return RealClient.connect(this.#port);
  }

  /** The commands of its log, as words. */
  readLog(): string[][] {
    const text = readFileSync(join(this.#directory, 'appendonlydir', 'appendonly.aof.1.incr.aof'), 'latin1');
    const commands: string[][] = [];
    for (let at = 0; at < text.length;) {
      const read = readFrame(text, at);
      if (read === undefined) throw new Error('the log of the real server ends inside a command');
      commands.push((read.frame.items ?? []).map((item) => item.body ?? ''));
      at = read.end;
    }
    return commands;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export class RealClient {
  readonly #socket: Socket;
  #received = '';
  #wanted:
    | {
        count: number;
        replies: string[];
        resolve: (replies: string[]) => void;
        reject: (error: Error) => void;
      }
    | undefined;

  /** A client of whatever server listens there. */
  static async connect(port: number): Promise<RealClient> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return new RealClient(socket);
  }

  /** Another client of the same server. */
  another(): Promise<RealClient> {
    return RealClient.connect(this.#socket.remotePort!);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#received += chunk;
      this.#deliver();
    });
    socket.on('close', () => this.#wanted?.reject(new Error('the server has closed the connection')));
  }

  #deliver(): void {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    let at = 0;
    while (wanted.replies.length < wanted.count) {
      const read = readFrame(this.#received, at);
      if (read === undefined) break;
      wanted.replies.push(this.#received.slice(at, read.end));
      at = read.end;
    }
    this.#received = this.#received.slice(at);
    if (wanted.replies.length < wanted.count) return;
    this.#wanted = undefined;
    wanted.resolve(wanted.replies);
  }

  /** Sends commands at once and gives their replies, raw. */
  pipeline(commands: readonly (readonly string[])[]): Promise<string[]> {
    let text = '';
    for (const words of commands) {
      text += `*${words.length}\r\n`;
      for (const word of words) text += `$${word.length}\r\n${word}\r\n`;
    }
    return new Promise((resolve, reject) => {
      this.#wanted = { count: commands.length, replies: [], resolve, reject };
      this.#socket.write(text, 'latin1');
    });
  }

  async call(...words: string[]): Promise<string> {
    return (await this.pipeline([words]))[0]!;
  }

  end(): void {
    this.#socket.destroy();
  }
}

export type { Frame };
