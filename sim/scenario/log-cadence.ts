/**
 * The log keeps its time, whether anybody writes or not (P3, P24): under `everysec` a sync of what was written begins within
 * a second of the one before and a tick of the cron, and a log that has outgrown its base is rewritten within a tick (P17).
 *
 * What postpones a sync: one that is in flight, errors of the disk, and whatever keeps the process from running. What
 * postpones a rewrite: a save's child, steps of a rewrite that are under way, and a rewrite that failed, after which this
 * law waits for one that does not. All times are monotonic: the wall changes nothing.
 *
 * The log is measured from below, by what the disk has of it. Nothing waits here: it is looked at when something happens
 * that may change the answer, and when the life ends.
 */
import { FileInode } from '../disk/file-inode.ts';
import { keepsLog } from '../oracle/bounds.ts';
import type { Property } from '../oracle/violation.ts';
import type { World } from '../world/index.ts';
import type { Adversity } from './adversity.ts';
import { RETRY_MS } from './lateness.ts';
import { basePath, dumpTemporaryPath, incrementPath, manifestPath } from './log-paths.ts';
import type { LogSwitch } from './log-switch.ts';
import type { SaveWatch } from './save-watch.ts';
import { slowestSyncMs } from './schema.ts';
import type { Scenario } from './schema.ts';
import { manifestPlace } from './server.ts';
import type { SituationCounter } from './situations.ts';
import { LifeWatcher } from './watchers.ts';

const latin1 = new TextDecoder('latin1');
const SECOND_MS = 1000;
/** How late a timer may be without anybody noting it, and how long small operations on the disk may take. */
const LATE_TICK_MS = 100;

export interface LogCadenceOptions {
  readonly world: World;
  /** As it is configured now. */
  scenario(): Scenario;
  /** False where nothing is known of how the engine keeps a log. */
  readonly isKnown: boolean;
  readonly situations: SituationCounter;
  readonly savePoints: SaveWatch;
  readonly logSwitch: LogSwitch;
  adversity(): Adversity | undefined;
  report(property: Property, message: string): void;
}

export class LogCadence extends LifeWatcher {
  readonly #o: LogCadenceOptions;
  #isEverysec = false;
  #mayRewrite = false;
  #pid = 0;
  #isUp = false;
  /** It serves, and nothing was said yet. */
  #isServing = false;

  /** Those that the manifest names. */
  readonly #increments = new Set<string>();
  /** The increment that was written and waits for a sync that begins later, and since when. */
  #pendingPath = '';
  #pendingSinceMs: number | undefined;
  #syncBeganMs = -Infinity;
  #syncs = 0;
  #syncEndedMs = -Infinity;

  /** Bytes of base and increments, and those at which a rewrite is due; Infinity where none ever is. */
  #logBytes = 0;
  #dueBytes = Infinity;
  #dueSinceMs: number | undefined;
  /** Writes of increments, and syncs of directories and manifests, that are in flight, and when one ended last or a name changed. */
  #steps = 0;
  #steppedMs = 0;
  #hasFailed = false;

  constructor(options: LogCadenceOptions) {
    super();
    this.#o = options;
  }

