/**
 * Servers as processes of their own: lightsout, and a real Redis, on free ports of loopback.
 *
 * lightsout is bundled from its sources once a test file, which takes a few hundredths of a second and makes each of its many
 * starts ten times faster than a start through tsx. Whatever a test file started and did not end is killed after it, by
 * pid.
 */
import { buildSync } from 'esbuild';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

import { Client } from './client.ts';

const sources = fileURLToPath(new URL('../../../src/server', import.meta.url));
const bundle = mkdtempSync(join(tmpdir(), 'lightsout-bundle-'));
afterAll(() => rmSync(bundle, { recursive: true, force: true }));
buildSync({
  entryPoints: [join(sources, 'main.ts'), join(sources, 'child.ts')],
  outdir: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
writeFileSync(join(bundle, 'package.json'), '{"type":"module"}');

/** The program and arguments that run lightsout-server. */
export const lightsoutCommand: readonly string[] = [process.execPath, join(bundle, 'main.js')];

/** The same through tsx, as `npm start` does. */
export const sourceCommand: readonly string[] = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  join(sources, 'main.ts'),
];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ServerProcess {
  readonly port: number;
  readonly dir: string;
  /** Everything it wrote, both streams. */
  output = '';
  errorOutput = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #status: Ended | undefined;

  constructor(command: readonly string[], port: number, dir: string) {
    this.port = port;
    this.dir = dir;
    const [program = '', ...args] = command;
    this.#child = spawn(program, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout!.on('data', (bytes: Buffer) => {
      this.output += bytes.toString();
    });
    this.#child.stderr!.on('data', (bytes: Buffer) => {
      this.output += bytes.toString();
      this.errorOutput += bytes.toString();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      // 'close': its output has ended too.
      this.#child.on('close', (code, signal) => {
        this.#status = { code, signal };
        resolve(this.#status);
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasEnded(): boolean {
    return this.#status !== undefined;
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.hasEnded) this.#child.kill(signal);
  }

  /** A client, as soon as the server answers PING. @throws Error with the output where it ends instead */
  async ready(timeoutMs = 20_000): Promise<Client> {
    const end = performance.now() + timeoutMs;
    while (performance.now() < end && !this.hasEnded) {
      const client = await Client.connect(this.port).catch(() => undefined);
      if (client !== undefined) {
        const pong = await client.send('PING').catch(() => undefined);
        if (pong === 'PONG') return client;
        client.close();
      }
      await sleep(10);
    }
    throw new Error(
      `${this.hasEnded ? 'the server has ended' : 'the server does not answer'}:\n${this.output}`,
    );
  }

  /** SIGKILL, and waits for its end. */
  async killed(): Promise<void> {
    this.kill('SIGKILL');
    await this.ended;
  }
}

/** Starters of servers, which all end with the test file. */
export function servers(): {
  lightsout(dir: string, ...args: readonly string[]): Promise<ServerProcess>;
  redis(dir: string, ...args: readonly string[]): Promise<ServerProcess>;
  /** Any command line that ends in one of a server: `strace … lightsout-server`. */
  command(command: readonly string[], dir: string, ...args: readonly string[]): Promise<ServerProcess>;
} {
  const started: ServerProcess[] = [];
  afterAll(async () => {
    for (const server of started) await server.killed();
  });
  const start = async (
    command: readonly string[],
    dir: string,
    args: readonly string[],
  ): Promise<ServerProcess> => {
    const port = await freePort();
    const server = new ServerProcess(
      [...command, '--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...args],
      port,
      dir,
    );
    started.push(server);
    return server;
  };
  return {
    lightsout: (dir, ...args) => start(lightsoutCommand, dir, args),
    redis: (dir, ...args) => start(['redis-server'], dir, args),
    command: (command, dir, ...args) => start(command, dir, args),
  };
}

/** A port that the system says is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
