/** Storing a sorted set as a result, in place of whatever is under a key. */
import { expireBefore, touch } from './access.ts';
import type { Context } from './context.ts';

export interface Scored {
  readonly member: Uint8Array;
  readonly score: number;
}

/**
 * Stores the elements, none twice, under word `index`; none at all removes the key. Logs the command as it was sent where
 * anything changed, which counts as `changes` where something is stored.
 */
export function storeZset(context: Context, index: number, elements: readonly Scored[], changes = 1): void {
  const { argv, db, effects } = context;
  const key = argv.bytes(index);
  if (elements.length > 0) expireBefore(context, index);
  const wasThere = db.remove(key);
  if (elements.length === 0) {
    if (!wasThere) return;
    touch(context, index);
    effects.verbatim();
    return;
  }
  const zset = db.zset(key, true)!;
  for (const { member, score } of elements) zset.put(member, score);
  // Redis makes it large first; only where it turns out to fit into the compact form, -0 becomes 0.
  if (!zset.isCompact)
    for (const { member, score } of elements) if (Object.is(score, -0)) zset.put(member, score);
  touch(context, index, changes);
  effects.verbatim();
}
