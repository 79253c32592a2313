/**
 * A client's session: its bytes in, its replies out, and everything between them that belongs to one client: the parser,
 * the selected database, the protocol version, MULTI and WATCH.
 *
 * `feed` executes every complete command at once and in order. Replies are gathered and leave together, when the gate
 * opens for the newest unit that any of them may depend on. Only bytes move outside: the server and the simulated
 * clients do nothing but carry them.
 */
import { ByteWriter } from '../../bytes/writer.ts';
import { Argv, ProtocolError, ReplyWriter, RequestParser } from '../../resp/index.ts';
import type { Engine } from '../engine.ts';
import type { Waiting } from '../journal/gate.ts';
import { Transaction } from './transaction.ts';

export interface Transport {
  /** Replies that may leave now. The bytes belong to the receiver. */
  send(bytes: Uint8Array): void;
  /** The engine ends the connection, after what it sent. */
  close(): void;
}

/** Room for replies that a session keeps from one turn to the next. */
const keptBytes = 64 * 1024;

export class Session {
  readonly id: number;
  readonly transaction = new Transaction();
  readonly reply: ReplyWriter;
  name = '';
  libraryName = '';
  libraryVersion = '';
  /** The peer's address as CLIENT LIST shows it. */
  address: string;
  dbIndex = 0;
  readonly createdAtMs: number;
  lastCommandAtMs: number;
  lastCommand = '';
  /** Number of the last unit that this client's commands made, or that served it when it waited; for WAITAOF. */
  lastUnit = 0;
  /** What was written since the last reply left tells of the data, and so depends on every unit until now. */
  tellsOfData = false;
  /** Where at the gate its last replies wait, or have waited. */
  gated: Waiting | undefined;
  /** CLIENT REPLY: 'skip' leaves out the reply of the next command. */
  replies: 'on' | 'off' | 'skip' | 'skipping' = 'on';

  readonly #engine: Engine;
  readonly #transport: Transport;
  readonly #parser: RequestParser;
  readonly #argv = new Argv();
  readonly #output = new ByteWriter(512);
  /** A command of this session has not answered yet: later ones wait. */
  #suspended = false;
  #closed = false;
  /** It ends when its replies have left: nothing more is executed, however long they wait at the gate. */
  #ending = false;

  constructor(engine: Engine, transport: Transport, id: number, address: string) {
    this.#engine = engine;
    this.#transport = transport;
    this.id = id;
    this.address = address;
    this.createdAtMs = this.lastCommandAtMs = engine.host.clock.wallMs();
    this.#parser = new RequestParser('client', engine.requestLimits);
    this.reply = new ReplyWriter(this.#output);
  }

  /** It waits for a key. */
  get isBlocked(): boolean {
    return this.#engine.blocking.isWaiting(this);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Takes bytes from the peer, split anywhere, and executes what is complete. */
  feed(bytes: Uint8Array): void {
    if (this.#closed || this.#ending) return;
    this.#parser.push(bytes);
    this.#pump();
  }

  /** The peer is gone: nothing more is executed or sent. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#engine.forget(this);
  }

  /** Sends what has been answered, as soon as the gate allows, then ends the connection. */
  closeAfterReplies(): void {
    this.#leave(true);
  }

  get #mayExecute(): boolean {
    return !this.#suspended && !this.#closed && !this.#ending;
  }

  #pump(): void {
    const engine = this.#engine;
    engine.beginTurn();
    try {
      while (this.#mayExecute && this.#parser.next(this.#argv) === 'command') {
        const pending = engine.execute(this, this.#argv);
        if (pending !== undefined) this.#suspend(pending);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.reply.error(`ERR ${error.message}`);
      this.#leave(true);
      return;
    }
    this.#leave(false);
  }

  /** Stops executing this session's commands until `pending` has written its reply. */
  #suspend(pending: Promise<void>): void {
    this.#suspended = true;
    this.#leave(false);
    pending.then(
      () => {
        this.#suspended = false;
        this.tellsOfData = true;
        if (!this.#closed) this.#pump();
      },
      (error: unknown) => this.#engine.crash(error),
    );
  }

  /** Hands what was written so far to the gate. */
  #leave(close: boolean): void {
    const output = this.#output;
    if (close) this.#ending = true;
    if (this.#closed || (output.length === 0 && !close)) return;
    const bytes = this.#takeOutput();
    this.#engine.gated(this, () => {
      if (this.#closed) return;
      if (bytes.length > 0) this.#transport.send(bytes);
      if (close) {
        this.end();
        this.#transport.close();
      }
    });
  }

  /** Empties the output. A large one is handed over as it stands: neither copied, nor its room kept for the session's life. */
  #takeOutput(): Uint8Array {
    const output = this.#output;
    if (output.buffer.length <= keptBytes) {
      const bytes = output.copy();
      output.clear();
      return bytes;
    }
    const bytes = output.view();
    output.buffer = new Uint8Array(512);
    output.clear();
    return bytes;
  }

  /** Takes back the reply of the command that began at `mark`, for CLIENT REPLY OFF and SKIP. */
  eraseReply(mark: number): void {
    this.#output.length = Math.min(this.#output.length, mark);
  }

  get replyMark(): number {
    return this.#output.length;
  }
}
