/** What a keyspace, an image or a row of RDB records holds, as text that can be compared: key to description. */
import assert from 'node:assert/strict';
import { lzfDecompress } from '../../../src/bytes/lzf.ts';
import type { Entry, ImageReader, Keyspace, RecordCursor } from '../../../src/data/keyspace.ts';
import { NO_EXPIRY } from '../../../src/data/keyspace.ts';
import { describeStream } from '../../support/describe-stream.ts';
import { emptyStream, MapStream } from '../../support/map-stream.ts';
import { readListpack } from '../../support/read-listpack.ts';

export { readListpack };

export type Contents = Map<string, string>;

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const bytesOf = (from: string): Uint8Array => new Uint8Array(Buffer.from(from, 'latin1'));

export function describeEntry(entry: Entry, withEncoding = true): string {
  const head = `${entry.type} ${entry.expireAtMs} ${withEncoding ? entry.encoding() : ''} `;
  switch (entry.type) {
    case 'string':
      return head + JSON.stringify(text(entry.stringBytes()));
    case 'list': {
      const elements: string[] = [];
      entry.list().forEach((element) => void elements.push(text(element)));
      assert.equal(entry.list().length, elements.length);
      return head + JSON.stringify(elements);
    }
    case 'set': {
      const members: string[] = [];
      entry.set().forEach((member) => void members.push(text(member)));
      assert.equal(entry.set().size, members.length);
      return head + JSON.stringify(members.sort());
    }
    case 'hash': {
      const fields: [string, string][] = [];
      entry.hash().forEach((field, value) => void fields.push([text(field), text(value)]));
      assert.equal(entry.hash().size, fields.length);
      const dates: [string, string][] = [];
      entry.hash().forEachExpiry((field, atMs) => {
        dates.push([text(field), String(atMs)]);
        assert.equal(entry.hash().fieldExpiry(field), atMs);
      });
      assert.equal(entry.fieldExpiryMs === NO_EXPIRY, dates.length === 0);
      return head + JSON.stringify([fields.sort(byText), dates.sort(byText)]);
    }
    case 'zset': {
      const elements: [string, string][] = [];
      entry.zset().forEach((member, score) => void elements.push([text(member), scoreText(score)]));
      assert.equal(entry.zset().size, elements.length);
      return head + JSON.stringify(elements);
    }
    case 'stream':
      return head + describeStream(entry.stream());
  }
}

/** With the sign of a zero. */
const scoreText = (score: number): string => (Object.is(score, -0) ? '-0' : String(score));

const byText = (a: readonly unknown[], b: readonly unknown[]): number =>
  String(a[0]) < String(b[0]) ? -1 : 1;

export function sorted(contents: Contents): Contents {
  return new Map([...contents].sort(byText));
}

export function describeKeyspace(keyspace: Keyspace): Contents[] {
  return Array.from({ length: keyspace.databases }, (_, index) => {
    const contents: Contents = new Map();
    const database = keyspace.database(index);
    database.forEach((entry) => void contents.set(text(entry.key()), describeEntry(entry)));
    assert.equal(database.size, contents.size);
    return sorted(contents);
  });
}

export function describeImage(reader: ImageReader, databases: number): Contents[] {
  return Array.from({ length: databases }, (_, index) => {
    const contents: Contents = new Map();
    reader.forEach(index, (entry) => void contents.set(text(entry.key()), describeEntry(entry)));
    const listed = reader.databases.find((database) => database.index === index);
    assert.equal(listed?.keys ?? 0, contents.size);
    return sorted(contents);
  });
}

/** As `describeImage`, without encodings: RDB does not say them. */
export function describePlainly(reader: ImageReader, databases: number): Contents[] {
  return Array.from({ length: databases }, (_, index) => {
    const contents: Contents = new Map();
    reader.forEach(index, (entry) => void contents.set(text(entry.key()), describeEntry(entry, false)));
    return sorted(contents);
  });
}

