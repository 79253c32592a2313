/**
 * The stage of a run: what all its acts share. The machine, the history, the server that lives at present, the last fall,
 * and the list of what was found wrong.
 */
import { afterShutdown, boundsNow, keepsLog, LogTimes } from '../oracle/bounds.ts';
import type { Bounds, CrashKind } from '../oracle/bounds.ts';
import { History } from '../oracle/history.ts';
import { ManifestJudge } from '../oracle/manifest-resolves.ts';
import type { Property, Violation } from '../oracle/violation.ts';
import type { CrashReport } from '../disk/index.ts';
import { createWorld } from '../world/index.ts';
import type { World } from '../world/index.ts';
import { LATE_NEWS_MS } from './adversity.ts';
import type { Adversity } from './adversity.ts';
import { describeError } from './elsewhere.ts';
import type { EngineModule } from './engine-module.ts';
import { LogCadence } from './log-cadence.ts';
import { LogSwitch } from './log-switch.ts';
import { LogWatch } from './log-watch.ts';
import { watchHost } from './observer.ts';
import type { Reading } from './reading.ts';
import type { GenerationStory } from './result.ts';
import { SaveWatch } from './save-watch.ts';
import { slowestSyncMs } from './schema.ts';
import { edited } from './edit.ts';
import type { Edit, Scenario } from './schema.ts';
import { manifestPlace } from './server.ts';
import type { Server } from './server.ts';
import type { Service } from './service.ts';
import { SituationCounter } from './situations.ts';
import type { Visitor } from './visitor.ts';
import { Watchers } from './watchers.ts';
import { DiskWeather } from './weather.ts';
import { emptyDisk, profileOf, worldOptions } from './world-of.ts';

/** More than that many violations say nothing new. */
const MOST_VIOLATIONS = 20;

/** What is known of the crashes since the engine last served. */
export interface Fall {
  /** Bounds that hold whichever of its crashes were losses of power. */
  readonly kill: Bounds;
  readonly power: Bounds;
  readonly first: CrashKind;
  readonly atWallMs: number;
  lostPower: boolean;
  /** What a recovery without further crashes gives, where that was tried. */
  undisturbed: Reading | undefined;
  report: CrashReport;
}

export type WritableStory = { -readonly [K in keyof GenerationStory]: GenerationStory[K] };

/** The run cannot go on after this: what follows would only repeat it. */
export class Ended extends Error {}

export class Stage {
  /** As the configuration file stands now: lives may begin with an edited one. */
  scenario: Scenario;
  readonly module: EngineModule;
  readonly world: World;
  readonly history: History;
  readonly times = new LogTimes();
  readonly situations = new SituationCounter();
  readonly weather: DiskWeather;
  readonly watch: LogWatch;
  /** All who watch the engine at its ports. */
  readonly watchers: Watchers;
  readonly savePoints: SaveWatch;
  readonly cadence: LogCadence;
  readonly logSwitch: LogSwitch;
  readonly violations: Violation[] = [];
  readonly story: WritableStory[] = [];
  /** From 1. */
  generation = 1;
  server: Server | undefined;
  service: Service | undefined;
  adversity: Adversity | undefined;
  fall: Fall | undefined;
  /** The engine has not served yet since the configuration was edited. */
  isReconfigured = false;
  readonly visitor: Visitor | undefined;
  /** False on a disk that lies or rots: then P13 is all that recovery has to keep. */
  readonly honest: boolean;
  /** P15, where the log has promises to keep and the judge knows all that the disk may leave. */
  readonly #manifests: ManifestJudge | undefined;
  #isManifestBroken = false;

