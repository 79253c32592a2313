/** Mutants of B-VI: what the log says of a command. */
import type { Mutant } from '../mutant.ts';
import { any, kills, log, plainLog } from './common.ts';

export const effectMutants: readonly Mutant[] = [
  {
    id: 'stream-id-of-the-moment',
    title: 'XADD with * is logged as it was sent',
    story: 'redis@3a0b78bc5: the entry has another id after every load.',
    zoo: 'B89',
    file: 'src/commands/streams.ts',
    find: `if (given?.seqGiven !== true) replaced.set(`,
    replace: `if (given?.seqGiven === false) replaced.set(`,
    kills: ['P1', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'growth-by-setbit-not-logged',
    title: 'SETBIT that only lets a string grow is not logged',
    story: 'redis#10459 (7.0 RC): the bit was zero already, so nothing seemed to have changed.',
    zoo: 'B93',
    file: 'src/commands/bits.ts',
    find: `    touch(context, 1);
    context.effects.verbatim();
  }
  reply.integer(old);`,
    replace: `    if (old !== on) touch(context, 1);
    if (old !== on) context.effects.verbatim();
  }
  reply.integer(old);`,
    kills: ['P1', 'P2', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'delivery-not-logged',
    title: 'XREADGROUP moves its group in the log and makes nothing pending there',
    story: 'As B89: what a read changes is as much of an effect as what a write does.',
    zoo: 'B89',
    file: 'src/commands/stream-reads.ts',
    find: `logClaim(context, key, groupName, entry.id, claimed);`,
    replace: `void claimed;`,
    kills: ['P1', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'sort-into-a-key-not-logged',
    title: 'SORT with STORE is logged only where the key was there',
    story: 'As growth-by-setbit-not-logged, in a command that mostly reads.',
    zoo: 'B93',
    file: 'src/commands/sort.ts',
    find: `  effects.verbatim();
  reply.integer(result.length);`,
    replace: `  if (wasThere) effects.verbatim();
  reply.integer(result.length);`,
    kills: ['P1', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'relative-expiry-logged',
    title: 'EXPIRE and PEXPIRE are logged as they were sent',
    story: 'redis@530fcf868 (3.2.10): the time to live began anew with every load.',
    zoo: 'B83',
    file: 'src/commands/expiration.ts',
    find: `if (unit === 'PXAT') return effects.verbatim();`,
    replace: `if (unit !== 'EXAT') return effects.verbatim();`,
    kills: ['P1', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'relative-expiry-of-set-logged',
    title: 'SET with EX or PX is logged as it was sent',
    story: 'As relative-expiry-logged, in SET alone.',
    zoo: 'B83',
    file: 'src/commands/strings.ts',
    find: `context.effects.command('SET', argv.bytes(1), argv.bytes(2), 'PXAT', expireAtMs);`,
    replace: `context.effects.verbatim();`,
    kills: ['P1', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'lazy-expiry-not-logged',
    title: 'A key that is found to be expired is removed without a DEL in the log',
    story:
      'redis@bcf2995c9 (2010), redis#8816 (2021), dragonfly#7948: a later write to the new key is replayed onto the old value.',
    zoo: 'B85',
    file: 'src/commands/access.ts',
    find: `  effectIn(context, dbIndex, 'DEL', key);`,
    replace: `  if (dbIndex !== context.dbIndex) effectIn(context, dbIndex, 'DEL', key);`,
    kills: ['P1', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'active-expiry-not-logged',
    title: 'A key that the cron expires is removed without a DEL in the log',
    story: 'As lazy-expiry-not-logged, on the other path.',
    zoo: 'B85',
    file: 'src/engine/engine.ts',
    find: `execution.unit.command('DEL', key);
    this.journal.append(execution.unit);`,
    replace: ``,
    kills: ['P1', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'effects-not-atomic',
    title: 'Several effects of one unit are logged without MULTI and EXEC',
    story:
      'redis@37a10cef0 (2019), redis#9890: SPOP with a count was many SREM, and a cut between them left a part.',
    zoo: 'B90',
    file: 'src/engine/unit.ts',
    find: `const several = this.#count > 1;`,
    replace: `const several = this.#count < 0;`,
    kills: ['P1'],
    profiles: kills,
    needs: plainLog,
  },
  {
    id: 'select-lost-at-the-file-boundary',
    title: 'A new increment begins without SELECT',
    story:
      'Redis resets aof_selected_db at every switch; without it the first commands of the new file go to database 0.',
    zoo: 'B95',
    file: 'src/engine/journal.ts',
    find: `this.#loggedDb = -1;`,
    replace: ``,
    kills: ['P1'],
    profiles: any,
    needs: log,
  },
  {
    id: 'emptying-spop-not-logged',
    title: 'SPOP of all members is not logged',
    story:
      'garnet#1678 (2026), redis#142 (2011), redis#10691 (2022): the command that empties a collection was forgotten, and "data reappeared".',
    zoo: 'B93',
    file: 'src/commands/set-random.ts',
    find: `effects.command('DEL', key);`,
    replace: ``,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'emptying-zpop-not-logged',
    title: 'ZPOPMIN and ZPOPMAX of all elements are not logged',
    story: 'As emptying-spop-not-logged, in sorted sets.',
    zoo: 'B93',
    file: 'src/commands/zset-pops.ts',
    find: `const popped = popElements(context, 1, end, count);
    context.effects.verbatim();`,
    replace: `const popped = popElements(context, 1, end, count);
    if (context.db.find(argv.bytes(1)) !== undefined) context.effects.verbatim();`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'flushall-not-logged',
    title: 'FLUSHALL is not logged',
    story: 'redis#142 (2011).',
    zoo: 'B93',
    file: 'src/commands/databases.ts',
    find: `keyspace.clear();
  context.effects.verbatim();`,
    replace: `keyspace.clear();`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'getset-logged-as-sent',
    title: 'KEEPTTL is lost in the log of SET with GET',
    story:
      'The effect differs from the command in what it leaves out: an expiry that a replay takes away (P9).',
    file: 'src/commands/strings.ts',
    find: `if (i < 3 || !argv.is(i, 'GET')) parts`,
    replace: `if (i < 3) parts`,
    kills: ['P1'],
    profiles: any,
    needs: log,
  },
  {
    id: 'spop-logged-as-sent',
    title: 'SPOP is logged as it was sent, and draws again at the load',
    story:
      'The notes of redis 2.2.x; redis#9812 (effects only): commands with chance in them must be logged by what they did.',
    zoo: 'B89',
    file: 'src/commands/set-random.ts',
    find: `context.effects.command('SREM', argv.bytes(1), member);`,
    replace: `context.effects.verbatim();`,
    kills: ['P1', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'past-expiry-logged-as-sent',
    title: 'An expiry in the past is logged as one, and the key with it, instead of a DEL',
    story:
      'The other side of redis@812ecc8b1 (2011), redis#14784, dragonfly#8082 (2026): what was removed stands in the log with an expiry, hidden by the clock until that is set back.',
    zoo: 'B87',
    file: 'src/commands/expiration.ts',
    find: `remove(context, 1);
      context.effects.command('DEL', argv.bytes(1));`,
    replace: `remove(context, 1);
      context.effects.command('PEXPIREAT', argv.bytes(1), Math.max(0, atMs));`,
    kills: ['P8', 'P1', 'P10', 'P11'],
    profiles: any,
    needs: log,
  },
];
