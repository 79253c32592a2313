/** Streams: adding, trimming, deleting and reading entries. Groups have files of their own. */
import { OK } from '../reply.ts';
import type { Expectation } from '../reply.ts';
import { emptyStream, idOf, idText, nextIdBehind } from '../stream.ts';
import type { ModelGroup, ModelStream } from '../stream.ts';
import { arg, expiryOf, fail, integer, NO_SUCH_KEY, read, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

const SMALL_ID = 'ERR The ID specified in XADD is equal or smaller than the target stream top item';

export type Entries = ModelStream['entries'];

export function streamAt(call: Call, key: string): ModelStream | undefined {
  return read(call, key, 'stream')?.value;
}

export function put(call: Call, key: string, value: ModelStream): void {
  const expireAtMs = expiryOf(read(call, key, 'stream'));
  call.state.put(call.database, key, { type: 'stream', value, expireAtMs });
}

export function putGroup(
  call: Call,
  key: string,
  stream: ModelStream,
  name: string,
  group: ModelGroup,
): void {
  put(call, key, { ...stream, groups: new Map(stream.groups).set(name, group) });
}

export function entry(id: bigint, fields: readonly string[]): Expectation {
  return [idText(id), [...fields]];
}

/** What stands behind MAXLEN or MINID: the entries that are left, and how many words that took. */
function trimmed(
  call: Call,
  at: number,
): { readonly words: number; readonly trim: (entries: Entries) => Entries } {
  const isExact = arg(call, at + 1) === '=';
  const threshold = arg(call, at + (isExact ? 2 : 1));
  const words = isExact ? 3 : 2;
  switch (arg(call, at)) {
    case 'MAXLEN': {
      const length = integer(threshold);
      return { words, trim: (entries) => new Map([...entries].slice(Math.max(0, entries.size - length))) };
    }
    case 'MINID': {
      const least = idOf(threshold);
      return { words, trim: (entries) => new Map([...entries].filter(([id]) => id >= least)) };
    }
    default:
      return fail(SYNTAX);
  }
}

/** The id of a new entry: `*`, `ms-*`, or what is given. */
function newId({ lastId }: ModelStream, given: string, nowMs: number): bigint {
  if (given === '*') return nextIdBehind(lastId, BigInt(nowMs));
  if (!given.endsWith('-*')) return idOf(given);
  const ms = BigInt(given.slice(0, -2));
  return ms === lastId >> 64n ? lastId + 1n : ms << 64n;
}

/** XADD key [NOMKSTREAM] [MAXLEN|MINID [=] threshold] *|ms-*|id field value ... */
function add(call: Call): Expectation {
  const key = arg(call, 0);
  const there = streamAt(call, key);
  let at = 1;
  if (arg(call, at) === 'NOMKSTREAM') {
    if (there === undefined) return null;
    at++;
  }
  let trim = (entries: Entries): Entries => entries;
  if (/^(MAXLEN|MINID)$/.test(arg(call, at))) {
    const rule = trimmed(call, at);
    trim = rule.trim;
    at += rule.words;
  }
  const stream = there ?? emptyStream;
  const id = newId(stream, arg(call, at), call.nowMs);
  if (id <= stream.lastId) fail(SMALL_ID);
  put(call, key, {
    ...stream,
    entries: trim(new Map(stream.entries).set(id, call.args.slice(at + 1))),
    lastId: id,
    entriesAdded: stream.entriesAdded + 1,
  });
  return idText(id);
}

function trim(call: Call): Expectation {
  const stream = streamAt(call, arg(call, 0));
  if (stream === undefined) return 0;
  const entries = trimmed(call, 1).trim(stream.entries);
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

/** XSETID key id [ENTRIESADDED n] [MAXDELETEDID id] */
function setId(call: Call): Expectation {
  const key = arg(call, 0);
  const lastId = idOf(arg(call, 1));
  const option = (name: string): string | undefined => {
    const at = call.args.indexOf(name, 2);
    return at < 0 ? undefined : arg(call, at + 1);
  };
  const added = option('ENTRIESADDED');
  const given = idOf(option('MAXDELETEDID') ?? '0-0');
  if (lastId < given)
    fail('ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id');
  const stream = streamAt(call, key) ?? fail(NO_SUCH_KEY);
  const { entries } = stream;
  const entriesAdded = added === undefined ? stream.entriesAdded : integer(added);
  const top = [...entries.keys()].at(-1);
  if (top !== undefined && lastId < top)
    fail('ERR The ID specified in XSETID is smaller than the target stream top item');
  if (entriesAdded < entries.size)
    fail('ERR The entries_added specified in XSETID is smaller than the target stream length');
  const maxDeletedId = given === 0n ? stream.maxDeletedId : given;
  put(call, key, { ...stream, lastId, entriesAdded, maxDeletedId });
  return OK;
}

/** XRANGE key start end, and XREVRANGE key end start, with COUNT or without. */
function range(reverse: boolean): ModelCommand {
  return (call) => {
    const [from, to] = reverse ? [arg(call, 2), arg(call, 1)] : [arg(call, 1), arg(call, 2)];
    const count = call.args[3] === 'COUNT' ? integer(arg(call, 4)) : Infinity;
    const [least, most] = boundsOf(from, to);
    const all = [...(streamAt(call, arg(call, 0))?.entries ?? [])];
    const found = all.filter(([id]) => id >= least && id <= most);
    if (reverse) found.reverse();
    return found.slice(0, count).map(([id, fields]) => entry(id, fields));
  };
}

/** `-` and `+`, ids, and milliseconds that stand for all their ids. */
export function boundsOf(from: string, to: string): readonly [bigint, bigint] {
  const most = 2n ** 128n - 1n;
  const last = to === '+' ? most : to.includes('-') ? idOf(to) : idOf(to) + (1n << 64n) - 1n;
  return [from === '-' ? 0n : idOf(from), last];
}

export const streams: Readonly<Record<string, ModelCommand>> = {
  XADD: add,
  XTRIM: trim,
  XDEL: remove,
  XSETID: setId,
  XLEN: (call) => streamAt(call, arg(call, 0))?.entries.size ?? 0,
  XRANGE: range(false),
  XREVRANGE: range(true),
};
