/**
 * A toy engine for testing the simulator itself: it borrows the oracle's model for its data, and logs what each command
 * changed as one checked line. It keeps its promises on the strictest disk, and `defect` plants errors.
 */
import type { EngineModule, OpenedEngine, Settings } from '../../../../sim/scenario/engine-module.ts';
import { ModelClient } from '../../../../sim/oracle/model/client.ts';
import { waitOf, Waiters } from '../../../../sim/oracle/model/waiting.ts';
import type { Change } from '../../../../sim/oracle/model/state.ts';
import { ModelState } from '../../../../sim/oracle/model/state.ts';
import type { ModelStream } from '../../../../sim/oracle/stream.ts';
import { hashRecord } from '../../../../sim/oracle/record.ts';
import type { ModelRecord } from '../../../../sim/oracle/record.ts';
import type { Expectation } from '../../../../sim/oracle/reply.ts';
import { putText, textOf } from '../../../../sim/oracle/text.ts';
import type { Disk, File } from '../../../../src/ports/disk.ts';
import type { Host } from '../../../../src/ports/process.ts';
import { defaultSettings } from '../../../../src/engine/config/settings.ts';

export type ToyDefect =
  | 'none'
  | 'reply before sync'
  | 'never syncs'
  | 'keeps the torn tail'
  | 'skips every tenth unit'
  | 'refuses'
  | 'forgets everything'
  | 'never answers'
  | 'answers wrongly'
  | 'throws';

export function toyEngine(defect: ToyDefect = 'none'): EngineModule {
  return {
    openEngine: (host, settings) => Toy.open(host, settings, defect),
    childMains: new Map(),
    hasFormOfItsOwn: true,
    defaultSettings,
  };
}

class Toy implements OpenedEngine {
  readonly #host: Host;
  readonly #settings: Settings;
  readonly #defect: ToyDefect;
  readonly #state: ModelState;
  #file: File | undefined;
  #buffer = '';
  #waiting: (() => void)[] = [];
  readonly #waiters: Waiters;
  #busy = false;
  #unsynced = false;
  /** Somebody waits for the disk. */
  #mustSync = false;
  #units = 0;

  private constructor(host: Host, settings: Settings, defect: ToyDefect) {
    this.#host = host;
    this.#settings = settings;
    this.#defect = defect;
    this.#state = new ModelState(settings.databases);
    this.#waiters = new Waiters(this.#state);
  }

  static async open(host: Host, settings: Settings, defect: ToyDefect): Promise<Toy> {
    const toy = new Toy(host, settings, defect);
    if (defect === 'refuses') throw new Error('no');
    if (settings.appendonly) await toy.#recover();
    if (settings.appendfsync === 'everysec') toy.#everySecond();
    return toy;
  }

