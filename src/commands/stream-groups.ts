/** Consumer groups: XGROUP, XACK and XPENDING. */
import { greatestStreamId, type PendingEntry, type StreamId } from '../data/index.ts';
import { find, touch } from './access.ts';
import { bigArgument, integerOrReply, refuse } from './arguments.ts';
import type { Command, CommandInfo, Context, Told } from './context.ts';
import { define, noKeys, oneKey } from './define.ts';
import { errors, unknownSubcommand, wrongArity, wrongSubcommandWords } from './errors.ts';
import { groupOrReply, replyStreamId, streamAt, streamToChange } from './stream-entries.ts';
import { boundOrReply, idOrReply, idsOrReply } from './stream-ids.ts';

const groupKeys: CommandInfo['keys'] = [2, 2, 1];

const subcommands: readonly CommandInfo[] = [
  { name: 'xgroup|setid', arity: -5, flags: ['write'], keys: groupKeys },
  { name: 'xgroup|delconsumer', arity: 5, flags: ['write'], keys: groupKeys },
  { name: 'xgroup|destroy', arity: 4, flags: ['write'], keys: groupKeys },
  { name: 'xgroup|help', arity: 2, flags: ['loading', 'stale'], keys: noKeys },
  { name: 'xgroup|create', arity: -5, flags: ['write', 'denyoom'], keys: groupKeys },
  { name: 'xgroup|createconsumer', arity: 5, flags: ['write', 'denyoom'], keys: groupKeys },
];

const help = [
  'XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'CREATE <key> <groupname> <id|$> [option]',
  '    Create a new consumer group. Options are:',
  '    * MKSTREAM',
  '      Create the empty stream if it does not exist.',
  '    * ENTRIESREAD entries_read',
  "      Set the group's entries_read counter (internal use).",
  'CREATECONSUMER <key> <groupname> <consumer>',
  '    Create a new consumer in the specified group.',
  'DELCONSUMER <key> <groupname> <consumer>',
  '    Remove the specified consumer.',
  'DESTROY <key> <groupname>',
  '    Remove the specified group.',
  'SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]',
  '    Set the current group ID and entries_read counter.',
  'HELP',
  '    Prints this help.',
];

function xgroup(context: Context): void {
  const { argv, reply } = context;
  const name = argv.lowerText(1);
  const subcommand = subcommands.find((one) => one.name === `xgroup|${name}`);
  if (subcommand === undefined) return reply.error(unknownSubcommand(argv.text(1), 'XGROUP'));
  const { arity } = subcommand;
  if (arity >= 0 ? argv.count !== arity : argv.count < -arity)
    return reply.error(wrongArity(subcommand.name));
  if (name === 'help') {
    reply.array(help.length);
    for (const line of help) reply.simple(line);
    return;
  }
  const options = optionsOrReply(context, name);
  if (options === undefined) return;
  const stream = streamAt(context, 2);
  if (stream === null) return;
  const groupName = argv.bytes(3);
  if (!options.makeStream) {
    if (stream === undefined) return reply.error(errors.xgroupNoKey);
    const needsGroup = name !== 'create' && name !== 'destroy';
    if (needsGroup && stream.group(groupName) === undefined)
      return reply.error(`NOGROUP No such consumer group '${argv.text(3)}' for key name '${argv.text(2)}'`);
  }
  switch (name) {
    case 'create':
    case 'setid': {
      const id = argv.is(4, '$') ? (stream?.lastId ?? 0n) : groupIdOrReply(context, name);
      if (id === undefined) return;
      return place(context, name, groupName, id, options.entriesRead);
    }
    case 'destroy': {
      const removed = stream!.group(groupName) !== undefined;
      if (removed) {
        streamToChange(context, 2).removeGroup(groupName);
        // Who reads by that group is sent away.
        logChange(context, 'waiting');
      }
      return reply.integer(removed ? 1 : 0);
    }
    case 'createconsumer': {
      const isNew = stream!.group(groupName)!.consumer(argv.bytes(4)) === undefined;
      if (isNew) {
        streamToChange(context, 2).createConsumer(groupName, argv.bytes(4), context.nowMs);
        logChange(context, 'nobody');
      }
      return reply.integer(isNew ? 1 : 0);
    }
    default: {
      if (stream!.group(groupName)!.consumer(argv.bytes(4)) === undefined) return reply.integer(0);
      const pending = streamToChange(context, 2).removeConsumer(groupName, argv.bytes(4));
      logChange(context, 'nobody');
      return reply.integer(pending);
    }
  }
}

/** The id of word 4. SETID, unlike CREATE, takes `-` and `+` too. */
function groupIdOrReply(context: Context, name: 'create' | 'setid'): StreamId | undefined {
  if (name === 'setid' && context.argv.is(4, '-')) return 0n;
  if (name === 'setid' && context.argv.is(4, '+')) return greatestStreamId;
  return idOrReply(context, 4);
}

function logChange(context: Context, told: Told): void {
  touch(context, 2, 1, told);
  context.effects.verbatim();
}