  #readConfiguration(): void {
    const { isKnown } = this.#o;
    const scenario = this.#o.scenario();
    const isJudged = isKnown && keepsLog(scenario.persistence);
    this.#isEverysec = isJudged && scenario.appendfsync === 'everysec';
    this.#mayRewrite = isJudged && scenario.settings.autoAofRewritePercentage > 0;
  }

  get #nowMs(): number {
    return this.#o.world.scheduler.nowMs;
  }

  override begin(pid: number): void {
    this.#readConfiguration();
    this.#pid = pid;
    this.#isUp = this.#isServing = false;
    this.#pendingSinceMs = undefined;
    // The first second counts from the start of the process.
    this.#syncBeganMs = this.#syncEndedMs = this.#nowMs;
    this.#syncs = this.#steps = 0;
    this.#steppedMs = this.#nowMs;
    this.#dueSinceMs = undefined;
    this.#dueBytes = Infinity;
    this.#increments.clear();
    this.#hasFailed = false;
  }

  override serve(): void {
    this.#isUp = this.#isServing = true;
    this.#steppedMs = this.#nowMs;
    const { directory, logDirectory, manifest } = manifestPlace;
    this.#measure(`${directory}/${logDirectory}/${manifest}`);
  }

  override created(pid: number, path: string): void {
    if (pid !== this.#pid || !this.#isUp) return;
    if (incrementPath.test(path)) this.#rewriteBegan();
    else this.#stepped();
  }

  override writeBegan(
    pid: number,
    path: string,
    offeredBytes: number,
  ): ReturnType<LifeWatcher['writeBegan']> {
    if (pid !== this.#pid || !incrementPath.test(path)) return () => {};
    // A rewrite begins when what is buffered has been written.
    const stepped = this.#stepBegan();
    return (acceptedBytes) => {
      stepped();
      this.#wrote(path, acceptedBytes, acceptedBytes === offeredBytes);
    };
  }

  override syncBegan(pid: number, path: string): () => void {
    if (pid !== this.#pid) return () => {};
    return incrementPath.test(path) ? this.#syncBegan(path) : this.#stepBegan();
  }

  override renamed(pid: number, _from: string, to: string): void {
    if (pid !== this.#pid) return;
    if (manifestPath.test(to)) this.#measure(to);
    // A base has its name: the rewrite has gone well.
    if (basePath.test(to)) this.#hasFailed = false;
  }

  override directorySyncBegan(pid: number): () => void {
    return pid === this.#pid ? this.#stepBegan() : () => {};
  }

  override forked(pid: number, _childPid: number, path: string): void {
    if (pid === this.#pid && !dumpTemporaryPath.test(path)) this.#rewriteBegan();
  }

  override forkFailed(pid: number, path: string): void {
    if (pid === this.#pid && !dumpTemporaryPath.test(path)) this.#hasFailed = true;
  }

  override childEnded(pid: number, _childPid: number, isWell: boolean): void {
    if (pid === this.#pid && !isWell) this.#hasFailed = true;
  }

  /** A write of an increment has ended. */
  #wrote(path: string, acceptedBytes: number, isWhole: boolean): void {
    // A base may have overtaken it: then nobody needs it any more.
    if (!this.#increments.has(nameOf(path))) return;
    this.#logBytes += acceptedBytes;
    if (this.#logBytes >= this.#dueBytes) this.#dueSinceMs ??= this.#nowMs;
    if (!this.#isEverysec || !isWhole || acceptedBytes === 0) return;
    if (path !== this.#pendingPath) {
      this.#checkSync();
      this.#pendingPath = path;
      this.#pendingSinceMs = undefined;
    }
    this.#pendingSinceMs ??= this.#nowMs;
  }

  /** Returns what to call when it has ended. */
  #syncBegan(path: string): () => void {
    this.#checkSync();
    if (this.#pendingSinceMs !== undefined && this.#nowMs - this.#pendingSinceMs > SECOND_MS / 2)
      this.#o.situations.count('synced-while-nobody-wrote');
    this.#syncBeganMs = this.#nowMs;
    this.#syncs++;
    if (path === this.#pendingPath) this.#pendingSinceMs = undefined;
    return () => {
      this.#syncs--;
      this.#syncEndedMs = this.#nowMs;
    };
  }

  /** Something is done about names in the directory of the log, or about a manifest. */
  #stepped(): void {
    this.#steppedMs = this.#nowMs;
  }

  /** It takes a while. Returns what to call when it is over. */
  #stepBegan(): () => void {
    this.#steps++;
    return () => {
      this.#steps--;
      this.#steppedMs = this.#nowMs;
    };
  }

  /** A rewrite has got as far as an increment or a child. */
  #rewriteBegan(): void {
    this.#checkRewrite();
    if (this.#dueSinceMs !== undefined) this.#o.situations.count('rewritten-when-it-had-grown');
    this.#stepped();
  }

  /** A manifest has its name: what it says is the log from now on. */
  #measure(path: string): void {
    const file = this.#o.world.machine.disk.find(path);
    if (!(file instanceof FileInode)) return;
    this.#stepped();
    if (!this.#mayRewrite && !this.#isEverysec) return;
    const manifest = latin1.decode(file.image().subarray(0, file.sizeBytes));
    const directory = path.slice(0, path.lastIndexOf('/'));
    this.#increments.clear();
    for (const [, name] of manifest.matchAll(/^file (\S+) seq \d+ type i/gm)) this.#increments.add(name!);
    if (!this.#increments.has(nameOf(this.#pendingPath))) this.#pendingSinceMs = undefined;
    if (!this.#mayRewrite) return;
    const { autoAofRewritePercentage: percentage, autoAofRewriteMinSizeBytes: minimum } =
      this.#o.scenario().settings;
    let baseBytes = 0;
    this.#logBytes = 0;
    for (const [, name, type] of manifest.matchAll(/^file (\S+) seq \d+ type ([bi])/gm)) {
      const inode = this.#o.world.machine.disk.find(`${directory}/${name!}`);
      const bytes = inode instanceof FileInode ? inode.sizeBytes : 0;
      this.#logBytes += bytes;
      if (type === 'b') baseBytes = bytes;
    }
    this.#dueBytes = Math.max(minimum + 1, Math.ceil((Math.max(1, baseBytes) * (100 + percentage)) / 100));
    this.#dueSinceMs = this.#logBytes >= this.#dueBytes ? (this.#dueSinceMs ?? this.#nowMs) : undefined;
  }

  /** At the end of a life. */
  check(): void {
    this.#checkSync();
    this.#checkRewrite();
  }

  #checkSync(): void {
    if (this.#pendingSinceMs === undefined || this.#syncs > 0 || !this.#isServing) return;
    const adversity = this.#o.adversity();
    if (adversity === undefined || adversity.diskErrs) return;
    const healedMs = (adversity.healedAtMs ?? -Infinity) + RETRY_MS;
    const dueMs = Math.max(this.#pendingSinceMs, this.#syncBeganMs + SECOND_MS);
    const lateMs = this.#lateMs(Math.max(dueMs, this.#syncEndedMs, healedMs));
    if (lateMs <= 0) return;
    this.#isServing = false;
    this.#o.report(
      'P3',
      `what was written to ${nameOf(this.#pendingPath)} ${Math.round(this.#nowMs - this.#pendingSinceMs)} ms ago has not begun to be synced: ${Math.round(lateMs)} ms too late`,
    );
  }

  #checkRewrite(): void {
    if (this.#dueSinceMs === undefined || this.#hasFailed || !this.#isServing) return;
    // A rewrite begins with a sync of what is there.
    if (this.#steps + this.#syncs > 0) return;
    const { savePoints, logSwitch } = this.#o;
    if (logSwitch.isOff) return;
    const adversity = this.#o.adversity();
    if (adversity === undefined || adversity.diskErred || adversity.signals > 0) return;
    const { quietSinceMs } = savePoints;
    if (quietSinceMs === undefined) return;
    const slowMs = slowestSyncMs(this.#o.scenario());
    const lateMs = this.#lateMs(
      Math.max(this.#dueSinceMs, this.#steppedMs, this.#syncEndedMs, quietSinceMs) + slowMs,
    );
    if (lateMs <= 0) return;
    this.#isServing = false;
    this.#o.report(
      'P17',
      `the log has ${this.#logBytes} bytes, a rewrite is due from ${this.#dueBytes} on, and none has begun: ${Math.round(lateMs)} ms too late`,
    );
  }

  /** How much later it is than a tick after that, the time apart in which the process could not run. */
  #lateMs(fromMs: number): number {
    const { world } = this.#o;
    if (this.#nowMs <= fromMs) return 0;
    const { settings, faults } = this.#o.scenario();
    const mostMs = SECOND_MS / settings.hz + LATE_TICK_MS + (faults?.lateTimers?.upToMs ?? 0);
    return this.#nowMs - fromMs - mostMs - world.machine.stalls.within(this.#pid, fromMs, this.#nowMs);
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
