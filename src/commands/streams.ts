/** Streams: adding entries, trimming, deleting, counting. Groups have files of their own. */
import {
  greatestStreamId,
  makeStreamId,
  streamIdText,
  type StreamId,
  type StreamValue,
  type TrimRule,
} from '../data/index.ts';
import { touch } from './access.ts';
import { bigArgument, integerOrReply, refuse } from './arguments.ts';
import type { Command, Context, EffectPart } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors, wrongArity } from './errors.ts';
import { streamAt, streamToChange, topId } from './stream-entries.ts';
import { idOrReply, idsOrReply, parseStreamId, type ParsedId } from './stream-ids.ts';

const greatestHalf = (1n << 64n) - 1n;
/** Runs of entries that an approximate trim without LIMIT takes away at most. */
const trimmedRuns = 100;

interface AddOptions {
  readonly noMakeStream: boolean;
  /** Undefined for `*`. */
  readonly id: ParsedId | undefined;
  /** The word of the id, or the end. */
  readonly idIndex: number;
  readonly rule: TrimRule | undefined;
  /** The word of the threshold. */
  readonly ruleIndex: number;
}

/** What stands between the key and the id of XADD, or behind the key of XTRIM. Undefined after an error was replied. */
function optionsOrReply(context: Context, isAdd: boolean): AddOptions | undefined {
  const { argv } = context;
  let noMakeStream = false;
  let id: ParsedId | undefined;
  let keep: TrimRule['keep'] | undefined;
  let approximate = false;
  let ruleIndex = 0;
  let limit: number | undefined;
  let i = 2;
  for (; i < argv.count; i++) {
    const more = argv.count - 1 - i;
    if (isAdd && argv.is(i, '*')) break;
    const isLength = argv.is(i, 'MAXLEN');
    if (more > 0 && (isLength || argv.is(i, 'MINID'))) {
      if (keep !== undefined) return refuse(context, errors.trimTwice);
      approximate = more >= 2 && argv.is(i + 1, '~');
      if (more >= 2 && (approximate || argv.is(i + 1, '='))) i++;
      i++;
      if (isLength) {
        const length = integerOrReply(context, i);
        if (length === undefined) return undefined;
        if (length < 0) return refuse(context, errors.streamMaxlenNegative);
        keep = { length };
      } else {
        const minId = idOrReply(context, i);
        if (minId === undefined) return undefined;
        keep = { minId };
      }
      ruleIndex = i;
    } else if (more > 0 && argv.is(i, 'LIMIT')) {
      limit = integerOrReply(context, ++i);
      if (limit === undefined) return undefined;
      if (limit < 0) return refuse(context, errors.streamLimitNegative);
    } else if (isAdd && argv.is(i, 'NOMKSTREAM')) {
      noMakeStream = true;
    } else if (isAdd) {
      id = parseStreamId(argv.text(i), 0n, true);
      if (id === undefined) return refuse(context, errors.invalidStreamId);
      break;
    } else {
      return refuse(context, errors.syntax);
    }
  }
  if (limit !== undefined && limit > 0 && keep === undefined) return refuse(context, errors.limitWithoutTrim);
  if (!isAdd && keep === undefined) return refuse(context, errors.trimWithoutStrategy);
  // What a log says was limited when it was written.
  if (context.replaying) limit = 0;
  else if (limit !== undefined && !approximate) return refuse(context, errors.limitWithoutApproximation);
  else if (limit === undefined) limit = approximate ? defaultLimit(context) : 0;
  return {
    noMakeStream,
    id,
    idIndex: i,
    rule: keep && { keep, approximate, limit },
    ruleIndex,
  };
}

function defaultLimit({ limits }: Context): number {
  const limit = trimmedRuns * limits.streamNodes.maxEntries;
  return limit <= 0 ? 10_000 : Math.min(limit, 1_000_000);
}

/** The id of a new entry, or the error. */
function nextId(
  stream: StreamValue | undefined,
  given: ParsedId | undefined,
  nowMs: number,
): StreamId | string {
  const lastId = stream?.lastId ?? 0n;
  if (lastId === greatestStreamId) return errors.streamExhausted;
  if (given === undefined) {
    const now = makeStreamId(nowMs, 0);
    return now > lastId && now >> 64n > lastId >> 64n ? now : lastId + 1n;
  }
  let { id } = given;
  if (!given.seqGiven && lastId >> 64n === id >> 64n) {
    if ((lastId & greatestHalf) === greatestHalf) return errors.elementsTooLarge;
    id = lastId + 1n;
  }
  return id <= lastId ? errors.streamIdTooSmall : id;
}

