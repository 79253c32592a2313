/** The keyspace: what is stored, in copy-on-write pages, behind the interface of `keyspace.ts`. */
export type {
  Database,
  Entry,
  Expiry,
  HashValue,
  HashView,
  Image,
  ImageReader,
  Keyspace,
  KeyspaceMemory,
  ListValue,
  ListView,
  RecordCursor,
  SetValue,
  SetView,
  StringOrigin,
  ValueType,
  Visit,
  ZsetValue,
  ZsetView,
} from './keyspace.ts';
export type {
  ConsumerView,
  GroupView,
  PendingEntry,
  StreamEntry,
  StreamId,
  StreamNodeLimits,
  StreamValue,
  StreamView,
  TrimRule,
} from './stream.ts';
export { greatestStreamId, makeStreamId, streamIdText } from './stream.ts';
export { expiryFromBigint } from './expiry.ts';
export { KEEP_EXPIRY, NO_EXPIRY } from './keyspace.ts';
export { openImage } from './image.ts';
export type { KeyspaceOptions } from './paged-keyspace.ts';
export { createKeyspace } from './paged-keyspace.ts';
export { scoreText } from './score.ts';
export type { CompactLimits, KeyspaceTuning } from './tuning.ts';
