/** Mutants of commands that choose what they change: pops from the first of several keys. */
import type { Mutant } from '../mutant.ts';
import { any, log } from './common.ts';

export const severalMutants: readonly Mutant[] = [
  {
    id: 'lmpop-logged-without-its-count',
    title: 'LMPOP is logged as a pop of one element, however many it took',
    story: 'As getset-logged-as-sent: the effect differs from the command in what a replay takes away (P9).',
    file: 'src/commands/list-moves.ts',
    find: `'LPOP' : 'RPOP', argv.bytes(i), count);`,
    replace: `'LPOP' : 'RPOP', argv.bytes(i));`,
    kills: ['P1', 'P2', 'P9', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'zmpop-logged-from-the-other-end',
    title: 'ZMPOP MAX is logged as ZPOPMIN',
    story: 'As getset-logged-as-sent: the effect differs from the command in what a replay takes away (P9).',
    file: 'src/commands/zset-pops.ts',
    find: `'ZPOPMIN' : 'ZPOPMAX', argv.bytes(i), popped.length);`,
    replace: `'ZPOPMIN' : 'ZPOPMIN', argv.bytes(i), popped.length);`,
    kills: ['P1', 'P2', 'P9', 'P11'],
    profiles: any,
    needs: log,
  },
];
