/**
 * A simulated client: it sends commands in the ways that a network delivers them, and holds every reply against what the
 * model expects.
 *
 * A command counts as executed when its last byte is fed to the session: that is when the engine executes it, so the
 * model does then, at the same wall time. Its reply may come much later; the order on one connection is the only thing
 * that ties the two.
 *
 * Behind a command that waits for a key nothing is sent before its reply is there.
 */
import type { Expectation, Reply } from '../oracle/reply.ts';
import { describeReply, NOTHING_YET, replyMatches } from '../oracle/reply.ts';
import { describeCommand } from './argument.ts';
import type { EngineSession } from './engine-module.ts';
import { encodeCommand, ReplyParser } from './resp.ts';
import type { Delivery } from './schema.ts';

/** A command that was executed and has not been answered. */
export interface Outstanding {
  readonly command: readonly string[];
  expected: Expectation;
  /** History index that the reply depends on; 0 for none. */
  dependsOn: number;
  /** When it was sent; when it was served or its time was over, for one that had to wait. */
  sentAtMs: number;
  /** It had to wait for a key. */
  readonly hasWaited: boolean;
  /** It waits for a key, and rightly: nobody has served it, and its time is not over. */
  waitsForKey: boolean;
  /** What was sent before it on this connection was not answered yet, so its reply must wait for those. */
  readonly followsOthers: boolean;
  /** Called with the reply once it was found right. */
  readonly onReply: ((reply: Reply) => void) | undefined;
}

/** What the model says of a command. */
export interface Execution extends Pick<Outstanding, 'expected' | 'dependsOn' | 'onReply'> {
  /** It waits for a key: `served` is called with what it is answered once somebody has made it. */
  readonly wait?: {
    readonly timeoutMs: number;
    whenServed(served: (expected: Expectation, dependsOn: number) => void): void;
  };
  /** False when chance has a part in it: nothing more may be executed until its reply is there. */
  readonly isDecided: boolean;
}

/** What a client asks of the run that it belongs to. */
export interface ClientSurroundings {
  /** Executes a command in the model, at this instant. */
  execute(client: SimClient, command: readonly string[]): Execution;
  /** What a command is answered may hang on how much those before it had logged: nothing is fed together. */
  readonly feedsOneByOne: boolean;
  /** Bytes are about to be fed, and have been. */
  delivering(): void;
  delivered(): void;
  /**
   * False while a reply must tell first what chance did: `later` is called when it has. Whoever goes on from where it was
   * interrupted goes before all others.
   */
  mayExecute(later: () => void): boolean;
  nowMs(): number;
  after(delayMs: number, run: () => void): void;
  /** A right reply has left the engine. */
  replied(client: SimClient, outstanding: Outstanding, reply: Reply): void;
  /** Something is wrong: a reply nobody expected, or another than expected. */
  wrong(client: SimClient, message: string): void;
}

interface Message {
  readonly bytes: Uint8Array;
  /** The commands whose last bytes are in here, with where they end. */
  readonly commands: readonly {
    readonly command: readonly string[];
    readonly endBytes: number;
    readonly onReply: Outstanding['onReply'];
  }[];
}

export class SimClient {
  readonly name: string;
  readonly #around: ClientSurroundings;
  readonly #parser = new ReplyParser();
  readonly #outstanding: Outstanding[] = [];
  #session: EngineSession | undefined;
  #held: Message[] = [];
  /** Deliveries that wait until it is known what chance did. */
  #postponed = 0;
  #splitting = false;
  /** The command that waits, or waited, for a key, until its reply is there: the last that was sent. */
  #blocking: Outstanding | undefined;
  /** Ends its wait where its time is over. */
  #timeOut: (() => void) | undefined;
  /** Deliveries behind it. */
  #behind: (() => void)[] = [];
  #closed = false;

  constructor(name: string, around: ClientSurroundings) {
    this.name = name;
    this.#around = around;
  }

  /** The engine's end of the connection. */
  readonly transport = {
    send: (bytes: Uint8Array): void => this.#receive(bytes),
    close: (): void => {
      this.#closed = true;
      const { length } = this.waiting;
      if (length > 0)
        this.#around.wrong(this, `the engine closed the connection with ${length} commands unanswered`);
    },
  };

  attach(session: EngineSession): void {
    this.#session = session;
  }

  /** Nothing of this client happens any more: its server is dead. */
  detach(): void {
    this.#session = undefined;
    this.#closed = true;
  }

  /** What it may expect answers to. */
  get waiting(): readonly Outstanding[] {
    return this.waitsForKey ? this.#outstanding.slice(0, -1) : this.#outstanding;
  }

  /** Its last command waits for a key. */
  get waitsForKey(): boolean {
    return this.#blocking?.waitsForKey === true;
  }

  get idle(): boolean {
    const isSending = this.#held.length > 0 || this.#postponed > 0 || this.#splitting;
    return this.#outstanding.length === 0 && !isSending;
  }

