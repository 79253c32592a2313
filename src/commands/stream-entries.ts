/** What the stream commands share: looking streams up, replying entries, the effects that several of them have. */
import {
  greatestStreamId,
  streamIdText,
  type Entry,
  type GroupView,
  type PendingEntry,
  type StreamEntry,
  type StreamId,
  type StreamValue,
  type StreamView,
} from '../data/index.ts';
import { find, isWrongType } from './access.ts';
import type { Context } from './context.ts';

/** The stream at word `index`; undefined where there is none. Null after WRONGTYPE was replied. */
export function streamAt(context: Context, index: number): StreamView | undefined | null {
  const entry: Entry | undefined = find(context, index);
  if (isWrongType(context, entry, 'stream')) return null;
  return entry?.stream();
}

/** The stream at word `index` to change; made where it is missing. The caller has checked the type. */
export function streamToChange(context: Context, index: number): StreamValue {
  return context.db.stream(context.argv.bytes(index), true)!;
}

/** Stream and group of words 1 and 2; undefined after an error was replied. */
export function groupOrReply(
  context: Context,
): { stream: StreamView; group: GroupView; name: Uint8Array } | undefined {
  const stream = streamAt(context, 1);
  if (stream === null) return undefined;
  const name = context.argv.bytes(2);
  const group = stream?.group(name);
  if (stream !== undefined && group !== undefined) return { stream, group, name };
  const { argv } = context;
  context.reply.error(`NOGROUP No such key '${argv.text(1)}' or consumer group '${argv.text(2)}'`);
  return undefined;
}

export function replyEntry({ reply }: Context, { id, fields }: StreamEntry): void {
  const texts = fields();
  reply.array(2);
  reply.bulkText(streamIdText(id));
  reply.array(texts.length);
  for (const text of texts) reply.bulk(text);
}

/** Replies the entries from `from` to `to`, at most `count` where that is not 0. */
export function replyRange(
  context: Context,
  stream: StreamView,
  from: StreamId,
  to: StreamId,
  count: number,
  reverse = false,
): void {
  const entries: StreamEntry[] = [];
  const take = (entry: StreamEntry): boolean => entries.push(entry) !== count;
  if (from <= to) {
    if (reverse) stream.forEachBackward(from, to, take);
    else stream.forEach(from, to, take);
  }
  context.reply.array(entries.length);
  for (const entry of entries) replyEntry(context, entry);
}

export function entryAt(stream: StreamView, id: StreamId): StreamEntry | undefined {
  let found: StreamEntry | undefined;
  stream.forEach(id, id, (entry) => void (found = entry));
  return found;
}

/** The greatest id among the entries; of an empty stream 0. */
export function topId(stream: StreamView): StreamId {
  let top = 0n;
  stream.forEachBackward(0n, greatestStreamId, ({ id }) => {
    top = id;
    return false;
  });
  return top;
}

/** The effect of whatever made or changed a pending entry, or found that its entry is gone. */
export function logClaim(
  context: Context,
  key: Uint8Array,
  group: Uint8Array,
  groupLastId: StreamId,
  { id, consumer, deliveredMs, deliveries }: PendingEntry,
): void {
  context.effects.command(
    'XCLAIM',
    key,
    group,
    consumer,
    0,
    streamIdText(id),
    'TIME',
    deliveredMs,
    'RETRYCOUNT',
    deliveries,
    'FORCE',
    'JUSTID',
    'LASTID',
    streamIdText(groupLastId),
  );
}

/** The effect of what moved a group's last id without making anything pending. */
export function logGroupId(context: Context, key: Uint8Array, name: Uint8Array, group: GroupView): void {
  context.effects.command(
    'XGROUP',
    'SETID',
    key,
    name,
    streamIdText(group.lastId),
    'ENTRIESREAD',
    String(group.entriesRead ?? -1),
  );
}

/** How many entries were ever added up to `id`, as far as the stream can tell. */
export function readsUpTo(stream: StreamView, id: StreamId): bigint | undefined {
  const { entriesAdded, lastId, maxDeletedId } = stream;
  if (entriesAdded === 0n) return 0n;
  if (stream.length === 0 && id <= lastId) return entriesAdded;
  if (id === lastId) return entriesAdded;
  if (id > lastId) return undefined;
  const { firstId } = stream;
  if (maxDeletedId !== 0n && maxDeletedId >= firstId) return undefined;
  if (id < firstId) return entriesAdded - BigInt(stream.length);
  return id === firstId ? entriesAdded - BigInt(stream.length) + 1n : undefined;
}

/** Whether an entry at or behind `from` was deleted, as far as the stream can tell. */
export function hasGapsFrom(stream: StreamView, from: StreamId): boolean {
  const { maxDeletedId } = stream;
  if (stream.length === 0 || maxDeletedId === 0n || stream.firstId > maxDeletedId) return false;
  return from <= maxDeletedId;
}

/** Entries of the stream that the group has not read; undefined where nobody knows. */
export function lagOf(stream: StreamView, group: GroupView): bigint | undefined {
  const { entriesAdded } = stream;
  if (entriesAdded === 0n) return 0n;
  const { entriesRead, lastId } = group;
  if (entriesRead !== undefined && !hasGapsFrom(stream, lastId)) return entriesAdded - entriesRead;
  const estimate = readsUpTo(stream, lastId);
  return estimate === undefined ? undefined : entriesAdded - estimate;
}

export function replyStreamId({ reply }: Context, id: StreamId): void {
  reply.bulkText(streamIdText(id));
}
