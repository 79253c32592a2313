/**
 * A stream as the commands that make it: one XADD an entry, its groups, then what a stream knows beyond its entries.
 *
 * What is pending of entries that were deleted can only be claimed while they are there. Redis leaves it out, so that a
 * rewrite changes what XPENDING and XAUTOCLAIM say. Here such entries are added without their fields, claimed, and deleted
 * again. Every Redis loads it.
 */
import type { ByteWriter } from '../bytes/index.ts';
import { greatestStreamId, streamIdText, type StreamId, type StreamView } from '../data/index.ts';
import { encodeCommand } from '../resp/index.ts';

/** Ids in one XDEL. */
const idsPerCommand = 64;

export function writeStreamCommands(into: ByteWriter, key: Uint8Array, stream: StreamView): void {
  const deleted = pendingOfDeleted(stream);
  if (stream.length + deleted.length > 0) {
    writeEntries(into, key, stream, deleted);
  } else {
    // A stream can be made empty by what adds an entry and trims it at once.
    encodeCommand(into, ['XADD', key, 'MAXLEN', 0, '0-1', 'x', 'y']);
  }
  // Deleting again moves on what is told here.
  if (deleted.length === 0) writeFacts(into, key, stream);
  stream.forEachGroup((group) => {
    const { name } = group;
    const read = String(group.entriesRead ?? -1);
    encodeCommand(into, ['XGROUP', 'CREATE', key, name, streamIdText(group.lastId), 'ENTRIESREAD', read]);
    group.forEachConsumer((consumer) => {
      // Not every consumer has something pending that would make it.
      encodeCommand(into, ['XGROUP', 'CREATECONSUMER', key, name, consumer.name]);
      consumer.forEachPending(0n, ({ id, deliveredMs, deliveries }) =>
        encodeCommand(into, [
          'XCLAIM',
          key,
          name,
          consumer.name,
          0,
          streamIdText(id),
          'TIME',
          deliveredMs,
          'RETRYCOUNT',
          deliveries,
          'JUSTID',
          'FORCE',
        ]),
      );
    });
  });
  if (deleted.length === 0) return;
  writeDeletions(into, key, stream, deleted);
  writeFacts(into, key, stream);
}

/** Ids that are pending in some group and whose entries are gone, ascending. */
function pendingOfDeleted(stream: StreamView): StreamId[] {
  const ids = new Set<StreamId>();
  stream.forEachGroup((group) => group.forEachPending(0n, ({ id }) => void ids.add(id)));
  if (ids.size === 0) return [];
  stream.forEach(0n, greatestStreamId, ({ id }) => void ids.delete(id));
  return [...ids].sort((a, b) => (a < b ? -1 : 1));
}

/** The entries, and between them those that are there for a moment only. */
function writeEntries(
  into: ByteWriter,
  key: Uint8Array,
  stream: StreamView,
  deleted: readonly StreamId[],
): void {
  let at = 0;
  const writeUpTo = (id: StreamId): void => {
    while (at < deleted.length && deleted[at]! <= id)
      encodeCommand(into, ['XADD', key, streamIdText(deleted[at++]!), 'x', 'y']);
  };
  stream.forEach(0n, greatestStreamId, ({ id, fields }) => {
    writeUpTo(id);
    encodeCommand(into, ['XADD', key, streamIdText(id), ...fields()]);
  });
  writeUpTo(greatestStreamId);
}

/**
 * Takes those entries away again. What is ahead of all entries is trimmed, since it may have gone so: XDEL would note the
 * greatest id that was ever deleted, which no command sets back to none.
 */
function writeDeletions(
  into: ByteWriter,
  key: Uint8Array,
  stream: StreamView,
  deleted: readonly StreamId[],
): void {
  if (stream.length === 0) return encodeCommand(into, ['XTRIM', key, 'MAXLEN', 0]);
  const { firstId } = stream;
  if (deleted[0]! < firstId) encodeCommand(into, ['XTRIM', key, 'MINID', streamIdText(firstId)]);
  const behind = deleted.filter((id) => id > firstId);
  for (let i = 0; i < behind.length; i += idsPerCommand)
    encodeCommand(into, ['XDEL', key, ...behind.slice(i, i + idsPerCommand).map(streamIdText)]);
}

/** XSETID does not take a last id below the greatest that was deleted beside that one, only on its own. */
function writeFacts(into: ByteWriter, key: Uint8Array, stream: StreamView): void {
  const { lastId, maxDeletedId } = stream;
  encodeCommand(into, [
    'XSETID',
    key,
    streamIdText(lastId < maxDeletedId ? maxDeletedId : lastId),
    'ENTRIESADDED',
    String(stream.entriesAdded),
    'MAXDELETEDID',
    streamIdText(maxDeletedId),
  ]);
  if (lastId < maxDeletedId) encodeCommand(into, ['XSETID', key, streamIdText(lastId)]);
}
