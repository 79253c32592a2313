/** Sorted sets that are waited for: BZPOPMIN, BZPOPMAX, BZMPOP. What they do is logged as what does not wait. */
import { find, isReadyFor, isWrongType } from './access.ts';
import type { Command, Context } from './context.ts';
import { define, noKeys } from './define.ts';
import { timeoutOrReply } from './timeout.ts';
import { popElements, popFromFirstZset, type ZsetEnd } from './zset-pops.ts';

function waitForZsets(context: Context, first: number, count: number, timeoutMs: number): void {
  const { argv, reply } = context;
  const words = Array.from({ length: argv.count }, (_, i) => argv.bytes(i));
  const keys = words.slice(first, first + count);
  if (!context.block({ words, keys, type: 'zset', timeoutMs })) reply.nilArray();
}

/** BZPOPMIN key [key ...] timeout */
function bzpop(end: ZsetEnd): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    const timeoutMs = timeoutOrReply(context, argv.count - 1, 'seconds');
    if (timeoutMs === undefined) return;
    for (let i = 1; i < argv.count - 1; i++) {
      if (!isReadyFor(context, i)) continue;
      const entry = find(context, i);
      if (isWrongType(context, entry, 'zset')) return;
      if (entry === undefined) continue;
      const { member, score } = popElements(context, i, end, 1)[0]!;
      context.effects.command(end === 'MIN' ? 'ZPOPMIN' : 'ZPOPMAX', argv.bytes(i));
      reply.array(3);
      reply.bulk(argv.bytes(i));
      reply.bulk(member);
      return reply.double(score);
    }
    waitForZsets(context, 1, argv.count - 2, timeoutMs);
  };
}

/** BZMPOP timeout numkeys key [key ...] MIN|MAX [COUNT count] */
function bzmpop(context: Context): void {
  let timeoutMs: number | undefined;
  popFromFirstZset(context, 2, {
    mayGoOn: () => (timeoutMs = timeoutOrReply(context, 1, 'seconds')) !== undefined,
    none: (keys) => waitForZsets(context, 3, keys, timeoutMs!),
  });
}

const popKeys: Command['keys'] = [1, -2, 1];

export const blockingZsetCommands: readonly Command[] = [
  define('bzpopmin', -3, 'write noscript blocking fast', popKeys, bzpop('MIN')),
  define('bzpopmax', -3, 'write noscript blocking fast', popKeys, bzpop('MAX')),
  define('bzmpop', -5, 'write blocking movablekeys', noKeys, bzmpop),
];