  connect(transport: { send(bytes: Uint8Array): void; close(): void }): {
    feed(bytes: Uint8Array): void;
    end(): void;
  } {
    const client = new ModelClient(this.#state);
    let pending = '';
    return {
      feed: (bytes) => {
        pending += textOf(bytes);
        let out = '';
        for (;;) {
          const parsed = parseCommand(pending);
          if (parsed === undefined) break;
          pending = pending.slice(parsed.length);
          const expected = this.#execute(client, parsed.command, (late) =>
            this.#answer(transport, encode(late)),
          );
          if (expected !== undefined) out += encode(expected);
          this.#waiters.serve(this.#log(), this.#host.clock.wallMs());
        }
        if (this.#defect === 'throws' && this.#units > 30) throw new Error('a bug in the toy');
        this.#answer(transport, out);
      },
      end: () => {},
    };
  }

  /** Logs what the last command changed, and gives it. */
  #log(): readonly Change[] {
    const changes = this.#state.takeChanges();
    if (changes.length === 0) return changes;
    if (++this.#units % 10 === 0 && this.#defect === 'skips every tenth unit') return changes;
    const body = JSON.stringify(
      changes.map(({ database, key, after }) => [
        database,
        key,
        after === undefined ? null : plain(after.record),
      ]),
    );
    this.#buffer += `${body.length} ${sum(body)} ${body}\n`;
    return changes;
  }

  #answer(transport: { send(bytes: Uint8Array): void }, out: string): void {
    if (out === '' || this.#defect === 'never answers') return;
    const reply = new Uint8Array(out.length);
    putText(out, reply, 0);
    const send = (): void => transport.send(reply);
    if (this.#defect === 'reply before sync' || !this.#settings.appendonly) send();
    else this.#waiting.push(send);
    if (this.#settings.appendonly) this.#host.clock.endOfTurn(() => this.#flush());
  }

  /** Gives the reply; undefined where the client waits: then `answer` is called with it. */
  #execute(
    client: ModelClient,
    command: readonly string[],
    answer: (late: Expectation) => void,
  ): Expectation | undefined {
    switch (command[0]) {
      case 'SAVE':
      case 'BGSAVE':
        return { error: 'ERR Background save already in progress' };
      case 'BGREWRITEAOF':
        return { error: 'ERR Background append only file rewriting already in progress' };
      case 'CONFIG':
        return command[1] === 'SET' ? { status: 'OK' } : [];
      case 'INFO':
        return 'rdb_saves:0';
      case 'LASTSAVE':
        return 0;
      case 'WAITAOF':
        this.#mustSync = true;
        return [1, 0];
      default: {
        const { expected } = client.execute(command, this.#host.clock.wallMs());
        const wait = expected === null ? waitOf(command) : undefined;
        if (wait !== undefined) {
          const served = (late: Expectation): readonly Change[] => {
            const changes = this.#log();
            answer(late);
            return changes;
          };
          // Nobody makes the keys of those who may time out.
          if (wait.timeoutMs === 0) this.#waiters.add({ ...wait, client, command, served });
          else this.#host.clock.after(wait.timeoutMs, () => answer(null));
          return undefined;
        }
        return this.#defect === 'answers wrongly' && command[0] === 'INCR' && typeof expected === 'number'
          ? expected + 1
          : expected;
      }
    }
  }

  #flush(): void {
    if (this.#busy || this.#file === undefined) return;
    const text = this.#buffer;
    const waiting = this.#waiting;
    if (text === '' && waiting.length === 0) return;
    this.#buffer = '';
    this.#waiting = [];
    this.#busy = true;
    const bytes = new Uint8Array(text.length);
    putText(text, bytes, 0);
    const done = (): void => {
      this.#busy = false;
      for (const send of waiting) send();
      this.#flush();
    };
    const wrote = (): void => {
      this.#unsynced = true;
      const mustSync = this.#mustSync || this.#settings.appendfsync === 'always';
      this.#mustSync = false;
      if (mustSync && this.#defect !== 'never syncs') this.#file!.sync(done);
      else done();
    };
    const write = (from: number): void => {
      if (from === bytes.length) wrote();
      else this.#file!.write(bytes.subarray(from), (_error, written) => write(from + written));
    };
    write(0);
  }

  #everySecond(): void {
    this.#host.clock.after(1000, () => {
      if (this.#unsynced && this.#file !== undefined && this.#defect !== 'never syncs') {
        this.#unsynced = false;
        this.#file.sync(() => {});
      }
      this.#everySecond();
    });
  }

  async #recover(): Promise<void> {
    const { disk } = this.#host;
    const { dir } = this.#settings;
    const path = `${dir}/appendonlydir`;
    await disk.mkdir(path).catch(() => {});
    const file = await disk.open(`${path}/appendonly.aof.1.incr.aof`, {
      read: true,
      write: true,
      create: true,
      append: true,
    });
    this.#file = file;
    const { sizeBytes } = await disk.stat(`${path}/appendonly.aof.1.incr.aof`);
    const bytes = new Uint8Array(sizeBytes);
    for (let at = 0; at < sizeBytes;) at += await file.read(bytes.subarray(at), at);
    const good = this.#defect === 'forgets everything' ? sizeBytes : this.#load(textOf(bytes));
    if (good < sizeBytes && this.#defect !== 'keeps the torn tail') await file.truncate(good);
    await new Promise<void>((resolve) => file.sync(() => resolve()));
    await syncDirectory(disk, path);
    await syncDirectory(disk, dir);
  }

  #load(text: string): number {
    let at = 0;
    for (;;) {
      const match = /^(\d+) (\d+) /.exec(text.slice(at, at + 40));
      if (match === null) return at;
      const start = at + match[0].length;
      const body = text.slice(start, start + Number(match[1]));
      if (
        body.length < Number(match[1]) ||
        text[start + body.length] !== '\n' ||
        sum(body) !== Number(match[2])
      )
        return at;
      for (const [database, key, record] of JSON.parse(body) as [number, string, unknown][])
        this.#state.put(database, key, record === null ? undefined : rich(record));
      this.#state.takeChanges();
      at = start + body.length + 1;
    }
  }
}

