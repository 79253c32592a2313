/** Consumer groups of streams: XGROUP, XACK and XPENDING. */
import { OK } from '../reply.ts';
import type { Expectation } from '../reply.ts';
import { emptyStream, idOf, idText } from '../stream.ts';
import type { ModelGroup, ModelStream } from '../stream.ts';
import { arg, fail, integer, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';
import { boundsOf, put, putGroup, streamAt } from './streams.ts';

const NO_KEY =
  'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.';

interface Found {
  readonly stream: ModelStream;
  readonly group: ModelGroup;
}

/** The group, or the error of XPENDING, XCLAIM and XAUTOCLAIM. */
export function groupAt(call: Call, key: string, name: string): Found {
  const stream = streamAt(call, key);
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined)
    return fail(`NOGROUP No such key '${key}' or consumer group '${name}'`);
  return { stream, group };
}

/** In the order of their ids. */
export function inOrder<T>(pending: ReadonlyMap<bigint, T>): [bigint, T][] {
  return [...pending].toSorted(([a], [b]) => (a < b ? -1 : 1));
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
    case 'DELCONSUMER': {
      const consumers = new Set((group ?? noGroup()).consumers);
      consumers.delete(arg(call, 3));
      const pending = new Map([...group!.pending].filter(([, { consumer }]) => consumer !== arg(call, 3)));
      putGroup(call, key, stream, name, { ...group!, consumers, pending });
      return group!.pending.size - pending.size;
    }
    default:
      return fail(SYNTAX);
  }
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

/** XPENDING key group: how many, from which to which, and how many each consumer has. */
function summary({ pending }: ModelGroup): Expectation {
  if (pending.size === 0) return [0, null, null, null];
  const ids = inOrder(pending).map(([id]) => id);
  const counts = new Map<string, number>();
  for (const { consumer } of pending.values()) counts.set(consumer, (counts.get(consumer) ?? 0) + 1);
  const each = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    pending.size,
    idText(ids[0]!),
    idText(ids.at(-1)!),
    each.map(([consumer, count]) => [consumer, String(count)]),
  ];
}

/** XPENDING key group [[IDLE ms] start end count [consumer]] */
function pendingOf(call: Call): Expectation {
  const { group } = groupAt(call, arg(call, 0), arg(call, 1));
  if (call.args.length === 2) return summary(group);
  const at = arg(call, 2) === 'IDLE' ? 4 : 2;
  const leastIdleMs = at === 4 ? integer(arg(call, 3)) : 0;
  const [least, most] = boundsOf(arg(call, at), arg(call, at + 1));
  const whose = call.args[at + 3];
  return inOrder(group.pending)
    .filter(([id, one]) => id >= least && id <= most && (whose ?? one.consumer) === one.consumer)
    .map(([id, one]) => ({ ...one, id, idleMs: call.nowMs - one.deliveredMs }))
    .filter(({ idleMs }) => idleMs >= leastIdleMs)
    .slice(0, integer(arg(call, at + 2)))
    .map(({ id, consumer, idleMs, deliveries }) => [
      idText(id),
      consumer,
      // The wall may have gone back since.
      Math.max(0, idleMs),
      deliveries,
    ]);
}

export const streamGroups: Readonly<Record<string, ModelCommand>> = {
  XGROUP: xgroup,
  XACK: acknowledge,
  XPENDING: pendingOf,
};