  constructor(scenario: Scenario, module: EngineModule, visitor?: Visitor, recordTrace = false) {
    this.scenario = scenario;
    this.visitor = visitor;
    const profile = profileOf(scenario);
    this.honest = profile.honest;
    // Other file systems leave fewer states than all that the rules allow, and the judge does not know which.
    const isKnown = !profile.losesPower || profile.name === 'posix-strict';
    const isRead = module.hasFormOfItsOwn !== true && everKeepsLog(scenario);
    if (profile.honest && isKnown && isRead)
      this.#manifests = new ManifestJudge(manifestPlace, profile.losesPower);
    this.module = module;
    this.history = new History(scenario.settings.databases);
    // The watcher needs the world and the world the watcher: the callbacks reach it later.
    const watchers: { current: Watchers | undefined } = { current: undefined };
    const options = worldOptions(scenario, module, emptyDisk());
    // Where a page that fails may hold anything, it takes durable bytes with it, and no engine can promise those.
    this.weather = new DiskWeather({ ...options.faults, errorModel: 'plain' });
    const { forkErrorChance, memory, lateTimers } = scenario.faults ?? {};
    this.world = createWorld({
      ...options,
      recordTrace,
      faults: changesDisk(scenario) ? this.weather.plan : options.faults,
      processFaults: {
        ...(forkErrorChance === undefined ? {} : { forkErrorChance }),
        ...(memory === undefined ? {} : { memory }),
      },
      lateTimers,
      childMains: lateChildren(module, watchers),
    });
    this.weather.attach(this.world);
    this.savePoints = new SaveWatch({
      world: this.world,
      scenario,
      isKnown: module.hasFormOfItsOwn !== true,
      situations: this.situations,
      adversity: () => this.adversity,
      report: (property, message) => this.report({ property, message }),
    });
    this.logSwitch = new LogSwitch({
      world: this.world,
      history: this.history,
      situations: this.situations,
      isKnown: module.hasFormOfItsOwn !== true,
      // The log is given up when the child that rewrites it is known to be gone.
      slownessMs: (sinceMs) =>
        this.#slownessMs(sinceMs) + (this.scenario.faults?.childLateChance === undefined ? 0 : LATE_NEWS_MS),
      report: (property, message) => this.report({ property, message }),
    });
    this.cadence = new LogCadence({
      world: this.world,
      scenario: () => this.scenario,
      isKnown: module.hasFormOfItsOwn !== true,
      situations: this.situations,
      savePoints: this.savePoints,
      logSwitch: this.logSwitch,
      adversity: () => this.adversity,
      report: (property, message) => this.report({ property, message }),
    });
    this.watch = new LogWatch({
      world: this.world,
      history: this.history,
      times: this.times,
      situations: this.situations,
      logSwitch: this.logSwitch,
      wallMs: () => this.server!.wallMs,
      saved: (index) => this.savePoints.saved(index),
      report: (violation) => this.report(violation),
    });
    // Whether a rewrite is late is looked at before the save that begins is noted.
    this.watchers = new Watchers([this.logSwitch, this.cadence, this.watch, this.savePoints]);
    watchers.current = this.watchers;
  }

  /** Somebody edits the configuration file: the next start reads it. */
  reconfigure(edit: Edit): void {
    const before = this.scenario.persistence;
    this.scenario = edited(this.scenario, edit);
    this.isReconfigured = true;
    this.situations.count('configuration-edited');
    if (edit.aofChecksum !== undefined)
      this.situations.count(edit.aofChecksum ? 'annotations-turned-on' : 'annotations-turned-off');
    // The dump of the life before last is as good: what counts is that there may be one, and no log.
    if (this.fall !== undefined && before === 'rdb' && keepsLog(this.scenario.persistence))
      this.situations.count('dump-meets-its-first-log');
  }

  get wallMs(): number {
    return Math.floor(this.world.wall.offsetMs + this.world.scheduler.nowMs);
  }

  /** Lets the main line go on until that time, or until an event after which `over` is true. */
  async run(untilMs: number, over: () => boolean): Promise<void> {
    const { visitor } = this;
    const until = (): boolean => {
      this.judgeManifests();
      visitor?.visit(this);
      return over();
    };
    await this.world.run({ untilMs, until });
  }

