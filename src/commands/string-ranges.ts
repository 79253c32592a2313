/** Parts of strings: APPEND, GETRANGE, SETRANGE. A string grows with zero bytes where it must. */
import { KEEP_EXPIRY, type StringOrigin } from '../data/index.ts';
import { find, isWrongType, touch } from './access.ts';
import { bigArgument, integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';

/** Whether a string may become so long. What a log says was allowed when it was said. */
function mayHold({ limits, replaying }: Context, lengthBytes: number): boolean {
  return replaying || lengthBytes <= limits.longestStringBytes;
}

function append(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const old = entry?.stringBytes() ?? nothing;
  const addedBytes = argv.end(2) - argv.start(2);
  if (!mayHold(context, old.length + addedBytes)) return reply.error(errors.stringTooLong);
  const value = new Uint8Array(old.length + addedBytes);
  value.set(old);
  value.set(argv.bytes(2), old.length);
  store(context, value, entry === undefined ? 'given' : 'edited');
}

function setrange(context: Context): void {
  const { argv, reply } = context;
  const offset = integerOrReply(context, 2);
  if (offset === undefined) return;
  if (offset < 0) return reply.error(errors.offsetOutOfRange);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const addedBytes = argv.end(3) - argv.start(3);
  if (addedBytes === 0) return reply.integer(entry?.stringLength() ?? 0);
  if (!mayHold(context, offset + addedBytes)) return reply.error(errors.stringTooLong);
  const old = entry?.stringBytes() ?? nothing;
  const value = new Uint8Array(Math.max(old.length, offset + addedBytes));
  value.set(old);
  value.set(argv.bytes(3), offset);
  store(context, value, 'edited');
}

function store(context: Context, value: Uint8Array, origin: StringOrigin): void {
  const { argv, db } = context;
  db.putStringRange(argv.buffer, argv.start(1), argv.end(1), value, 0, value.length, KEEP_EXPIRY, origin);
  touch(context, 1);
  context.effects.verbatim();
  context.reply.integer(value.length);
}

function getrange(context: Context): void {
  const { reply } = context;
  const first = integerOrReply(context, 2);
  if (first === undefined) return;
  const last = integerOrReply(context, 3);
  if (last === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const value = entry?.stringBytes() ?? nothing;
  const start = Math.max(0, first < 0 ? first + value.length : first);
  const end = Math.min(value.length - 1, Math.max(0, last < 0 ? last + value.length : last));
  // Two negative positions in the wrong order are nothing, although both would be moved up to 0.
  // They are compared as they were given: two that are far beyond 2^53 may be one double.
  const isBackward = first < 0 && last < 0 && bigArgument(context, 2)! > bigArgument(context, 3)!;
  if (start > end || isBackward) return reply.bulk(nothing);
  reply.bulk(value, start, end + 1);
}

const nothing = new Uint8Array(0);

export const stringRangeCommands: readonly Command[] = [
  define('append', 3, 'write denyoom fast', oneKey, append),
  define('setrange', 4, 'write denyoom', oneKey, setrange),
  define('getrange', 4, 'readonly', oneKey, getrange),
  define('substr', 4, 'readonly', oneKey, getrange),
];
