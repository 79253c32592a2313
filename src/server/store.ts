/**
 * The engine inside a Node program, without a server: a directory, commands, replies.
 *
 * It is the engine behind a session of its own, so everything that holds for a client over TCP holds here: a reply comes
 * when what it depends on is as durable as `appendfsync` says.
 */
import { Engine } from '../engine/engine.ts';
import type { Session } from '../engine/clients/session.ts';
import { defaultSettings, type Settings } from '../engine/config/settings.ts';
import { LightsoutError } from '../errors.ts';
import { siblingModule } from '../node/child-entry.ts';
import { nodeHost } from '../node/host.ts';
import { ByteWriter, latin1Bytes } from '../bytes/index.ts';
import { lua } from './lua.ts';
import { encodeCommand, type Reply, ReplyParser } from '../resp/index.ts';

export interface StoreOptions extends Partial<Settings> {
  /** The directory of the store, which exists and which nobody else uses. */
  readonly dir: string;
  /** Hears about failures that no command can be told of: of a background save, of a disk. Default: standard error. */
  readonly onWarning?: (text: string) => void;
}

/** A word of a command. Text is sent as UTF-8. */
export type Word = string | number | Uint8Array;

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export class Store {
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #replies = new ReplyParser();
  readonly #waiting: Waiting[] = [];
  #isClosed = false;

  private constructor(engine: Engine) {
    this.#engine = engine;
    this.#session = engine.connect({
      send: (bytes) => this.#receive(bytes),
      close: () => this.#fail('the engine has ended the session'),
    });
  }

  /**
   * Opens a store: takes the directory's lock and recovers what is there. One store a process, since a process has one
   * set of signals: SIGTERM and SIGINT end it as SHUTDOWN would.
   *
   * @throws LightsoutError LOCKED, CORRUPT (nothing on the disk was changed), CONFIG, IO
   * @example
   * const store = await Store.open({ dir: 'data', appendonly: true, appendfsync: 'always' });
   * await store.command('SET', 'left', 'on');
   * await store.close();
   */
  static async open(options: StoreOptions): Promise<Store> {
    const { onWarning = (text) => process.stderr.write(`lightsout: ${text}\n`), ...settings } = options;
    const host = nodeHost({
      childEntry: siblingModule(import.meta.url, 'child'),
      onChildError: (error) => onWarning(`child: ${error instanceof Error ? error.message : String(error)}`),
    });
    const log = (level: string, text: string): void => {
      if (level === 'warning') onWarning(text);
    };
    return new Store(await Engine.open(host, { ...defaultSettings(), ...settings }, { log, scripts: lua() }));
  }

  /**
   * Executes one command and resolves to its reply, once that may leave. An error reply is a reply: `type: 'error'`.
   *
   * @throws LightsoutError SHUTDOWN where the store is closed
   */
  command(...words: readonly Word[]): Promise<Reply> {
    if (this.#isClosed) return Promise.reject(new LightsoutError('SHUTDOWN', 'the store is closed'));
    const request = new ByteWriter();
    encodeCommand(request, words.map(bytesOf));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#session.feed(request.view());
    });
  }

  /** Syncs the log, saves where save points are set, and gives the directory free. @throws LightsoutError SHUTDOWN */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#engine.shutdown('default');
    this.#fail('the store was closed');
    this.#session.end();
  }

  #receive(bytes: Uint8Array): void {
    this.#replies.push(bytes);
    for (let reply = this.#replies.next(); reply !== undefined; reply = this.#replies.next())
      this.#waiting.shift()?.resolve(reply);
  }

  #fail(why: string): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new LightsoutError('SHUTDOWN', why));
  }
}

function bytesOf(word: Word): Uint8Array {
  if (typeof word === 'string') return new TextEncoder().encode(word);
  return typeof word === 'number' ? latin1Bytes(String(word)) : word;
}
