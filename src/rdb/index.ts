/** RDB: files and DUMP payloads, both ways. */
export { NO_EXPIRY, type Expiry } from '../data/keyspace.ts';
export { RdbDecoder } from './decoder.ts';
export type { RdbDecoderOptions } from './decoder.ts';
export { isDumpIntact, readDump, readLibrariesDump, writeDump, writeLibrariesDump } from './dump.ts';
export { checksumField, lastBatchField, RdbEncoder, standardAux } from './encoder.ts';
export type { RdbEncoderOptions } from './encoder.ts';
export { KeyspaceLoader, loadInto } from './load.ts';
export type { LoadOptions } from './load.ts';
export type { AnnouncedParts, CollectionType, RdbSink } from './sink.ts';
export { checkRun } from './stream-run.ts';
export type { StreamFactsRead, StreamSink } from './stream-sink.ts';
export { writeCountedId, writeLong, writeRawId } from './stream-dump.ts';
export { writeLength, writeString, writeText } from './string.ts';
export { opcode, rdbType, writtenVersion } from './format.ts';
