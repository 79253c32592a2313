/**
 * The lights go out: a crash of the main line, what is counted about the instant, and what the oracle must remember of it
 * until something serves again.
 */
import type { CrashKind } from '../oracle/bounds.ts';
import type { CrashReport } from '../disk/index.ts';
import type { Judgement } from './judgement.ts';
import type { PendingTally } from './result.ts';
import type { Generation, RecoveryCrash } from './schema.ts';
import { DATA_DIRECTORY } from './server.ts';
import type { Service } from './service.ts';
import type { Stage } from './stage.ts';
import { describeMoment } from './trigger.ts';

const LOG_DIRECTORY = `${DATA_DIRECTORY}/appendonlydir`;

export class LightsOut {
  crashes = 0;
  /** Crashes with something unsynced. */
  unsynced = 0;
  readonly #stage: Stage;
  readonly #judgement: Judgement;
  readonly #narrate: boolean;

  /** `narrate`: tell exactly what became of each pending change. */
  constructor(stage: Stage, judgement: Judgement, narrate: boolean) {
    this.#stage = stage;
    this.#judgement = judgement;
    this.#narrate = narrate;
  }

  /** The crash that ends a generation, and the judgement of a few more of the states that it could have left. */
  async crash(generation: Generation, service: Service): Promise<void> {
    const stage = this.#stage;
    const { machine, scheduler } = stage.world;
    const { adversity } = stage;
    const excuse = adversity?.excuse;
    const kind = generation.crash.kind;
    const story = stage.story.at(-1)!;
    const bounds = stage.bounds(kind);
    this.#countMoment(kind, service);
    const others = this.#judgement.otherStates(kind);
    const children = machine.processes.size - (excuse === undefined ? 1 : 0);
    if (children > 0) stage.situations.count('crash-while-child-runs');
    const atMs = scheduler.nowMs;
    service.backups.copy();
    const report = this.strike(kind);
    service.end();
    adversity?.end();
    if (kind !== 'power' && excuse !== undefined) stage.situations.count('server-stopped-itself');
    stage.fall = {
      kill: stage.bounds('kill'),
      power: stage.bounds('power'),
      first: kind,
      atWallMs: stage.wallMs,
      lostPower: kind === 'power',
      undisturbed: undefined,
      report,
    };
    stage.adversity = undefined;
    const judged = await this.#judgement.judgeOthers(others, stage.fall);
    if (stage.honest) await this.#judgement.judgeBackups(service.backups.copies);
    story.crash = {
      kind,
      atMs,
      moment:
        excuse !== undefined
          ? excuse
          : service.firedEarly
            ? describeMoment(generation.crash.when)
            : describeMoment({ at: 'end', afterMs: service.idledMs }),
      pending: tallyOf(report, this.#narrate),
      bounds,
      otherStates: others.length,
      distinctStates: judged.distinct,
      worstK: judged.worstK,
    };
  }

  /** A crash inside a recovery: what was promised before stays promised. */
  crashRecovery(how: RecoveryCrash['kind']): void {
    const stage = this.#stage;
    const kind = how === 'power' ? 'power' : 'kill';
    if (how === 'term') {
      stage.situations.count('signalled-while-loading');
      stage.server!.process.deliver('SIGTERM');
    }
    const report = this.strike(kind);
    if (stage.fall !== undefined) {
      stage.fall.lostPower ||= kind === 'power';
      stage.fall.report = report;
      return;
    }
    // Nothing was ever promised: both bounds are those of the empty beginning.
    const bounds = stage.bounds(kind);
    stage.fall = {
      kill: bounds,
      power: bounds,
      first: kind,
      atWallMs: stage.wallMs,
      lostPower: kind === 'power',
      undisturbed: undefined,
      report,
    };
  }

  /** Ends the server, by kill or with the power, and counts it. */
  strike(kind: CrashKind): CrashReport {
    const stage = this.#stage;
    const { machine } = stage.world;
    const { process } = stage.server!;
    const report =
      kind === 'power' ? machine.powerOff() : process.alive ? machine.kill(process.pid) : process.endReport!;
    stage.server = undefined;
    this.crashes++;
    if (report.pendingData + report.pendingNames > 0) this.unsynced++;
    stage.situations.addAll(report.situations);
    return report;
  }

  #countMoment(kind: CrashKind, service: Service): void {
    const { situations, scenario, watch, world } = this.#stage;
    situations.count(kind === 'power' ? 'power-loss' : 'kill');
    // The page cache has what the disk may never get, and neither a later sync nor the next process is told.
    if (kind === 'kill' && watch.syncFailed) situations.count('restart-after-a-failed-sync');
    if (scenario.appendfsync === 'always' && watch.logFailedAtMs !== undefined)
      situations.count('log-failed-under-always');
    if (service.firedEarly && service.moment === 'reply') situations.count('crash-right-after-reply');
    if (service.firedEarly && service.moment === 'saved') situations.count('crash-right-after-save');
    if (this.#stage.logSwitch.isOff) situations.count('crash-while-the-log-is-off');
    if (watch.renamePending) situations.count('crash-between-rename-and-directory-sync');
    if (world.scheduler.nowMs - watch.lastWriteAtMs > 2000 && watch.lastWriteAtMs > 0)
      situations.count('idle-before-crash');
    const { disk } = world.machine;
    if (disk.find(LOG_DIRECTORY)?.kind === 'directory') {
      const names = disk.readdir(LOG_DIRECTORY);
      if (names.filter((name) => name.endsWith('.incr.aof')).length > 1)
        situations.count('several-increments-at-crash');
      if (watch.rewriteUnderway) situations.count('crash-while-rewriting');
    }
  }
}

/** A loss of power decides about all that was unsynced; after a kill it is in the page cache as before. */
function tallyOf(report: CrashReport, withFates: boolean): PendingTally {
  const total = report.pendingData + report.pendingNames;
  if (report.kind === 'kill') return { total, kept: total, lost: 0, torn: 0 };
  if (!withFates) return { total, kept: total - report.lost, lost: report.lost, torn: 0 };
  let kept = 0;
  let lost = 0;
  let torn = 0;
  const rows = report.table();
  for (const { fate } of rows) {
    if (fate === 'kept') kept++;
    else if (fate === 'dropped') lost++;
    else torn++;
  }
  return { total: rows.length, kept, lost, torn };
}
