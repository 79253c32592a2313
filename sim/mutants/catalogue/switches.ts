/** Mutants of the log that is turned off and on at run time. */
import type { Mutant } from '../mutant.ts';
import { any, log } from './common.ts';

export const switchMutants: readonly Mutant[] = [
  {
    id: 'log-that-is-off-goes-on',
    title: 'CONFIG SET appendonly no is answered, and the log is written on',
    story:
      'Nothing is lost by it, and no crash shows it: the disk fills with a log that nobody asked for, and no rewrite ever makes it smaller.',
    file: 'src/engine/journal/rewrite.ts',
    find: `if (!settings.appendonly && journal.isOpen) journal.stop();`,
    replace: ``,
    kills: ['P22'],
    profiles: any,
    needs: log,
  },
  {
    id: 'log-turned-on-before-its-base',
    title:
      'After CONFIG SET appendonly yes the new increment is written at once, before there is a base and a manifest',
    story:
      'What redis-server 7 guards with temp-appendonly.aof.incr (aof.c, startAppendOnlyWithRetry): an increment of a log that the manifest does not know, in the way of the next start.',
    file: 'src/engine/journal/rewrite.ts',
    find: `journal.openHeld(file, increment.name);`,
    replace: `journal.open(file, increment.name, 0);`,
    kills: ['P12', 'P1', 'P2', 'P3', 'P4', 'P22', 'P21'],
    profiles: any,
    needs: log,
  },
  {
    id: 'log-turned-on-before-its-manifest',
    title:
      'After CONFIG SET appendonly yes the increment is written when the base has its name, and the manifest has not',
    story:
      'The order of f and g in A.8, for the log that begins: the base is there, so why not begin. A crash in between leaves an increment that no manifest names.',
    file: 'src/engine/journal/rewrite.ts',
    find: `    const before = store.current;
    const superseded = [`,
    replace: `    if (journal.isHeld) journal.unhold();
    const before = store.current;
    const superseded = [`,
    kills: ['P12', 'P1', 'P2', 'P3', 'P4', 'P22'],
    profiles: any,
    needs: log,
  },
  {
    id: 'log-off-between-no-and-yes-at-once',
    title:
      'What is executed between CONFIG SET appendonly no and a yes that comes before the log has stopped is not logged',
    story:
      'Two switches for one thing, the setting and the open file: who takes the first for the second leaves a gap, and the log goes on behind it.',
    file: 'src/engine/journal/journal.ts',
    find: `    const file = this.#current;
    if (file === undefined) {
      unit.discard();`,
    replace: `    const file = this.#current;
    if (file === undefined || (!this.#settings.appendonly && !this.#held)) {
      unit.discard();`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P22', 'P11'],
    profiles: any,
    needs: log,
  },
];
