/** A client over a real socket: commands out, replies in, in order. Knows nothing of the server's code but RESP. */
import { type Socket, connect } from 'node:net';

import { type Reply, ReplyParser } from '../../../src/resp/index.ts';

export type Word = string | number | Uint8Array;

/** Plain values: text is latin1, a nil null, an error reply an Error, maps and sets arrays. */
export type Value = string | number | null | Error | Value[];

interface Waiting {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

export class Client {
  readonly socket: Socket;
  readonly #parser = new ReplyParser();
  readonly #waiting: Waiting[] = [];
  #end: Error | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#parser.push(bytes);
      for (const reply of this.#parser.all()) this.#waiting.shift()?.resolve(valueOf(reply));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#end = new Error('connection closed');
      for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
    });
  }

  static connect(port: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Client(socket)));
    });
  }

  /** Sends a command. Rejects when the connection ends before its reply; an error reply is a value. */
  send(...words: readonly Word[]): Promise<Value> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const reply = new Promise<Value>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.socket.write(encode(words));
    return reply;
  }

  /** As `send`, but an error reply rejects. */
  async command(...words: readonly Word[]): Promise<Value> {
    const value = await this.send(...words);
    if (value instanceof Error) throw new Error(`${words.slice(0, 3).join(' ')}: ${value.message}`);
    return value;
  }

  /** Sends several commands in one piece. */
  pipeline(commands: readonly (readonly Word[])[]): Promise<Value[]> {
    const replies = commands.map(
      () => new Promise<Value>((resolve, reject) => this.#waiting.push({ resolve, reject })),
    );
    this.socket.write(Buffer.concat(commands.map(encode)));
    return Promise.all(replies);
  }

  /** Resolves when the connection has ended. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) resolve();
      else this.socket.once('close', () => resolve());
    });
  }

  close(): void {
    this.socket.destroy();
  }
}

export function encode(words: readonly Word[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = typeof word === 'object' ? word : Buffer.from(String(word), 'latin1');
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
  }
  return Buffer.concat(parts);
}

function valueOf(reply: Reply): Value {
  switch (reply.type) {
    case 'nil':
      return null;
    case 'integer':
    case 'double':
      return Number(reply.value);
    case 'error':
      return new Error(reply.text);
    case 'simple':
    case 'bignumber':
      return reply.text;
    case 'boolean':
      return reply.value ? 1 : 0;
    case 'bulk':
    case 'verbatim':
      return Buffer.from(reply.bytes).toString('latin1');
    case 'array':
    case 'set':
    case 'push':
      return reply.items.map(valueOf);
    case 'map':
      return reply.entries.flatMap(([key, value]) => [valueOf(key), valueOf(value)]);
  }
}
