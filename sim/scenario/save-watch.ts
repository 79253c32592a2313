/**
 * Save points keep their time (P5): where at least so many changes have waited, and so many seconds have passed since the
 * last save, a save starts within a tick of the cron. And none starts by itself before.
 *
 * What postpones a save: a child that lives or a save that is under way, as far as the server knows; five seconds after one
 * that failed; errors of the disk, since a save that met one may just have failed; and whatever keeps the process from
 * running. A server that was told to end begins no save. All times are monotonic.
 *
 * And what a failed save is to mean: writes are refused after one, until the next has gone well, and for no other reason
 * (P18, `stop-writes-on-bgsave-error`). A save that the server itself gives up, for a FLUSHALL, has not failed.
 *
 * Changes are counted from below: each unit is one at the least, whatever it changed. Nothing waits here: whether a save is
 * overdue is looked at when something happens that may change the answer, and when the life ends.
 */
import type { UnitOfHistory } from '../oracle/history.ts';
import type { Property } from '../oracle/violation.ts';
import type { World } from '../world/index.ts';
import type { Adversity } from './adversity.ts';
import { onlyRemovesExpired } from './log-laws.ts';
import { dumpTemporaryPath } from './log-paths.ts';
import type { Scenario } from './schema.ts';
import { slowestSyncMs } from './schema.ts';
import type { SituationCounter } from './situations.ts';
import { LifeWatcher } from './watchers.ts';

/** After a save that failed the next waits so long. */
const BACK_OFF_MS = 5000;
/** How late a timer may be without anybody noting it, and how long closing and removing files may take. */
const LATE_TICK_MS = 100;
/** How long it may take to give a finished file its name, beside what its scenario makes of a sync. */
const NAMING_MS = 10_000;

export interface SaveWatchOptions {
  readonly world: World;
  readonly scenario: Scenario;
  /** False where nothing is known of how the engine saves. */
  readonly isKnown: boolean;
  readonly situations: SituationCounter;
  /** What befalls this life; undefined before it serves. */
  adversity(): Adversity | undefined;
  report(property: Property, message: string): void;
}

type SavePoint = Scenario['settings']['save'][number];

export class SaveWatch extends LifeWatcher {
  readonly #o: SaveWatchOptions;
  #points: readonly SavePoint[];
  #pid = 0;
  #isUp = false;
  /** It serves, and nothing was said yet. */
  #isServing = false;
  /** When the last save was done; the start of the process before any. */
  #savedAtMs = 0;
  /** From when on save points are held against the clock: the server serves, or they were set. */
  #sinceMs = 0;
  /** Units that the last save does not hold. */
  #waiting: { readonly index: number; readonly atMs: number }[] = [];
  /** Children that the server does not know to have ended, and what they are for. */
  readonly #children = new Map<number, 'dump' | 'base'>();
  /** When the last of them, or a save, ended. */
  #quietAtMs = 0;
  /** A dump is being written in the foreground, or given its name, since then. */
  #namingSinceMs: number | undefined;
  #triedAtMs = -Infinity;
  #hasFailed = false;
  /** Whether the last save that ended has failed, and since when that is so. */
  #status: 'well' | 'failed' = 'well';
  #statusSinceMs = 0;
  /** Children that the server has killed. */
  readonly #givenUp = new Set<number>();
  /** Somebody has asked for a save since the last one began. */
  #isAsked = false;
  /** Everything was flushed in this life: that asks for a save, and a unit that does may come later than its command. */
  #mayBeFlushed = false;

  constructor(options: SaveWatchOptions) {
    super();
    this.#o = options;
    this.#points = this.#configured;
  }

