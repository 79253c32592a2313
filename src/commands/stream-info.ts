/** XINFO: what a stream, its groups and their consumers are made of. */
import {
  greatestStreamId,
  type ConsumerView,
  type GroupView,
  type PendingEntry,
  type StreamId,
  type StreamView,
} from '../data/index.ts';
import { integerOrReply } from './arguments.ts';
import type { Command, CommandInfo, Context } from './context.ts';
import { define, noKeys } from './define.ts';
import { errors, unknownSubcommand, wrongArity, wrongSubcommandWords } from './errors.ts';
import { entryAt, lagOf, replyEntry, replyRange, replyStreamId, streamAt, topId } from './stream-entries.ts';

const keyAt2: CommandInfo['keys'] = [2, 2, 1];

const subcommands: readonly CommandInfo[] = [
  { name: 'xinfo|stream', arity: -3, flags: ['readonly'], keys: keyAt2 },
  { name: 'xinfo|groups', arity: 3, flags: ['readonly'], keys: keyAt2 },
  { name: 'xinfo|help', arity: 2, flags: ['loading', 'stale'], keys: noKeys },
  { name: 'xinfo|consumers', arity: 4, flags: ['readonly'], keys: keyAt2 },
];

const help = [
  'XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'CONSUMERS <key> <groupname>',
  '    Show consumers of <groupname>.',
  'GROUPS <key>',
  '    Show the stream consumer groups.',
  'STREAM <key> [FULL [COUNT <count>]',
  '    Show information about the stream.',
  'HELP',
  '    Prints this help.',
];

/** Of each list that XINFO STREAM FULL shows. */
const shownByDefault = 10;

function xinfo(context: Context): void {
  const { argv, reply } = context;
  const name = argv.lowerText(1);
  const subcommand = subcommands.find((one) => one.name === `xinfo|${name}`);
  if (subcommand === undefined) return reply.error(unknownSubcommand(argv.text(1), 'XINFO'));
  const { arity } = subcommand;
  if (arity >= 0 ? argv.count !== arity : argv.count < -arity)
    return reply.error(wrongArity(subcommand.name));
  if (name === 'help') {
    reply.array(help.length);
    for (const line of help) reply.simple(line);
    return;
  }
  const stream = streamAt(context, 2);
  if (stream === null) return;
  if (stream === undefined) return reply.error(errors.noSuchKey);
  if (name === 'groups') return groups(context, stream);
  if (name === 'consumers') return consumers(context, stream);
  if (argv.count === 3) return overview(context, stream);
  if (
    (argv.count !== 4 && argv.count !== 6) ||
    !argv.is(3, 'FULL') ||
    (argv.count === 6 && !argv.is(4, 'COUNT'))
  )
    return reply.error(wrongSubcommandWords(argv.text(1), 'XINFO'));
  const count = argv.count === 6 ? integerOrReply(context, 5) : shownByDefault;
  if (count !== undefined) full(context, stream, count < 0 ? shownByDefault : count);
}

function text({ reply }: Context, name: string): void {
  reply.bulkText(name);
}

function idField(context: Context, name: string, id: StreamId): void {
  text(context, name);
  replyStreamId(context, id);
}

function numberField(context: Context, name: string, value: number | bigint): void {
  text(context, name);
  context.reply.integer(value);
}

function facts(context: Context, stream: StreamView): void {
  const masters: StreamId[] = [];
  stream.forEachNode((id) => void masters.push(id));
  numberField(context, 'length', stream.length);
  numberField(context, 'radix-tree-keys', masters.length);
  numberField(context, 'radix-tree-nodes', radixNodes(masters));
  idField(context, 'last-generated-id', stream.lastId);
  idField(context, 'max-deleted-entry-id', stream.maxDeletedId);
  numberField(context, 'entries-added', stream.entriesAdded);
  idField(context, 'recorded-first-entry-id', stream.firstId);
}

/**
 * Nodes of the radix tree in which Redis keeps the runs: one for each key, for each place where keys part, and for each
 * row of bytes between those.
 */
