/**
 * What Redis 7.0 does where the fault model knows that it is wrong (V4, V5, V7, V9), planted in the engine.
 *
 * What brings them to light is a disk that loses or changes what it had confirmed, or files that another server wrote, so
 * they are not hunted with the others: `test/unit/known-answers.test.ts` shows each to be silently wrong on a directory
 * where the engine refuses. (The others are found by the hunt.)
 */
import type { Mutant } from '../mutant.ts';

/** Not reachable under an honest profile. */
const none: readonly string[] = ['lying', 'rot'];

export const knownAnswerMutants: readonly Mutant[] = [
  {
    id: 'redis-empty-base-accepted',
    title: 'A base of no bytes counts as one without keys',
    story:
      'V4: AOF_EMPTY is no error for a base. redis-server 7.0.15 starts, and applies the increments to nothing.',
    zoo: 'B34',
    file: 'src/engine/recovery/recover-log.ts',
    find: `    if (fileBytes === 0)
      throw new LightsoutError(`,
    replace: `    if (fileBytes === 0) return { lastBatch: undefined };
    if (fileBytes < 0)
      throw new LightsoutError(`,
    kills: ['P1'],
    profiles: none,
  },
  {
    id: 'redis-gap-between-increments-accepted',
    title: 'An increment is replayed whatever the one before it ended with',
    story:
      'V5: an older INCR that was cut between two commands, and a newer one that is whole, load in silence; what stood between is gone.',
    zoo: 'B54',
    file: 'src/engine/recovery/replay.ts',
    find: `firstBatch !== undefined && sequence !== firstBatch) {`,
    replace: `firstBatch !== undefined && sequence < 0) {`,
    kills: ['P1'],
    profiles: none,
  },
  {
    id: 'redis-cut-manifest-accepted',
    title: 'A manifest that ends after any of its lines is whole',
    story:
      'V7: redis-server 7.0.15 drops the increment whose line is gone, begins another, and the next rewrite truncates the one that lies there.',
    zoo: 'B29',
    file: 'src/aof/manifest-notes.ts',
    find: `brokenSeal(lengthBytes: number): string | undefined {`,
    replace: `brokenSeal(lengthBytes: number): string | undefined {
    if (lengthBytes >= 0) return undefined;`,
    kills: ['P1'],
    profiles: none,
  },
  {
    id: 'redis-unnamed-increment-passed-over',
    title: 'An increment that the manifest does not name is no part of the log',
    story:
      'V7 from the other side: redis-server 7.0.15 starts from a manifest of before, and says nothing of the file of its own that lies there.',
    zoo: 'B29',
    file: 'src/engine/recovery/recover-log.ts',
    find: `await beginsWithBatch(host.disk, path) : bytes !== 0;`,
    replace: `await beginsWithBatch(host.disk, path) : bytes < 0;`,
    kills: ['P1'],
    profiles: none,
  },
  {
    id: 'redis-log-without-integrity',
    title: 'Batches are passed over like any comment',
    story: 'V9: an AOF of Redis has no integrity of its own: 1000 turned to 9000 loads.',
    zoo: 'V9',
    file: 'src/engine/recovery/recover-log.ts',
    find: `if (annotation === undefined) return damage === undefined ? undefined : 'lost';`,
    replace: `if (annotation?.key !== -1) return undefined;`,
    kills: ['P1'],
    profiles: none,
  },
  {
    id: 'redis-zero-checksum-accepted',
    title: 'A checksum of zero means that none was computed, whoever wrote the file',
    story:
      'V9, redis#8270: eight zeroed bytes at the end, and a changed value loads; redis-check-rdb says OK.',
    zoo: 'B68',
    file: 'src/engine/recovery/load-file.ts',
    find: `decoder.checksum === 'absent' &&`,
    replace: `decoder.checksum === undefined &&`,
    kills: ['P1'],
    profiles: none,
  },
  {
    id: 'torn-single-file-log-served-empty',
    title:
      'A single-file log of Redis before 7 that ends in half a command counts as lost, and nothing is served',
    story:
      'Ours (26ff688), found by a corpus: "its base is gone" was told by an index that is the last one there always. 246 keys were gone for half a command, and the server took writes.',
    zoo: 'B57',
    file: 'src/engine/recovery/recover-log.ts',
    find: `} else if (!engine.settings.aofLoadTruncated) throw unexpectedEnd(path, damage, validBytes);`,
    replace: `} else if (!engine.settings.aofLoadTruncated) throw unexpectedEnd(path, damage, validBytes);
        if (isBase) {
          engine.forgetEverything();
          recovery.cutBytes += fileBytes + laterBytes;
          return undefined;
        }`,
    kills: ['P1'],
    profiles: none,
  },
];
