/**
 * Reading everything that an engine holds, as any client could: KEYS, TYPE and PEXPIRETIME of each database, then every
 * value, then when the fields of each hash expire, through a session of its own.
 */
import type { Snapshot } from '../oracle/model/state.ts';
import { hashRecord, NO_EXPIRY_MS, recordOf } from '../oracle/record.ts';
import type { ModelRecord, Value } from '../oracle/record.ts';
import { idOf } from '../oracle/stream.ts';
import type { ModelStream } from '../oracle/stream.ts';
import { describeReply, isError } from '../oracle/reply.ts';
import type { Reply } from '../oracle/reply.ts';
import type { World } from '../world/index.ts';
import type { EngineSession } from './engine-module.ts';
import { encodeCommands, ReplyParser } from './resp.ts';
import type { Server } from './server.ts';

/** How long the judge waits for an answer, in virtual time. */
export const PATIENCE_MS = 20_000;

/** The engine did not answer the judge, or not with what can be. */
export class ReadingError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'ReadingError';
  }
}

/** A conversation: some commands, then all their replies. Everything happens inside the run of the world: see `converse`. */
export class Conversation {
  readonly #world: World;
  readonly #server: Server;
  readonly #parser = new ReplyParser();
  #session: EngineSession | undefined;
  #replies: Reply[] = [];
  #asked: readonly (readonly string[])[] = [];
  #answer: ((replies: readonly Reply[]) => void) | undefined;

  constructor(world: World, server: Server) {
    this.#world = world;
    this.#server = server;
    server.process.enter(() => {
      this.#session = server.engine!.connect({ send: (bytes) => this.#take(bytes), close: () => {} });
    });
  }

