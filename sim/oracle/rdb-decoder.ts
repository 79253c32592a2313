/**
 * A second reader of RDB files, apart from the engine's, to judge what the engine writes.
 *
 * Written from spec/formats.md for versions up to 12 and the types of the model: strings (0), lists (1, 18), sets (2, 11),
 * hashes (4, 16, and 24 and 25 with fields that expire), sorted sets (5, 17), streams (19), expiries, AUX, SELECTDB, RESIZEDB and the checksum. It is slow and strict: whatever it does not know,
 * bytes left over and empty collections included, is an error with its offset.
 */
import { NO_EXPIRY_MS, recordOf } from './record.ts';
import type { ModelRecord, Value } from './record.ts';
import { crc64 } from './crc64.ts';
import type { ModelGroup, ModelPending, ModelStream } from './stream.ts';
import { textOf } from './text.ts';

export interface DecodedRdb {
  readonly version: number;
  readonly aux: ReadonlyMap<string, string>;
  readonly databases: ReadonlyMap<number, ReadonlyMap<string, ModelRecord>>;
  /** Of fields that expire: by database, key and field, in Unix ms. */
  readonly fieldExpiries: ReadonlyMap<number, ReadonlyMap<string, ReadonlyMap<string, number>>>;
}

/** The file is not a complete RDB file that a strict reader accepts. */
export class RdbDecodeError extends Error {
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`${what} at offset ${offset}`);
    this.name = 'RdbDecodeError';
    this.offset = offset;
  }
}