  get #configured(): readonly SavePoint[] {
    const { isKnown, scenario } = this.#o;
    return isKnown ? scenario.settings.save : [];
  }

  get #nowMs(): number {
    return this.#o.world.scheduler.nowMs;
  }

  /** No child lives and no save is under way, as far as the server knows, since then; undefined where that is not so. */
  get quietSinceMs(): number | undefined {
    return this.#children.size > 0 || this.#namingSinceMs !== undefined ? undefined : this.#quietAtMs;
  }

  override begin(pid: number): void {
    this.#pid = pid;
    this.#isUp = this.#isServing = false;
    this.#points = this.#configured;
    this.#savedAtMs = this.#quietAtMs = this.#nowMs;
    this.#waiting = [];
    this.#children.clear();
    this.#givenUp.clear();
    this.#status = 'well';
    this.#statusSinceMs = this.#nowMs;
    this.#namingSinceMs = undefined;
    this.#triedAtMs = -Infinity;
    this.#hasFailed = this.#isAsked = this.#mayBeFlushed = false;
  }

  override serve(): void {
    this.#isUp = this.#isServing = true;
    this.#sinceMs = this.#nowMs;
  }

  /** CONFIG SET save: seconds and changes, in pairs. */
  set(text: string): void {
    this.check();
    const numbers = text.split(' ').filter(Boolean).map(Number);
    this.#points = numbers.flatMap((seconds, i) =>
      i % 2 === 0 ? [{ seconds, changes: numbers[i + 1]! }] : [],
    );
    this.#o.situations.count('save-points-set');
    this.#sinceMs = this.#nowMs;
  }

  /** BGSAVE, FLUSHALL and their kin are about to be executed. */
  asked(command: readonly string[]): void {
    if (command[0] === 'BGSAVE') this.#isAsked = true;
    else if (command[0] === 'FLUSHALL') this.#mayBeFlushed = true;
  }

  taken(unit: UnitOfHistory, wallMs: number): void {
    if (this.#points.length === 0 || onlyRemovesExpired(unit, wallMs)) return;
    if (this.#isSure('failed'))
      this.#o.report('P18', `a write was taken (${unit.command[0]}), and the last save has failed`);
    if (unit.alternatives.length > 0) return;
    this.#waiting.push({ index: unit.index, atMs: this.#nowMs });
  }

  /** A write was refused since the last save has failed. */
  refused(refusal: string): void {
    this.#o.situations.count('refused-for-a-failed-save');
    if (this.#isSure('well'))
      this.#o.report(
        'P18',
        `a write was refused with '${refusal}', and no save has failed since the last that went well`,
      );
  }

  /** That is how the last save ended, and the server has had the time to note it. */
  #isSure(status: 'well' | 'failed'): boolean {
    const { world } = this.#o;
    const adversity = this.#o.adversity();
    if (this.#status !== status || !this.#isServing) return false;
    if (adversity === undefined || adversity.diskErred || adversity.signals > 0) return false;
    const stalledMs = world.machine.stalls.within(this.#pid, this.#statusSinceMs, this.#nowMs);
    return this.#nowMs - this.#statusSinceMs - stalledMs > LATE_TICK_MS;
  }

  #ended(status: 'well' | 'failed'): void {
    if (status !== this.#status) this.#statusSinceMs = this.#nowMs;
    this.#status = status;
  }

  override forked(pid: number, childPid: number, path: string): void {
    if (pid !== this.#pid) return;
    const isDump = dumpTemporaryPath.test(path);
    this.check();
    if (isDump) this.#began();
    this.#children.set(childPid, isDump ? 'dump' : 'base');
  }

  override forkFailed(pid: number, path: string): void {
    if (pid !== this.#pid) return;
    this.check();
    if (!dumpTemporaryPath.test(path)) return;
    this.#began();
    this.#hasFailed = true;
    this.#ended('failed');
  }

  override created(pid: number, path: string): void {
    // SAVE has made its temporary.
    if (pid !== this.#pid || !this.#isUp || !dumpTemporaryPath.test(path)) return;
    this.#triedAtMs = this.#nowMs;
    this.#hasFailed = true;
    this.#namingSinceMs = this.#nowMs;
  }

  /** The server ends a child of its own. Of one that it knows to have ended there is nothing to end, and its pid is another's soon. */
  override childKilled(pid: number, childPid: number): void {
    if (pid === this.#pid && this.#children.has(childPid)) this.#givenUp.add(childPid);
  }

  /** The server has been told. */
  override childEnded(pid: number, childPid: number, isWell: boolean): void {
    if (pid !== this.#pid) return;
    const what = this.#children.get(childPid);
    this.#children.delete(childPid);
    this.#quietAtMs = this.#nowMs;
    const isGivenUp = this.#givenUp.delete(childPid);
    if (what === 'dump' && isGivenUp) this.#o.situations.count('save-given-up');
    if (what !== 'dump' || isGivenUp) return;
    if (isWell) this.#namingSinceMs = this.#nowMs;
    else this.#ended('failed');
  }

  /** A dump of that state has its name durably. */
  saved(index: number): void {
    this.#savedAtMs = this.#quietAtMs = this.#nowMs;
    this.#namingSinceMs = undefined;
    this.#hasFailed = false;
    this.#ended('well');
    const first = this.#waiting.findIndex((unit) => unit.index > index);
    this.#waiting = first < 0 ? [] : this.#waiting.slice(first);
  }

  #began(): void {
    if (this.#isServing && this.#points.length > 0) this.#judgeStart();
    this.#triedAtMs = this.#nowMs;
    // Until it is known to have gone well.
    this.#hasFailed = true;
    this.#isAsked = false;
  }

  /** Nobody has asked: then a save point has, and so long must have passed since the last save. */
  #judgeStart(): void {
    if (this.#isAsked || this.#mayBeFlushed) return;
    this.#o.situations.count('saved-by-a-save-point');
    if (this.#hasFailed) this.#o.situations.count('saved-by-a-save-point-after-a-failure');
    const seconds = Math.min(...this.#points.map((point) => point.seconds));
    const waitedMs = this.#nowMs - this.#savedAtMs;
    if (waitedMs < seconds * 1000)
      this.#o.report(
        'P5',
        `a save began by itself ${Math.round(waitedMs)} ms after the last one, and no save point is below ${seconds} seconds`,
      );
  }

  /** Looks whether a save is overdue. To be called before whatever makes it look different. */
  check(): void {
    if (this.#points.length === 0 || !this.#isServing) return;
    for (const point of this.#points) {
      const { seconds, changes } = point;
      const last = this.#waiting[Math.max(1, changes) - 1];
      if (last === undefined) continue;
      const dueMs = Math.max(last.atMs, this.#savedAtMs + seconds * 1000, this.#sinceMs);
      const lateMs = this.#lateMs(dueMs);
      if (lateMs <= 0) continue;
      this.#o.report(
        'P5',
        `${this.#waiting.length} changes wait for the save point of ${changes} in ${seconds} seconds, and ${Math.round(this.#nowMs - dueMs)} ms after it was due no save has begun: ${Math.round(lateMs)} ms too late`,
      );
      // It is said once.
      this.#isServing = false;
      return;
    }
  }

  #lateMs(dueMs: number): number {
    if (this.#children.size > 0 || this.#nowMs <= dueMs) return 0;
    const { world, scenario } = this.#o;
    const adversity = this.#o.adversity();
    if (adversity === undefined || adversity.diskErrs || adversity.signals > 0) return 0;
    const { healedAtMs = -Infinity } = adversity;
    const slowMs = slowestSyncMs(scenario);
    if (this.#namingSinceMs !== undefined) {
      const sinceMs = Math.max(this.#namingSinceMs, healedAtMs);
      const namingMs = NAMING_MS + slowMs + world.machine.stalls.within(this.#pid, sinceMs, this.#nowMs);
      if (this.#nowMs - sinceMs <= namingMs) return 0;
    }
    // A disk that was bad until then may have let a save fail, or a sync of it hang.
    const mendedMs = healedAtMs + slowMs + BACK_OFF_MS;
    const retryMs = this.#hasFailed ? this.#triedAtMs + BACK_OFF_MS : -Infinity;
    const fromMs = Math.max(dueMs, this.#quietAtMs, retryMs, mendedMs);
    const mostMs = 1000 / scenario.settings.hz + LATE_TICK_MS + (scenario.faults?.lateTimers?.upToMs ?? 0);
    return this.#nowMs - fromMs - mostMs - world.machine.stalls.within(this.#pid, fromMs, this.#nowMs);
  }
}
