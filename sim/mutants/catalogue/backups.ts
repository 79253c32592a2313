/** Mutants of backups: what BACKUP BEGIN names must stay there, and be of that moment. */
import type { Mutant } from '../mutant.ts';
import { any, log } from './common.ts';

export const backupMutants: readonly Mutant[] = [
  {
    id: 'pinned-files-removed',
    title: 'A rewrite removes its history, whatever a backup still needs of it',
    story:
      'Copying an appendonlydir while a rewrite may end: redis.conf asks for auto-aof-rewrite-percentage 0 meanwhile, since files vanish under the copy.',
    file: 'src/engine/journal/rewrite.ts',
    find: `.dropHistory((name) => backups.isPinned(name))`,
    replace: `.dropHistory((name) => backups.count > 9 && name === '')`,
    kills: ['P25'],
    profiles: any,
    needs: log,
  },
  {
    id: 'backup-before-the-log-is-synced',
    title: 'A backup names what is durable at the moment, and does not wait for what was executed before it',
    story: 'The copy is whole, and it is of a second ago: what its client had just been told is not in it.',
    file: 'src/engine/saving/backup.ts',
    find: `await journal.drain();`,
    replace: `await Promise.resolve();`,
    kills: ['P25', 'P3'],
    profiles: any,
    needs: log,
  },
  {
    id: 'backup-as-long-as-the-file',
    title: 'A backup names as much of the last increment as there is of it',
    story:
      'A file that is being written ends in half a batch now and then. The manifest of the copy says that all of it was durable, so its start refuses, or holds what came later.',
    file: 'src/engine/saving/backup.ts',
    find: `const bytes = isLast ? at.bytes :`,
    replace: `const bytes = isLast && at.bytes < 0 ? at.bytes :`,
    kills: ['P25'],
    profiles: any,
    needs: log,
  },
  {
    id: 'swept-while-two-manifests-may-be-live',
    title: 'A backup ends while two manifests may be the live one, and history is removed all the same',
    story:
      'So it was here until December 2026: a rewrite failed at the rename of its manifest or behind it, and the end of a backup had the files removed that the manifest of before names.',
    zoo: 'V2',
    file: 'src/engine/journal/rewrite.ts',
    find: `if (this.isSweepDue && this.store.isSettled) {`,
    replace: `if (this.isSweepDue) {`,
    kills: ['P15', 'P12'],
    profiles: any,
    needs: { ...log, faults: ['errors'] },
  },
  {
    id: 'time-of-an-ended-backup-goes-on',
    title: 'The time of a backup that has ended goes on, and ends the next one of its session',
    story:
      'A timer that nobody cancels: planted in December 2026, it passed 1,500 seeds, since no backup was begun for a time of its own.',
    file: 'src/engine/saving/backup.ts',
    find: `pin.expiry.cancel();`,
    replace: `pin.names.has('');`,
    kills: ['P25'],
    profiles: any,
    needs: log,
  },
];
