/**
 * The situations that a sweep must meet (properties.md, D.2): a green run that never met them has shown nothing. Some are the
 * premises of laws (`reply-compared`, `log-failed-under-always` …): a law whose premise never came about was not checked.
 *
 * Over 2,000 unfiltered seeds or more a name of `mustHit` that never occurred is a violation (COVERAGE). The disk counts
 * its own at every crash; what follows is what only the run knows.
 */
import type { Situation as DiskSituation } from '../disk/crash-report.ts';

export type RunSituation =
  | 'power-loss'
  | 'kill'
  | 'crash-between-rename-and-directory-sync'
  | 'crash-right-after-reply'
  | 'crash-right-after-save'
  | 'crash-while-child-runs'
  | 'crash-while-rewriting'
  | 'crash-inside-recovery'
  | 'crash-inside-first-start'
  | 'two-crashes-inside-recovery'
  | 'several-increments-at-crash'
  | 'idle-before-crash'
  | 'key-expired-between-crash-and-recovery'
  | 'mutations-during-child'
  | 'snapshot-compared'
  | 'base-compared'
  | 'orphan-alive-at-restart'
  | 'everysec-sync-done'
  | 'everysec-loss-within-window'
  | 'unsynced-survived'
  | 'k-is-lower-bound'
  | 'k-is-upper-bound'
  | 'k-inside-bounds'
  | 'save-reported'
  | 'saved-by-a-save-point'
  | 'saved-by-a-save-point-after-a-failure'
  | 'save-points-set'
  | 'save-given-up'
  | 'refused-for-a-failed-save'
  | 'synced-while-nobody-wrote'
  | 'rewritten-when-it-had-grown'
  | 'rewrite-done'
  | 'recovered-again'
  | 'files-accounted-for'
  | 'write-taken-in-a-wide-window'
  | 'log-read-by-itself'
  | 'waited-for-the-disk'
  | 'log-turned-off'
  | 'log-turned-on'
  | 'log-promises-again'
  | 'crash-while-the-log-is-off'
  | 'policy-tightened'
  | 'policy-not-tightened'
  | 'backup-begun'
  | 'backup-run-out'
  | 'backup-copied-after-a-rewrite'
  | 'decided-by-chance'
  | 'served-after-a-wait'
  | 'unit-given-up-for-a-watched-key'
  | 'crash-while-a-client-waits'
  | 'manifest-resolved'
  | 'refused-damaged-disk'
  | 'loss-reported'
  | 'state-of-an-earlier-life'
  | 'wall-jump'
  | 'wall-jump-while-unsynced'
  | 'wall-jump-at-fork'
  | 'wall-jump-before-recovery'
  | 'configuration-edited'
  | 'annotations-turned-off'
  | 'annotations-turned-on'
  | 'dump-meets-its-first-log'
  | 'start-on-a-disk-that-errs'
  | 'start-refused-for-an-error'
  | 'machine-paused'
  | 'server-stopped'
  | 'child-stopped'
  | 'child-killed'
  | 'child-failed'
  | 'child-news-late'
  | 'fork-failed'
  | 'child-out-of-memory'
  | 'server-out-of-memory'
  | 'signalled'
  | 'signalled-while-child-runs'
  | 'signalled-while-loading'
  | 'shut-down-well'
  | 'second-server-refused'
  | 'log-write-failed'
  | 'log-sync-failed'
  | 'server-stopped-itself'
  | 'write-refused'
  | 'restart-after-a-failed-sync'
  | 'start-after-an-untold-error'
  | 'read-while-the-log-is-stuck'
  | 'refused-for-the-log'
  | 'refused-for-a-full-buffer'
  | 'writes-taken-after-refusal'
  | 'reply-compared'
  | 'status-compared'
  | 'write-refused-after-a-failed-sync'
  | 'log-failed-under-always'
  | 'tail-cut'
  | 'tail-cut-inside-multi'
  | 'tail-cut-by-syntax'
  | 'short-write'
  | 'no-space-for-the-log'
  | 'no-space-for-a-base'
  | 'no-space-for-a-dump'
  | 'no-space-for-the-manifest'
  | 'no-space-for-a-name';

