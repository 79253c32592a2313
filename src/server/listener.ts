/**
 * The sockets that the server listens on, and who may come in.
 *
 * The addresses are taken before the engine is opened, so that a port in use is found before a file is touched; who
 * connects while the engine recovers waits, unanswered, until `serve`.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';

import type { Engine } from '../engine/engine.ts';
import { optionText } from '../engine/config/table.ts';
import type { Settings } from '../engine/config/settings.ts';
import { LightsoutError } from '../errors.ts';
import { Connection } from './connection.ts';
import { type ListenAddress, bindAddresses } from './listen-address.ts';
import { OutputQueue } from './output-queue.ts';

const denied =
  '-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. Bind to other addresses only where the network can be trusted, and then say --protected-mode no.\r\n';

export class Listener {
  readonly #settings: Settings;
  readonly #servers: Server[] = [];
  readonly #queue = new OutputQueue();
  #early: Socket[] = [];
  #engine: Engine | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Takes all addresses that the settings name. @throws LightsoutError IO where one cannot be had */
  async open(): Promise<void> {
    const port = Number(optionText(this.#settings, 'port'));
    const backlog = Number(optionText(this.#settings, 'tcp-backlog'));
    const addresses = port === 0 ? [] : bindAddresses(optionText(this.#settings, 'bind'), port, backlog);
    for (const address of addresses) await this.#listen(address);
    const path = optionText(this.#settings, 'unixsocket');
    if (path !== '') await this.#listenUnix(path, backlog);
    if (this.#servers.length === 0) {
      throw new LightsoutError(
        'CONFIG',
        'nothing to listen on: got port 0 and no unixsocket, expected at least one of them',
      );
    }
  }

  /** Lets clients in. */
  serve(engine: Engine): void {
    this.#engine = engine;
    const early = this.#early;
    this.#early = [];
    for (const socket of early) this.#accept(socket);
  }

  async #listenUnix(path: string, backlog: number): Promise<void> {
    removeStaleSocket(path);
    await this.#listen({ name: path, options: { path, backlog }, isOptional: false });
    const permissions = Number.parseInt(optionText(this.#settings, 'unixsocketperm'), 8);
    if (permissions !== 0) chmodSync(path, permissions);
  }

  async #listen({ name, options, isOptional }: ListenAddress): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) =>
      this.#accept(socket),
    );
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options, resolve);
      });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (isOptional && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return;
      const why = code === 'EADDRINUSE' ? 'another program listens there' : String(error);
      throw new LightsoutError(
        'IO',
        `cannot listen on ${name}: ${why}; stop it or choose another --port or --bind`,
        { cause: error },
      );
    }
    server.removeAllListeners('error');
    // Too many open files and the like: that one connection is lost, the server is not.
    server.on('error', () => undefined);
    this.#servers.push(server);
  }

  #accept(socket: Socket): void {
    const engine = this.#engine;
    if (engine === undefined) {
      socket.on('error', () => undefined);
      this.#early.push(socket);
      return;
    }
    const refusal = this.#refusal(engine, socket);
    if (refusal !== undefined) {
      socket.on('error', () => undefined);
      socket.end(refusal, () => socket.destroy());
      return;
    }
    const keepaliveSeconds = Number(optionText(this.#settings, 'tcp-keepalive'));
    if (keepaliveSeconds > 0) socket.setKeepAlive(true, keepaliveSeconds * 1000);
    const timeoutSeconds = Number(optionText(this.#settings, 'timeout'));
    if (timeoutSeconds > 0) socket.setTimeout(timeoutSeconds * 1000);
    new Connection(engine, socket, this.#queue);
    socket.resume();
  }

  #refusal(engine: Engine, socket: Socket): string | undefined {
    if (engine.sessions.size >= this.#settings.maxclients) return '-ERR max number of clients reached\r\n';
    const isTrusted = socket.remoteAddress === undefined || isLoopback(socket.remoteAddress);
    return isTrusted || optionText(this.#settings, 'protected-mode') === 'no' ? undefined : denied;
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** The name of a socket outlives whoever listened on it. Anything else under that name stays, and listening fails. */
function removeStaleSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // There is none, or it is not ours to remove: listening will tell.
  }
}
