/** RESTORE: a value as DUMP gives it, which is a value of an RDB file with its type before it, and a version and a checksum behind. */
import { crc64 } from '../crc64.ts';
import type { Expectation } from '../reply.ts';
import { NO_EXPIRY_MS, recordOf } from '../record.ts';
import { RdbCursor } from '../rdb-cursor.ts';
import { readValue } from '../rdb-value.ts';
import { OK } from '../reply.ts';
import { putText } from '../text.ts';
import { arg, fail, integer } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

const TRAILER_BYTES = 10;

/** RESTORE key ttl payload [REPLACE] [ABSTTL]; a time to live of zero is none. */
function restore(call: Call): Expectation {
  const key = arg(call, 0);
  const options = new Set(call.args.slice(3).map((word) => word.toUpperCase()));
  const isThere = call.state.get(call.database, key, call.nowMs) !== undefined;
  if (isThere && !options.has('REPLACE')) fail('BUSYKEY Target key name already exists.');
  const ttlMs = integer(arg(call, 1));
  if (ttlMs < 0) fail('ERR Invalid TTL value, must be >= 0');
  const text = arg(call, 2);
  const bytes = new Uint8Array(text.length);
  putText(text, bytes, 0);
  const { low, high } = crc64(bytes, 0, bytes.length - 8);
  const trailer = new DataView(bytes.buffer, bytes.length - 8);
  if (trailer.getUint32(0, true) !== low || trailer.getUint32(4, true) !== high)
    fail('ERR DUMP payload version or checksum are wrong');
  const value = readValue(new RdbCursor(bytes.subarray(1, -TRAILER_BYTES)), bytes[0]!, new Map());
  const expireAtMs = ttlMs === 0 ? NO_EXPIRY_MS : options.has('ABSTTL') ? ttlMs : call.nowMs + ttlMs;
  // One that is over already leaves no key.
  const isOver = expireAtMs !== NO_EXPIRY_MS && call.nowMs > expireAtMs;
  call.state.put(call.database, key, isOver ? undefined : recordOf(value, expireAtMs));
  return OK;
}

export const restoring: Readonly<Record<string, ModelCommand>> = { RESTORE: restore };
