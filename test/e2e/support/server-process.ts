/**
 * A server as a process of its own, on a free port of loopback; and ours as a bundle of its sources, which is made in a few
 * hundredths of a second and starts ten times faster than the sources through tsx.
 */
import { buildSync } from 'esbuild';
import { type ChildProcess, spawn } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../support/free-port.ts';
import { Client } from './client.ts';

export const serverSources = fileURLToPath(new URL('../../../src/server', import.meta.url));

/** Bundles lightsout-server into a directory. Returns the program and arguments that run it. */
export function bundleServer(directory: string): readonly string[] {
  buildSync({
    entryPoints: [join(serverSources, 'main.ts'), join(serverSources, 'child.ts')],
    outdir: directory,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  // What is read at run time, Lua's module, is found as in an installed package.
  symlinkSync(
    fileURLToPath(new URL('../../../node_modules', import.meta.url)),
    join(directory, 'node_modules'),
  );
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  return [process.execPath, join(directory, 'main.js')];
}

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

  /**
   * Starts a server on `dir`.
   * @param command - a program and arguments that end where those of a server begin: `redis-server`, `strace … node main.js`
   */
  static async start(
    command: readonly string[],
    dir: string,
    args: readonly string[],
  ): Promise<ServerProcess> {
    const port = await freePort();
    const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir];
    return new ServerProcess([...command, ...where, ...args], port, dir);
  }

  private constructor(command: readonly string[], port: number, dir: string) {
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
