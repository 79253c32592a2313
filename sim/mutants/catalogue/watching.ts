/** Units that watch keys. */
import type { Mutant } from '../mutant.ts';
import { any } from './common.ts';

export const watchingMutants: readonly Mutant[] = [
  {
    id: 'watched-keys-forgotten',
    title: 'EXEC executes whatever became of the keys that were watched',
    story:
      'The plainest of them: two clients that each read, and then write what they made of it, and one of the writes is lost.',
    file: 'src/engine/admin/transactions.ts',
    find: `if (isStale) {`,
    replace: `if (isStale && queue.length > 99) {`,
    kills: ['P21', 'P1', 'P11', 'P25'],
    profiles: any,
  },
  {
    id: 'flushed-keys-still-as-watched',
    title: 'FLUSHALL and FLUSHDB do not end a WATCH',
    story: 'Planted by a reviewer: 1,500 seeds did not notice, since no run had ever watched a key.',
    file: 'src/engine/engine.ts',
    find: `this.watchers.going(dbIndex);`,
    replace: ``,
    kills: ['P21', 'P1', 'P11', 'P25'],
    profiles: any,
  },
];
