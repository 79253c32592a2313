/** INFO persistence, line by line in Redis's order: formats.md 1.4. */
import type { Engine } from '../engine.ts';
import type { InfoLine } from './info-sections.ts';

export function persistenceLines(engine: Engine): readonly InfoLine[] {
  const { snapshots, rewriter, journal, keyspace, settings, stats } = engine;
  const hasChild = snapshots.hasChild || rewriter.hasChild;
  const copiedBytes = hasChild ? keyspace.memory().copiedBytes : 0;
  return [
    // Nobody is served before recovery has ended: only DEBUG LOADAOF loads while there are clients.
    ['loading', flag(engine.isLoading)],
    ['async_loading', 0],
    ['current_cow_peak', copiedBytes],
    ['current_cow_size', copiedBytes],
    ['current_cow_size_age', 0],
    // A child tells nothing but how it ended.
    ['current_fork_perc', '0.00'],
    ['current_save_keys_processed', 0],
    ['current_save_keys_total', hasChild ? keysOf(engine) : 0],
    ['rdb_changes_since_last_save', engine.dirty],
    ['rdb_bgsave_in_progress', flag(snapshots.hasChild)],
    ['rdb_last_save_time', snapshots.lastSaveSeconds],
    ['rdb_last_bgsave_status', status(snapshots.lastStatusOk)],
    ['rdb_last_bgsave_time_sec', snapshots.lastDurationSeconds],
    ['rdb_current_bgsave_time_sec', snapshots.childSeconds],
    ['rdb_saves', stats.rdbSaves],
    ['rdb_last_cow_size', snapshots.lastCopiedBytes],
    ['rdb_last_load_keys_expired', stats.loadedExpiredKeys],
    ['rdb_last_load_keys_loaded', stats.loadedKeys],
    ['aof_enabled', flag(settings.appendonly)],
    ['aof_rewrite_in_progress', flag(rewriter.isRunning)],
    ['aof_rewrite_scheduled', flag(rewriter.isScheduled)],
    ['aof_last_rewrite_time_sec', rewriter.lastDurationSeconds],
    ['aof_current_rewrite_time_sec', rewriter.runningSeconds],
    ['aof_last_bgrewrite_status', status(rewriter.lastStatusOk)],
    ['aof_rewrites', stats.aofRewrites],
    ['aof_rewrites_consecutive_failures', rewriter.consecutiveFailures],
    ['aof_last_write_status', status(journal.error === undefined)],
    ['aof_last_cow_size', rewriter.lastCopiedBytes],
    ['module_fork_in_progress', 0],
    ['module_fork_last_cow_size', 0],
    ...(settings.appendonly ? logLines(engine) : []),
    ['backups_in_progress', engine.backups.count],
    ...recoveryLines(engine),
  ];
}

/** What the last start found and did. Not of Redis: it goes last. */
function recoveryLines({ recovery, settings }: Engine): readonly InfoLine[] {
  return [
    ['recovery_outcome', recovery.outcome],
    ['recovery_last_batch', recovery.lastBatch ?? -1],
    ['recovery_units_replayed', recovery.units],
    ['recovery_units_unannotated', recovery.foreignUnits],
    ['recovery_bytes_cut', recovery.cutBytes],
    ['recovery_units_lost_at_most', recovery.lostUnitsAtMost],
    ['recovery_ms_lost_at_most', recovery.lostMsAtMost(settings)],
    ['recovery_files_quarantined', recovery.quarantined.length],
    // One line, whatever stands in an error's message.
    ['recovery_report', recovery.paragraph(settings).replaceAll(/\s+/g, ' ')],
  ];
}

function logLines({ rewriter, journal }: Engine): readonly InfoLine[] {
  return [
    ['aof_current_size', rewriter.logBytes],
    ['aof_base_size', rewriter.baseBytes],
    ['aof_pending_rewrite', 0],
    ['aof_buffer_length', journal.bufferBytes],
    ['aof_pending_bio_fsync', flag(journal.isSyncing)],
    ['aof_delayed_fsync', journal.delayedSyncs],
    // Not of Redis: what a loss of power would take now, and the most that it could have taken.
    ['aof_unsynced_bytes', journal.unsyncedBytes],
    ['aof_unsynced_bytes_peak', journal.window.mostBytes],
    ['aof_unsynced_ms', Math.floor(journal.unsyncedMs)],
    ['aof_unsynced_ms_peak', Math.floor(Math.max(journal.window.longestMs, journal.unsyncedMs))],
  ];
}

function keysOf({ keyspace }: Engine): number {
  let keys = 0;
  for (let i = 0; i < keyspace.databases; i++) keys += keyspace.database(i).size;
  return keys;
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}

function status(isOk: boolean): string {
  return isOk ? 'ok' : 'err';
}
