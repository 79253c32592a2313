/**
 * DUMP payloads: one value as an RDB file would hold it, then the RDB version (16 bits) and a CRC-64 over all before it.
 *
 * A value is written in the plain types (0, 1, 2, 4), which every Redis reads, type 19 for a stream and 24 for a hash with
 * fields that expire, under version 12. A payload is decoded by framing it as a file of one key, so that RESTORE knows what
 * the file reader knows and nothing else. FUNCTION DUMP's payloads are framed alike.
 */
import type { ByteWriter } from '../bytes/index.ts';
import { ByteWriter as Writer, Crc64, latin1Bytes, latin1Text } from '../bytes/index.ts';
import type { Entry, Expiry } from '../data/keyspace.ts';
import { LightsoutError } from '../errors.ts';
import { RdbDecoder } from './decoder.ts';
import { newestVersion, opcode, rdbType, versionFor } from './format.ts';
import type { RdbSink } from './sink.ts';
import { writeStream } from './stream-dump.ts';
import { writeLength, writeString } from './string.ts';

/** Appends the payload of an entry's value. */
export function writeDump(into: ByteWriter, entry: Entry, compress = true): void {
  const from = into.length;
  let hasDates = false;
  const add = (bytes: Uint8Array) => writeString(into, bytes, 0, bytes.length, compress);
  if (entry.type === 'string') {
    into.byte(rdbType.string);
    add(entry.stringBytes());
  } else if (entry.type === 'list') {
    const list = entry.list();
    into.byte(rdbType.list);
    writeLength(into, list.length);
    list.forEach((element) => add(element));
  } else if (entry.type === 'set') {
    const set = entry.set();
    into.byte(rdbType.set);
    writeLength(into, set.size);
    set.forEach((member) => add(member));
  } else if (entry.type === 'zset') {
    const zset = entry.zset();
    into.byte(rdbType.zset2);
    writeLength(into, zset.size);
    zset.forEachBackward((member, score) => {
      add(member);
      into.double(score);
    });
  } else if (entry.type === 'stream') {
    into.byte(rdbType.streamListpacks2);
    writeStream(into, entry.stream(), compress);
  } else {
    const hash = entry.hash();
    const dates = new Map<string, number>();
    hash.forEachExpiry((field, atMs) => void dates.set(latin1Text(field, 0, field.length), atMs));
    hasDates = dates.size > 0;
    into.byte(hasDates ? rdbType.hashMetadata : rdbType.hash);
    const earliestMs = Math.min(...dates.values());
    if (hasDates) into.int64LE(earliestMs);
    writeLength(into, hash.size);
    hash.forEach((field, value) => {
      if (hasDates) {
        const atMs = dates.get(latin1Text(field, 0, field.length));
        writeLength(into, atMs === undefined ? 0 : atMs - earliestMs + 1);
      }
      add(field);
      add(value);
    });
  }
  seal(into, from, versionFor(hasDates));
}

/** Appends the payload of FUNCTION DUMP: each library as a file has it. */
export function writeLibrariesDump(into: ByteWriter, sources: readonly Uint8Array[], compress = true): void {
  const from = into.length;
  for (const source of sources) {
    into.byte(opcode.function2);
    writeString(into, source, 0, source.length, compress);
  }
  seal(into, from, versionFor(false));
}

function seal(into: ByteWriter, from: number, version: number): void {
  into.uint16LE(version);
  const crc = new Crc64();
  crc.update(into.buffer, from, into.length);
  into.ensure(8);
  crc.digest(into.buffer, into.length);
  into.length += 8;
}

/**
 * False where RESTORE answers "DUMP payload version or checksum are wrong". Unlike a file's, a checksum of 0 is a wrong one.
 * @param verifies false: only the version has to be right
 */
export function isDumpIntact(payload: Uint8Array, verifies = true): boolean {
  const footer = payload.length - 10;
  if (footer < 0) return false;
  const version = payload[footer]! | (payload[footer + 1]! << 8);
  if (version > newestVersion) return false;
  if (!verifies) return true;
  const crc = new Crc64();
  crc.update(payload, 0, footer + 2);
  return crc.matches(payload, footer + 2);
}

/**
 * Decodes an intact payload and hands its value to `sink` under `key`.
 * @throws LightsoutError CORRUPT where RESTORE answers "Bad data format". The sink may hold a part of the value then
 */
export function readDump(payload: Uint8Array, key: Uint8Array, expireAtMs: Expiry, sink: RdbSink): void {
  const end = payload.length - 10;
  if (end < 1 || payload[0]! >= 240) throw new LightsoutError('CORRUPT', 'DUMP payload holds no value');
  let values = 0;
  const one = () => {
    if (++values > 1) throw new LightsoutError('CORRUPT', 'DUMP payload holds more than one value');
  };
  const guard: RdbSink = {
    selectDb: one,
    aux: one,
    function: one,
    resizeDb: one,
    moduleAux: one,
    string: (k, ks, ke, v, vs, ve) => {
      one();
      sink.string(k, ks, ke, v, vs, ve, expireAtMs);
    },
    beginCollection: (type, name, _, announced) => {
      one();
      sink.beginCollection(type, name, expireAtMs, announced);
    },
    element: (bytes, start, stop) => sink.element(bytes, start, stop),
    field: (field, fs, fe, value, vs, ve, fieldExpireAtMs) =>
      sink.field(field, fs, fe, value, vs, ve, fieldExpireAtMs),
    scored: (bytes, start, stop, score) => sink.scored(bytes, start, stop, score),
    endCollection: () => sink.endCollection(),
    endNode: () => sink.endNode?.(),
    beginStream: (name, _, nodes) => {
      one();
      return sink.beginStream(name, expireAtMs, nodes);
    },
  };
  const head = new Writer(32);
  head.latin1(headWithoutChecksum);
  head.byte(payload[0]!);
  writeString(head, key, 0, key.length, false);
  const decoder = new RdbDecoder(guard);
  decoder.push(head.view());
  decoder.push(payload, 1, end);
  const whole = decoder.endOffset === head.length + end - 1 && !decoder.done;
  if (whole) decoder.push(Uint8Array.of(255));
  if (!whole || !decoder.done || values !== 1)
    throw new LightsoutError('CORRUPT', 'DUMP payload holds something else than one value');
}

/**
 * The sources of the libraries in an intact payload of FUNCTION DUMP.
 * @throws LightsoutError CORRUPT where it holds anything else
 */
export function readLibrariesDump(payload: Uint8Array): readonly Uint8Array[] {
  const end = payload.length - 10;
  const sources: Uint8Array[] = [];
  const refuse = () => {
    throw new LightsoutError('CORRUPT', 'given type is not a function');
  };
  const decoder = new RdbDecoder({
    function: (source) => void sources.push(source),
    aux: refuse,
    moduleAux: refuse,
    selectDb: refuse,
    resizeDb: refuse,
    idle: refuse,
    freq: refuse,
    string: refuse,
    beginCollection: refuse,
    element: refuse,
    field: refuse,
    scored: refuse,
    endCollection: refuse,
    beginStream: refuse,
  });
  decoder.push(latin1Bytes(headWithoutChecksum));
  decoder.push(payload, 0, end);
  const whole = decoder.endOffset === headWithoutChecksum.length + end && !decoder.done;
  if (!whole) throw new LightsoutError('CORRUPT', 'failed loading the given functions payload');
  return sources;
}

/** Of a version before checksums. */
const headWithoutChecksum = 'REDIS0004';