  /** The engine serves: from now on there is a log that a start can be made from, at every instant. */
  expectManifest(): void {
    if (this.#manifests !== undefined && keepsLog(this.scenario.persistence))
      this.#manifests.hasStarted = true;
  }

  /** P15, at this instant; it is said once. */
  judgeManifests(): void {
    const judge = this.#manifests;
    if (judge === undefined || this.#isManifestBroken) return;
    const wrong = judge.judge(this.world.machine.disk);
    if (wrong === undefined) return;
    this.#isManifestBroken = true;
    this.report({ property: 'P15', message: wrong });
  }

  /** How many states of the disk P15 was judged on. */
  get manifestsJudged(): number {
    return this.#manifests?.judged ?? 0;
  }

  /** What a crash of this kind would have to leave, now. */
  bounds(kind: CrashKind): Bounds {
    const { persistence, appendfsync, settings } = this.scenario;
    const { history, times, world, watch } = this;
    const shutDown = this.adversity?.endedWell === true;
    const { promise: log } = this.logSwitch;
    if (
      shutDown &&
      !this.logSwitch.isOff &&
      (keepsLog(persistence) || settings.save.length > 0) &&
      persistence !== 'none'
    )
      return afterShutdown(history, persistence);
    const promises = { persistence, appendfsync, cronPeriodMs: 1000 / settings.hz, log };
    const stalledMs = (fromMs: number, toMs: number): number =>
      world.machine.stalls.within(watch.serverPid, fromMs, toMs);
    const erred = watch.logFailedAtMs !== undefined;
    return boundsNow(history, times, promises, kind, world.scheduler.nowMs, { stalledMs, erred });
  }

  /** How much of the time since then a machine and a disk that are slow account for. */
  #slownessMs(sinceMs: number): number {
    const { world, watch, scenario } = this;
    const { nowMs } = world.scheduler;
    const stalledMs = world.machine.stalls.within(watch.serverPid, sinceMs, nowMs);
    return stalledMs + 2 * watch.longestSyncMs(sinceMs) + slowestSyncMs(scenario);
  }

  report(violation: Omit<Violation, 'generation' | 'simMs'>): void {
    if (this.violations.length >= MOST_VIOLATIONS) return;
    this.violations.push({ ...violation, generation: this.generation, simMs: this.world.scheduler.nowMs });
  }

  /** Reports what there is no going on after. @throws Ended always */
  end(property: Property, message: string): never {
    this.report({ property, message, ...(this.fall === undefined ? {} : pendingOf(this.fall.report)) });
    throw new Ended();
  }

  /** @throws Ended after an exception that escaped the engine, or its unexpected end */
  checkAlive(property: Property = 'P21'): void {
    const fault = this.service?.fault;
    if (fault !== undefined) throw new Error('the simulator failed inside an event', { cause: fault });
    const escaped = this.world.machine.violations;
    for (const { error } of escaped)
      this.report({ property, message: `an exception escaped the engine: ${describeError(error)}` });
    if (escaped.length > 0) throw new Ended();
    if (this.server !== undefined && !this.server.alive && this.adversity?.excuse === undefined)
      this.end(
        property,
        `the engine ended by itself: ${JSON.stringify(this.server.process.status)}; its last words: ${this.server.log.at(-1) ?? 'none'}`,
      );
  }
}

/** What a crash left pending, for a violation. */
export function pendingOf(report: CrashReport): Pick<Violation, 'pending'> {
  return {
    pending: report
      .table()
      .slice(0, 40)
      .map(({ object, what, detail, fate }) => ({ operation: `${object} ${what} ${detail}`, fate })),
  };
}

/** True where some life keeps a log. */
function everKeepsLog({ persistence, generations }: Scenario): boolean {
  return keepsLog(persistence) || generations.some(({ edit }) => keepsLog(edit?.persistence ?? persistence));
}

/** True where the disk's errors change during the run. */
function changesDisk({ generations }: Scenario): boolean {
  return generations.some(
    ({ badStart, steps }) =>
      badStart !== undefined || steps.some(({ kind }) => kind === 'disk' || kind === 'space'),
  );
}

function lateChildren(
  module: EngineModule,
  watchers: { readonly current: Watchers | undefined },
): EngineModule['childMains'] {
  return new Map(
    [...module.childMains].map(([name, main]) => [
      name,
      (host, image, args) =>
        main(watchers.current === undefined ? host : watchHost(host, watchers.current), image, args),
    ]),
  );
}
