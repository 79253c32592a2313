/** Streams, as far as workloads and logs use them: exact trimming, groups, delivery of what is new. */
import { OK } from '../reply.ts';
import type { Expectation } from '../reply.ts';
import { emptyStream, idOf, idText } from '../stream.ts';
import type { ModelGroup, ModelPending, ModelStream } from '../stream.ts';
import { arg, expiryOf, fail, integer, read, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

const SMALL_ID = 'ERR The ID specified in XADD is equal or smaller than the target stream top item';
const NO_KEY =
  'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.';

function streamAt(call: Call, key: string): ModelStream | undefined {
  return read(call, key, 'stream')?.value;
}

function put(call: Call, key: string, value: ModelStream): void {
  const expireAtMs = expiryOf(read(call, key, 'stream'));
  call.state.put(call.database, key, { type: 'stream', value, expireAtMs });
}

function putGroup(call: Call, key: string, stream: ModelStream, name: string, group: ModelGroup): void {
  put(call, key, { ...stream, groups: new Map(stream.groups).set(name, group) });
}

function entry(id: bigint, fields: readonly string[]): Expectation {
  return [idText(id), [...fields]];
}

function firstId(stream: ModelStream): bigint {
  for (const id of stream.entries.keys()) return id;
  return 0n;
}

/** Keeps the last `length` entries. */
function trimmed(
  entries: ReadonlyMap<bigint, readonly string[]>,
  length: number,
): Map<bigint, readonly string[]> {
  return new Map([...entries].slice(Math.max(0, entries.size - length)));
}

/** XADD key [MAXLEN [=] n] *|id field value ... */
function add(call: Call): Expectation {
  const key = arg(call, 0);
  let at = 1;
  let length: number | undefined;
  if (arg(call, at) === 'MAXLEN') {
    at += arg(call, 2) === '=' ? 2 : 1;
    length = integer(arg(call, at++));
  }
  const given = arg(call, at++);
  const stream = streamAt(call, key) ?? emptyStream;
  const now = BigInt(call.nowMs) << 64n;
  const id = given !== '*' ? idOf(given) : now >> 64n > stream.lastId >> 64n ? now : stream.lastId + 1n;
  if (id <= stream.lastId) fail(SMALL_ID);
  const entries = new Map(stream.entries).set(id, call.args.slice(at));
  put(call, key, {
    ...stream,
    entries: length === undefined ? entries : trimmed(entries, length),
    lastId: id,
    entriesAdded: stream.entriesAdded + 1,
  });
  return idText(id);
}

function trim(call: Call): Expectation {
  const stream = streamAt(call, arg(call, 0));
  if (stream === undefined) return 0;
  const entries = trimmed(stream.entries, integer(arg(call, 2)));
  put(call, arg(call, 0), { ...stream, entries });
  return stream.entries.size - entries.size;
}

function remove(call: Call): Expectation {
  const stream = streamAt(call, arg(call, 0));
  if (stream === undefined) return 0;
  const entries = new Map(stream.entries);
  let { maxDeletedId } = stream;
  for (const id of call.args.slice(1).map(idOf))
    if (entries.delete(id) && id > maxDeletedId) maxDeletedId = id;
  put(call, arg(call, 0), { ...stream, entries, maxDeletedId });
  return stream.entries.size - entries.size;
}

/** XSETID key id ENTRIESADDED n MAXDELETEDID id: the form that a rewritten log has. */
function setId(call: Call): Expectation {
  const key = arg(call, 0);
  const stream = streamAt(call, key) ?? fail('ERR no such key');
  const maxDeletedId = idOf(arg(call, 5));
  put(call, key, {
    ...stream,
    lastId: idOf(arg(call, 1)),
    entriesAdded: integer(arg(call, 3)),
    maxDeletedId: maxDeletedId === 0n ? stream.maxDeletedId : maxDeletedId,
  });
  return OK;
}

function xgroup(call: Call): Expectation {
  const [what, key, name] = [arg(call, 0), arg(call, 1), arg(call, 2)];
  const makes = call.args.includes('MKSTREAM');
  const there = streamAt(call, key);
  if (there === undefined && !makes) fail(NO_KEY);
  const stream = there ?? emptyStream;
  const group = stream.groups.get(name);
  const noGroup = (): never => fail(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
  const readAt = call.args.indexOf('ENTRIESREAD');
  const entriesRead = readAt < 0 ? -1 : integer(arg(call, readAt + 1));
  switch (what) {
    case 'CREATE':
    case 'SETID': {
      if (what === 'SETID' && group === undefined) noGroup();
      const lastId = arg(call, 3) === '$' ? stream.lastId : idOf(arg(call, 3));
      if (what === 'CREATE' && group !== undefined) fail('BUSYGROUP Consumer Group name already exists');
      putGroup(call, key, stream, name, {
        consumers: group?.consumers ?? new Set(),
        pending: group?.pending ?? new Map(),
        lastId,
        entriesRead,
      });
      return OK;
    }
    case 'DESTROY': {
      const groups = new Map(stream.groups);
      const isGone = groups.delete(name);
      put(call, key, { ...stream, groups });
      return isGone ? 1 : 0;
    }
    case 'CREATECONSUMER': {
      const { consumers } = group ?? noGroup();
      const consumer = arg(call, 3);
      if (consumers.has(consumer)) return 0;
      putGroup(call, key, stream, name, { ...group!, consumers: new Set([...consumers, consumer]) });
      return 1;
    }
    default:
      return fail(SYNTAX);
  }
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

/** XREADGROUP GROUP group consumer [COUNT n] STREAMS key > */
function readGroup(call: Call): Expectation {
  const [name, consumer, key] = [arg(call, 1), arg(call, 2), call.args.at(-2)!];
  const count = arg(call, 3) === 'COUNT' ? integer(arg(call, 4)) : Infinity;
  const stream = streamAt(call, key);
  let group = stream?.groups.get(name);
  if (stream === undefined || group === undefined)
    return fail(`NOGROUP No such key '${key}' or consumer group '${name}' in XREADGROUP with GROUP option`);
  const { lastId } = group;
  const fresh = [...stream.entries].filter(([id]) => id > lastId).slice(0, count);
  if (fresh.length === 0) return null;
  const pending = new Map(group.pending);
  for (const [id] of fresh) {
    group = { ...group, lastId: id, entriesRead: afterReading(stream, group, id) };
    pending.set(id, { consumer, deliveredMs: call.nowMs, deliveries: 1 });
  }
  const consumers = new Set([...group.consumers, consumer]);
  putGroup(call, key, stream, name, { ...group, consumers, pending });
  return [[key, fresh.map(([id, fields]) => entry(id, fields))]];
}

function acknowledge(call: Call): Expectation {
  const [key, name] = [arg(call, 0), arg(call, 1)];
  const stream = streamAt(call, key);
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) return 0;
  const pending = new Map(group.pending);
  for (const id of call.args.slice(2).map(idOf)) pending.delete(id);
  putGroup(call, key, stream, name, { ...group, pending });
  return group.pending.size - pending.size;
}

/** XCLAIM key group consumer 0 id TIME ms RETRYCOUNT n with FORCE and JUSTID: the form that logs have. */
function claim(call: Call): Expectation {
  const [key, name, consumer, id] = [arg(call, 0), arg(call, 1), arg(call, 2), idOf(arg(call, 4))];
  const stream = streamAt(call, key);
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined)
    return fail(`NOGROUP No such key '${key}' or consumer group '${name}'`);
  const claimed: ModelPending = {
    consumer,
    deliveredMs: integer(arg(call, 6)),
    deliveries: integer(arg(call, 8)),
  };
  const pending = new Map(group.pending).set(id, claimed);
  const consumers = new Set([...group.consumers, consumer]);
  putGroup(call, key, stream, name, { ...group, consumers, pending });
  return [idText(id)];
}

export const streams: Readonly<Record<string, ModelCommand>> = {
  XADD: add,
  XTRIM: trim,
  XDEL: remove,
  XSETID: setId,
  XGROUP: xgroup,
  XREADGROUP: readGroup,
  XACK: acknowledge,
  XCLAIM: claim,
  XLEN: (call) => streamAt(call, arg(call, 0))?.entries.size ?? 0,
  XRANGE: (call) =>
    [...(streamAt(call, arg(call, 0))?.entries ?? [])].map(([id, fields]) => entry(id, fields)),
};
