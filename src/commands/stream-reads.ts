/** Reading streams: XRANGE, XREVRANGE, XREAD and XREADGROUP. */
import {
  greatestStreamId,
  streamIdText,
  type PendingEntry,
  type StreamEntry,
  type StreamId,
  type StreamView,
} from '../data/index.ts';
import { isReadyFor } from './access.ts';
import { integerOrReply, refuse } from './arguments.ts';
import { latin1 } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { define, noKeys, oneKey } from './define.ts';
import { blockInScript, errors } from './errors.ts';
import {
  entryAt,
  hasGapsFrom,
  logClaim,
  logGroupId,
  readsUpTo,
  replyEntry,
  replyRange,
  streamAt,
  streamToChange,
  topId,
} from './stream-entries.ts';
import { boundOrReply, parseStreamId } from './stream-ids.ts';
import { timeoutOrReply } from './timeout.ts';

/** Entries that a client which blocked without COUNT is given. */
const blockedCount = 1000;

function range(context: Context, reverse: boolean): void {
  const { argv, reply } = context;
  const from = boundOrReply(context, reverse ? 3 : 2, 'start');
  if (from === undefined) return;
  const to = boundOrReply(context, reverse ? 2 : 3, 'end');
  if (to === undefined) return;
  let count = -1;
  for (let i = 4; i < argv.count; i += 2) {
    if (!argv.is(i, 'COUNT') || i + 1 >= argv.count) return reply.error(errors.syntax);
    const given = integerOrReply(context, i + 1);
    if (given === undefined) return;
    count = Math.max(0, given);
  }
  const stream = streamAt(context, 1);
  if (stream === null) return;
  if (stream === undefined) return reply.array(0);
  if (count === 0) return reply.nilArray();
  replyRange(context, stream, from, to, Math.max(0, count), reverse);
}

interface ReadRequest {
  readonly group: Uint8Array | undefined;
  readonly consumer: Uint8Array;
  readonly count: number;
  readonly noAck: boolean;
  /** Undefined: does not block. 0: for ever. */
  readonly timeoutMs: number | undefined;
  /** Word of the first key, and how many there are; ids follow. */
  readonly keyIndex: number;
  readonly keys: number;
}

function requestOrReply(context: Context, isGroupRead: boolean): ReadRequest | undefined {
  const { argv } = context;
  let group: Uint8Array | undefined;
  let consumer: Uint8Array = new Uint8Array(0);
  let count = 0;
  let noAck = false;
  let timeoutMs: number | undefined;
  let keyIndex = 0;
  for (let i = 1; i < argv.count && keyIndex === 0; i++) {
    const more = argv.count - 1 - i;
    if (more > 0 && argv.is(i, 'BLOCK')) {
      if (context.inScript) return refuse(context, blockInScript(argv.text(0)));
      timeoutMs = timeoutOrReply(context, ++i, 'ms');
      if (timeoutMs === undefined) return undefined;
    } else if (more > 0 && argv.is(i, 'COUNT')) {
      const given = integerOrReply(context, ++i);
      if (given === undefined) return undefined;
      count = Math.max(0, given);
    } else if (more > 0 && argv.is(i, 'STREAMS')) {
      keyIndex = i + 1;
      if (more % 2 !== 0) return refuse(context, errors.unbalancedStreams);
    } else if (more >= 2 && argv.is(i, 'GROUP')) {
      if (!isGroupRead) return refuse(context, errors.groupInXread);
      group = argv.bytes(i + 1);
      consumer = argv.bytes(i + 2);
      i += 2;
    } else if (argv.is(i, 'NOACK')) {
      if (!isGroupRead) return refuse(context, errors.noackInXread);
      noAck = true;
    } else {
      return refuse(context, errors.syntax);
    }
  }
  if (keyIndex === 0) return refuse(context, errors.syntax);
  if (isGroupRead && group === undefined) return refuse(context, errors.missingGroup);
  return { group, consumer, count, noAck, timeoutMs, keyIndex, keys: (argv.count - keyIndex) / 2 };
}

