/**
 * A second reader of RDB files, apart from the engine's, to judge what the engine writes.
 *
 * Written from spec/formats.md for versions up to 12 and the types of the model: strings (0), lists (1, 18), sets (2, 11),
 * hashes (4, 16, and 24 and 25 with fields that expire), sorted sets (5, 17), streams (19), expiries, AUX, SELECTDB,
 * RESIZEDB and the checksum. It is slow and strict: whatever it does not know, bytes left over and empty collections
 * included, is an error with its offset.
 */
import { crc64 } from './crc64.ts';
import { RdbCursor } from './rdb-cursor.ts';
import { readValue } from './rdb-value.ts';
import { hashRecord, NO_EXPIRY_MS, recordOf } from './record.ts';
import type { ModelRecord } from './record.ts';

export interface DecodedRdb {
  readonly version: number;
  readonly aux: ReadonlyMap<string, string>;
  readonly databases: ReadonlyMap<number, ReadonlyMap<string, ModelRecord>>;
  /** Of fields that expire: by database, key and field, in Unix ms. */
  readonly fieldExpiries: ReadonlyMap<number, ReadonlyMap<string, ReadonlyMap<string, number>>>;
}

/** @throws RdbDecodeError */
export function decodeRdb(bytes: Uint8Array): DecodedRdb {
  const rdb = new RdbCursor(bytes);
  if (rdb.take(5) !== 'REDIS') rdb.fail('no REDIS magic');
  const version = Number(rdb.take(4));
  if (!(version >= 1 && version <= 12)) rdb.fail(`version ${version}, expected 1 to 12`);
  const aux = new Map<string, string>();
  const databases = new Map<number, Map<string, ModelRecord>>();
  const fieldExpiries = new Map<number, Map<string, ReadonlyMap<string, number>>>();
  let database = 0;
  let expireAtMs = NO_EXPIRY_MS;
  for (;;) {
    const opcode = rdb.byte();
    if (opcode === 0xff) break;
    if (opcode === 0xfa) {
      const name = rdb.string();
      aux.set(name, rdb.string());
    } else if (opcode === 0xfe) {
      database = rdb.length();
    } else if (opcode === 0xfb) {
      rdb.length();
      rdb.length();
    } else if (opcode === 0xfc) {
      expireAtMs = rdb.int64();
    } else if (opcode === 0xfd) {
      expireAtMs = rdb.int32() * 1000;
    } else {
      const key = rdb.string();
      const datesOfFields = new Map<string, number>();
      const value = readValue(rdb, opcode, datesOfFields);
      const record =
        value.type === 'hash'
          ? hashRecord(value.value, expireAtMs, datesOfFields)
          : recordOf(value, expireAtMs);
      expireAtMs = NO_EXPIRY_MS;
      if (datesOfFields.size > 0) {
        if (version < 12) rdb.fail(`a hash whose fields expire in a file of version ${version}`);
        const hashes = fieldExpiries.get(database) ?? new Map<string, ReadonlyMap<string, number>>();
        fieldExpiries.set(database, hashes.set(key, datesOfFields));
      }
      const keys = databases.get(database) ?? new Map<string, ModelRecord>();
      if (keys.has(key)) rdb.fail(`key ${JSON.stringify(key)} for the second time`);
      databases.set(database, keys.set(key, record));
    }
  }
  if (version >= 5) checkChecksum(rdb, bytes);
  if (rdb.at !== bytes.length) rdb.fail(`${bytes.length - rdb.at} bytes after the end`);
  return { version, aux, databases, fieldExpiries };
}

function checkChecksum(rdb: RdbCursor, bytes: Uint8Array): void {
  const end = rdb.at;
  if (end + 8 > bytes.length) rdb.fail('end of file, expected a checksum');
  const low = rdb.int32() >>> 0;
  const high = rdb.int32() >>> 0;
  if (low === 0 && high === 0) return;
  const sum = crc64(bytes, 0, end);
  if (sum.low !== low || sum.high !== high) rdb.fail('checksum differs');
}
