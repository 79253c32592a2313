/** RDB: files and DUMP payloads, both ways. */
export { RdbDecoder } from './decoder.ts';
export type { RdbDecoderOptions } from './decoder.ts';
export { isDumpIntact, readDump, writeDump } from './dump.ts';
export { checksumField, lastBatchField, RdbEncoder, standardAux } from './encoder.ts';
export type { RdbEncoderOptions } from './encoder.ts';
export { KeyspaceLoader, loadInto } from './load.ts';
export type { LoadOptions } from './load.ts';
export type { CollectionType, RdbSink } from './sink.ts';
