/** Pending entries that change hands: XCLAIM and XAUTOCLAIM. */
import {
  streamIdText,
  type PendingEntry,
  type StreamEntry,
  type StreamId,
  type StreamValue,
} from '../data/index.ts';
import { integerOrReply, atLeastOrReply, refuse } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';
import { entryAt, groupOrReply, logClaim, logGroupId, replyEntry, streamToChange } from './stream-entries.ts';
import { boundOrReply, idOrReply, parseStreamId } from './stream-ids.ts';

interface ClaimOptions {
  readonly minIdleMs: number;
  readonly ids: readonly StreamId[];
  readonly deliveredMs: number;
  readonly retryCount: number | undefined;
  readonly force: boolean;
  readonly justId: boolean;
  readonly lastId: StreamId;
}

/** One run of a claiming command: what it claims for whom. */
class Claimer {
  readonly #context: Context;
  readonly #stream: StreamValue;
  readonly #key: Uint8Array;
  readonly #group: Uint8Array;
  readonly #consumer: Uint8Array;
  readonly #claimed: { readonly id: StreamId; readonly entry: StreamEntry }[] = [];
  /** Pending entries that were changed or removed, and a consumer that was made for them. */
  changes = 0;

  constructor(context: Context) {
    const { argv } = context;
    this.#context = context;
    this.#key = argv.bytes(1);
    this.#group = argv.bytes(2);
    this.#consumer = argv.bytes(3);
    this.#stream = streamToChange(context, 1);
  }

