/** Reading streams behind an id: XREAD, and XREADGROUP, which makes what it gives pending. */
import type { Expectation } from '../reply.ts';
import { idOf, idText } from '../stream.ts';
import type { ModelGroup, ModelStream } from '../stream.ts';
import { arg, fail, integer } from './call.ts';
import type { Call, ModelCommand } from './call.ts';
import { inOrder } from './stream-groups.ts';
import { entry, putGroup, streamAt } from './streams.ts';

interface Request {
  readonly count: number;
  /** Keys with the ids to read behind, as they were sent. */
  readonly streams: readonly (readonly [string, string])[];
}

function requestOf(call: Call): Request {
  const at = call.args.indexOf('STREAMS');
  const options = call.args.slice(0, at);
  const words = call.args.slice(at + 1);
  const count = options.indexOf('COUNT');
  return {
    count: count < 0 ? Infinity : integer(options[count + 1]!),
    streams: words.slice(0, words.length / 2).map((key, i) => [key, words[words.length / 2 + i]!]),
  };
}

/** XREAD [COUNT n] [BLOCK ms] STREAMS key ... id ... */
function readEntries(call: Call): Expectation {
  const { count, streams } = requestOf(call);
  const found: Expectation[] = [];
  for (const [key, behind] of streams) {
    const stream = streamAt(call, key);
    if (stream === undefined || behind === '$') continue;
    const entries = [...stream.entries].filter(([id]) => id > idOf(behind)).slice(0, count);
    if (entries.length > 0) found.push([key, entries.map(([id, fields]) => entry(id, fields))]);
  }
  return found.length === 0 ? null : found;
}

/** XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [NOACK] STREAMS key ... >|id ... */
function readGroup(call: Call): Expectation {
  const [name, consumer] = [arg(call, 1), arg(call, 2)];
  const { count, streams } = requestOf(call);
  const isAcknowledged = call.args.slice(3, call.args.indexOf('STREAMS')).includes('NOACK');
  for (const [key] of streams) {
    if (streamAt(call, key)?.groups.get(name) === undefined)
      fail(`NOGROUP No such key '${key}' or consumer group '${name}' in XREADGROUP with GROUP option`);
  }
  const found: Expectation[] = [];
  for (const [key, behind] of streams) {
    const stream = streamAt(call, key)!;
    const group = stream.groups.get(name)!;
    if (behind !== '>') {
      found.push([key, again(call, key, name, consumer, idOf(behind), count)]);
      continue;
    }
    const fresh = [...stream.entries].filter(([id]) => id > group.lastId).slice(0, count);
    if (fresh.length === 0) continue;
    let { lastId, entriesRead } = group;
    const pending = new Map(group.pending);
    for (const [id] of fresh) {
      entriesRead = afterReading(stream, { ...group, lastId, entriesRead }, id);
      lastId = id;
      if (!isAcknowledged) pending.set(id, { consumer, deliveredMs: call.nowMs, deliveries: 1 });
    }
    const consumers = new Set([...group.consumers, consumer]);
    putGroup(call, key, stream, name, { lastId, entriesRead, consumers, pending });
    found.push([key, fresh.map(([id, fields]) => entry(id, fields))]);
  }
  return found.length === 0 ? null : found;
}

/** What the consumer has had already, delivered once more; an entry that was deleted meanwhile is its id alone. */
function again(
  call: Call,
  key: string,
  name: string,
  consumer: string,
  behind: bigint,
  count: number,
): Expectation {
  const stream = streamAt(call, key)!;
  const group = stream.groups.get(name)!;
  const pending = new Map(group.pending);
  const own = inOrder(pending).filter(([id, one]) => id > behind && one.consumer === consumer);
  const given = own.slice(0, count).map(([id, { deliveries }]) => {
    const fields = stream.entries.get(id);
    if (fields === undefined) return [idText(id), null];
    pending.set(id, { consumer, deliveredMs: call.nowMs, deliveries: deliveries + 1 });
    return entry(id, fields);
  });
  putGroup(call, key, stream, name, {
    ...group,
    consumers: new Set([...group.consumers, consumer]),
    pending,
  });
  return given;
}

function firstId(stream: ModelStream): bigint {
  for (const id of stream.entries.keys()) return id;
  return 0n;
}

/** How many entries were added up to `id`, -1 where that cannot be told. */
function readsUpTo(stream: ModelStream, id: bigint): number {
  const { entriesAdded: added, entries, lastId, maxDeletedId } = stream;
  if (added === 0) return 0;
  if (entries.size === 0 && id <= lastId) return added;
  if (id === lastId) return added;
  const first = firstId(stream);
  if (id > lastId || (maxDeletedId !== 0n && maxDeletedId >= first)) return -1;
  return id < first ? added - entries.size : id === first ? added - entries.size + 1 : -1;
}

function afterReading(stream: ModelStream, group: ModelGroup, id: bigint): number {
  const { maxDeletedId } = stream;
  const isHoled = maxDeletedId !== 0n && firstId(stream) <= maxDeletedId && id <= maxDeletedId;
  if (group.entriesRead >= 0 && !isHoled) return group.entriesRead + 1;
  return stream.entriesAdded > 0 ? readsUpTo(stream, id) : group.entriesRead;
}

export const streamReads: Readonly<Record<string, ModelCommand>> = {
  XREAD: readEntries,
  XREADGROUP: readGroup,
};