export function collectRecords(cursor: RecordCursor): Uint8Array {
  const parts: Uint8Array[] = [];
  while (cursor.nextRun()) {
    assert(cursor.end > cursor.start, 'no run is empty');
    parts.push(cursor.bytes.slice(cursor.start, cursor.end));
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Reads RDB records on its own terms: nothing of src/data is used. */
export function describeRecords(bytes: Uint8Array): Contents {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const contents: Contents = new Map();
  let at = 0;
  const length = (): number => {
    const first = bytes[at++]!;
    if (first < 0x40) return first;
    if (first < 0x80) return ((first & 63) << 8) | bytes[at++]!;
    if (first === 0x81) {
      at += 8;
      return Number(view.getBigUint64(at - 8));
    }
    assert.equal(first, 0x80, 'a length');
    at += 4;
    return view.getUint32(at - 4);
  };
  const string = (): Uint8Array => {
    const first = bytes[at]!;
    if (first >= 0xc0) {
      at++;
      if (first === 0xc3) {
        const compressed = length();
        const full = length();
        const out = new Uint8Array(full);
        lzfDecompress(bytes, at, at + compressed, out, 0, full);
        assert(full > 20 && compressed <= full - 4);
        at += compressed;
        return out;
      }
      assert(first <= 0xc2, `string form ${first}`);
      const width = [1, 2, 4][first - 0xc0]!;
      const value =
        width === 1 ? view.getInt8(at) : width === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
      at += width;
      return bytesOf(String(value));
    }
    const count = length();
    at += count;
    assert(at <= bytes.length);
    return bytes.slice(at - count, at);
  };
  /** A number of up to 64 bits. */
  const long = (): bigint => {
    if (bytes[at] !== 0x81) return BigInt(length());
    at += 9;
    return view.getBigUint64(at - 8);
  };
  const id = (): bigint => (long() << 64n) | long();
  const rawId = (): bigint => {
    at += 16;
    return (view.getBigUint64(at - 16) << 64n) | view.getBigUint64(at - 8);
  };
  const time = (): number => {
    at += 8;
    return Number(view.getBigInt64(at - 8, true));
  };
  const readStream = (): MapStream => {
    const stream = new MapStream(emptyStream(), readListpack);
    for (let nodes = length(); nodes > 0; nodes--) {
      assert.equal(length(), 16);
      const master = rawId();
      const listpack = string();
      assert(stream.appendNode(master, listpack, 0, listpack.length));
    }
    const count = length();
    const lastId = id();
    const firstId = id();
    stream.set({ length: count, lastId, maxDeletedId: id(), entriesAdded: long() });
    assert.equal(stream.firstId, firstId);
    for (let groups = length(); groups > 0; groups--) {
      const name = string();
      const groupLast = id();
      const read = long();
      assert(stream.createGroup(name, groupLast, read === (1n << 64n) - 1n ? undefined : read));
      for (let pending = length(); pending > 0; pending--)
        assert(stream.setPending(name, undefined, rawId(), time(), length()));
      for (let consumers = length(); consumers > 0; consumers--) {
        const consumer = string();
        assert(stream.createConsumer(name, consumer, time()));
        for (let own = length(); own > 0; own--) assert(stream.adoptPending(name, consumer, rawId()));
      }
    }
    return stream;
  };
  while (at < bytes.length) {
    let expireAtMs: number = NO_EXPIRY;
    if (bytes[at] === 252) {
      expireAtMs = Number(view.getBigInt64(at + 1, true));
      at += 9;
    }
    const type = bytes[at++]!;
    const key = text(string());
    let described: string;
    const texts = (count: number): string[] => Array.from({ length: count }, () => text(string()));
    const pairs = (flat: string[]): string[][] =>
      flat.flatMap((field, i) => (i % 2 === 0 ? [[field, flat[i + 1]!]] : []));
    switch (type) {
      case 0:
        described = `string ${expireAtMs}  ${JSON.stringify(text(string()))}`;
        break;
      case 1:
        described = `list ${expireAtMs}  ${JSON.stringify(texts(length()))}`;
        break;
      case 2:
        described = `set ${expireAtMs}  ${JSON.stringify(texts(length()).sort())}`;
        break;
      case 4:
        described = `hash ${expireAtMs}  ${JSON.stringify([pairs(texts(2 * length())).sort(byText), []])}`;
        break;
      case 24: {
        const earliestMs = time();
        const fields: string[][] = [];
        const dates: string[][] = [];
        for (let left = length(); left > 0; left--) {
          const date = Number(long());
          const [field, value] = texts(2) as [string, string];
          fields.push([field, value]);
          if (date > 0) dates.push([field, String(earliestMs + date - 1)]);
        }
        assert.equal(Math.min(...dates.map(([, atMs]) => Number(atMs))), earliestMs);
        described = `hash ${expireAtMs}  ${JSON.stringify([fields.sort(byText), dates.sort(byText)])}`;
        break;
      }
      case 5: {
        const elements = Array.from({ length: length() }, () => {
          const member = text(string());
          at += 8;
          return [member, view.getFloat64(at - 8, true)] as const;
        });
        described = zset(expireAtMs, elements);
        break;
      }
      case 17: {
        const elements = pairs(readListpack(string())).map(
          ([member, score]) => [member!, Number(score!.replace('inf', 'Infinity'))] as const,
        );
        described = zset(expireAtMs, elements);
        assert.deepEqual(
          elements,
          elements.toSorted(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x - y)),
          'in order',
        );
        break;
      }
      case 11:
        described = `set ${expireAtMs}  ${JSON.stringify(readIntset(string()).sort())}`;
        break;
      case 16:
        described = `hash ${expireAtMs}  ${JSON.stringify([pairs(readListpack(string())).sort(byText), []])}`;
        break;
      case 18: {
        const elements: string[] = [];
        for (let nodes = length(); nodes > 0; nodes--) {
          const container = length();
          assert(container === 2, 'only packed nodes');
          elements.push(...readListpack(string()));
        }
        described = `list ${expireAtMs}  ${JSON.stringify(elements)}`;
        break;
      }
      case 19:
        described = `stream ${expireAtMs}  ${describeStream(readStream())}`;
        break;
      default:
        throw new Error(`record type ${type}`);
    }
    assert(!contents.has(key), 'a key comes once');
    contents.set(key, described);
  }
  assert.equal(at, bytes.length);
  return sorted(contents);
}

function zset(expireAtMs: number, elements: readonly (readonly [string, number])[]): string {
  const ordered = elements.toSorted(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x - y));
  return `zset ${expireAtMs}  ${JSON.stringify(ordered.map(([member, score]) => [member, scoreText(score)]))}`;
}

function readIntset(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const width = view.getUint32(0, true);
  const count = view.getUint32(4, true);
  assert.equal(bytes.length, 8 + width * count);
  return Array.from({ length: count }, (_, i) => {
    const at = 8 + i * width;
    return String(
      width === 2
        ? view.getInt16(at, true)
        : width === 4
          ? view.getInt32(at, true)
          : view.getBigInt64(at, true),
    );
  });
}
