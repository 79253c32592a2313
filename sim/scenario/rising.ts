/**
 * Starting the engine on what is left, through the crashes that are planned inside that, and judging what it then holds.
 */
import { filesOf } from '../disk/index.ts';
import { keepsLog, weaker } from '../oracle/bounds.ts';
import type { Bounds, CrashKind } from '../oracle/bounds.ts';
import { judgeLog } from '../oracle/log-reading.ts';
import { differences } from '../oracle/prefix.ts';
import { askOutcome, startFailure } from './elsewhere.ts';
import type { Files, GoodVerdict, Judgement } from './judgement.ts';
import type { LightsOut } from './lights-out.ts';
import { converse, PATIENCE_MS, readEverything, ReadingError } from './reading.ts';
import type { Reading } from './reading.ts';
import type { RecoveryCrashStory } from './result.ts';
import { slowestSyncMs } from './schema.ts';
import type { DiskPlan, Generation, RecoveryCrash } from './schema.ts';
import { manifestPlace, Server } from './server.ts';
import { Ended } from './stage.ts';
import type { Fall, Stage } from './stage.ts';

export class Rising {
  readonly #stage: Stage;
  readonly #judgement: Judgement;
  readonly #lightsOut: LightsOut;
  /** A child of an earlier life was still there when the server last started: what it makes after that only the next start removes. */
  hadOrphans = false;
  /** A crash has cut short the recovery before the one that serves. */
  #wasInterrupted = false;
  /** What was on the disk when the server last started, where that may be damaged. */
  #found: Files | undefined;

  constructor(stage: Stage, judgement: Judgement, lightsOut: LightsOut) {
    this.#stage = stage;
    this.#judgement = judgement;
    this.#lightsOut = lightsOut;
  }