/** The ids behind which to read, one a key. Undefined after an error was replied. `new`: what the group has not had. */
function positionsOrReply(context: Context, request: ReadRequest): (StreamId | 'new')[] | undefined {
  const { argv } = context;
  const { group, keyIndex, keys } = request;
  const positions: (StreamId | 'new')[] = [];
  for (let i = 0; i < keys; i++) {
    const stream = waitedFor(context, keyIndex + i);
    if (stream === null) return undefined;
    const isReady = isReadyFor(context, keyIndex + i);
    if (isReady && group !== undefined && stream?.group(group) === undefined) {
      if (context.readyKey !== undefined) return refuse(context, errors.blockedGroupGone);
      const [key, name] = [argv.text(keyIndex + i), latin1(group)];
      return refuse(
        context,
        `NOGROUP No such key '${key}' or consumer group '${name}' in XREADGROUP with GROUP option`,
      );
    }
    const at = keyIndex + keys + i;
    if (argv.is(at, '$')) {
      if (group !== undefined) return refuse(context, errors.dollarInGroup);
      positions.push(stream?.lastId ?? 0n);
    } else if (argv.is(at, '>')) {
      if (group === undefined) return refuse(context, errors.newOutsideGroup);
      positions.push('new');
    } else {
      const parsed = parseStreamId(argv.text(at), 0n);
      if (parsed === undefined) return refuse(context, errors.invalidStreamId);
      // Redis marks "new" by the greatest id, so that the greatest id means it too.
      positions.push(group !== undefined && parsed.id === greatestStreamId ? 'new' : parsed.id);
    }
  }
  return positions;
}

function read(context: Context, isGroupRead: boolean): void {
  const { argv, reply } = context;
  const request = requestOrReply(context, isGroupRead);
  if (request === undefined) return;
  const positions = positionsOrReply(context, request);
  if (positions === undefined) return;
  const { group, keyIndex } = request;
  // What is read is counted before it is replied, and a key that is named twice gives what the first time has left.
  const served: { readonly index: number; readonly replyEntries: () => void }[] = [];
  for (const [i, position] of positions.entries()) {
    const index = keyIndex + i;
    const stream = waitedFor(context, index);
    if (stream === null || stream === undefined) continue;
    const isHistory = group !== undefined && position !== 'new';
    const behind = position === 'new' ? stream.group(group!)!.lastId : position;
    if (!isHistory && (stream.length === 0 || topId(stream) <= behind)) continue;
    const replyEntries =
      group === undefined
        ? () => replyRange(context, stream, nextId(behind), greatestStreamId, request.count)
        : readAsConsumer(context, request, group, index, position);
    served.push({ index, replyEntries });
  }
  if (served.length === 0) {
    if (request.timeoutMs === undefined) return reply.nilArray();
    return block(context, request, positions);
  }
  if (reply.protocol === 3) reply.map(served.length);
  else reply.array(served.length);
  for (const { index, replyEntries } of served) {
    if (reply.protocol === 2) reply.array(2);
    reply.bulk(argv.bytes(index));
    replyEntries();
  }
}

/** As `streamAt`; while a command that waited is run again, another of its keys may hold anything. */
function waitedFor(context: Context, index: number): ReturnType<typeof streamAt> {
  return isReadyFor(context, index) ? streamAt(context, index) : undefined;
}

function nextId(id: StreamId): StreamId {
  return id === greatestStreamId ? id : id + 1n;
}

/** Waits for the keys, each as it is named first, with the ids that stand for `$` now. */
function block(context: Context, request: ReadRequest, positions: readonly (StreamId | 'new')[]): void {
  const { argv, reply } = context;
  const { keyIndex } = request;
  const named = new Map<string, number>();
  for (const i of positions.keys()) {
    const name = argv.text(keyIndex + i);
    if (!named.has(name)) named.set(name, i);
  }
  const first = [...named.values()];
  const keys = first.map((i) => argv.bytes(keyIndex + i));
  const ids = first.map((i) => {
    const position = positions[i]!;
    return position === 'new' ? '>' : streamIdText(position);
  });
  const options = Array.from({ length: keyIndex }, (_, i): Uint8Array | string => argv.bytes(i));
  if (request.count === 0) options.splice(1, 0, 'COUNT', String(blockedCount));
  const waits = context.block({
    words: [...options, ...keys, ...ids],
    keys,
    type: 'stream',
    timeoutMs: request.timeoutMs!,
    unblocksOnRemoval: request.group !== undefined,
  });
  if (!waits) reply.nilArray();
}

