/**
 * A client's connection: bytes from a socket to a session and back, nothing else.
 *
 * A client that does not read its replies is not read from either, once more than `unsentLimitBytes` wait for it.
 */
import type { Socket } from 'node:net';

import type { Engine } from '../engine/engine.ts';
import type { Session, Transport } from '../engine/clients/session.ts';
import type { OutputQueue } from './output-queue.ts';

const unsentLimitBytes = 1024 * 1024;

export class Connection implements Transport {
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #queue: OutputQueue;
  #unsent: Uint8Array[] = [];
  #isClosing = false;

  /** Begins a session on `socket`, which this owns from now on. */
  constructor(engine: Engine, socket: Socket, queue: OutputQueue) {
    this.#socket = socket;
    this.#queue = queue;
    this.#session = engine.connect(this, addressOf(socket));
    // As a plain Uint8Array: a Buffer is of another hidden class, and the engine's loops would have to serve both.
    socket.on('data', (bytes) =>
      this.#session.feed(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)),
    );
    // The client will send no more; what it has asked for is still answered.
    socket.on('end', () => this.#session.closeAfterReplies());
    socket.on('drain', () => {
      if (socket.isPaused()) socket.resume();
    });
    socket.on('timeout', () => socket.destroy());
    // Every error is followed by 'close'; that a client vanishes is no news.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#session.end());
  }

  send(bytes: Uint8Array): void {
    this.#unsent.push(bytes);
    if (this.#unsent.length === 1) this.#queue.add(this);
  }

  close(): void {
    this.#isClosing = true;
    if (this.#unsent.length === 0) this.#socket.destroySoon();
  }

  flush(): void {
    const socket = this.#socket;
    const unsent = this.#unsent;
    this.#unsent = [];
    if (socket.destroyed) return;
    if (unsent.length === 1) {
      socket.write(unsent[0]!);
    } else {
      socket.cork();
      for (const bytes of unsent) socket.write(bytes);
      socket.uncork();
    }
    if (this.#isClosing) socket.destroySoon();
    else if (socket.writableLength > unsentLimitBytes) socket.pause();
  }
}

/** As CLIENT LIST shows it: '127.0.0.1:5000', '[::1]:5000', and '/path:0' for a unix socket. */
function addressOf(socket: Socket): string {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined) {
    const own = socket.address();
    return 'address' in own && typeof own.address === 'string' ? `${own.address}:0` : '/:0';
  }
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