  /** Recovers at the beginning of a generation; its story begins with that. */
  async recover(generation: Generation): Promise<void> {
    const stage = this.#stage;
    const { situations, world } = stage;
    const startedAtMs = world.scheduler.nowMs;
    if (world.machine.processes.size > 0) situations.count('orphan-alive-at-restart');
    if (generation.wallJumpMs !== undefined) {
      situations.count('wall-jump-before-recovery');
      world.machine.jumpWall(generation.wallJumpMs);
    }
    if (generation.edit !== undefined) stage.reconfigure(generation.edit);
    const crashesInRecovery: RecoveryCrashStory[] = [];
    const { badStart } = generation;
    const isRefused = badStart !== undefined && !(await this.#startBadly(badStart));
    const isServed = badStart !== undefined && !isRefused;
    const planned = isServed ? [] : generation.crashesInRecovery;
    const isFirstStart = stage.fall === undefined;
    if (planned.length > 0 && stage.fall !== undefined) await this.#judgement.tryUndisturbed(stage.fall);
    for (const plan of planned) {
      const crashed = await this.#crashInside(plan);
      if (crashed === undefined) break;
      crashesInRecovery.push(crashed);
    }
    if (crashesInRecovery.length > 0)
      situations.count(isFirstStart ? 'crash-inside-first-start' : 'crash-inside-recovery');
    if (crashesInRecovery.length > 1) situations.count('two-crashes-inside-recovery');
    this.#wasInterrupted = isRefused || crashesInRecovery.length > 0;
    const base = await this.serve();
    stage.isReconfigured = false;
    stage.watchers.serve();
    stage.story.push({
      generation: stage.generation,
      startedAtMs,
      edit: generation.edit,
      persistence: stage.scenario.persistence,
      appendfsync: stage.scenario.appendfsync,
      crashesInRecovery,
      servedAtMs: world.scheduler.nowMs,
      base,
      commands: 0,
      clients: stage.scenario.clients,
      units: 0,
      saves: 0,
      rewrites: 0,
      crash: undefined,
      recovered: undefined,
      recoveredAtMs: undefined,
      lostSinceMs: undefined,
      remarks: [],
    });
  }

  /** Has the engine serve, reads everything and judges it. Returns the index of the state that it goes on from. */
  async serve(): Promise<number> {
    const stage = this.#stage;
    const serves = stage.server?.alive === true && stage.server.engine !== undefined;
    const server = serves ? stage.server! : await this.#start(undefined);
    const failure = startFailure(stage.world, server);
    if (failure !== undefined) {
      if (server.refusal !== undefined && this.#mayRefuse(server.refusal)) throw new Ended();
      stage.end('P12', failure);
    }
    stage.expectManifest();
    const read = await this.talk('after the recovery', (connect) =>
      readEverything(connect(server), server, stage.scenario.settings.databases),
    );
    await stage.visitor?.settle(stage);
    if (!stage.honest) await this.#hearReport(read);
    return this.#judge(read, server);
  }

  /** Of a recovery that was cut short the report is gone. */
  async #hearReport({ snapshot, wallMs }: Reading): Promise<void> {
    const { fall } = this.#stage;
    const wasInterrupted = this.#wasInterrupted;
    this.#wasInterrupted = false;
    if (fall === undefined || wasInterrupted) return;
    const bounds = fall.lostPower ? weaker(fall.power, fall.kill) : fall.kill;
    const verdict = this.#judgement.check(snapshot, wallMs, bounds);
    if (!verdict.ok || !this.#judgement.mustReport(verdict, bounds)) return;
    const outcome = await this.talk('after the recovery', (connect) =>
      askOutcome(connect(this.#stage.server!)),
    );
    this.#judgement.judgeReport(verdict, bounds, outcome, `recovery ${this.#stage.generation - 1}`);
  }

  /** A talk with the engine that must not fail. */
  async talk<T>(when: string, talk: Parameters<typeof converse<T>>[1]): Promise<T> {
    const stage: Stage = this.#stage;
    try {
      return await converse(stage.world, talk, this.patienceMs);
    } catch (error) {
      if (!(error instanceof ReadingError)) throw error;
      stage.checkAlive('P12');
      stage.end('P12', `${when} ${error.message}`);
    }
  }

  /** A disk that was slow before the crash may have a sync to finish yet. */
  get patienceMs(): number {
    return PATIENCE_MS + 2 * slowestSyncMs(this.#stage.scenario);
  }

  /**
   * P12: a start on a disk that errs serves, or refuses and says so; and then the next one serves. True when this one
   * does.
   */
  async #startBadly(plan: DiskPlan): Promise<boolean> {
    const stage: Stage = this.#stage;
    stage.weather.change(plan);
    const server = await this.#start(undefined);
    stage.weather.clear();
    stage.situations.count('start-on-a-disk-that-errs');
    const { refusal } = server;
    if (refusal === undefined) return true;
    stage.situations.count('start-refused-for-an-error');
    if (/\bE[A-Z]+\b/.test(refusal)) return false;
    if (this.#mayRefuse(refusal)) throw new Ended();
    stage.end('P12', `a start on a disk that errs refused for another reason: ${refusal}`);
  }

  #mayRefuse(why: string): boolean {
    // Children of an earlier life may write meanwhile.
    return this.#judgement.mayRefuse(why, this.hadOrphans ? undefined : this.#found);
  }

  /** Starts the engine until it serves, or to the planned operation or event. */
  async #start(plan: RecoveryCrash | undefined): Promise<Server> {
    const stage = this.#stage;
    const { watch, watchers } = stage;
    const { machine, scheduler } = stage.world;
    this.hadOrphans = machine.processes.size > 0;
    watchers.begin(0);
    watch.trigger = undefined;
    this.#found = stage.honest ? undefined : filesOf(machine.disk);
    const server = new Server(stage.world, stage.module, stage.scenario, watchers);
    void server.settled.then(() => scheduler.stop());
    watchers.begin(server.process.pid);
    watch.onOperation = (count) => {
      if (count === plan?.operation && plan.event === undefined) scheduler.stop();
    };
    stage.server = server;
    const event = plan?.event ?? Infinity;
    await stage.run(scheduler.nowMs + this.patienceMs, () => scheduler.events >= event);
    watch.onOperation = undefined;
    if (machine.violations.length > 0 && plan !== undefined) stage.checkAlive();
    return server;
  }

  /** A crash inside recovery; undefined when the recovery was over before. */
  async #crashInside(plan: RecoveryCrash): Promise<RecoveryCrashStory | undefined> {
    const stage = this.#stage;
    const { kind, operation } = plan;
    const server = await this.#start(plan);
    if (server.refusal !== undefined) {
      if (this.#mayRefuse(server.refusal)) throw new Ended();
      stage.end('P12', startFailure(stage.world, server)!);
    }
    if (server.engine !== undefined) return undefined;
    const atMs = stage.world.scheduler.nowMs;
    this.#lightsOut.crashRecovery(kind);
    return { kind: kind === 'power' ? 'power' : 'kill', atMs, operation };
  }

  /** Judges the main line's recovery and begins a new life there. */
  #judge({ snapshot, wallMs }: Reading, server: Server): number {
    const stage = this.#stage;
    const { fall, history, situations } = stage;
    const where = stage.generation === 1 ? 'first start' : `recovery ${stage.generation - 1}`;
    const bounds: Bounds =
      fall === undefined
        ? { lower: 0, upper: 0, only: [0], because: 'nothing was ever written' }
        : fall.lostPower
          ? weaker(fall.power, fall.kill)
          : fall.kill;
    const kind: CrashKind = fall?.lostPower === true ? 'power' : 'kill';
    const verdict = this.#judgement.check(snapshot, wallMs, bounds);
    const story = stage.story.at(-1);
    if (story !== undefined) story.recoveredAtMs = stage.world.scheduler.nowMs;
    if (!verdict.ok && this.#judgement.isOfOld(snapshot, wallMs)) throw new Ended();
    if (!verdict.ok) {
      this.#judgement.reportPrefix(verdict, bounds, kind, where, fall?.report);
      throw new Ended();
    }
    if (story !== undefined) {
      story.recovered = verdict.k;
      story.lostSinceMs = history.unit(verdict.k + 1)?.executedAtMs;
      story.remarks = server.log
        .filter((line) => /trunc|cut|discard|repair|quarantine/i.test(line))
        .slice(-3);
    }
    if (fall !== undefined) {
      this.#judgement.weigh(verdict, bounds, kind);
      if (stage.watch.tailWasCut) {
        situations.count('tail-cut');
        if ((history.unit(verdict.k + 1)?.commands ?? 1) > 1) situations.count('tail-cut-inside-multi');
        if (kind === 'power' && !stage.scenario.settings.aofChecksum) situations.count('tail-cut-by-syntax');
      }
      if (history.expiredBetween(fall.atWallMs, wallMs))
        situations.count('key-expired-between-crash-and-recovery');
    }
    if (fall !== undefined) this.#judgeCutShort(fall, { snapshot, wallMs }, where);
    this.#readLog(verdict, wallMs, where);
    this.#beginLife(verdict);
    stage.fall = undefined;
    return history.base;
  }

  /**
   * P11: a recovery that was cut short gives what it gives without the cut. The two were read at two times; what has
   * expired by the later one is in neither.
   */
  #judgeCutShort(fall: Fall, { snapshot, wallMs }: Reading, where: string): void {
    const stage = this.#stage;
    const { undisturbed, first, lostPower } = fall;
    if (undisturbed === undefined || !stage.honest || stage.scenario.persistence === 'none') return;
    // What a kill left in the page cache the power may take inside the recovery.
    if (first !== 'power' && lostPower) return;
    const atMs = Math.max(wallMs, undisturbed.wallMs);
    const [difference] = differences(undisturbed.snapshot, snapshot, atMs);
    if (difference === undefined) return;
    stage.report({
      property: 'P11',
      message: 'a recovery that was cut short gives something else than one without the cut',
      difference,
      where,
    });
  }

  /** P8, P9: what the files hold. Once after the first crash, where every state is known exactly, and once at the end. */
  #readLog({ allK }: GoodVerdict, wallMs: number, where: string): void {
    const stage = this.#stage;
    const { scenario, history, generation, world } = stage;
    const isFirst = generation === 2;
    const isLast = generation === scenario.generations.length + 1;
    const isRead = stage.module.hasFormOfItsOwn !== true && keepsLog(scenario.persistence);
    if (!(isFirst || isLast) || !stage.honest || !isRead) return;
    const last = history.unit(history.executed);
    if (last !== undefined && last.alternatives.length > 0) return;
    stage.situations.count('log-read-by-itself');
    const candidates = allK.map((k) => history.snapshotAt(k));
    const untruth = judgeLog(filesOf(world.machine.disk), manifestPlace, candidates, wallMs, isFirst);
    if (untruth === undefined) return;
    const { property, message, difference } = untruth;
    stage.report({ property, message, where, ...(difference === undefined ? {} : { difference }) });
  }

  #beginLife(verdict: GoodVerdict): void {
    const { scenario, history, honest } = this.#stage;
    if (!honest) this.#judgement.past.remember(history);
    if (scenario.persistence === 'none') {
      history.recoveredEmpty();
      return;
    }
    const last = history.unit(history.executed);
    if (last !== undefined && last.alternatives.length > 0)
      history.settle(last, verdict.outcome ?? last.changes);
    history.recoveredAt(verdict.k);
  }
}
