/** Parts of strings: APPEND, GETRANGE, SETRANGE. A string grows with zero bytes where it must. */
import { KEEP_EXPIRY, type StringOrigin } from '../data/index.ts';
import { find, isWrongType, touch } from './access.ts';
import { bigArgument, integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';

/** From here on a string is changed where it stands, if that is possible. */
export const longBytes = 4096;

/** Whether a string may become so long. What a log says was allowed when it was said. */
function mayHold({ limits, replaying }: Context, lengthBytes: number): boolean {
  return replaying || lengthBytes <= limits.longestStringBytes;
}

function append(context: Context): void {
  const { argv, reply, db } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const oldBytes = entry?.stringLength() ?? 0;
  const added = argv.bytes(2);
  if (!mayHold(context, oldBytes + added.length)) return reply.error(errors.stringTooLong);
  const old = oldBytes < longBytes ? (entry?.stringBytes() ?? nothing) : undefined;
  if (old === undefined && db.patch(argv.bytes(1), oldBytes, added))
    return changed(context, oldBytes + added.length);
  const value = new Uint8Array(oldBytes + added.length);
  value.set(old ?? db.find(argv.bytes(1))!.stringBytes());
  value.set(added, oldBytes);
  store(context, value, entry === undefined ? 'given' : 'edited');
}

function setrange(context: Context): void {
  const { argv, reply, db } = context;
  const offset = integerOrReply(context, 2);
  if (offset === undefined) return;
  if (offset < 0) return reply.error(errors.offsetOutOfRange);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const added = argv.bytes(3);
  const oldBytes = entry?.stringLength() ?? 0;
  if (added.length === 0) return reply.integer(oldBytes);
  if (!mayHold(context, offset + added.length)) return reply.error(errors.stringTooLong);
  const newBytes = Math.max(oldBytes, offset + added.length);
  const old = oldBytes < longBytes ? (entry?.stringBytes() ?? nothing) : undefined;
  if (old === undefined && db.patch(argv.bytes(1), offset, added)) return changed(context, newBytes);
  const value = new Uint8Array(newBytes);
  value.set(old ?? db.find(argv.bytes(1))!.stringBytes());
  value.set(added, offset);
  store(context, value, 'edited');
}

function store(context: Context, value: Uint8Array, origin: StringOrigin): void {
  const { argv, db } = context;
  db.putStringRange(argv.buffer, argv.start(1), argv.end(1), value, 0, value.length, KEEP_EXPIRY, origin);
  changed(context, value.length);
}

function changed(context: Context, lengthBytes: number): void {
  touch(context, 1);
  context.effects.verbatim();
  context.reply.integer(lengthBytes);
}

function getrange(context: Context): void {
  const { reply } = context;
  const first = integerOrReply(context, 2);
  if (first === undefined) return;
  const last = integerOrReply(context, 3);
  if (last === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const length = entry?.stringLength() ?? 0;
  const start = Math.max(0, first < 0 ? first + length : first);
  const end = Math.min(length - 1, Math.max(0, last < 0 ? last + length : last));
  // Two negative positions in the wrong order are nothing, although both would be moved up to 0.
  // They are compared as they were given: two that are far beyond 2^53 may be one double.
  const isBackward = first < 0 && last < 0 && bigArgument(context, 2)! > bigArgument(context, 3)!;
  if (entry === undefined || start > end || isBackward) return reply.bulk(nothing);
  reply.bulk(entry.stringRange(start, end + 1));
}

const nothing = new Uint8Array(0);

export const stringRangeCommands: readonly Command[] = [
  define('append', 3, 'write denyoom fast', oneKey, append),
  define('setrange', 4, 'write denyoom', oneKey, setrange),
  define('getrange', 4, 'readonly', oneKey, getrange),
  define('substr', 4, 'readonly', oneKey, getrange),
];