/** XGROUP CREATE and SETID. */
function place(
  context: Context,
  name: 'create' | 'setid',
  groupName: Uint8Array,
  id: StreamId,
  entriesRead: bigint | undefined,
): void {
  const { reply } = context;
  const isMade = find(context, 2) === undefined;
  const stream = streamToChange(context, 2);
  if (name === 'setid') stream.setGroup(groupName, id, entriesRead);
  else if (!stream.createGroup(groupName, id, entriesRead)) return reply.error(errors.busyGroup);
  // Whoever waits for what is new is not served by a group that goes back, either.
  logChange(context, isMade ? 'all' : 'nobody');
  reply.ok();
}

function optionsOrReply(
  context: Context,
  name: string,
): { makeStream: boolean; entriesRead: bigint | undefined } | undefined {
  const { argv } = context;
  let makeStream = false;
  let entriesRead: bigint | undefined;
  const first = name === 'create' || name === 'setid' ? 5 : argv.count;
  for (let i = first; i < argv.count; i++) {
    if (name === 'create' && argv.is(i, 'MKSTREAM')) {
      makeStream = true;
    } else if (argv.is(i, 'ENTRIESREAD') && i + 1 < argv.count) {
      const count = bigArgument(context, ++i);
      if (count === undefined) return refuse(context, errors.notInteger);
      if (count < -1n) return refuse(context, errors.entriesReadNegative);
      entriesRead = count === -1n ? undefined : count;
    } else {
      return refuse(context, wrongSubcommandWords(argv.text(1), 'XGROUP'));
    }
  }
  return { makeStream, entriesRead };
}

function xack(context: Context): void {
  const { argv, reply } = context;
  const there = streamAt(context, 1);
  if (there === null) return;
  const group = argv.bytes(2);
  if (there?.group(group) === undefined) return reply.integer(0);
  const ids = idsOrReply(context, 3, argv.count);
  if (ids === undefined) return;
  const stream = streamToChange(context, 1);
  let acknowledged = 0;
  for (const id of ids) if (stream.removePending(group, id)) acknowledged++;
  if (acknowledged > 0) {
    touch(context, 1, acknowledged, 'nobody');
    context.effects.verbatim();
  }
  reply.integer(acknowledged);
}

/** XPENDING key group [[IDLE ms] start end count [consumer]] */
function xpending(context: Context): void {
  const { argv, reply } = context;
  if (argv.count !== 3 && (argv.count < 6 || argv.count > 9)) return reply.error(errors.syntax);
  if (argv.count === 3) return summary(context);
  let at = 3;
  let minIdleMs = 0;
  if (argv.is(3, 'IDLE')) {
    const idle = integerOrReply(context, 4);
    if (idle === undefined) return;
    if (argv.count < 8) return reply.error(errors.syntax);
    minIdleMs = idle;
    at = 5;
  }
  const count = integerOrReply(context, at + 2);
  if (count === undefined) return;
  const from = boundOrReply(context, at, 'start');
  if (from === undefined) return;
  const to = boundOrReply(context, at + 1, 'end');
  if (to === undefined) return;
  const found = groupOrReply(context);
  if (found === undefined) return;
  const consumer = at + 3 < argv.count ? argv.bytes(at + 3) : undefined;
  const source = consumer === undefined ? found.group : found.group.consumer(consumer);
  const listed: PendingEntry[] = [];
  if (count > 0)
    source?.forEachPending(from, (pending) => {
      if (pending.id > to) return false;
      if (context.nowMs - pending.deliveredMs < minIdleMs) return true;
      return listed.push(pending) < count;
    });
  reply.array(listed.length);
  for (const pending of listed) {
    reply.array(4);
    replyStreamId(context, pending.id);
    reply.bulk(pending.consumer);
    reply.integer(Math.max(0, context.nowMs - pending.deliveredMs));
    reply.integer(pending.deliveries);
  }
}

function summary(context: Context): void {
  const { reply } = context;
  const found = groupOrReply(context);
  if (found === undefined) return;
  const { group } = found;
  reply.array(4);
  reply.integer(group.pending);
  if (group.pending === 0) {
    reply.nil();
    reply.nil();
    return reply.nilArray();
  }
  let first: StreamId | undefined;
  let last = 0n;
  group.forEachPending(0n, ({ id }) => {
    first ??= id;
    last = id;
  });
  replyStreamId(context, first ?? greatestStreamId);
  replyStreamId(context, last);
  const consumers: { name: Uint8Array; pending: number }[] = [];
  group.forEachConsumer(({ name, pending }) => {
    if (pending > 0) consumers.push({ name, pending });
  });
  reply.array(consumers.length);
  for (const { name, pending } of consumers) {
    reply.array(2);
    reply.bulk(name);
    reply.bulkText(String(pending));
  }
}

export const streamGroupCommands: readonly Command[] = [
  { ...define('xgroup', -2, '', noKeys, xgroup), subcommands },
  define('xack', -4, 'write fast', oneKey, xack),
  define('xpending', -3, 'readonly', oneKey, xpending),
];
