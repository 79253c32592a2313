/** What a keyspace, an image or a row of RDB records holds, as text that can be compared: key to description. */
import assert from 'node:assert/strict';
import { lzfDecompress } from '../../../src/bytes/lzf.ts';
import type { Entry, ImageReader, Keyspace, RecordCursor } from '../../../src/data/keyspace.ts';
import { NO_EXPIRY } from '../../../src/data/keyspace.ts';

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
      return head + JSON.stringify(fields.sort(byText));
    }
    case 'zset': {
      const elements: [string, string][] = [];
      entry.zset().forEach((member, score) => void elements.push([text(member), scoreText(score)]));
      assert.equal(entry.zset().size, elements.length);
      return head + JSON.stringify(elements);
    }
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
        described = `hash ${expireAtMs}  ${JSON.stringify(pairs(texts(2 * length())).sort(byText))}`;
        break;
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
        described = `hash ${expireAtMs}  ${JSON.stringify(pairs(readListpack(string())).sort(byText))}`;
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

export function readListpack(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  assert.equal(view.getUint32(0, true), bytes.length);
  assert.equal(bytes.at(-1), 0xff);
  const elements: string[] = [];
  let at = 6;
  while (bytes[at] !== 0xff) {
    const start = at;
    const first = bytes[at]!;
    if (first < 0x80) {
      elements.push(String(first));
      at += 1;
    } else if (first < 0xc0) {
      at += 1 + (first & 63);
      elements.push(text(bytes.slice(start + 1, at)));
    } else if (first < 0xe0) {
      const value = ((first & 31) << 8) | bytes[at + 1]!;
      elements.push(String(value >= 4096 ? value - 8192 : value));
      at += 2;
    } else if (first < 0xf0) {
      at += 2 + (((first & 15) << 8) | bytes[at + 1]!);
      elements.push(text(bytes.slice(start + 2, at)));
    } else if (first === 0xf0) {
      at += 5 + view.getUint32(at + 1, true);
      elements.push(text(bytes.slice(start + 5, at)));
    } else {
      const width = { 0xf1: 2, 0xf2: 3, 0xf3: 4, 0xf4: 8 }[first]!;
      let value = 0n;
      for (let i = width; i > 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
      elements.push(String(BigInt.asIntN(width * 8, value)));
      at += 1 + width;
    }
    const body = at - start;
    const groups = body <= 127 ? 1 : body < 16_383 ? 2 : body < 2_097_151 ? 3 : body < 268_435_455 ? 4 : 5;
    let back = 0;
    for (let i = 0; i < groups; i++) {
      assert.equal(bytes[at]! >= 0x80, i > 0, 'all groups of a backlen but the first are marked');
      back = back * 128 + (bytes[at++]! & 0x7f);
    }
    assert.equal(back, body);
  }
  assert.equal(at, bytes.length - 1);
  assert.equal(view.getUint16(4, true), Math.min(elements.length, 65_535));
  return elements;
}