function radixNodes(ids: readonly StreamId[]): number {
  if (ids.length === 0) return 1;
  const keys = ids.map((id) => id.toString(16).padStart(32, '0'));
  const byteAt = (key: string, depth: number): string => key.slice(2 * depth, 2 * depth + 2);
  const count = (from: number, to: number, depth: number): number => {
    let at = depth;
    while (at < 16 && byteAt(keys[from]!, at) === byteAt(keys[to - 1]!, at)) at++;
    const row = at > depth ? 1 : 0;
    if (at === 16) return row + 1;
    let nodes = row + 1;
    for (let start = from; start < to;) {
      let end = start + 1;
      while (end < to && byteAt(keys[end]!, at) === byteAt(keys[start]!, at)) end++;
      nodes += count(start, end, at + 1);
      start = end;
    }
    return nodes;
  };
  return count(0, keys.length, 0);
}

function overview(context: Context, stream: StreamView): void {
  const { reply } = context;
  reply.map(10);
  facts(context, stream);
  numberField(context, 'groups', stream.groups);
  for (const [name, id] of [
    ['first-entry', stream.firstId],
    ['last-entry', topId(stream)],
  ] as const) {
    text(context, name);
    const entry = stream.length === 0 ? undefined : entryAt(stream, id);
    if (entry === undefined) reply.nil();
    else replyEntry(context, entry);
  }
}

function full(context: Context, stream: StreamView, count: number): void {
  const { reply } = context;
  reply.map(9);
  facts(context, stream);
  text(context, 'entries');
  replyRange(context, stream, 0n, greatestStreamId, count);
  text(context, 'groups');
  reply.array(stream.groups);
  stream.forEachGroup((group) => {
    reply.map(7);
    groupFields(context, stream, group);
    numberField(context, 'pel-count', group.pending);
    text(context, 'pending');
    const pending = firstPending(group, count);
    reply.array(pending.length);
    for (const one of pending) {
      reply.array(4);
      replyStreamId(context, one.id);
      reply.bulk(one.consumer);
      reply.integer(one.deliveredMs);
      reply.integer(one.deliveries);
    }
    text(context, 'consumers');
    reply.array(group.consumers);
    group.forEachConsumer((consumer) => fullConsumer(context, consumer, count));
  });
}

function fullConsumer(context: Context, consumer: ConsumerView, count: number): void {
  const { reply } = context;
  reply.map(4);
  text(context, 'name');
  reply.bulk(consumer.name);
  numberField(context, 'seen-time', consumer.seenMs);
  numberField(context, 'pel-count', consumer.pending);
  text(context, 'pending');
  const pending = firstPending(consumer, count);
  reply.array(pending.length);
  for (const one of pending) {
    reply.array(3);
    replyStreamId(context, one.id);
    reply.integer(one.deliveredMs);
    reply.integer(one.deliveries);
  }
}

/** The first `count` of what is pending, all where that is 0. */
function firstPending(of: Pick<GroupView, 'forEachPending'>, count: number): PendingEntry[] {
  const pending: PendingEntry[] = [];
  of.forEachPending(0n, (one) => pending.push(one) !== count);
  return pending;
}

/** Name, last delivered id, entries read and lag. */
function groupFields(context: Context, stream: StreamView, group: GroupView, between?: () => void): void {
  const { reply } = context;
  text(context, 'name');
  reply.bulk(group.name);
  between?.();
  idField(context, 'last-delivered-id', group.lastId);
  for (const [name, value] of [
    ['entries-read', group.entriesRead],
    ['lag', lagOf(stream, group)],
  ] as const) {
    text(context, name);
    if (value === undefined) reply.nil();
    else reply.integer(value);
  }
}

function groups(context: Context, stream: StreamView): void {
  const { reply } = context;
  reply.array(stream.groups);
  stream.forEachGroup((group) => {
    reply.map(6);
    groupFields(context, stream, group, () => {
      numberField(context, 'consumers', group.consumers);
      numberField(context, 'pending', group.pending);
    });
  });
}

function consumers(context: Context, stream: StreamView): void {
  const { argv, reply } = context;
  const group = stream.group(argv.bytes(3));
  if (group === undefined)
    return reply.error(`NOGROUP No such consumer group '${argv.text(3)}' for key name '${argv.text(2)}'`);
  reply.array(group.consumers);
  group.forEachConsumer((consumer) => {
    reply.map(3);
    text(context, 'name');
    reply.bulk(consumer.name);
    numberField(context, 'pending', consumer.pending);
    numberField(context, 'idle', Math.max(0, context.nowMs - consumer.seenMs));
  });
}

export const streamInfoCommands: readonly Command[] = [
  { ...define('xinfo', -2, '', noKeys, xinfo), subcommands },
];