  /** Settles when every command is answered, which may be never. */
  ask(commands: readonly (readonly string[])[]): Promise<readonly Reply[]> {
    if (commands.length === 0) return Promise.resolve([]);
    this.#replies = [];
    this.#asked = commands;
    this.#server.process.after(0, 'judge', () => this.#session?.feed(encodeCommands(commands)));
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** The command that waits for its answer, in words. */
  get waitingFor(): string | undefined {
    return this.#asked[this.#replies.length]?.slice(0, 3).join(' ');
  }

  end(): void {
    this.#server.process.enter(() => this.#session?.end());
    this.#session = undefined;
  }

  #take(bytes: Uint8Array): void {
    this.#world.trace.bytes('judged', bytes);
    this.#parser.feed(bytes, (reply) => this.#replies.push(reply));
    if (this.#replies.length < this.#asked.length) return;
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(this.#replies);
  }
}

/**
 * Lets the world run until a talk with its engine is over. The talk is a function that asks and awaits answers; it may
 * begin before the engine serves.
 *
 * @throws ReadingError when an answer stays away, and what the talk throws
 */
export async function converse<T>(
  world: World,
  talk: (connect: (server: Server) => Conversation) => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  let conversation: Conversation | undefined;
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  const connect = (server: Server): Conversation => (conversation = new Conversation(world, server));
  talk(connect).then(
    (value) => {
      outcome = { value };
      world.scheduler.stop();
    },
    (error: unknown) => {
      outcome = { error };
      world.scheduler.stop();
    },
  );
  await world.run({ untilMs: world.scheduler.nowMs + patienceMs, until: () => outcome !== undefined });
  conversation?.end();
  if (outcome === undefined)
    throw new ReadingError(
      `${conversation?.waitingFor ?? 'the recovery'}: no answer within ${patienceMs / 1000} s of virtual time`,
    );
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** What was read, and when: what had expired by then may be missing. */
export interface Reading {
  readonly snapshot: Snapshot;
  readonly wallMs: number;
}

/** Everything that is held, and the wall time at which the last of it was read. @throws ReadingError */
export async function readEverything(
  conversation: Pick<Conversation, 'ask'>,
  server: { readonly wallMs: number },
  databases: number,
): Promise<Reading> {
  const indices = Array.from({ length: databases }, (_, index) => index);
  const listed = await conversation.ask(
    indices.flatMap((index) => [
      ['SELECT', String(index)],
      ['KEYS', '*'],
    ]),
  );
  const keys = indices.map((index) => textsOf(listed[index * 2 + 1]!, 'KEYS *'));
  const about = await conversation.ask(
    indices.flatMap((index) =>
      keys[index]!.length === 0
        ? []
        : [
            ['SELECT', String(index)],
            ...keys[index]!.flatMap((key) => [
              ['TYPE', key],
              ['PEXPIRETIME', key],
            ]),
          ],
    ),
  );
  const found: {
    readonly index: number;
    readonly key: string;
    readonly type: string;
    readonly expireAtMs: number;
  }[] = [];
  let at = 0;
  for (const index of indices) {
    if (keys[index]!.length > 0) at++;
    for (const key of keys[index]!) {
      const type = about[at++]!;
      const time = about[at++]!;
      if (typeof type !== 'object' || type === null || !('status' in type) || typeof time !== 'number')
        throw new ReadingError(
          `TYPE or PEXPIRETIME of ${key}: ${describeReply(type)}, ${describeReply(time)}`,
        );
      if (type.status !== 'none')
        found.push({ index, key, type: type.status, expireAtMs: time < 0 ? NO_EXPIRY_MS : time });
    }
  }
  const commands: string[][] = [];
  let selected = -1;
  for (const { index, key, type } of found) {
    if (index !== selected) commands.push(['SELECT', String(index)]);
    selected = index;
    commands.push(valueCommand(key, type));
  }
  const values = (await conversation.ask(commands)).filter((_, i) => commands[i]![0] !== 'SELECT');
  const snapshot = indices.map(() => new Map<string, ModelRecord>());
  for (const [i, { index, key, type, expireAtMs }] of found.entries()) {
    const value = valueOf(type, values[i]!, key);
    if (value !== undefined) snapshot[index]!.set(key, recordOf(value, expireAtMs));
  }
  await readFieldExpiries(conversation, snapshot);
  return { snapshot, wallMs: server.wallMs };
}

/** Asks of every hash when its fields expire, and notes it. */
async function readFieldExpiries(
  conversation: Pick<Conversation, 'ask'>,
  snapshot: readonly Map<string, ModelRecord>[],
): Promise<void> {
  const commands: string[][] = [];
  const asked: { readonly keys: Map<string, ModelRecord>; readonly key: string }[] = [];
  for (const [index, keys] of snapshot.entries()) {
    let isSelected = false;
    for (const [key, { type, value }] of keys) {
      if (type !== 'hash') continue;
      if (!isSelected) commands.push(['SELECT', String(index)]);
      isSelected = true;
      commands.push(['HPEXPIRETIME', key, 'FIELDS', String(value.size), ...value.keys()]);
      asked.push({ keys, key });
    }
  }
  const replies = (await conversation.ask(commands)).filter((_, i) => commands[i]![0] !== 'SELECT');
  for (const [i, { keys, key }] of asked.entries()) {
    const { value, expireAtMs } = keys.get(key) as Extract<ModelRecord, { readonly type: 'hash' }>;
    const times = replies[i]!;
    if (!Array.isArray(times) || times.length !== value.size || !times.every(Number.isInteger))
      throw new ReadingError(`HPEXPIRETIME ${key}: ${describeReply(times)}`);
    const all = [...value.keys()].map((field, at): [string, number] => [field, times[at] as number]);
    // A field, or the key, may have expired between the questions.
    const left = new Map(all.filter(([, ms]) => ms !== -2).map(([field]) => [field, value.get(field)!]));
    if (left.size === 0) keys.delete(key);
    else keys.set(key, hashRecord(left, expireAtMs, new Map(all.filter(([, ms]) => ms >= 0))));
  }
}

function valueCommand(key: string, type: string): string[] {
  if (type === 'string') return ['GET', key];
  if (type === 'list') return ['LRANGE', key, '0', '-1'];
  if (type === 'set') return ['SMEMBERS', key];
  if (type === 'hash') return ['HGETALL', key];
  if (type === 'stream') return ['XINFO', 'STREAM', key, 'FULL', 'COUNT', '0'];
  if (type === 'zset') return ['ZRANGE', key, '0', '-1', 'WITHSCORES'];
  throw new ReadingError(`key ${JSON.stringify(key)} has the type ${type}`);
}

/** Undefined when the key expired between the questions. */
function valueOf(type: string, reply: Reply, key: string): Value | undefined {
  if (type === 'string') {
    if (reply === null) return undefined;
    if (typeof reply !== 'string') throw new ReadingError(`GET ${key}: ${describeReply(reply)}`);
    return { type, value: reply };
  }
  if (type === 'stream') return isError(reply) ? undefined : { type, value: streamOf(reply) };
  const texts = textsOf(reply, key);
  if (texts.length === 0) return undefined;
  if (type === 'list') return { type, value: texts };
  if (type === 'set') return { type, value: new Set(texts) };
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < texts.length; i += 2) fields.set(texts[i]!, texts[i + 1]!);
  if (type === 'hash') return { type, value: fields };
  return { type: 'zset', value: new Map([...fields].map(([member, score]) => [member, Number(score)])) };
}

function textsOf(reply: Reply, what: string): string[] {
  if (!Array.isArray(reply) || !reply.every((item) => typeof item === 'string')) {
    throw new ReadingError(`${what}: ${isError(reply) ? reply.error : describeReply(reply)}`);
  }
  return reply as string[];
}

/** A stream as XINFO STREAM FULL describes it. */
function streamOf(reply: Reply): ModelStream {
  const stream = fieldsOf(reply);
  return {
    entries: new Map(
      listOf(stream.get('entries')).map((item) => [idOf(textOf(item, 0)), listOf(at(item, 1)) as string[]]),
    ),
    lastId: idOf(text(stream.get('last-generated-id'))),
    maxDeletedId: idOf(text(stream.get('max-deleted-entry-id'))),
    entriesAdded: Number(stream.get('entries-added')),
    groups: new Map(
      listOf(stream.get('groups')).map((item) => {
        const group = fieldsOf(item);
        const read = group.get('entries-read');
        return [
          text(group.get('name')),
          {
            lastId: idOf(text(group.get('last-delivered-id'))),
            entriesRead: read === null ? -1 : Number(read),
            consumers: new Set(
              listOf(group.get('consumers')).map((consumer) => text(fieldsOf(consumer).get('name'))),
            ),
            pending: new Map(
              listOf(group.get('pending')).map((pending) => [
                idOf(textOf(pending, 0)),
                {
                  consumer: textOf(pending, 1),
                  deliveredMs: Number(at(pending, 2)),
                  deliveries: Number(at(pending, 3)),
                },
              ]),
            ),
          },
        ];
      }),
    ),
  };
}

function listOf(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply as readonly Reply[];
  throw new ReadingError(`a list is expected, got ${describeReply(reply ?? null)}`);
}

function text(reply: Reply | undefined): string {
  if (typeof reply === 'string') return reply;
  throw new ReadingError(`a text is expected, got ${describeReply(reply ?? null)}`);
}

function at(reply: Reply, index: number): Reply {
  return listOf(reply)[index]!;
}

function textOf(reply: Reply, index: number): string {
  return text(at(reply, index));
}

/** Names and values by turns. */
function fieldsOf(reply: Reply): Map<string, Reply> {
  const items = listOf(reply);
  const fields = new Map<string, Reply>();
  for (let i = 0; i + 1 < items.length; i += 2) fields.set(text(items[i]), items[i + 1]!);
  return fields;
}