/** Delivers to a consumer, whom it makes, what is new or what is pending for it behind an id. Gives what replies it. */
function readAsConsumer(
  context: Context,
  request: ReadRequest,
  groupName: Uint8Array,
  index: number,
  position: StreamId | 'new',
): () => void {
  const { argv, effects, nowMs } = context;
  const { consumer, noAck } = request;
  const key = argv.bytes(index);
  const stream = streamToChange(context, index);
  const isCreated = stream.createConsumer(groupName, consumer, nowMs);
  if (!isCreated) stream.setSeen(groupName, consumer, nowMs);
  // What makes an entry pending makes its consumer too, when it is replayed.
  const logCreation = (): void => {
    if (isCreated) effects.command('XGROUP', 'CREATECONSUMER', key, groupName, consumer);
  };
  context.changed(context.dbIndex, key, isCreated ? 2 : 1, 'nobody');
  if (position !== 'new') {
    const pending: PendingEntry[] = [];
    stream
      .group(groupName)!
      .consumer(consumer)!
      .forEachPending(nextId(position), (one) => pending.push(one) !== request.count);
    logCreation();
    return deliverAgain(context, key, groupName, stream, pending);
  }
  const entries: StreamEntry[] = [];
  stream.forEach(nextId(stream.group(groupName)!.lastId), greatestStreamId, (entry) => {
    // Entries are read out here: what follows changes the stream.
    return entries.push(readOut(entry)) !== request.count;
  });
  if (noAck) logCreation();
  for (const entry of entries) {
    advance(context, stream, groupName, entry.id, index);
    if (noAck) continue;
    stream.setPending(groupName, consumer, entry.id, nowMs, 1);
    const claimed = { id: entry.id, consumer, deliveredMs: nowMs, deliveries: 1 };
    logClaim(context, key, groupName, entry.id, claimed);
  }
  // Redis leaves this out where there are claims: its LASTID says where the group is, but not how much it has read.
  logGroupId(context, key, groupName, stream.group(groupName)!);
  return () => {
    context.reply.array(entries.length);
    for (const entry of entries) replyEntry(context, entry);
  };
}

function readOut({ id, fields }: StreamEntry): StreamEntry {
  const texts = fields();
  return { id, fields: () => texts };
}

/** The group has read up to `id`. */
function advance(
  context: Context,
  stream: StreamView,
  groupName: Uint8Array,
  id: StreamId,
  index: number,
): void {
  let { entriesRead } = stream.group(groupName)!;
  if (entriesRead !== undefined && !hasGapsFrom(stream, id)) entriesRead++;
  else if (stream.entriesAdded > 0n) entriesRead = readsUpTo(stream, id);
  streamToChange(context, index).setGroup(groupName, id, entriesRead);
}

/** Entries that the consumer has had already; those that were deleted meanwhile without their fields. Gives what replies them. */
function deliverAgain(
  context: Context,
  key: Uint8Array,
  groupName: Uint8Array,
  stream: ReturnType<typeof streamToChange>,
  pending: readonly PendingEntry[],
): () => void {
  const { reply, nowMs } = context;
  const given = pending.map((one) => {
    const entry = entryAt(stream, one.id);
    if (entry === undefined) return { id: one.id, entry };
    const read = readOut(entry);
    const again = { ...one, deliveredMs: nowMs, deliveries: one.deliveries + 1 };
    stream.setPending(groupName, one.consumer, one.id, nowMs, again.deliveries);
    // Redis does not log this, and a restart makes it forget how often the entry was delivered.
    logClaim(context, key, groupName, stream.group(groupName)!.lastId, again);
    return { id: one.id, entry: read };
  });
  return () => {
    reply.array(given.length);
    for (const { id, entry } of given) {
      if (entry !== undefined) {
        replyEntry(context, entry);
        continue;
      }
      reply.array(2);
      reply.bulkText(streamIdText(id));
      reply.nilArray();
    }
  };
}

export const streamReadCommands: readonly Command[] = [
  define('xrange', -4, 'readonly', oneKey, (context) => range(context, false)),
  define('xrevrange', -4, 'readonly', oneKey, (context) => range(context, true)),
  define('xread', -4, 'readonly blocking movablekeys', noKeys, (context) => read(context, false)),
  define('xreadgroup', -7, 'write blocking movablekeys', noKeys, (context) => read(context, true)),
];
