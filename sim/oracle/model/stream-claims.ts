/**
 * Pending entries that change hands: XCLAIM and XAUTOCLAIM.
 *
 * What is pending of an entry that was deleted goes when somebody would claim it. The consumer is made by what it gets.
 */
import type { Expectation } from '../reply.ts';
import { idOf, idText } from '../stream.ts';
import type { ModelGroup, ModelPending } from '../stream.ts';
import { arg, integer, LOG_TIME_MS } from './call.ts';
import type { Call, ModelCommand } from './call.ts';
import { groupAt, inOrder } from './stream-groups.ts';
import { entry, putGroup } from './streams.ts';

interface Options {
  readonly deliveredMs: number;
  readonly retryCount: number | undefined;
  readonly isForced: boolean;
  readonly justIds: boolean;
  readonly lastId: bigint;
}

/** XCLAIM … [IDLE ms] [TIME ms] [RETRYCOUNT n] [FORCE] [JUSTID] [LASTID id] */
function optionsOf({ nowMs }: Call, words: readonly string[]): Options {
  const value = (name: string): string | undefined => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : words[at + 1]!;
  };
  const [idle, time, retry] = [value('IDLE'), value('TIME'), value('RETRYCOUNT')];
  const askedMs = idle !== undefined ? nowMs - integer(idle) : time !== undefined ? integer(time) : nowMs;
  // A log tells when it was, which a clock that was set back says is yet to come.
  const isSane = askedMs >= 0 && (askedMs <= nowMs || nowMs === LOG_TIME_MS);
  return {
    deliveredMs: isSane ? askedMs : nowMs,
    retryCount: retry === undefined ? undefined : integer(retry),
    isForced: words.includes('FORCE'),
    justIds: words.includes('JUSTID'),
    lastId: idOf(value('LASTID') ?? '0-0'),
  };
}

/** XCLAIM key group consumer min-idle-time id [id ...] [options] */
function claim(call: Call): Expectation {
  const [key, name, consumer] = [arg(call, 0), arg(call, 1), arg(call, 2)];
  const { stream, group } = groupAt(call, key, name);
  const leastIdleMs = integer(arg(call, 3));
  const firstOption = call.args.findIndex((word, at) => at > 3 && /^[A-Z]/.test(word));
  const end = firstOption < 0 ? call.args.length : firstOption;
  const { deliveredMs, retryCount, isForced, justIds, lastId } = optionsOf(call, call.args.slice(end));
  const pending = new Map(group.pending);
  const claimed: bigint[] = [];
  for (const id of call.args.slice(4, end).map(idOf)) {
    const held = pending.get(id);
    if (!stream.entries.has(id)) {
      pending.delete(id);
      continue;
    }
    if (held === undefined && !isForced) continue;
    if (held !== undefined && !isIdle(call, held, leastIdleMs)) continue;
    const deliveries = retryCount ?? (held?.deliveries ?? 1) + (justIds ? 0 : 1);
    pending.set(id, { consumer, deliveredMs, deliveries });
    claimed.push(id);
  }
  putGroup(call, key, stream, name, {
    ...group,
    lastId: lastId > group.lastId ? lastId : group.lastId,
    consumers: withConsumer(group, consumer, claimed),
    pending,
  });
  return claimed.map((id) => (justIds ? idText(id) : entry(id, stream.entries.get(id)!)));
}

/** How many pending entries are looked at for each that may be claimed. */
const ATTEMPTS_EACH = 10;

/** XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID] */
function autoclaim(call: Call): Expectation {
  const [key, name, consumer] = [arg(call, 0), arg(call, 1), arg(call, 2)];
  const { stream, group } = groupAt(call, key, name);
  const leastIdleMs = integer(arg(call, 3));
  const start = arg(call, 4) === '-' ? 0n : idOf(arg(call, 4));
  const count = call.args[5] === 'COUNT' ? integer(arg(call, 6)) : 100;
  const justIds = call.args.includes('JUSTID', 5);
  const pending = new Map(group.pending);
  const claimed: bigint[] = [];
  const deleted: bigint[] = [];
  const rest = inOrder(pending).filter(([id]) => id >= start);
  for (let attempts = count * ATTEMPTS_EACH; attempts > 0 && rest.length > 0; attempts--) {
    if (claimed.length + deleted.length === count) break;
    const [id, held] = rest.shift()!;
    if (!stream.entries.has(id)) {
      pending.delete(id);
      deleted.push(id);
    } else if (isIdle(call, held, leastIdleMs)) {
      const deliveries = held.deliveries + (justIds ? 0 : 1);
      pending.set(id, { consumer, deliveredMs: call.nowMs, deliveries });
      claimed.push(id);
    }
  }
  putGroup(call, key, stream, name, {
    ...group,
    consumers: withConsumer(group, consumer, claimed),
    pending,
  });
  return [
    idText(rest[0]?.[0] ?? 0n),
    claimed.map((id) => (justIds ? idText(id) : entry(id, stream.entries.get(id)!))),
    deleted.map(idText),
  ];
}

function isIdle({ nowMs }: Call, { deliveredMs }: ModelPending, leastMs: number): boolean {
  return leastMs <= 0 || nowMs - deliveredMs >= leastMs;
}

function withConsumer(
  { consumers }: ModelGroup,
  consumer: string,
  claimed: readonly bigint[],
): ReadonlySet<string> {
  return claimed.length === 0 ? consumers : new Set([...consumers, consumer]);
}

export const streamClaims: Readonly<Record<string, ModelCommand>> = {
  XCLAIM: claim,
  XAUTOCLAIM: autoclaim,
};
