/** Commands that few send: BITFIELD, RESTORE. */
import type { Mutant } from '../mutant.ts';
import { any, log } from './common.ts';

export const rarityMutants: readonly Mutant[] = [
  {
    id: 'growth-by-bitfield-not-logged',
    title: 'BITFIELD whose operations all fail lets a string grow, and does not log it',
    story:
      'redis-server 7.0.15: the string is made as long as the operations ask for before any of them is done, and counts as changed by those that succeed.',
    zoo: 'B93',
    file: 'src/commands/bitfield.ts',
    find: `    if (hasGrown && !isReading) changes = Math.max(1, changes);
    if (changes === 0) {
      if (!isReading) leaveRaw(context, 1, entry!, value);
      return;
    }
    context.db.putString(context.argv.bytes(1), value, KEEP_EXPIRY, 'edited');`,
    replace: `    if (changes === 0 && !hasGrown) {
      if (!isReading) leaveRaw(context, 1, entry!, value);
      return;
    }
    context.db.putString(context.argv.bytes(1), value, KEEP_EXPIRY, 'edited');
    if (changes === 0) return;`,
    kills: ['P1', 'P11', 'P25'],
    profiles: any,
    needs: log,
  },
  {
    id: 'restored-time-to-live-logged-as-sent',
    title: 'RESTORE is logged with the time to live that it was sent with',
    story: 'As B87 for EXPIRE: the key lives as long again after every load.',
    zoo: 'B87',
    file: 'src/commands/dump.ts',
    find: `if (ttl === 0 || isAbsolute) {`,
    replace: `if (ttl >= 0) {`,
    kills: ['P1', 'P3', 'P9', 'P11', 'P25'],
    profiles: any,
    needs: log,
  },
];
