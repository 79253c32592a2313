/**
 * Runs commands over a keyspace the way the engine does, and keeps what it would log: the smallest thing that a command
 * can be tested in. Words and replies are latin1 strings.
 */
import type { Context, EffectPart, Effects, Told } from '../../../../src/commands/context.ts';
import { wrongArity } from '../../../../src/commands/errors.ts';
import { lookup } from '../../../../src/commands/table.ts';
import { ByteWriter, formatDouble17 } from '../../../../src/bytes/index.ts';
import type { Database, Keyspace } from '../../../../src/data/index.ts';
import { describeStream } from '../../../support/describe-stream.ts';
import { Argv, ReplyWriter, type Protocol } from '../../../../src/resp/index.ts';

/** What one command has to log, in the database it ran in. */
export interface Unit {
  readonly dbIndex: number;
  readonly effects: string[][];
}

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

export class Runner implements Context {
  readonly keyspace: Keyspace;
  db: Database;
  dbIndex = 0;
  argv = new Argv();
  readonly reply: ReplyWriter;
  nowMs: number;
  replaying = false;
  readonly inScript = false;
  readonly readyKey = undefined;
  readonly limits = {
    longestStringBytes: 512 * 1024 * 1024,
    hllSparseMaxBytes: 3000,
    verifiesDumps: true,
    streamNodes: { maxBytes: 4096, maxEntries: 100 },
  };
  readonly effects: Effects;
  /** Everything logged so far. */
  readonly units: Unit[] = [];
  /** Changes since the start, as Redis's dirty counts them. */
  changes = 0;
  /** `db:key` of what the last command changed; `db:*` and `*` for all of it. */
  readonly touched = new Set<string>();

  #state: number;

  constructor(keyspace: Keyspace, options: { nowMs?: number; seed?: number; protocol?: Protocol } = {}) {
    this.keyspace = keyspace;
    this.db = keyspace.database(0);
    this.nowMs = options.nowMs ?? 1_700_000_000_000;
    this.#state = options.seed ?? 1;
    this.reply = new ReplyWriter(new ByteWriter(), options.protocol ?? 2);
    const effect = (...parts: readonly EffectPart[]) =>
      this.#log(parts.map((part) => (part instanceof Uint8Array ? latin1(part) : String(part))));
    this.effects = {
      verbatim: () => this.#log(Array.from({ length: this.argv.count }, (_, i) => this.argv.text(i))),
      command: effect,
      apart: effect,
    };
  }

  #unit: Unit | undefined;

  #log(effect: string[]): void {
    if (this.#unit === undefined) this.units.push((this.#unit = { dbIndex: this.dbIndex, effects: [] }));
    this.#unit.effects.push(effect);
  }

  draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Nobody waits here: commands answer as inside a transaction. */
  block(): boolean {
    return false;
  }

  changed(dbIndex: number, key: Uint8Array, changes = 1, told: Told = 'all'): void {
    if (told === 'all') this.touched.add(`${dbIndex}:${latin1(key)}`);
    this.changes += changes;
  }

  changedAll(dbIndex: number | undefined, changes: number): void {
    this.touched.add(dbIndex === undefined ? '*' : `${dbIndex}:*`);
    this.changes += changes;
  }

  swapped(first: number, second: number): void {
    this.touched.add(`${first}:*`).add(`${second}:*`);
    this.changes++;
  }

  select(dbIndex: number): void {
    this.dbIndex = dbIndex;
    this.db = this.keyspace.database(dbIndex);
  }

  /** Runs one command and gives its reply as it would leave. */
  run(...words: readonly string[]): string {
    this.argv = Argv.of(words.map(bytesOf));
    this.#unit = undefined;
    this.touched.clear();
    const { writer } = this.reply;
    writer.clear();
    const command = lookup(this.argv);
    if (command === undefined) throw new Error(`no such command: ${words[0]}`);
    const { arity } = command;
    if (arity >= 0 ? words.length !== arity : words.length < -arity)
      this.reply.error(wrongArity(command.name));
    else command.run(this);
    return latin1(writer.view());
  }

  /** Feeds a log's units into this keyspace. */
  replay(units: readonly Unit[]): void {
    this.replaying = true;
    for (const { dbIndex, effects } of units) {
      this.select(dbIndex);
      for (const effect of effects) {
        if (effect[0] === 'SELECT') this.select(Number(effect[1]));
        else this.run(...effect);
      }
    }
    this.replaying = false;
  }
}

/** All that a keyspace holds, as text that is equal for equal keyspaces. */
export function describeKeyspace(keyspace: Keyspace): string {
  const lines: string[] = [];
  for (let i = 0; i < keyspace.databases; i++) {
    keyspace.database(i).forEach((entry) => {
      let value: unknown;
      if (entry.type === 'string') {
        value = latin1(entry.stringBytes());
      } else if (entry.type === 'list') {
        const items: string[] = [];
        entry.list().forEach((element) => void items.push(latin1(element)));
        value = items;
      } else if (entry.type === 'set') {
        const members: string[] = [];
        entry.set().forEach((member) => void members.push(latin1(member)));
        value = members.toSorted();
      } else if (entry.type === 'zset') {
        const elements: [string, string][] = [];
        entry.zset().forEach((member, score) => void elements.push([latin1(member), formatDouble17(score)]));
        value = elements;
      } else if (entry.type === 'stream') {
        value = describeStream(entry.stream(), { seen: false });
      } else {
        const fields: [string, string][] = [];
        entry.hash().forEach((field, content) => void fields.push([latin1(field), latin1(content)]));
        const dates: string[] = [];
        entry.hash().forEachExpiry((field, atMs) => void dates.push(`${latin1(field)} ${atMs}`));
        value = [fields.toSorted(([a], [b]) => (a < b ? -1 : 1)), ...dates.toSorted()];
      }
      lines.push(JSON.stringify([i, latin1(entry.key()), entry.type, String(entry.expireAtMs), value]));
    });
  }
  return lines.toSorted().join('\n');
}
