/**
 * A stream as the commands that make it: one XADD an entry, what a stream knows beyond its entries, then its groups.
 *
 * As Redis writes it, so that what is pending of an entry that was deleted is lost: no command could make it again.
 */
import type { ByteWriter } from '../bytes/index.ts';
import { greatestStreamId, streamIdText, type StreamView } from '../data/index.ts';
import { encodeCommand } from '../resp/index.ts';

export function writeStreamCommands(into: ByteWriter, key: Uint8Array, stream: StreamView): void {
  if (stream.length > 0) {
    stream.forEach(0n, greatestStreamId, ({ id, fields }) =>
      encodeCommand(into, ['XADD', key, streamIdText(id), ...fields()]),
    );
  } else {
    // A stream can be made empty by what adds an entry and trims it at once.
    encodeCommand(into, ['XADD', key, 'MAXLEN', 0, '0-1', 'x', 'y']);
  }
  encodeCommand(into, [
    'XSETID',
    key,
    streamIdText(stream.lastId),
    'ENTRIESADDED',
    String(stream.entriesAdded),
    'MAXDELETEDID',
    streamIdText(stream.maxDeletedId),
  ]);
  stream.forEachGroup((group) => {
    const { name } = group;
    const read = String(group.entriesRead ?? -1);
    encodeCommand(into, ['XGROUP', 'CREATE', key, name, streamIdText(group.lastId), 'ENTRIESREAD', read]);
    group.forEachConsumer((consumer) => {
      // Also where something is pending: an XCLAIM of an entry that was deleted makes no consumer.
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
}