/** @throws RdbDecodeError */
export function decodeRdb(bytes: Uint8Array): DecodedRdb {
  return new Decoder(bytes).file();
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  /** Of the hash that was read last. */
  #fieldExpiries = new Map<string, number>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  file(): DecodedRdb {
    if (this.#take(5) !== 'REDIS') this.#fail('no REDIS magic');
    const version = Number(this.#take(4));
    if (!(version >= 1 && version <= 12)) this.#fail(`version ${version}, expected 1 to 12`);
    const aux = new Map<string, string>();
    const databases = new Map<number, Map<string, ModelRecord>>();
    const fieldExpiries = new Map<number, Map<string, ReadonlyMap<string, number>>>();
    let database = 0;
    let expireAtMs = NO_EXPIRY_MS;
    for (;;) {
      const opcode = this.#byte();
      if (opcode === 0xff) break;
      if (opcode === 0xfa) {
        const name = this.#string();
        aux.set(name, this.#string());
      } else if (opcode === 0xfe) {
        database = this.#length();
      } else if (opcode === 0xfb) {
        this.#length();
        this.#length();
      } else if (opcode === 0xfc) {
        expireAtMs = this.#int64();
      } else if (opcode === 0xfd) {
        expireAtMs = this.#int32() * 1000;
      } else {
        const key = this.#string();
        const record = recordOf(this.#value(opcode), expireAtMs);
        expireAtMs = NO_EXPIRY_MS;
        if (this.#fieldExpiries.size > 0) {
          if (version < 12) this.#fail(`a hash whose fields expire in a file of version ${version}`);
          const hashes = fieldExpiries.get(database) ?? new Map<string, ReadonlyMap<string, number>>();
          fieldExpiries.set(database, hashes.set(key, this.#fieldExpiries));
          this.#fieldExpiries = new Map();
        }
        const keys = databases.get(database) ?? new Map<string, ModelRecord>();
        if (keys.has(key)) this.#fail(`key ${JSON.stringify(key)} for the second time`);
        databases.set(database, keys.set(key, record));
      }
    }
    if (version >= 5) this.#checksum();
    if (this.#at !== this.#bytes.length) this.#fail(`${this.#bytes.length - this.#at} bytes after the end`);
    return { version, aux, databases, fieldExpiries };
  }

  #checksum(): void {
    const end = this.#at;
    if (end + 8 > this.#bytes.length) this.#fail('end of file, expected a checksum');
    const low = this.#view.getUint32(end, true);
    const high = this.#view.getUint32(end + 4, true);
    this.#at += 8;
    if (low === 0 && high === 0) return;
    const sum = crc64(this.#bytes, 0, end);
    if (sum.low !== low || sum.high !== high) this.#fail('checksum differs');
  }

  #value(type: number): Value {
    switch (type) {
      case 0:
        return { type: 'string', value: this.#string() };
      case 1:
        return { type: 'list', value: this.#some(this.#strings(this.#length())) };
      case 18:
        return { type: 'list', value: this.#some(this.#quicklist()) };
      case 2:
        return { type: 'set', value: this.#unique(this.#strings(this.#length())) };
      case 11:
        return { type: 'set', value: this.#unique(this.#intset()) };
      case 4:
        return { type: 'hash', value: this.#pairs(this.#strings(this.#length() * 2)) };
      case 16:
        return { type: 'hash', value: this.#pairs(this.#listpack()) };
      case 24:
        return { type: 'hash', value: this.#pairs(this.#dated()) };
      case 25:
        return { type: 'hash', value: this.#pairs(this.#datedListpack()) };
      case 5:
        return { type: 'zset', value: this.#scored() };
      case 17:
        return { type: 'zset', value: this.#ordered(this.#listpack()) };
      case 19:
        return { type: 'stream', value: this.#stream() };
      default:
        return this.#fail(`type ${type}`);
    }
  }

  #stream(): ModelStream {
    const entries = new Map<bigint, readonly string[]>();
    for (let nodes = this.#length(); nodes > 0; nodes--) {
      const master = this.#string();
      if (master.length !== 16) this.#fail(`a run of entries under a key of ${master.length} bytes`);
      this.#run(rawId(master), this.#listpack(), entries);
    }
    const length = this.#length();
    if (length !== entries.size) this.#fail(`a stream of ${entries.size} entries that claims ${length}`);
    const lastId = this.#id();
    const firstId = this.#id();
    if (firstId !== ([...entries.keys()][0] ?? 0n)) this.#fail('a stream that claims another first id');
    const maxDeletedId = this.#id();
    const entriesAdded = this.#length();
    const groups = new Map<string, ModelGroup>();
    for (let left = this.#length(); left > 0; left--) {
      const name = this.#string();
      groups.set(name, this.#group());
    }
    return { entries, lastId, maxDeletedId, entriesAdded, groups };
  }

  /** Adds the living entries of one run. */
  #run(master: bigint, parts: readonly string[], into: Map<bigint, readonly string[]>): void {
    const names = parts.slice(3, 3 + Number(parts[2]));
    let [living, deleted] = [Number(parts[0]), Number(parts[1])];
    for (let at = 4 + names.length; at < parts.length;) {
      const from = at;
      const flags = Number(parts[at]);
      const ms = BigInt.asUintN(64, (master >> 64n) + BigInt(parts[at + 1]!));
      const seq = BigInt.asUintN(64, master + BigInt(parts[at + 2]!));
      at += 3;
      const count = (flags & 2) !== 0 ? names.length : Number(parts[at++]);
      const fields: string[] = [];
      for (let i = 0; i < count; i++) fields.push((flags & 2) !== 0 ? names[i]! : parts[at++]!, parts[at++]!);
      if (Number(parts[at]) !== at - from) this.#fail('an entry of a stream of a wrong length');
      at++;
      if ((flags & 1) !== 0) deleted--;
      else living--;
      if ((flags & 1) === 0) into.set((ms << 64n) | seq, fields);
    }
    if (living !== 0 || deleted !== 0) this.#fail('a run of entries that counts them wrongly');
  }

  #group(): ModelGroup {
    const lastId = this.#id();
    const entriesRead = this.#length();
    const times = new Map<bigint, Omit<ModelPending, 'consumer'>>();
    for (let left = this.#length(); left > 0; left--) {
      const id = rawId(this.#take(16));
      times.set(id, { deliveredMs: this.#int64(), deliveries: this.#length() });
    }
    const consumers = new Set<string>();
    const pending = new Map<bigint, ModelPending>();
    for (let left = this.#length(); left > 0; left--) {
      const consumer = this.#string();
      consumers.add(consumer);
      this.#int64();
      for (let own = this.#length(); own > 0; own--) {
        const id = rawId(this.#take(16));
        const time = times.get(id) ?? this.#fail('pending for a consumer, not for its group');
        pending.set(id, { consumer, ...time });
      }
    }
    if (pending.size !== times.size) this.#fail("pending entries that are no consumer's");
    // 2^64 - 1 stands for "not known"; as a number it is 2^64.
    return { lastId, entriesRead: entriesRead >= 2 ** 63 ? -1 : entriesRead, consumers, pending };
  }

  /** An id as two lengths. */
  #id(): bigint {
    const ms = BigInt(this.#length());
    return (ms << 64n) | BigInt(this.#length());
  }

  #quicklist(): string[] {
    const items: string[] = [];
    for (let nodes = this.#length(); nodes > 0; nodes--) {
      const container = this.#length();
      if (container === 1) items.push(this.#string());
      else if (container === 2) items.push(...this.#some(this.#listpack()));
      else this.#fail(`quicklist container ${container}`);
    }
    return items;
  }

  #intset(): string[] {
    const blob = bytesOf(this.#string());
    const view = new DataView(blob.buffer);
    if (blob.length < 8) this.#fail('intset without a header');
    const width = view.getUint32(0, true);
    const count = view.getUint32(4, true);
    if (![2, 4, 8].includes(width) || blob.length !== 8 + width * count) this.#fail('intset of a wrong size');
    const items: string[] = [];
    for (let at = 8; at < blob.length; at += width) {
      if (width === 2) items.push(String(view.getInt16(at, true)));
      else if (width === 4) items.push(String(view.getInt32(at, true)));
      else items.push(String(view.getBigInt64(at, true)));
    }
    return items;
  }

  #listpack(): string[] {
    const blob = bytesOf(this.#string());
    const view = new DataView(blob.buffer);
    if (blob.length < 7 || view.getUint32(0, true) !== blob.length) this.#fail('listpack of a wrong size');
    const items: string[] = [];
    let at = 6;
    while (blob[at] !== 0xff) {
      if (at >= blob.length - 1) this.#fail('listpack without an end');
      const start = at;
      const head = blob[at]!;
      let text = 0;
      if (head < 0x80) {
        items.push(String(head));
        at += 1;
      } else if (head < 0xc0) {
        text = head & 0x3f;
        at += 1;
      } else if (head < 0xe0) {
        const raw = ((head & 0x1f) << 8) | blob[at + 1]!;
        items.push(String(raw >= 0x1000 ? raw - 0x2000 : raw));
        at += 2;
      } else if (head < 0xf0) {
        text = ((head & 0x0f) << 8) | blob[at + 1]!;
        at += 2;
      } else if (head === 0xf0) {
        text = view.getUint32(at + 1, true);
        at += 5;
      } else if (head === 0xf1) {
        items.push(String(view.getInt16(at + 1, true)));
        at += 3;
      } else if (head === 0xf2) {
        items.push(String((view.getInt8(at + 3) << 16) | view.getUint16(at + 1, true)));
        at += 4;
      } else if (head === 0xf3) {
        items.push(String(view.getInt32(at + 1, true)));
        at += 5;
      } else if (head === 0xf4) {
        items.push(String(view.getBigInt64(at + 1, true)));
        at += 9;
      } else {
        this.#fail(`listpack entry ${head}`);
      }
      if ((head >= 0x80 && head < 0xc0) || (head >= 0xe0 && head <= 0xf0)) {
        if (at + text > blob.length) this.#fail('listpack string beyond its end');
        items.push(textOf(blob, at, at + text));
        at += text;
      }
      at += backLengthBytes(at - start);
    }
    if (at !== blob.length - 1) this.#fail('bytes after the end of a listpack');
    const count = view.getUint16(4, true);
    if (count !== 0xffff && count !== items.length)
      this.#fail(`listpack of ${items.length} entries that claims ${count}`);
    return items;
  }

  #strings(count: number): string[] {
    const items: string[] = [];
    for (let i = 0; i < count; i++) items.push(this.#string());
    return items;
  }

  #some(items: string[]): string[] {
    return items.length === 0 ? this.#fail('an empty collection') : items;
  }

  #unique(items: string[]): Set<string> {
    const set = new Set(this.#some(items));
    return set.size === items.length ? set : this.#fail('a set with the same member twice');
  }

  #pairs(items: string[]): Map<string, string> {
    const map = new Map<string, string>();
    for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i]!, items[i + 1]!);
    return items.length > 0 && map.size * 2 === items.length
      ? map
      : this.#fail('an odd, empty or repeating hash');
  }

  /** Fields and values by turns, before each its expiry: 0 for none, else what it lies behind the earliest, plus one. */
  #dated(): string[] {
    const earliestMs = this.#int64();
    const flat: string[] = [];
    for (let left = this.#length(); left > 0; left--) {
      const behind = this.#length();
      const field = this.#string();
      if (behind > 0) this.#fieldExpiries.set(field, earliestMs + behind - 1);
      flat.push(field, this.#string());
    }
    this.#checkEarliest(earliestMs);
    return flat;
  }

  /** Field, value and expiry, 0 for none, by turns: the earliest first, those without one last. */
  #datedListpack(): string[] {
    const earliestMs = this.#int64();
    const parts = this.#listpack();
    const flat: string[] = [];
    let lastMs = 0;
    for (let i = 0; i + 2 < parts.length; i += 3) {
      const ms = Number(parts[i + 2]);
      if (lastMs === Infinity ? ms !== 0 : ms !== 0 && ms < lastMs)
        this.#fail('fields out of the order of their expiry');
      lastMs = ms === 0 ? Infinity : ms;
      if (ms !== 0) this.#fieldExpiries.set(parts[i]!, ms);
      flat.push(parts[i]!, parts[i + 1]!);
    }
    if (parts.length % 3 !== 0) this.#fail('a hash of fields without value or expiry');
    this.#checkEarliest(earliestMs);
    return flat;
  }

  #checkEarliest(claimedMs: number): void {
    const earliestMs = Math.min(...this.#fieldExpiries.values());
    if (claimedMs !== earliestMs)
      this.#fail(`fields that expire from ${earliestMs} on, not from ${claimedMs}`);
  }

  /** Members from the highest to the lowest, each with the eight bytes of its score. */
  #scored(): Map<string, number> {
    const flat: string[] = [];
    for (let left = this.#length(); left > 0; left--) {
      const member = this.#string();
      this.#need(8);
      this.#at += 8;
      flat.unshift(member, String(this.#view.getFloat64(this.#at - 8, true)));
    }
    return this.#ordered(flat);
  }

  /** Members and scores by turns, in order: by score, then by member. */
  #ordered(flat: string[]): Map<string, number> {
    const scores = new Map<string, number>();
    let last: readonly [string, number] | undefined;
    for (const [member, text] of this.#pairs(flat)) {
      const score = Number(text.replace(/inf$/, 'Infinity'));
      if (Number.isNaN(score)) this.#fail(`score ${JSON.stringify(text)}`);
      if (last !== undefined && (score < last[1] || (score === last[1] && member <= last[0])))
        this.#fail('a sorted set out of order');
      last = [member, score];
      scores.set(member, score);
    }
    return scores;
  }

  #string(): string {
    const head = this.#bytes[this.#at] ?? this.#fail('end of file');
    if (head >> 6 !== 3) return this.#take(this.#length());
    this.#at++;
    switch (head & 0x3f) {
      case 0:
        return String((this.#byte() << 24) >> 24);
      case 1:
        this.#need(2);
        this.#at += 2;
        return String(this.#view.getInt16(this.#at - 2, true));
      case 2:
        return String(this.#int32());
      case 3:
        return this.#compressed();
      default:
        return this.#fail(`string encoding ${head & 0x3f}`);
    }
  }

  #compressed(): string {
    const from = this.#length();
    const to = this.#length();
    const end = this.#at + from;
    this.#need(from);
    const out = new Uint8Array(to);
    let length = 0;
    while (this.#at < end) {
      const control = this.#byte();
      if (control < 32) {
        for (let i = 0; i <= control; i++) out[length++] = this.#byte();
        continue;
      }
      const copy = (control >> 5 === 7 ? 7 + this.#byte() : control >> 5) + 2;
      let source = length - (((control & 31) << 8) | this.#byte()) - 1;
      if (source < 0) this.#fail('compressed string that refers to before its beginning');
      for (let i = 0; i < copy; i++) out[length++] = out[source++]!;
    }
    if (length !== to || this.#at !== end) this.#fail('compressed string of a wrong length');
    return textOf(out, 0, to);
  }

  #length(): number {
    const head = this.#byte();
    if (head < 0x40) return head;
    if (head < 0x80) return ((head & 0x3f) << 8) | this.#byte();
    if (head === 0x80) {
      this.#need(4);
      this.#at += 4;
      return this.#view.getUint32(this.#at - 4, false);
    }
    if (head === 0x81) {
      this.#need(8);
      this.#at += 8;
      return Number(this.#view.getBigUint64(this.#at - 8, false));
    }
    return this.#fail(`length byte ${head}`);
  }

  #int32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }

  #int64(): number {
    this.#need(8);
    this.#at += 8;
    return Number(this.#view.getBigInt64(this.#at - 8, true));
  }

  #byte(): number {
    this.#need(1);
    return this.#bytes[this.#at++]!;
  }

  #take(length: number): string {
    this.#need(length);
    this.#at += length;
    return textOf(this.#bytes, this.#at - length, this.#at);
  }

  #need(length: number): void {
    if (this.#at + length > this.#bytes.length) this.#fail(`end of file, expected ${length} more bytes`);
  }

  #fail(what: string): never {
    throw new RdbDecodeError(what, this.#at);
  }
}

/** An id as 16 bytes, the highest first. */
function rawId(text: string): bigint {
  let id = 0n;
  for (let i = 0; i < 16; i++) id = (id << 8n) | BigInt(text.charCodeAt(i));
  return id;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** How many bytes the length of an entry of that size takes behind it. */
function backLengthBytes(size: number): number {
  if (size <= 127) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}
