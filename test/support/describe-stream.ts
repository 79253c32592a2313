/** All that a stream holds, as text that is equal for equal streams. */
import { greatestStreamId, streamIdText, type StreamView } from '../../src/data/index.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** `seen`: with the times at which consumers were seen, which a log does not keep. */
export function describeStream(stream: StreamView, { seen = true }: { seen?: boolean } = {}): string {
  const entries: unknown[] = [];
  stream.forEach(0n, greatestStreamId, ({ id, fields }) => {
    entries.push([streamIdText(id), ...fields().map(latin1)]);
  });
  const backward: string[] = [];
  stream.forEachBackward(0n, greatestStreamId, ({ id }) => void backward.push(streamIdText(id)));
  if (backward.reverse().join() !== entries.map((entry) => (entry as string[])[0]).join())
    throw new Error(`a stream reads otherwise backwards: ${backward.join()}`);
  const groups: unknown[] = [];
  stream.forEachGroup((group) => {
    const pending: unknown[] = [];
    group.forEachPending(0n, ({ id, consumer, deliveredMs, deliveries }) => {
      pending.push([streamIdText(id), latin1(consumer), deliveredMs, deliveries]);
    });
    const consumers: unknown[] = [];
    group.forEachConsumer((consumer) => {
      const own: string[] = [];
      consumer.forEachPending(0n, ({ id }) => void own.push(streamIdText(id)));
      consumers.push([latin1(consumer.name), seen ? consumer.seenMs : '', consumer.pending, own]);
    });
    groups.push([
      latin1(group.name),
      streamIdText(group.lastId),
      String(group.entriesRead),
      group.pending,
      pending,
      consumers,
    ]);
  });
  return JSON.stringify({
    length: stream.length,
    lastId: streamIdText(stream.lastId),
    firstId: streamIdText(stream.firstId),
    maxDeletedId: streamIdText(stream.maxDeletedId),
    entriesAdded: String(stream.entriesAdded),
    entries,
    groups,
  });
}