async function syncDirectory(disk: Disk, path: string): Promise<void> {
  const directory = await disk.openDir(path);
  await directory.sync();
  await directory.close();
}

function plain(record: ModelRecord): unknown {
  if (record.type === 'stream') return { ...record, value: flat(record.value) };
  const dates =
    record.type === 'hash' && record.fieldExpiries !== undefined ? record.fieldExpiries : undefined;
  return {
    ...record,
    value: record.type === 'string' || record.type === 'list' ? record.value : [...record.value],
    ...(dates === undefined ? {} : { fieldExpiries: [...dates] }),
  };
}

function rich(value: unknown): ModelRecord {
  const record = value as ModelRecord;
  if (record.type === 'stream') return { ...record, value: raised(record.value) as ModelStream };
  if (record.type === 'set') return { ...record, value: new Set(record.value) };
  if (record.type === 'zset') return { ...record, value: new Map(record.value) };
  if (record.type !== 'hash') return record;
  return hashRecord(
    new Map(record.value),
    record.expireAtMs,
    record.fieldExpiries && new Map(record.fieldExpiries),
  );
}

/** Maps, Sets and bigints as what JSON can say, and back. */
function flat(value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (value instanceof Map) return { map: [...value].map(flat) };
  if (value instanceof Set) return { set: [...value].map(flat) };
  if (Array.isArray(value)) return value.map(flat);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, flat(item)]));
}

function raised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(raised);
  if (typeof value !== 'object' || value === null) return value;
  if ('bigint' in value) return BigInt(value.bigint as string);
  if ('map' in value)
    return new Map((value.map as unknown[]).map((pair) => raised(pair) as [unknown, unknown]));
  if ('set' in value) return new Set((value.set as unknown[]).map(raised));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, raised(item)]));
}

function sum(text: string): number {
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

function parseCommand(text: string): { readonly command: string[]; readonly length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  const command: string[] = [];
  let at = head[0].length;
  for (let i = 0; i < Number(head[1]); i++) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at, at + 20));
    if (length === null) return undefined;
    at += length[0].length;
    const size = Number(length[1]);
    if (text.length < at + size + 2) return undefined;
    command.push(text.slice(at, at + size));
    at += size + 2;
  }
  return { command, length: at };
}

function encode(reply: Expectation): string {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (Array.isArray(reply)) return `*${reply.length}\r\n${(reply as Expectation[]).map(encode).join('')}`;
  if ('status' in reply) return `+${reply.status}\r\n`;
  if ('error' in reply) return `-${reply.error}\r\n`;
  if ('unordered' in reply) return encode(reply.unordered);
  if ('pairs' in reply) return encode(reply.pairs.flat());
  if ('oneOf' in reply) return encode(reply.oneOf[0]!);
  if ('eitherOf' in reply) return encode(reply.eitherOf[0]!);
  if ('errors' in reply) return `-${reply.errors[0]} script: a toy\r\n`;
  throw new Error('the toy cannot answer that');
}
