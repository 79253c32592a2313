/** Mutants of what is to be begun in time, by itself: saves, syncs and rewrites. */
import type { Mutant } from '../mutant.ts';
import { any, dump, log, logEverysec } from './common.ts';

export const punctualityMutants: readonly Mutant[] = [
  {
    id: 'save-points-never-looked-at',
    title: 'No save begins for a save point',
    story:
      'Whoever asks with BGSAVE or ends the server gets a dump, so that every test which does so is green; the dump of a server that is left alone is the one it started from.',
    file: 'src/engine/saving/snapshot.ts',
    find: `if (due === undefined && !this.isScheduled) return;`,
    replace: `if (!this.isScheduled) return;`,
    kills: ['P5'],
    profiles: any,
    needs: dump,
  },
  {
    id: 'save-points-without-their-seconds',
    title: 'A save point is met by its changes alone, whenever the last save was',
    story: 'The server forks at every tick: what saves cost is paid all the time.',
    file: 'src/engine/saving/snapshot.ts',
    find: `engine.dirty >= changes && now - this.#lastSaveMonoMs > seconds * 1000`,
    replace: `engine.dirty >= changes && seconds > 0`,
    kills: ['P5'],
    profiles: any,
    needs: dump,
  },
  {
    id: 'save-points-by-the-wall',
    title: 'Save points go by the wall clock',
    story:
      'rdb.c of Redis compares unixtime with lastsave (server.c, serverCron): where the wall steps back no save begins until it is where it was.',
    zoo: 'B14',
    file: 'src/engine/saving/snapshot.ts',
    find: `engine.dirty >= changes && now - this.#lastSaveMonoMs > seconds * 1000`,
    replace: `engine.dirty >= changes && engine.host.clock.wallMs() - this.lastSaveSeconds * 1000 > seconds * 1000`,
    kills: ['P5'],
    profiles: any,
    needs: { ...dump, faults: ['wall'] },
  },
  {
    id: 'no-save-after-a-failed-one',
    title: 'After a save has failed save points are never looked at again',
    story: 'The back-off of five seconds is there so that a full disk is not hammered; it must end.',
    file: 'src/engine/saving/snapshot.ts',
    find: `this.lastStatusOk || now - this.#lastTryMonoMs > retryAfterMs`,
    replace: `this.lastStatusOk || now < this.#lastTryMonoMs`,
    kills: ['P5', 'P21'],
    profiles: any,
    needs: { ...dump, faults: ['children'] },
  },
  {
    id: 'flushed-keys-not-counted',
    title: 'What FLUSHDB and FLUSHALL remove counts for no save point',
    story:
      'redis#10691 (2022): the dirty counter was not raised by every flush, so nothing was saved after it, and a start brought the keys back.',
    zoo: 'B93',
    file: 'src/engine/engine.ts',
    find: `going: (dbIndex, changes) => {
          this.dirty += changes;`,
    replace: `going: (dbIndex, changes) => {
          this.dirty += changes < 0 ? changes : 0;`,
    kills: ['P5', 'P18'],
    profiles: any,
    needs: dump,
  },
  {
    id: 'first-save-point-alone',
    title: 'Of several save points only the first is looked at',
    story:
      '`save 3600 1 300 100 60 10000` is the default: the busy server is the one that the others are for.',
    file: 'src/engine/saving/snapshot.ts',
    find: `engine.settings.save.find(`,
    replace: `engine.settings.save.slice(0, 1).find(`,
    kills: ['P5'],
    profiles: any,
    needs: dump,
  },
  {
    id: 'no-rewrite-by-itself',
    title: 'A log that has outgrown its base is not rewritten',
    story:
      'auto-aof-rewrite-percentage is what keeps a log from filling the disk: nothing is lost until it has, so that no test of crashes notices.',
    file: 'src/engine/journal/rewrite.ts',
    find: `if (growth < percentage) return;`,
    replace: `if (growth < percentage || growth > 0) return;`,
    kills: ['P17'],
    profiles: any,
    needs: log,
  },
  {
    id: 'waiting-outlives-a-good-rewrite',
    title:
      'Automatic rewrites that wait since three failed go on waiting when one that was asked for went well',
    story:
      'Ours, found by the simulator: a wait of a minute, and of up to an hour, in which the log grew. Redis forgets its limit with the first rewrite that goes well (aof.c, aofRewriteLimited).',
    file: 'src/engine/journal/rewrite.ts',
    find: `this.consecutiveFailures = this.#notBeforeMonoMs = 0;`,
    replace: `this.consecutiveFailures = 0;`,
    kills: ['P17'],
    profiles: any,
    needs: { ...log, faults: ['children'] },
  },
  {
    id: 'growth-without-the-base',
    title: 'The growth of a log is reckoned from its newest increment alone',
    story:
      'aof_current_size of Redis is the sum of base and increments (server.c, serverCron); whoever takes the size of the file at hand rewrites a log of twice the size, or three times.',
    file: 'src/engine/journal/rewrite.ts',
    find: `return this.earlierBytes + this.#engine.journal.sizeBytes;`,
    replace: `return this.#engine.journal.sizeBytes;`,
    kills: ['P17'],
    profiles: any,
    needs: log,
  },
  {
    id: 'everysec-when-it-has-waited-for-two',
    title: 'Under everysec a sync begins when the oldest change has waited for two seconds',
    story:
      'What the documentation of Redis promises is one second, and two only while a sync is in flight (aof.c, flushAppendOnlyFile): the bound for the slow disk taken for the rule.',
    zoo: 'B15',
    file: 'src/engine/journal/journal.ts',
    find: `if (now - file.syncStartedMs < everysecMs) return;`,
    replace: `if (now - file.syncStartedMs < everysecMs || this.window.ageMs(now) < 2 * everysecMs) return;`,
    kills: ['P3'],
    profiles: any,
    needs: logEverysec,
  },
];