function xadd(context: Context): void {
  const { argv, reply } = context;
  const options = optionsOrReply(context, true);
  if (options === undefined) return;
  const { id: given, idIndex, rule, ruleIndex } = options;
  const fieldCount = argv.count - idIndex - 1;
  if (fieldCount < 2 || fieldCount % 2 === 1) return reply.error(wrongArity('xadd'));
  if (given?.seqGiven === true && given.id === 0n) return reply.error(errors.streamIdZero);
  const there = streamAt(context, 1);
  if (there === null) return;
  if (there === undefined && options.noMakeStream) return reply.nil();
  const key = argv.bytes(1);
  const id = nextId(context.db.stream(key, false), given, context.nowMs);
  if (typeof id === 'string') return reply.error(id);
  const stream = streamToChange(context, 1);
  const fields: Uint8Array[] = [];
  for (let i = idIndex + 1; i < argv.count; i++) fields.push(argv.bytes(i));
  stream.append(id, fields, context.limits.streamNodes);
  reply.bulkText(streamIdText(id));
  touch(context, 1);
  if (rule !== undefined) stream.trim(rule);
  const replaced = new Map<number, EffectPart>();
  if (given?.seqGiven !== true) replaced.set(idIndex, streamIdText(id));
  if (rule?.approximate === true) exactTrim(replaced, stream, rule, ruleIndex);
  logWith(context, replaced);
}

/** What an approximate trim did, said exactly. */
function exactTrim(
  replaced: Map<number, EffectPart>,
  stream: StreamValue,
  rule: TrimRule,
  ruleIndex: number,
): void {
  replaced.set(ruleIndex - 1, '=');
  const first = stream.length === 0 ? greatestStreamId : stream.firstId;
  replaced.set(ruleIndex, 'length' in rule.keep ? stream.length : streamIdText(first));
}

/** Logs the command with some of its words replaced. */
function logWith({ argv, effects }: Context, replaced: ReadonlyMap<number, EffectPart>): void {
  if (replaced.size === 0) return effects.verbatim();
  effects.command(...Array.from({ length: argv.count }, (_, i) => replaced.get(i) ?? argv.bytes(i)));
}

function xtrim(context: Context): void {
  const options = optionsOrReply(context, false);
  if (options === undefined) return;
  const there = streamAt(context, 1);
  if (there === null) return;
  if (there === undefined) return context.reply.integer(0);
  const stream = streamToChange(context, 1);
  const trimmed = stream.trim(options.rule!);
  if (trimmed > 0) {
    touch(context, 1, trimmed);
    const replaced = new Map<number, EffectPart>();
    if (options.rule!.approximate) exactTrim(replaced, stream, options.rule!, options.ruleIndex);
    logWith(context, replaced);
  }
  context.reply.integer(trimmed);
}

function xdel(context: Context): void {
  const there = streamAt(context, 1);
  if (there === null) return;
  if (there === undefined) return context.reply.integer(0);
  const ids = idsOrReply(context, 2, context.argv.count);
  if (ids === undefined) return;
  const stream = streamToChange(context, 1);
  let deleted = 0;
  for (const id of ids) if (stream.delete(id)) deleted++;
  if (deleted > 0) {
    touch(context, 1, deleted);
    context.effects.verbatim();
  }
  context.reply.integer(deleted);
}

function xlen(context: Context): void {
  const stream = streamAt(context, 1);
  if (stream !== null) context.reply.integer(stream?.length ?? 0);
}

/** XSETID key last-id [ENTRIESADDED n] [MAXDELETEDID id] */
function xsetid(context: Context): void {
  const { argv, reply } = context;
  const id = idOrReply(context, 2);
  if (id === undefined) return;
  let entriesAdded: bigint | undefined;
  let maxDeletedId = 0n;
  for (let i = 3; i < argv.count; i += 2) {
    const hasValue = i + 1 < argv.count;
    if (hasValue && argv.is(i, 'ENTRIESADDED')) {
      entriesAdded = bigArgument(context, i + 1);
      if (entriesAdded === undefined) return reply.error(errors.notInteger);
      if (entriesAdded < 0n) return reply.error(errors.entriesAddedNegative);
    } else if (hasValue && argv.is(i, 'MAXDELETEDID')) {
      const given = idOrReply(context, i + 1);
      if (given === undefined) return;
      maxDeletedId = given;
      if (id < maxDeletedId) return reply.error(errors.setidBelowGivenDeleted);
    } else {
      return reply.error(errors.syntax);
    }
  }
  const there = streamAt(context, 1);
  if (there === null) return;
  if (there === undefined) return reply.error(errors.noSuchKey);
  if (there.length > 0) {
    if (id < topId(there)) return reply.error(errors.setidBelowTop);
    if (entriesAdded !== undefined && BigInt(there.length) > entriesAdded)
      return reply.error(errors.entriesAddedBelowLength);
  }
  streamToChange(context, 1).set({
    lastId: id,
    ...(entriesAdded !== undefined && { entriesAdded }),
    ...(maxDeletedId !== 0n && { maxDeletedId }),
  });
  touch(context, 1, 1, 'nobody');
  context.effects.verbatim();
  reply.ok();
}

export const streamCommands: readonly Command[] = [
  define('xadd', -5, 'write denyoom fast', oneKey, xadd),
  define('xtrim', -4, 'write', oneKey, xtrim),
  define('xdel', -3, 'write fast', oneKey, xdel),
  define('xlen', 2, 'readonly fast', oneKey, xlen),
  define('xsetid', -3, 'write denyoom fast', oneKey, xsetid),
];
