/** Mutants of streams: who has what pending, and what the log says of it. */
import type { Mutant } from '../mutant.ts';
import { any, log } from './common.ts';

export const streamMutants: readonly Mutant[] = [
  {
    id: 'claim-not-logged',
    title: 'An entry that changes hands does so in memory alone',
    story:
      'As delivery-not-logged: XCLAIM and XAUTOCLAIM look like reads. After a restart two consumers work on one entry.',
    zoo: 'B93',
    file: 'src/commands/stream-claims.ts',
    find: `    const pending = { id, consumer: this.#consumer, deliveredMs, deliveries };
    logClaim(this.#context, this.#key, this.#group, this.#lastId, pending);`,
    replace: ``,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'claim-logged-with-the-old-count',
    title: 'A claim is logged with the number of deliveries from before it',
    story:
      'Redis logs RETRYCOUNT with XCLAIM for this: without the count an entry that nobody can digest is delivered for ever.',
    zoo: 'B93',
    file: 'src/commands/stream-claims.ts',
    find: `const pending = { id, consumer: this.#consumer, deliveredMs, deliveries };`,
    replace: `const pending = { id, consumer: this.#consumer, deliveredMs, deliveries: Math.max(1, deliveries - 1) };`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'forgotten-pending-not-logged',
    title: 'What XAUTOCLAIM and XCLAIM forget of deleted entries is pending again after a restart',
    story:
      'Redis 7.0 forgets what is pending of a deleted entry when somebody would claim it, and logs an XCLAIM only so that a replay does, too.',
    zoo: 'B93',
    file: 'src/commands/stream-claims.ts',
    find: `    logClaim(this.#context, this.#key, this.#group, this.#lastId, pending);
    this.#stream.removePending`,
    replace: `    void pending;
    this.#stream.removePending`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'claim-dated-by-the-load',
    title: 'A load takes what was delivered for delivered at its own time',
    story:
      'redis, t_stream.c: "if (deliverytime < 0 || deliverytime > now) deliverytime = now", in the replay of a log as well. Where the wall has gone back, idle times begin anew.',
    file: 'src/commands/stream-claims.ts',
    find: `(deliveredMs <= nowMs || context.replaying)`,
    replace: `deliveredMs <= nowMs`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'redelivery-not-logged',
    title: 'What a consumer is given once more counts in memory alone',
    story:
      'redis-server 7.0.15 does not log what XREADGROUP with an id delivers again: a restart forgets how often that was.',
    zoo: 'B93',
    file: 'src/commands/stream-reads.ts',
    find: `logClaim(context, key, groupName, stream.group(groupName)!.lastId, again);`,
    replace: `void again;`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'pending-of-deleted-entries-lost-in-a-rewrite',
    title: 'A rewrite as commands leaves out what is pending of deleted entries',
    story:
      'redis-server 7.0.15, and ours until the simulator claimed entries that were there: XCLAIM takes only an entry that exists.',
    zoo: 'B99',
    file: 'src/aof/rewrite-stream.ts',
    find: `if (ids.size === 0) return [];`,
    replace: `if (ids.size >= 0) return [];`,
    kills: ['P10', 'P1', 'P11', 'P15', 'P2', 'P3', 'P4'],
    profiles: any,
    needs: { persistences: ['aof', 'rdb+aof'] },
  },
  {
    id: 'stream-set-back-rewritten-as-it-is',
    title: 'A rewrite sets a last id below the greatest deleted one in one XSETID, which no load takes',
    story:
      'redis-server 7.0.15, and ours until the simulator set a stream back: the load says CRITICAL and goes on with other ids.',
    zoo: 'B99',
    file: 'src/aof/rewrite-stream.ts',
    find: `lastId < maxDeletedId ? maxDeletedId : lastId`,
    replace: `lastId`,
    kills: ['P10', 'P1', 'P11', 'P2', 'P3', 'P4'],
    profiles: any,
    needs: { persistences: ['aof', 'rdb+aof'] },
  },
  {
    id: 'deleted-entries-moved-on-in-a-rewrite',
    title: 'A rewrite as commands tells what was deleted before it deletes again',
    story: 'The trap in writing what is pending of deleted entries: XDEL moves on the greatest deleted id.',
    file: 'src/aof/rewrite-stream.ts',
    find: `if (deleted[0]! < firstId) encodeCommand(into, ['XTRIM', key, 'MINID', streamIdText(firstId)]);
  const behind = deleted.filter((id) => id > firstId);`,
    replace: `const behind = deleted;`,
    kills: ['P10', 'P1', 'P11', 'P2', 'P3', 'P4'],
    profiles: any,
    needs: { persistences: ['aof', 'rdb+aof'] },
  },
];