  entry(id: StreamId): StreamEntry | undefined {
    return entryAt(this.#stream, id);
  }

  /** Forgets a pending entry whose entry was deleted. */
  forget(pending: PendingEntry): void {
    logClaim(this.#context, this.#key, this.#group, this.#lastId, pending);
    this.#stream.removePending(this.#group, pending.id);
    this.changes++;
  }

  claim(entry: StreamEntry, deliveredMs: number, deliveries: number): void {
    const { nowMs } = this.#context;
    if (this.#stream.createConsumer(this.#group, this.#consumer, nowMs)) this.changes++;
    else this.#stream.setSeen(this.#group, this.#consumer, nowMs);
    const { id } = entry;
    const fields = entry.fields();
    this.#stream.setPending(this.#group, this.#consumer, id, deliveredMs, deliveries);
    this.#claimed.push({ id, entry: { id, fields: () => fields } });
    const pending = { id, consumer: this.#consumer, deliveredMs, deliveries };
    logClaim(this.#context, this.#key, this.#group, this.#lastId, pending);
    this.changes++;
  }

  reply(justId: boolean): void {
    this.#context.reply.array(this.#claimed.length);
    for (const { id, entry } of this.#claimed) {
      if (justId) this.#context.reply.bulkText(streamIdText(id));
      else replyEntry(this.#context, entry);
    }
  }

  get #lastId(): StreamId {
    return this.#stream.group(this.#group)!.lastId;
  }
}

function xclaim(context: Context): void {
  const found = groupOrReply(context);
  if (found === undefined) return;
  const options = optionsOrReply(context);
  if (options === undefined) return;
  const { argv, nowMs } = context;
  const group = found.name;
  const stream = streamToChange(context, 1);
  let moved = false;
  const { entriesRead, lastId } = stream.group(group)!;
  if (options.lastId > lastId) {
    stream.setGroup(group, options.lastId, entriesRead);
    moved = true;
  }
  const claimer = new Claimer(context);
  for (const id of options.ids) {
    const pending = stream.group(group)!.pendingEntry(id);
    const entry = claimer.entry(id);
    if (entry === undefined) {
      if (pending !== undefined) claimer.forget(pending);
      continue;
    }
    if (pending === undefined && !options.force) continue;
    if (pending !== undefined && options.minIdleMs > 0 && nowMs - pending.deliveredMs < options.minIdleMs)
      continue;
    const before = pending?.deliveries ?? 1;
    const deliveries = options.retryCount ?? (options.justId ? before : before + 1);
    claimer.claim(entry, options.deliveredMs, deliveries);
  }
  claimer.reply(options.justId);
  const changes = claimer.changes + (moved && claimer.changes === 0 ? 1 : 0);
  if (moved && claimer.changes === 0) logGroupId(context, argv.bytes(1), group, stream.group(group)!);
  if (changes > 0) context.changed(context.dbIndex, argv.bytes(1), changes, 'nobody');
}

/** XCLAIM key group consumer min-idle-ms id [id ...] [options]. Undefined after an error was replied. */
function optionsOrReply(context: Context): ClaimOptions | undefined {
  const { argv, nowMs } = context;
  const minIdleMs = integerOrReply(context, 4, errors.claimMinIdle('XCLAIM'));
  if (minIdleMs === undefined) return undefined;
  const ids: StreamId[] = [];
  let i = 5;
  for (; i < argv.count; i++) {
    const parsed = parseStreamId(argv.text(i), 0n);
    if (parsed === undefined) break;
    ids.push(parsed.id);
  }
  let deliveredMs = -1;
  let retryCount = -1;
  let force = false;
  let justId = false;
  let lastId = 0n;
  for (; i < argv.count; i++) {
    const hasValue = i + 1 < argv.count;
    const isIdle = argv.is(i, 'IDLE');
    if (argv.is(i, 'FORCE')) {
      force = true;
    } else if (argv.is(i, 'JUSTID')) {
      justId = true;
    } else if (hasValue && (isIdle || argv.is(i, 'TIME'))) {
      const value = integerOrReply(context, ++i, errors.claimOption(isIdle ? 'IDLE' : 'TIME'));
      if (value === undefined) return undefined;
      deliveredMs = isIdle ? nowMs - value : value;
    } else if (hasValue && argv.is(i, 'RETRYCOUNT')) {
      const value = integerOrReply(context, ++i, errors.claimOption('RETRYCOUNT'));
      if (value === undefined) return undefined;
      retryCount = value;
    } else if (hasValue && argv.is(i, 'LASTID')) {
      const value = idOrReply(context, ++i);
      if (value === undefined) return undefined;
      lastId = value;
    } else {
      return refuse(context, `ERR Unrecognized XCLAIM option '${argv.text(i)}'`);
    }
  }
  // What a log says was now when it was written, whatever the clock says today.
  const isSane = deliveredMs >= 0 && (deliveredMs <= nowMs || context.replaying);
  return {
    minIdleMs: Math.max(0, minIdleMs),
    ids,
    deliveredMs: isSane ? deliveredMs : nowMs,
    retryCount: retryCount < 0 ? undefined : retryCount,
    force,
    justId,
    lastId,
  };
}

const attemptsPerEntry = 10;
/** Redis's bound, which keeps the attempts within 64 bits. */
const greatestCount = Number((2n ** 63n - 1n) / 16n);

/** XAUTOCLAIM key group consumer min-idle-ms start [COUNT count] [JUSTID] */
function xautoclaim(context: Context): void {
  const { argv, reply, nowMs } = context;
  const minIdleMs = integerOrReply(context, 4, errors.claimMinIdle('XAUTOCLAIM'));
  if (minIdleMs === undefined) return;
  const from = boundOrReply(context, 5, 'start');
  if (from === undefined) return;
  let count = 100;
  let justId = false;
  for (let i = 6; i < argv.count; i++) {
    if (argv.is(i, 'COUNT') && i + 1 < argv.count) {
      const given = atLeastOrReply(context, ++i, 1, errors.claimCount);
      if (given === undefined) return;
      if (given > greatestCount) return reply.error(errors.claimCount);
      count = given;
    } else if (argv.is(i, 'JUSTID')) {
      justId = true;
    } else {
      return reply.error(errors.syntax);
    }
  }
  const found = groupOrReply(context);
  if (found === undefined) return;
  // Listed first: claiming changes what is iterated over.
  const candidates: PendingEntry[] = [];
  const most = count * attemptsPerEntry + 1;
  found.group.forEachPending(from, (pending) => candidates.push(pending) < most);
  const claimer = new Claimer(context);
  const deleted: StreamId[] = [];
  let attempts = count * attemptsPerEntry;
  let at = 0;
  for (; at < candidates.length && attempts-- > 0 && count > 0; at++) {
    const pending = candidates[at]!;
    const entry = claimer.entry(pending.id);
    if (entry === undefined) {
      claimer.forget(pending);
      deleted.push(pending.id);
      count--;
      continue;
    }
    if (minIdleMs > 0 && nowMs - pending.deliveredMs < minIdleMs) continue;
    claimer.claim(entry, nowMs, pending.deliveries + (justId ? 0 : 1));
    count--;
  }
  reply.array(3);
  reply.bulkText(streamIdText(candidates[at]?.id ?? 0n));
  claimer.reply(justId);
  reply.array(deleted.length);
  for (const id of deleted) reply.bulkText(streamIdText(id));
  if (claimer.changes > 0) context.changed(context.dbIndex, argv.bytes(1), claimer.changes, 'nobody');
}

export const streamClaimCommands: readonly Command[] = [
  define('xclaim', -6, 'write fast', oneKey, xclaim),
  define('xautoclaim', -6, 'write fast', oneKey, xautoclaim),
];
