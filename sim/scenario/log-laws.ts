/**
 * What writes may meet where the log lags or fails: the window stays as narrow as was said (P3), a log that cannot be
 * believed takes nothing (P14), and one that is at rest refuses nothing (P21).
 */
import { keepsLog } from '../oracle/bounds.ts';
import type { UnitOfHistory } from '../oracle/history.ts';
import { aliveAt, sameRecord } from '../oracle/record.ts';
import type { Lateness } from './lateness.ts';
import type { ServiceOptions } from './service-options.ts';

/** How late the engine may notice that a unit has waited for too long. */
const LATE_REFUSAL_MS = 2000;

/** How late the engine may notice that its log works again. */
const LATE_TAKING_MS = 1000;

export class LogLaws {
  readonly #o: ServiceOptions;
  readonly #lateness: Lateness;
  /** Units for which the log may hold nothing. */
  readonly #maybeUnlogged = new Set<UnitOfHistory>();
  #wasRefused = false;
  /** When a write was taken last: the log has it when the turn is over. */
  #takenAtMs = -Infinity;

  constructor(options: ServiceOptions, lateness: Lateness) {
    this.#o = options;
    this.#lateness = lateness;
  }

  /** A write was taken, and is that unit. */
  taken(unit: UnitOfHistory): void {
    const { watch, situations, server, world, savePoints } = this.#o;
    if (onlyRemovesExpired(unit, server.wallMs)) this.#maybeUnlogged.add(unit);
    if (this.#wasRefused) situations.count('writes-taken-after-refusal');
    this.#wasRefused = false;
    this.#takenAtMs = world.scheduler.nowMs;
    savePoints.taken(unit, server.wallMs);
    if (watch.logIsBroken)
      this.#o.report('P14', 'a write was taken, and a sync of the log has failed with nothing to replace it');
    this.#checkWindow();
  }

  /** A write was refused with that error. */
  refused(refusal: string): void {
    const { watch, scenario, situations, world, savePoints, logSwitch } = this.#o;
    this.#wasRefused = true;
    situations.count('write-refused');
    if (watch.logIsBroken) situations.count('write-refused-after-a-failed-sync');
    if (refusal.startsWith('MISCONF Redis is configured to save')) savePoints.refused(refusal);
    const { quietSinceMs } = watch;
    if (!refusal.startsWith('MISCONF Errors writing to the AOF') || watch.logSyncFailed) return;
    situations.count('refused-for-the-log');
    const isFull = refusal.endsWith('the buffer is full');
    if (isFull) situations.count('refused-for-a-full-buffer');
    // A log that was turned on keeps in memory what it is given until its first base is there, whatever that takes.
    if (quietSinceMs === undefined || (isFull && logSwitch.isOff)) return;
    const sinceMs = Math.max(quietSinceMs, this.#takenAtMs);
    const quietMs = world.scheduler.nowMs - sinceMs - this.#lateness.stalledMs(sinceMs);
    if (quietMs > LATE_TAKING_MS + 2000 / scenario.settings.hz)
      this.#o.report(
        'P21',
        `a write was refused with '${refusal}', ${Math.round(quietMs)} ms after the log had taken all that it was given`,
      );
  }

  /** A reply that depends on that unit has left: under `always` it was not executed after the log had failed. */
  acknowledged(dependsOn: number): void {
    const { watch, history, scenario } = this.#o;
    const failedAtMs = watch.logFailedAtMs;
    if (failedAtMs === undefined || scenario.appendfsync !== 'always' || watch.rewrites > 0) return;
    const unit = history.unit(dependsOn);
    if (unit !== undefined && unit.executedAtMs > failedAtMs)
      this.#o.report(
        'P14',
        `unit ${unit.index} was acknowledged, and it was executed after the log had failed`,
      );
  }

  #checkWindow(): void {
    const { history, watch, world, scenario, situations, mostUnsyncedMs, adversity, logSwitch } = this.#o;
    // Under `always` a write is taken, and waits: whatever the time, its reply has not left.
    if (adversity.mayStopForItsLog) return;
    if (scenario.appendfsync !== 'everysec' || !keepsLog(scenario.persistence)) return;
    // After an error it may be a base that holds them: no sync of an increment tells of that.
    if (watch.logFailedAtMs !== undefined) return;
    if (watch.everythingIsSynced || logSwitch.isOff) return;
    const oldest = history.units
      .slice(history.durable - history.base)
      .find((unit) => !this.#maybeUnlogged.has(unit));
    if (oldest === undefined) return;
    // What was executed while the log was off has waited since it is on.
    const sinceMs = Math.max(oldest.executedAtMs, logSwitch.promise?.again?.atMs ?? 0);
    const waitedMs = world.scheduler.nowMs - sinceMs;
    if (waitedMs <= mostUnsyncedMs / 2) return;
    situations.count('write-taken-in-a-wide-window');
    const stalledMs = this.#lateness.stalledMs(sinceMs);
    const mostMs = mostUnsyncedMs + LATE_REFUSAL_MS + 1000 / scenario.settings.hz + stalledMs;
    if (waitedMs > mostMs)
      this.#o.report(
        'P3',
        `a write was taken, and unit ${oldest.index} has been waiting for its sync for ${Math.round(waitedMs)} ms, of at most ${Math.round(mostMs)}`,
      );
  }
}

/** True where the engine may have nothing to log: it may have removed what has expired before. */
export function onlyRemovesExpired({ changes }: UnitOfHistory, wallMs: number): boolean {
  return changes.every(
    ({ before, after }) => before !== undefined && sameRecord(aliveAt(before.record, wallMs), after?.record),
  );
}