  /** Sends commands back to back. */
  send(
    commands: readonly (readonly string[])[],
    delivery: Delivery = { how: 'whole' },
    onReply?: (reply: Reply) => void,
  ): void {
    const message = join(
      commands.map((command) => ({
        bytes: encodeCommand(command),
        commands: [{ command, endBytes: 0, onReply }],
      })),
    );
    if (delivery.how === 'joined' || this.#splitting) {
      this.#held.push(message);
      return;
    }
    const all = this.#takeHeld(message);
    if (delivery.how === 'whole') {
      this.#deliver(all, 0, all.bytes.length);
      return;
    }
    const at = Math.max(1, Math.floor((all.bytes.length * delivery.atPermille) / 1000));
    this.#splitting = true;
    this.#deliver(all, 0, at);
    this.#around.after(delivery.restAfterMs, () => {
      this.#splitting = false;
      this.#deliver(all, at, all.bytes.length);
      this.flush();
    });
  }

  /** Sends what was held back. */
  flush(): void {
    if (this.#held.length === 0 || this.#splitting) return;
    const all = this.#takeHeld(undefined);
    this.#deliver(all, 0, all.bytes.length);
  }

  #takeHeld(last: Message | undefined): Message {
    if (this.#held.length === 0 && last !== undefined) return last;
    const messages = last === undefined ? this.#held : [...this.#held, last];
    this.#held = [];
    return join(messages);
  }

  #deliver(message: Message, from: number, to: number): void {
    const session = this.#session;
    if (session === undefined || this.#closed) return;
    if (this.#blocking !== undefined || this.#behind.length > 0) {
      this.#behind.push(() => this.#deliver(message, from, to));
      return;
    }
    const later = (): void => {
      this.#postponed--;
      this.#deliver(message, from, to);
    };
    if (!this.#around.mayExecute(later)) {
      this.#postponed++;
      return;
    }
    const sentAtMs = this.#around.nowMs();
    let until = to;
    this.#around.delivering();
    try {
      for (const { command, endBytes, onReply } of message.commands) {
        if (endBytes <= from || endBytes > to) continue;
        const executed = this.#around.execute(this, command);
        const { expected, dependsOn, onReply: onRight, isDecided, wait } = executed;
        const outstanding: Outstanding = {
          command,
          expected,
          dependsOn,
          sentAtMs,
          hasWaited: wait !== undefined,
          waitsForKey: wait !== undefined,
          followsOthers: this.#outstanding.length > 0,
          onReply: onReply ?? onRight,
        };
        this.#outstanding.push(outstanding);
        if (wait !== undefined) this.#waitFor(outstanding, wait);
        if (!isDecided || wait !== undefined || this.#around.feedsOneByOne) {
          until = endBytes;
          break;
        }
      }
      const whole = from === 0 && until === message.bytes.length;
      session.feed(whole ? message.bytes : message.bytes.slice(from, until));
    } finally {
      this.#around.delivered();
    }
    if (until < to) this.#deliver(message, until, to);
  }

  #waitFor(outstanding: Outstanding, wait: NonNullable<Execution['wait']>): void {
    const end = (): void => {
      outstanding.waitsForKey = false;
      outstanding.sentAtMs = this.#around.nowMs();
    };
    this.#blocking = outstanding;
    this.#timeOut = undefined;
    outstanding.expected = NOTHING_YET;
    wait.whenServed((expected, dependsOn) => {
      outstanding.expected = expected;
      outstanding.dependsOn = dependsOn;
      end();
    });
    if (wait.timeoutMs === 0) return;
    const sinceMs = this.#around.nowMs();
    const timeOut = (): void => {
      // Times are of microseconds, as fractions.
      const leftUs = Math.round((sinceMs + wait.timeoutMs - this.#around.nowMs()) * 1000);
      if (!outstanding.waitsForKey || leftUs > 0) return;
      outstanding.expected = null;
      end();
    };
    // A process that was stopped may find the engine's timer due before this one.
    this.#timeOut = timeOut;
    this.#around.after(wait.timeoutMs, timeOut);
  }

  /** Sends what has come behind a command that waited. */
  #goOn(): void {
    const behind = this.#behind;
    this.#behind = [];
    for (const deliver of behind) deliver();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#session === undefined && this.#closed) return;
    this.#parser.feed(bytes, (reply) => {
      const outstanding = this.#outstanding.shift();
      if (outstanding === undefined) {
        this.#around.wrong(this, `a reply that nothing was sent for: ${describeReply(reply)}`);
        return;
      }
      if (outstanding === this.#blocking) this.#timeOut?.();
      if (!replyMatches(outstanding.expected, reply)) {
        const { command, expected } = outstanding;
        this.#around.wrong(
          this,
          `${describeCommand(command)}: got ${describeReply(reply)}, expected ${describeReply(expected)}`,
        );
      }
      this.#around.replied(this, outstanding, reply);
      outstanding.onReply?.(reply);
      if (outstanding !== this.#blocking) return;
      this.#blocking = undefined;
      this.#around.after(0, () => this.#goOn());
    });
  }
}

function join(messages: readonly Message[]): Message {
  let length = 0;
  for (const { bytes } of messages) length += bytes.length;
  const bytes = messages.length === 1 ? messages[0]!.bytes : new Uint8Array(length);
  const commands: Message['commands'][number][] = [];
  let at = 0;
  for (const message of messages) {
    if (messages.length > 1) bytes.set(message.bytes, at);
    for (const { command, endBytes, onReply } of message.commands) {
      commands.push({ command, endBytes: at + (endBytes === 0 ? message.bytes.length : endBytes), onReply });
    }
    at += message.bytes.length;
  }
  return { bytes, commands };
}
