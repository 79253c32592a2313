/**
 * A frozen keyspace as the commands that make it: the base of an append-only log where `aof-use-rdb-preamble` is off.
 *
 * Per database a SELECT, per key one SET, or RPUSH, SADD, ZADD or HMSET with at most 64 elements a command, then PEXPIREAT
 * where it has an expiry. Streams have a file of their own. Every Redis loads it. (A score of -0 comes back as 0, as from
 * Redis's own: ZADD knows no -0 while a sorted set is small.) Source: formats.md 3.3.
 */
import type { ByteWriter } from '../bytes/index.ts';
import type { Entry, ImageReader } from '../data/keyspace.ts';
import { NO_EXPIRY } from '../data/keyspace.ts';
import { formatDouble17, latin1Bytes } from '../bytes/index.ts';
import { writeStreamCommands } from './rewrite-stream.ts';
import { commandBytes, commandHeader, commandText, encodeCommand } from '../resp/index.ts';

/** Elements in one command, as in Redis. */
const elementsPerCommand = 64;

export interface AofRewriterOptions {
  /** Sources of function libraries. */
  readonly functions?: readonly Uint8Array[];
  /** Unix seconds: the file begins with a `#TS:` line (`aof-timestamp-enabled`). */
  readonly timestampSec?: number;
}

export class AofRewriter {
  readonly #image: ImageReader;
  readonly #options: AofRewriterOptions;
  #begun = false;
  #nextDatabase = 0;
  #walk: { next(visit: (entry: Entry) => void): boolean } | undefined;
  #keys = 0;

  constructor(image: ImageReader, options: AofRewriterOptions = {}) {
    this.#image = image;
    this.#options = options;
  }

  /** Keys written so far. */
  get keys(): number {
    return this.#keys;
  }

  /**
   * Appends whole commands to `into` until about `budgetBytes` are reached: more by what one page of keys takes, since
   * pages are not cut. False where the file is complete with them.
   */
  next(into: ByteWriter, budgetBytes: number): boolean {
    const full = into.length + Math.max(1, budgetBytes);
    if (!this.#begun) {
      this.#begun = true;
      if (this.#options.timestampSec !== undefined) into.latin1(`#TS:${this.#options.timestampSec}\r\n`);
      for (const source of this.#options.functions ?? []) encodeCommand(into, ['FUNCTION', 'LOAD', source]);
    }
    while (into.length < full) {
      if (this.#walk === undefined) {
        const database = this.#image.databases[this.#nextDatabase++];
        if (database === undefined) return false;
        encodeCommand(into, ['SELECT', database.index]);
        this.#walk = this.#image.walk(database.index);
      }
      const more = this.#walk.next((entry) => {
        writeKey(into, entry);
        this.#keys++;
      });
      if (!more) this.#walk = undefined;
    }
    return true;
  }
}

function writeKey(into: ByteWriter, entry: Entry): void {
  const key = entry.key();
  const { expireAtMs } = entry;
  switch (entry.type) {
    case 'string':
      commandHeader(into, 3);
      commandText(into, 'SET');
      commandBytes(into, key);
      into.latin1(`$${entry.stringLength()}\r\n`);
      entry.writeString(into);
      into.latin1('\r\n');
      break;
    case 'list': {
      const list = entry.list();
      const add = elementWriter(into, 'RPUSH', key, list.length, 1);
      list.forEach((element) => add(element));
      break;
    }
    case 'set': {
      const set = entry.set();
      const add = elementWriter(into, 'SADD', key, set.size, 1);
      set.forEach((member) => add(member));
      break;
    }
    case 'zset': {
      const zset = entry.zset();
      const add = elementWriter(into, 'ZADD', key, zset.size, 2);
      zset.forEach((member, score) => {
        add(latin1Bytes(formatDouble17(score)));
        commandBytes(into, member);
      });
      break;
    }
    case 'stream':
      writeStreamCommands(into, key, entry.stream());
      break;
    case 'hash': {
      const hash = entry.hash();
      const add = elementWriter(into, 'HMSET', key, hash.size, 2);
      hash.forEach((field, value) => {
        add(field);
        commandBytes(into, value);
      });
      hash.forEachExpiry((field, atMs) => encodeCommand(into, ['HPEXPIREAT', key, atMs, 'FIELDS', 1, field]));
      break;
    }
  }
  if (expireAtMs !== NO_EXPIRY) encodeCommand(into, ['PEXPIREAT', key, expireAtMs]);
}

/** Writes one element; before each 64th the head of a command for it and those to come. An element has `words` words. */
function elementWriter(
  into: ByteWriter,
  name: string,
  key: Uint8Array,
  count: number,
  words: number,
): (first: Uint8Array) => void {
  let written = 0;
  return (first) => {
    if (written % elementsPerCommand === 0) {
      commandHeader(into, 2 + words * Math.min(elementsPerCommand, count - written));
      commandText(into, name);
      commandBytes(into, key);
    }
    commandBytes(into, first);
    written++;
  };
}
