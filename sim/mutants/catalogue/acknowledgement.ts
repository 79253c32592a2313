/** Mutants of B-I: when a reply may leave, and what a sync covers. */
import type { Mutant } from '../mutant.ts';
import { any, log, logAlways, logEverysec, strict } from './common.ts';

export const acknowledgementMutants: readonly Mutant[] = [
  {
    id: 'reply-before-fsync',
    title: 'Under always a reply leaves when its write is done, before the sync',
    story:
      'redis@75987431f, critical in 4.0.9 (2018): replies were flushed in the turn of the command, before the fsync of beforeSleep. It takes a loss of power between the two.',
    zoo: 'B01',
    planted: true,
    needsPowerLoss: true,
    file: 'src/engine/journal/journal.ts',
    find: `=== 'always' ? file.synced : file.written;`,
    replace: `=== 'always' ? file.written : file.written;`,
    kills: ['P2', 'P11'],
    profiles: strict,
    needs: logAlways,
  },
  {
    id: 'fsync-marks-later-writes',
    title: 'A sync that ends marks what was written after it had begun',
    story:
      'What a sync covers is decided when it is called: PostgreSQL and others counted what had been written by its completion. It takes a write while a sync is in flight, then a loss of power.',
    zoo: 'B11',
    planted: true,
    needsPowerLoss: true,
    file: 'src/engine/journal/log-file.ts',
    find: `this.synced = covered;`,
    replace: `this.synced = this.written;`,
    kills: ['P2', 'P3', 'P1', 'P11', 'P12', 'P15', 'P25'],
    profiles: strict,
    needs: logAlways,
  },
  {
    id: 'reads-pass-a-full-buffer-under-always',
    title: 'Reads are answered at once while writes are refused for the log, under always too',
    story:
      'Planted in a review of 2026-11-24, and found by nothing then: no scenario had a buffer that could be filled. What a client reads is in no log yet, and a loss of power takes it.',
    needsPowerLoss: true,
    file: 'src/engine/engine.ts',
    find: `return this.settings.appendfsync !== 'always' && this.journal.refusal !== undefined;`,
    replace: `return this.journal.refusal !== undefined;`,
    kills: ['P2'],
    profiles: strict,
    needs: logAlways,
  },
  {
    id: 'reply-before-write',
    title: 'Without always a reply leaves before its write: a kill loses what was acknowledged',
    story:
      'While a background fsync is in flight Redis puts the write off for up to 2 s and answers all the same (flushAppendOnlyFile, 7.0.15): kill -9 then loses acknowledged writes although the machine never stopped.',
    zoo: 'V11',
    file: 'src/engine/journal/journal.ts',
    find: `=== 'always' ? file.synced : file.written;`,
    replace: `=== 'always' ? file.synced : file.appended;`,
    kills: ['P4', 'P3'],
    profiles: any,
    needs: { ...log, appendfsyncs: ['everysec', 'no'] },
  },
  {
    id: 'reply-before-write-beside-a-sync',
    title: 'While a sync is in flight replies leave before their writes',
    story:
      'V11 to the letter: with a background fsync in flight flushAppendOnlyFile returns before write(), and the replies leave all the same; kill -9 then takes what the page cache never had.',
    zoo: 'V11',
    file: 'src/engine/journal/journal.ts',
    find: `=== 'always' ? file.synced : file.written;`,
    replace: `=== 'always' ? file.synced : file.isSyncing ? file.appended : file.written;`,
    kills: ['P4', 'P3'],
    profiles: any,
    needs: logEverysec,
  },
  {
    id: 'reader-sees-unsynced',
    title: 'A client that only reads is answered at once, whatever its answer depends on',
    story:
      'The barrier was missing on one path only: unblocked clients, threads, events of long scripts (redis#9678, 2022; redis#9416).',
    zoo: 'B02',
    file: 'src/engine/clients/session.ts',
    find: `this.#engine.gated(this, () => {`,
    replace: `const reads = ['get', 'lrange', 'smembers', 'hgetall', 'mget', 'pttl', 'exists', 'type', 'strlen'].includes(this.lastCommand);
    const self = this as unknown as { wrote?: boolean };
    self.wrote = self.wrote === true || !reads;
    const gated = (leave: () => void): void => (self.wrote ? this.#engine.gated(this, leave) : leave());
    gated(() => {`,
    kills: ['P2'],
    profiles: any,
    needs: logAlways,
  },
  {
    id: 'waitaof-answers-for-what-is-written',
    title: 'WAITAOF answers when the log has been written, and not when it is durable',
    story:
      'WAITAOF (redis 7.2) is the one reply that promises durability under everysec and no: an oracle that goes by the policy alone never asks what it said.',
    needsPowerLoss: true,
    file: 'src/engine/admin/waiting.ts',
    find: `return journal.isOpen && journal.durable >= unit;`,
    replace: `return journal.isOpen && unit >= 0;`,
    kills: ['P3', 'P2'],
    profiles: strict,
    needs: { ...log, appendfsyncs: ['everysec', 'no'] },
  },
  {
    id: 'write-marks-later-units',
    title: 'A write that ends marks the units that were appended after it had begun',
    story:
      'The twin of B11 in memory: the position is read when the write completes, not when its bytes were taken.',
    file: 'src/engine/journal/log-file.ts',
    find: `this.written = this.#batchPosition;`,
    replace: `this.written = this.appended;`,
    kills: ['P2', 'P4', 'P3', 'P11', 'P15', 'P25'],
    profiles: any,
    needs: log,
  },
  {
    id: 'reply-while-the-old-increment-drains',
    title: 'At a switch replies are released by the new increment while the old one is not synced',
    story:
      'The new file has nothing unsynced, so everything before it counts as durable: redis#11004 (2022) from the side of the acknowledgement.',
    zoo: 'B10',
    needsPowerLoss: true,
    file: 'src/engine/journal/journal.ts',
    find: `const file = this.#draining ?? this.#current;
    if (file === undefined) return this.appended;`,
    replace: `const file = this.#current;
    if (file === undefined) return this.appended;`,
    kills: ['P2', 'P11'],
    profiles: strict,
    needs: logAlways,
  },
  {
    id: 'everysec-tail-never-synced',
    title: 'Under everysec a burst that is over is never synced',
    story:
      'redis#5985, redis#6053, important in 5.0.5 (2019): with an empty buffer flushAppendOnlyFile returned before it looked at the fsync, so the last second stayed in the page cache for ever.',
    zoo: 'B08',
    file: 'src/engine/journal/journal.ts',
    find: `if (file.written === file.synced) return;`,
    replace: `const seen = file as unknown as { tickedAt?: number };
    const wasIdle = seen.tickedAt === file.appended;
    seen.tickedAt = file.appended;
    if (file.written === file.synced || wasIdle) return;`,
    kills: ['P3', 'P21'],
    profiles: strict,
    needs: logEverysec,
  },
  {
    id: 'everysec-every-other-second',
    title: 'The cadence of everysec is two seconds',
    story: 'redis#13041 (2024): a cadence in whole seconds of a cached clock gave gaps of 1.5 to 2 s.',
    zoo: 'B15',
    file: 'src/engine/journal/journal.ts',
    find: `const everysecMs = 1000;`,
    replace: `const everysecMs = 2000;`,
    kills: ['P3'],
    profiles: strict,
    needs: logEverysec,
  },
  {
    id: 'no-fsync-while-a-child-works',
    title: 'Under everysec nothing is synced while a child is active, though nobody asked for that',
    story: 'no-appendfsync-on-rewrite is a documented hole (redis.conf); here it is always open.',
    zoo: 'B16',
    file: 'src/engine/journal/journal.ts',
    find: `if (childActive && this.#settings.noAppendfsyncOnRewrite) return;`,
    replace: `if (childActive) return;`,
    kills: ['P3'],
    profiles: strict,
    needs: { ...logEverysec, faults: ['stalls'] },
  },
  {
    id: 'old-increment-not-synced-at-the-switch',
    title: 'At a switch the old increment is closed without a sync',
    story:
      'redis#11004 (2022): under everysec the data in the old INCR was never fsynced; its twin is leveldb#193. After that the new file is durable and the old one is not: a gap.',
    zoo: 'B10',
    needsPowerLoss: true,
    file: 'src/engine/journal/journal.ts',
    find: `if (old.synced < old.appended) {`,
    replace: `if (old.synced > old.appended) {`,
    kills: ['P15', 'P1', 'P2', 'P3', 'P12'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'new-increment-before-the-old-is-synced',
    title: 'After a switch the new increment is written while the old one is not synced',
    story:
      "A.8, step d': the tail of N can vanish while N+1 survives, a gap (V5 as a crash state; leveldb#193).",
    zoo: 'V5',
    needsPowerLoss: true,
    file: 'src/engine/journal/journal.ts',
    find: `if (this.#draining === old) return;`,
    replace: `if (this.#draining === old) break;`,
    kills: ['P15', 'P12', 'P1', 'P2'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'short-write-taken-for-whole',
    title: 'A write that took fewer bytes than it was given counts as done',
    story:
      'redis#587 (2012) and redis@2d73cf236: a short write left half a command in the middle of the file.',
    zoo: 'B38',
    file: 'src/engine/journal/log-file.ts',
    find: `this.#batchStart < batch.length && !this.#forsaken`,
    replace: `this.#batchStart < 0`,
    kills: ['P4', 'P2', 'P3', 'P11', 'P12', 'P1'],
    profiles: any,
    needs: log,
  },
];