export type Situation = RunSituation | DiskSituation;

/** What every sweep of 2,000 unfiltered seeds has to meet. */
export const mustHit: readonly Situation[] = [
  'power-loss',
  'kill',
  'crash-with-pending-data',
  'crash-with-pending-name',
  'crash-with-pending-rename',
  'crash-with-write-in-flight',
  'crash-inside-sync',
  'size-without-data',
  'data-without-size',
  'torn-page',
  'zero-length-file',
  'name-lost',
  'rename-lost',
  'in-flight-partial',
  'crash-between-rename-and-directory-sync',
  'crash-right-after-reply',
  'crash-right-after-save',
  'crash-while-child-runs',
  'crash-while-rewriting',
  'crash-inside-recovery',
  'crash-inside-first-start',
  'two-crashes-inside-recovery',
  'several-increments-at-crash',
  'idle-before-crash',
  'key-expired-between-crash-and-recovery',
  'mutations-during-child',
  'snapshot-compared',
  'base-compared',
  'orphan-alive-at-restart',
  'everysec-sync-done',
  'everysec-loss-within-window',
  'k-is-lower-bound',
  'k-is-upper-bound',
  'k-inside-bounds',
  'save-reported',
  'saved-by-a-save-point',
  'saved-by-a-save-point-after-a-failure',
  'save-points-set',
  'save-given-up',
  'refused-for-a-failed-save',
  'synced-while-nobody-wrote',
  'rewritten-when-it-had-grown',
  'rewrite-done',
  'recovered-again',
  'wall-jump',
  'wall-jump-while-unsynced',
  'wall-jump-at-fork',
  'wall-jump-before-recovery',
  'configuration-edited',
  'annotations-turned-off',
  'annotations-turned-on',
  'dump-meets-its-first-log',
  'start-on-a-disk-that-errs',
  'start-refused-for-an-error',
  'machine-paused',
  'server-stopped',
  'child-stopped',
  'child-killed',
  'child-failed',
  'child-news-late',
  'fork-failed',
  'server-out-of-memory',
  'signalled',
  'signalled-while-child-runs',
  'signalled-while-loading',
  'shut-down-well',
  'second-server-refused',
  'log-write-failed',
  'log-sync-failed',
  'server-stopped-itself',
  'write-refused',
  'restart-after-a-failed-sync',
  'read-while-the-log-is-stuck',
  'refused-for-the-log',
  'refused-for-a-full-buffer',
  'writes-taken-after-refusal',
  'files-accounted-for',
  'manifest-resolved',
  'log-read-by-itself',
  'waited-for-the-disk',
  'log-turned-off',
  'log-turned-on',
  'log-promises-again',
  'crash-while-the-log-is-off',
  'policy-tightened',
  'backup-begun',
  'backup-run-out',
  'backup-copied-after-a-rewrite',
  'decided-by-chance',
  'served-after-a-wait',
  'unit-given-up-for-a-watched-key',
  'crash-while-a-client-waits',
  'page-lost',
  'reply-compared',
  'status-compared',
  'write-refused-after-a-failed-sync',
  'log-failed-under-always',
  'tail-cut',
  'tail-cut-inside-multi',
  'tail-cut-by-syntax',
  'short-write',
  'no-space-for-the-log',
  'no-space-for-a-base',
  'no-space-for-a-dump',
  'no-space-for-the-manifest',
  'no-space-for-a-name',
];

/** Names and how often each came about. */
export class SituationCounter {
  readonly #counts = new Map<Situation, number>();

  count(situation: Situation, times = 1): void {
    this.#counts.set(situation, (this.#counts.get(situation) ?? 0) + times);
  }

  addAll(counts: ReadonlyMap<Situation, number>): void {
    for (const [situation, times] of counts) this.count(situation, times);
  }

  record(): Record<string, number> {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
