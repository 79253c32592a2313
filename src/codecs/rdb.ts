/** `lightsout/rdb`: RDB files of Redis 1 to 7.4 and Valkey as streams of entries, both ways. */
export { type ErrorCode, isLightsoutError, LightsoutError } from '../errors.ts';
export type { ByteSource, RdbEntry, RdbFrame, RdbKey, RdbPart, RdbValue } from './rdb-entry.ts';
export { readRdb, type ReadRdbOptions } from './rdb-read.ts';
export { writeRdb, type WriteRdbOptions } from './rdb-write.ts';
export { streamEntries, type StreamEntry } from './stream-entries.ts';
