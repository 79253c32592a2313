/** A list, set, hash or sorted set of an RDB file, part by part. Types 1, 2, 4, 5 and 18 are written, 24 where fields expire. */
import { ByteWriter, latin1Text } from '../bytes/index.ts';
import { appendEntry, listpackEnd } from '../data/listpack.ts';
import { LightsoutError } from '../errors.ts';
import { rdbType, writeLength, writeString } from '../rdb/index.ts';
import type { RdbEntry, RdbValue } from './rdb-entry.ts';
import type { ValueWriter, WriteRdbOptions } from './rdb-write.ts';

type Begun = Extract<RdbValue, { kind: 'list' | 'set' | 'hash' | 'zset' }>;
type Field = Extract<RdbEntry, { kind: 'field' }>;

export class RdbCollectionWriter implements ValueWriter {
  readonly #out: ByteWriter;
  readonly #begun: Begun;
  readonly #compress: boolean;
  readonly #version: number;
  /** Where parts go: the file, or memory where their number comes last. */
  readonly #parts: ByteWriter;
  /** How many parts were announced; undefined where nobody knows. */
  readonly #announced: number | undefined;
  /** Fields that wait for the earliest expiry among them. */
  readonly #fields: Field[] = [];
  #count = 0;

  constructor(out: ByteWriter, begun: Begun, { compress, version }: Required<WriteRdbOptions>) {
    this.#out = out;
    this.#begun = begun;
    this.#compress = compress;
    this.#version = version;
    this.#announced = begun.kind === 'list' ? (begun.pieces ?? begun.length) : begun.size;
    this.#parts = this.#announced === undefined ? new ByteWriter() : out;
    if (this.#announced !== undefined) this.#writeHead(this.#announced);
  }

  add(entry: RdbEntry): boolean {
    const { kind } = this.#begun;
    if (entry.kind === 'end') {
      this.#end();
      return false;
    }
    if (kind === 'list' && entry.kind === 'elements') this.#addElements(entry.values);
    else if (kind === 'set' && entry.kind === 'member') this.#addString(entry.member, 1);
    else if (kind === 'hash' && entry.kind === 'field') this.#addField(entry);
    else if (kind === 'zset' && entry.kind === 'scored') {
      if (Number.isNaN(entry.score)) throw this.#misfit('a score is not a number');
      this.#addString(entry.member, 1);
      this.#parts.double(entry.score);
    } else throw this.#misfit(`an entry '${entry.kind}' stands in it`);
    if (this.#announced !== undefined && this.#count > this.#announced)
      throw this.#misfit(`${this.#announced} parts were announced, and more came`);
    return true;
  }

  #end(): void {
    if (this.#announced !== undefined) {
      if (this.#count !== this.#announced)
        throw this.#misfit(`${this.#announced} parts were announced, ${this.#count} came`);
      return;
    }
    if (this.#fields.length === 0) {
      this.#writeHead(this.#count);
    } else {
      const times = this.#fields.flatMap(({ expireAtMs }) => (expireAtMs === undefined ? [] : [expireAtMs]));
      let earliestMs: number | undefined;
      for (const time of times) earliestMs = Math.min(time, earliestMs ?? time);
      this.#writeHead(this.#count, earliestMs);
      for (const field of this.#fields) this.#writeField(field, earliestMs);
    }
    this.#out.bytes(this.#parts.buffer, 0, this.#parts.length);
  }

  #writeHead(
    count: number,
    earliestMs = this.#begun.kind === 'hash' ? this.#begun.earliestExpireAtMs : undefined,
  ): void {
    const out = this.#out;
    if (earliestMs !== undefined && this.#version < 12)
      throw this.#misfit('its fields expire, which only version 12 can say: write that');
    out.byte(this.#type(earliestMs !== undefined));
    writeString(out, this.#begun.key, 0, this.#begun.key.length, false);
    if (earliestMs !== undefined) out.int64LE(earliestMs);
    writeLength(out, count);
  }

  #type(hasExpiry: boolean): number {
    const begun = this.#begun;
    switch (begun.kind) {
      case 'list':
        return begun.pieces === undefined ? rdbType.list : rdbType.listQuicklist2;
      case 'set':
        return rdbType.set;
      case 'zset':
        return rdbType.zset2;
      case 'hash':
        return hasExpiry ? rdbType.hashMetadata : rdbType.hash;
    }
  }

  #addElements(values: readonly Uint8Array[]): void {
    const begun = this.#begun;
    if (begun.kind === 'list' && begun.pieces !== undefined) {
      this.#addNode(values);
      return;
    }
    for (const value of values) this.#addString(value, 1);
  }

  /** A node of a list: a listpack of its elements. */
  #addNode(values: readonly Uint8Array[]): void {
    const node = new ByteWriter();
    node.uint32LE(0);
    node.uint16LE(Math.min(values.length, 0xffff));
    for (const value of values) appendEntry(node, value, 0, value.length);
    node.byte(listpackEnd);
    if (node.length > longestNodeBytes)
      throw this.#misfit(`a piece of ${node.length} bytes: ${longestNodeBytes} is the most`);
    new DataView(node.buffer.buffer).setUint32(0, node.length, true);
    writeLength(this.#parts, packedNode);
    this.#addString(node.view(), 1);
  }

  #addField(field: Field): void {
    // Without its size a hash is kept, and its fields are written when all of them are known.
    if (this.#announced === undefined) {
      this.#fields.push(field);
      this.#count++;
      return;
    }
    this.#writeField(field, this.#begun.kind === 'hash' ? this.#begun.earliestExpireAtMs : undefined);
    this.#count++;
  }

  #writeField({ field, value, expireAtMs }: Field, earliestMs: number | undefined): void {
    if (earliestMs !== undefined) {
      if (expireAtMs !== undefined && expireAtMs < earliestMs)
        throw this.#misfit(`a field expires at ${expireAtMs}, and ${earliestMs} was said to be the earliest`);
      writeLength(this.#parts, expireAtMs === undefined ? 0 : expireAtMs - earliestMs + 1);
    } else if (expireAtMs !== undefined) {
      throw this.#misfit('a field expires: give `earliestExpireAtMs` with its beginning, or no size');
    }
    this.#addString(field, 0);
    this.#addString(value, 0);
  }

  #addString(bytes: Uint8Array, parts: number): void {
    writeString(this.#parts, bytes, 0, bytes.length, this.#compress);
    this.#count += parts;
  }

  #misfit(why: string): LightsoutError {
    const { kind, key } = this.#begun;
    return new LightsoutError(
      'CONFIG',
      `the ${kind} ${JSON.stringify(latin1Text(key, 0, Math.min(64, key.length)))}: ${why}`,
    );
  }
}

const packedNode = 2;

/** Redis takes no longer listpack. */
const longestNodeBytes = 2 ** 30;
