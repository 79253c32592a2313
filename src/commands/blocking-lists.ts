/** Lists that are waited for: BLPOP, BRPOP, BLMOVE, BRPOPLPUSH, BLMPOP. What they do is logged as what does not wait. */
import { find, isReadyFor, isWrongType } from './access.ts';
import type { Command, Context } from './context.ts';
import { define, noKeys, twoKeys } from './define.ts';
import { errors } from './errors.ts';
import { moveElement, popFromFirst } from './list-moves.ts';
import { listEnd, takeFrom, type ListEnd } from './lists.ts';
import { timeoutOrReply } from './timeout.ts';

/** Waits for the keys from word `first` on, `count` of them; answers nil where that is not allowed. */
function waitForLists(context: Context, first: number, count: number, timeoutMs: number): void {
  const { argv, reply } = context;
  const keys = Array.from({ length: count }, (_, i) => argv.bytes(first + i));
  if (!context.block({ words: wordsOf(context), keys, type: 'list', timeoutMs })) reply.nilArray();
}

function wordsOf({ argv }: Context): Uint8Array[] {
  return Array.from({ length: argv.count }, (_, i) => argv.bytes(i));
}

/** BLPOP key [key ...] timeout */
function blpop(end: ListEnd): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    const timeoutMs = timeoutOrReply(context, argv.count - 1, 'seconds');
    if (timeoutMs === undefined) return;
    for (let i = 1; i < argv.count - 1; i++) {
      if (!isReadyFor(context, i)) continue;
      const entry = find(context, i);
      if (isWrongType(context, entry, 'list')) return;
      if (entry === undefined) continue;
      const element = takeFrom(context, i, end);
      context.effects.command(end === 'LEFT' ? 'LPOP' : 'RPOP', argv.bytes(i));
      reply.array(2);
      reply.bulk(argv.bytes(i));
      return reply.bulk(element);
    }
    waitForLists(context, 1, argv.count - 2, timeoutMs);
  };
}

function waitForSource(context: Context, timeoutMs: number): void {
  const { argv, reply } = context;
  if (!context.block({ words: wordsOf(context), keys: [argv.bytes(1)], type: 'list', timeoutMs }))
    reply.nil();
}

/** BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout */
function blmove(context: Context): void {
  const { argv } = context;
  const from = listEnd(context, 3);
  const to = listEnd(context, 4);
  if (from === undefined || to === undefined) return context.reply.error(errors.syntax);
  const timeoutMs = timeoutOrReply(context, 5, 'seconds');
  if (timeoutMs === undefined) return;
  const logged = () => context.effects.command('LMOVE', argv.bytes(1), argv.bytes(2), from, to);
  moveElement(context, from, to, logged, () => waitForSource(context, timeoutMs));
}

/** BRPOPLPUSH source destination timeout */
function brpoplpush(context: Context): void {
  const { argv } = context;
  const timeoutMs = timeoutOrReply(context, 3, 'seconds');
  if (timeoutMs === undefined) return;
  const logged = () => context.effects.command('RPOPLPUSH', argv.bytes(1), argv.bytes(2));
  moveElement(context, 'RIGHT', 'LEFT', logged, () => waitForSource(context, timeoutMs));
}

/** BLMPOP timeout numkeys key [key ...] LEFT|RIGHT [COUNT count] */
function blmpop(context: Context): void {
  let timeoutMs: number | undefined;
  popFromFirst(context, 2, {
    mayGoOn: () => (timeoutMs = timeoutOrReply(context, 1, 'seconds')) !== undefined,
    none: (keys) => waitForLists(context, 3, keys, timeoutMs!),
  });
}

const popKeys: Command['keys'] = [1, -2, 1];

export const blockingListCommands: readonly Command[] = [
  define('blpop', -3, 'write noscript blocking', popKeys, blpop('LEFT')),
  define('brpop', -3, 'write noscript blocking', popKeys, blpop('RIGHT')),
  define('blmove', 6, 'write denyoom noscript blocking', twoKeys, blmove),
  define('brpoplpush', 4, 'write denyoom noscript blocking', twoKeys, brpoplpush),
  define('blmpop', -5, 'write blocking movablekeys', noKeys, blmpop),
];
