/**
 * The course of a run: life after life of the engine on one machine, and the judgement of each.
 *
 * A generation starts the engine (perhaps dying inside its recovery, more than once), has everything read and judged,
 * lets the clients work until the lights go out, and judges a few more of the states that this crash could have left. After
 * the last one there is one more recovery, twice, and a write.
 */
import { boundsNow, LogTimes, weaker } from '../oracle/bounds.ts';
import type { Bounds, CrashKind } from '../oracle/bounds.ts';
import { History } from '../oracle/history.ts';
import type { Snapshot } from '../oracle/model/state.ts';
import { checkEmpty, checkPrefix, fingerprintOf } from '../oracle/prefix.ts';
import type { PrefixVerdict } from '../oracle/prefix.ts';
import type { Property, Violation } from '../oracle/violation.ts';
import { cloneDisk, crash, fingerprint } from '../disk/index.ts';
import type { CrashReport, SimDisk } from '../disk/index.ts';
import { BudgetError, createWorld, RollingHash } from '../world/index.ts';
import type { World } from '../world/index.ts';
import { describeError, PROBE_KEY, recoverElsewhere, startFailure } from './elsewhere.ts';
import type { Recovered } from './elsewhere.ts';
import type { EngineModule } from './engine-module.ts';
import { LogWatch } from './log-watch.ts';
import { watchHost } from './observer.ts';
import { converse, PATIENCE_MS, readEverything, ReadingError } from './reading.ts';
import type { Reading } from './reading.ts';
import type { GenerationStory, PendingTally, RecoveryCrashStory, RunResult } from './result.ts';
import type { Generation, Scenario } from './schema.ts';
import { DATA_DIRECTORY, Server } from './server.ts';
import { Service } from './service.ts';
import { SituationCounter } from './situations.ts';
import { describeMoment } from './trigger.ts';
import { emptyDisk, profileOf, worldOptions } from './world-of.ts';

/** A disk as an instant could leave it. */
interface OtherState {
  readonly kind: CrashKind;
  readonly disk: SimDisk;
}

/** What is known of the crashes since the engine last served. */
interface Fall {
  /** Bounds that hold whichever of its crashes were losses of power. */
  readonly kill: Bounds;
  readonly power: Bounds;
  readonly first: CrashKind;
  readonly atWallMs: number;
  lostPower: boolean;
  /** What a recovery without further crashes gives, where that was tried. */
  undisturbed: number | undefined;
  report: CrashReport;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The run cannot go on after this: what follows would only repeat it. */
class Ended extends Error {}

export class Course {
  readonly #scenario: Scenario;
  readonly #module: EngineModule;
  readonly #narrate: boolean;
  readonly #world: World;
  readonly #history: History;
  readonly #times = new LogTimes();
  readonly #situations = new SituationCounter();
  readonly #watch: LogWatch;
  readonly #violations: Violation[] = [];
  readonly #story: Writable<GenerationStory>[] = [];
  readonly #slack: number[] = [];
  readonly #images = new Map<string, Recovered>();
  readonly #side = new RollingHash();
  #generation = 1;
  #server: Server | undefined;
  #service: Service | undefined;
  #fall: Fall | undefined;
  #commands = 0;
  #crashes = 0;
  #unsynced = 0;
  #states = 0;
  #sideEvents = 0;

  constructor(scenario: Scenario, module: EngineModule, narrate: boolean) {
    this.#narrate = narrate;
    this.#scenario = scenario;
    this.#module = module;
    this.#history = new History(scenario.settings.databases);
    // The watcher needs the world and the world the watcher: the callbacks reach it later.
    const watch: { current: LogWatch | undefined } = { current: undefined };
    this.#world = createWorld({
      ...worldOptions(scenario, module, undefined),
      disk: emptyDisk(),
      childMains: lateChildren(module, watch),
    });
    this.#watch = new LogWatch({
      world: this.#world,
      history: this.#history,
      times: this.#times,
      situations: this.#situations,
      wallMs: () => this.#server!.wallMs,
      report: (violation) => this.#report(violation),
    });
    watch.current = this.#watch;
  }

  async run(): Promise<RunResult> {
    try {
      for (const [index, generation] of this.#scenario.generations.entries()) {
        this.#generation = index + 1;
        await this.#live(generation);
      }
      this.#generation = this.#scenario.generations.length + 1;
      await this.#last();
    } catch (error) {
      if (error instanceof BudgetError)
        this.#report({ property: this.#watch.serving ? 'P21' : 'P12', message: error.message });
      else if (!(error instanceof Ended)) throw error;
    }
    return this.#result();
  }

  // One generation ---------------------------------------------------------------------------------------------------

  async #live(generation: Generation): Promise<void> {
    await this.#recover(generation);
    const story = this.#story.at(-1)!;
    const service = this.#serve(generation);
    this.#service = service;
    await this.#world.run({ untilMs: this.#world.scheduler.nowMs + service.longestMs });
    story.commands = service.commands;
    story.units = this.#history.executed - this.#history.base;
    story.saves = this.#watch.saves.length;
    story.rewrites = this.#watch.rewrites;
    this.#commands += service.commands;
    this.#checkAlive();
    for (const late of service.unanswered(PATIENCE_MS)) this.#report({ property: 'P21', message: late });
    await this.#crash(generation, service);
  }

  #serve(generation: Generation): Service {
    const service = new Service({
      world: this.#world,
      server: this.#server!,
      history: this.#history,
      watch: this.#watch,
      scenario: this.#scenario,
      generation,
      situations: this.#situations,
      report: (property, message) => this.#report({ property, message }),
    });
    service.start();
    return service;
  }

  // Recovery ---------------------------------------------------------------------------------------------------------

  /** Starts the engine, through the crashes that are planned inside that, and judges what it holds. */
  async #recover(generation: Generation | undefined): Promise<void> {
    const { scheduler } = this.#world;
    const startedAtMs = scheduler.nowMs;
    if (this.#world.machine.processes.size > 0) this.#situations.count('orphan-alive-at-restart');
    const crashes: RecoveryCrashStory[] = [];
    const planned = generation?.crashesInRecovery ?? [];
    const isFirstStart = this.#fall === undefined;
    if (planned.length > 0 && this.#fall !== undefined) await this.#tryUndisturbed(this.#fall);
    for (const plan of planned) {
      const crashed = await this.#crashInside(plan.kind, plan.operation);
      if (crashed === undefined) break;
      crashes.push(crashed);
    }
    if (crashes.length > 0)
      this.#situations.count(isFirstStart ? 'crash-inside-first-start' : 'crash-inside-recovery');
    if (crashes.length > 1) this.#situations.count('two-crashes-inside-recovery');
    const server =
      this.#server?.alive === true && this.#server.engine !== undefined
        ? this.#server
        : await this.#start(undefined);
    const failure = startFailure(this.#world, server);
    if (failure !== undefined) this.#end('P12', failure);
    const read = await this.#read(server);
    const k = this.#judgeMain(read.snapshot, read.wallMs, server);
    this.#watch.serving = true;
    this.#story.push({
      generation: this.#generation,
      startedAtMs,
      crashesInRecovery: crashes,
      servedAtMs: scheduler.nowMs,
      base: k,
      commands: 0,
      clients: this.#scenario.clients,
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

  /** Starts the engine until it serves, or to the n-th operation. */
  async #start(atOperation: number | undefined): Promise<Server> {
    const { machine, scheduler } = this.#world;
    this.#watch.begin(0);
    this.#watch.trigger = undefined;
    const server = new Server(this.#world, this.#module, this.#scenario, this.#watch);
    void server.settled.then(() => scheduler.stop());
    this.#watch.begin(server.process.pid);
    this.#watch.onOperation = (count) => {
      if (count === atOperation) scheduler.stop();
    };
    this.#server = server;
    await this.#world.run({ untilMs: scheduler.nowMs + PATIENCE_MS });
    this.#watch.onOperation = undefined;
    if (machine.violations.length > 0 && atOperation !== undefined) this.#checkAlive();
    return server;
  }

  /** A crash inside recovery; undefined when the recovery was over before. */
  async #crashInside(kind: CrashKind, operation: number): Promise<RecoveryCrashStory | undefined> {
    const server = await this.#start(operation);
    if (server.refusal !== undefined) this.#end('P12', startFailure(this.#world, server)!);
    if (server.engine !== undefined) return undefined;
    const atMs = this.#world.scheduler.nowMs;
    const report =
      kind === 'power' ? this.#world.machine.powerOff() : this.#world.machine.kill(server.process.pid);
    this.#noteCrash(report);
    if (this.#fall === undefined) {
      // Nothing was ever promised: both bounds are those of the empty beginning.
      const bounds = this.#bounds(kind);
      this.#fall = {
        kill: bounds,
        power: bounds,
        first: kind,
        atWallMs: this.#wallMs,
        lostPower: kind === 'power',
        undisturbed: 0,
        report,
      };
    } else {
      this.#fall.lostPower ||= kind === 'power';
      this.#fall.report = report;
    }
    this.#server = undefined;
    return { kind, atMs, operation };
  }

  async #read(server: Server): Promise<Reading> {
    return this.#talk('after the recovery', (connect) =>
      readEverything(connect(server), server, this.#scenario.settings.databases),
    );
  }

  /** A talk with the engine that must not fail. */
  async #talk<T>(when: string, talk: Parameters<typeof converse<T>>[1]): Promise<T> {
    try {
      return await converse(this.#world, talk);
    } catch (error) {
      if (!(error instanceof ReadingError)) throw error;
      this.#checkAlive('P12');
      this.#end('P12', `${when} ${error.message}`);
    }
  }

  /** Judges the main line's recovery and begins a new life there. Returns its k. */
  #judgeMain(snapshot: Snapshot, wallMs: number, server: Server): number {
    const fall = this.#fall;
    const where = this.#generation === 1 ? 'first start' : `recovery ${this.#generation - 1}`;
    const bounds: Bounds =
      fall === undefined
        ? { lower: 0, upper: 0, only: [0], because: 'nothing was ever written' }
        : fall.lostPower
          ? weaker(fall.power, fall.kill)
          : fall.kill;
    const kind: CrashKind = fall?.lostPower === true ? 'power' : 'kill';
    const verdict = this.#check(snapshot, wallMs, bounds);
    const story = this.#story.at(-1);
    if (story !== undefined) story.recoveredAtMs = this.#world.scheduler.nowMs;
    if (!verdict.ok) {
      this.#reportPrefix(verdict, bounds, kind, where, fall?.report);
      throw new Ended();
    }
    if (story !== undefined) {
      story.recovered = verdict.k;
      story.lostSinceMs = this.#history.unit(verdict.k + 1)?.executedAtMs;
      story.remarks = server.log
        .filter((line) => /trunc|cut|discard|repair|quarantine/i.test(line))
        .slice(-3);
    }
    if (fall !== undefined) {
      this.#weigh(verdict, bounds, kind);
      if (this.#history.expiredBetween(fall.atWallMs, wallMs))
        this.#situations.count('key-expired-between-crash-and-recovery');
    }
    const settled = fall?.undisturbed;
    if (
      settled !== undefined &&
      this.#scenario.persistence !== 'none' &&
      (fall!.first === 'power' || !fall!.lostPower) &&
      !verdict.allK.includes(settled)
    ) {
      this.#report({
        property: 'P11',
        message: `a recovery that was cut short changed what recovery gives: S_${verdict.k}, without the cut S_${settled}`,
        where,
      });
    }
    this.#beginLife(verdict);
    this.#fall = undefined;
    return this.#history.base;
  }

  #beginLife(verdict: Extract<PrefixVerdict, { readonly ok: true }>): void {
    if (this.#scenario.persistence === 'none') {
      this.#history.recoveredEmpty();
      return;
    }
    const last = this.#history.unit(this.#history.executed);
    if (last !== undefined && last.alternatives.length > 0)
      this.#history.settle(last, verdict.outcome ?? last.changes);
    this.#history.recoveredAt(verdict.k);
  }

  #check(snapshot: Snapshot, wallMs: number, bounds: Bounds): PrefixVerdict {
    return this.#scenario.persistence === 'none'
      ? checkEmpty(snapshot)
      : checkPrefix(this.#history, snapshot, wallMs, bounds);
  }

  /** Notes how a verdict lies between its bounds. */
  #weigh(verdict: Extract<PrefixVerdict, { readonly ok: true }>, bounds: Bounds, kind: CrashKind): void {
    this.#slack.push(bounds.upper - bounds.lower);
    if (bounds.upper === bounds.lower) return;
    if (verdict.allK.includes(bounds.lower)) this.#situations.count('k-is-lower-bound');
    else if (verdict.allK.includes(bounds.upper)) this.#situations.count('k-is-upper-bound');
    else this.#situations.count('k-inside-bounds');
    if (kind === 'power' && this.#scenario.appendfsync === 'everysec' && verdict.k < this.#history.observed)
      this.#situations.count('everysec-loss-within-window');
    if (verdict.k > this.#history.durable && verdict.k > bounds.lower)
      this.#situations.count('unsynced-survived');
  }

  // Crash ------------------------------------------------------------------------------------------------------------

  async #crash(generation: Generation, service: Service): Promise<void> {
    const { machine, scheduler } = this.#world;
    const { kind } = generation.crash;
    const story = this.#story.at(-1)!;
    const bounds = this.#bounds(kind);
    this.#countMoment(kind, service);
    const others = this.#otherStates();
    const children = machine.processes.size - 1;
    if (children > 0) this.#situations.count('crash-while-child-runs');
    const atMs = scheduler.nowMs;
    const report = kind === 'power' ? machine.powerOff() : machine.kill(this.#server!.process.pid);
    service.end();
    this.#server = undefined;
    this.#noteCrash(report);
    this.#fall = {
      kill: this.#bounds('kill'),
      power: this.#bounds('power'),
      first: kind,
      atWallMs: this.#wallMs,
      lostPower: kind === 'power',
      undisturbed: undefined,
      report,
    };
    const judged = await this.#judgeOthers(others, report);
    story.crash = {
      kind,
      atMs,
      moment: service.firedEarly
        ? describeMoment(generation.crash.when)
        : describeMoment({ at: 'end', afterMs: service.idledMs }),
      pending: tallyOf(report, this.#narrate),
      bounds,
      otherStates: others.length,
      distinctStates: judged.distinct,
      worstK: judged.worstK,
    };
  }

  get #wallMs(): number {
    return this.#scenario.startWallMs + Math.floor(this.#world.scheduler.nowMs);
  }

  #bounds(kind: CrashKind): Bounds {
    const { persistence, appendfsync, settings } = this.#scenario;
    const promises = { persistence, appendfsync, cronPeriodMs: 1000 / settings.hz };
    return boundsNow(this.#history, this.#times, promises, kind, this.#world.scheduler.nowMs);
  }

  #countMoment(kind: CrashKind, service: Service): void {
    const situations = this.#situations;
    situations.count(kind === 'power' ? 'power-loss' : 'kill');
    if (service.firedEarly && service.moment === 'reply') situations.count('crash-right-after-reply');
    if (service.firedEarly && service.moment === 'saved') situations.count('crash-right-after-save');
    if (this.#watch.renamePending) situations.count('crash-between-rename-and-directory-sync');
    if (this.#world.scheduler.nowMs - this.#watch.lastWriteAtMs > 2000 && this.#watch.lastWriteAtMs > 0)
      situations.count('idle-before-crash');
    const log = this.#world.machine.disk.find(`${DATA_DIRECTORY}/appendonlydir`);
    if (log?.kind === 'directory') {
      const names = this.#world.machine.disk.readdir(`${DATA_DIRECTORY}/appendonlydir`);
      if (names.filter((name) => name.endsWith('.incr.aof')).length > 1)
        situations.count('several-increments-at-crash');
      if (this.#watch.rewriteUnderway) situations.count('crash-while-rewriting');
    }
  }

  /**
   * More of the states that this instant could leave: of a loss of power, and of a kill. What a recovery accepts of the
   * latter is in the page cache only, and the power that fails next must not take it back (P11).
   */
  #otherStates(): OtherState[] {
    const profile = profileOf(this.#scenario);
    const { machine, choices } = this.#world;
    const { crashStates } = this.#scenario;
    const make = (kind: CrashKind, i: number): OtherState => {
      const prefix = `${kind === 'kill' ? 'killed' : 'state'} ${this.#generation}.${i + 1}`;
      const { disk, report } = crash(machine.disk, kind, profile, choices, { prefix });
      this.#situations.addAll(report.situations);
      return { kind, disk };
    };
    const losses = profile.losesPower ? crashStates : 0;
    const kills = profile.losesPower ? Math.min(1, crashStates) : crashStates;
    return [
      ...Array.from({ length: losses }, (_, i) => make('power', i)),
      ...Array.from({ length: kills }, (_, i) => make('kill', i)),
    ];
  }

  async #judgeOthers(
    states: readonly OtherState[],
    report: CrashReport,
  ): Promise<{ readonly distinct: number; readonly worstK: number }> {
    const seen = new Set<string>();
    let worstK = Infinity;
    for (const [i, { kind, disk }] of states.entries()) {
      this.#states++;
      const bounds = this.#fall![kind];
      // After a kill equal bytes are not equal disks: what is pending differs.
      const image =
        kind === 'kill' ? `killed ${this.#generation}.${i} ${fingerprint(disk)}` : fingerprint(disk);
      seen.add(image);
      const where = `crash state ${i + 1} beside ${report.kind === 'power' ? 'power loss' : 'kill'} ${this.#generation}`;
      const recovered = await this.#recoverImage(
        disk,
        image,
        where,
        kind === 'kill' || (i === 0 && this.#generation === 1),
      );
      if (!recovered.ok) {
        this.#report({
          property: recovered.property,
          message: recovered.why,
          where,
          ...this.#pending(report),
        });
        continue;
      }
      const wallMs = Math.max(recovered.wallMs, this.#wallMs);
      const verdict = this.#check(recovered.snapshot, wallMs, bounds);
      if (!verdict.ok) {
        this.#reportPrefix(verdict, bounds, kind, where, report);
        continue;
      }
      this.#weigh(verdict, bounds, kind);
      if (verdict.k < worstK) worstK = verdict.k;
    }
    return { distinct: seen.size, worstK: worstK === Infinity ? this.#fall!.power.lower : worstK };
  }

  /** Recovers an image in a world of its own, once: an equal image gives the same again. */
  async #recoverImage(disk: SimDisk, image: string, where: string, again: boolean): Promise<Recovered> {
    const known = this.#images.get(image);
    if (known !== undefined) return known;
    const elsewhere = await recoverElsewhere({
      scenario: this.#scenario,
      module: this.#module,
      disk,
      seed: `${this.#scenario.seed}/${where}`,
      startWallMs: this.#wallMs,
      again,
    });
    this.#sideEvents += elsewhere.events;
    this.#side.text(elsewhere.digest);
    this.#images.set(image, elsewhere.first);
    const { first, second } = elsewhere;
    if (first.ok && second !== undefined) this.#judgeAgain(first, second, elsewhere.probeLost, where);
    return first;
  }

  /** P11: a second recovery gives what the first one gave. */
  #judgeAgain(
    first: Extract<Recovered, { readonly ok: true }>,
    second: Recovered,
    probeLost: boolean,
    where: string,
  ): void {
    this.#situations.count('recovered-again');
    if (!second.ok) {
      this.#report({
        property: 'P11',
        message: `the first recovery served, the second did not: ${second.why}`,
        where,
      });
      return;
    }
    if (probeLost)
      this.#report({
        property: 'P11',
        message: 'a write that was acknowledged after the recovery is gone after the next one',
        where,
      });
    const before = fingerprintOf(this.#history, first.snapshot, second.wallMs);
    const after = fingerprintOf(this.#history, second.snapshot, second.wallMs);
    if (before !== after)
      this.#report({
        property: 'P11',
        message: 'the second recovery gave something else than the first',
        where,
      });
  }

  /** What a recovery gives when nothing disturbs it: P11 holds it against one that was cut short. */
  async #tryUndisturbed(fall: Fall): Promise<void> {
    const disk = cloneDisk(this.#world.machine.disk).disk;
    const image = fingerprint(disk);
    this.#states++;
    const recovered = await this.#recoverImage(disk, image, `undisturbed ${this.#generation}`, false);
    if (!recovered.ok) return;
    const verdict = this.#check(
      recovered.snapshot,
      recovered.wallMs,
      fall.lostPower ? fall.power : fall.kill,
    );
    if (verdict.ok) fall.undisturbed = verdict.k;
  }

  // The end ----------------------------------------------------------------------------------------------------------

  async #last(): Promise<void> {
    const server = await this.#start(undefined);
    const failure = startFailure(this.#world, server);
    if (failure !== undefined) this.#end('P12', failure);
    const read = await this.#read(server);
    this.#judgeMain(read.snapshot, read.wallMs, server);
    // What follows is no unit of the history: snapshots that hold it are none of the watcher's.
    this.#watch.serverPid = 0;
    const replies = await this.#talk('after the last recovery', (connect) =>
      connect(server).ask([
        ['SET', PROBE_KEY, 'alive'],
        ['GET', PROBE_KEY],
      ]),
    );
    if (replies[1] !== 'alive')
      this.#report({ property: 'P12', message: 'the engine does not take writes after its last recovery' });
    this.#world.machine.killAll();
  }

  // Reports ----------------------------------------------------------------------------------------------------------

  #noteCrash(report: CrashReport): void {
    this.#crashes++;
    this.#states++;
    if (report.pendingData + report.pendingNames > 0) this.#unsynced++;
    this.#situations.addAll(report.situations);
  }

  #reportPrefix(
    verdict: Extract<PrefixVerdict, { readonly ok: false }>,
    bounds: Bounds,
    kind: CrashKind,
    where: string,
    report: CrashReport | undefined,
  ): void {
    const property = this.#propertyOf(verdict, kind);
    const k = verdict.allK.length === 0 ? 'no prefix of the history' : `S_${verdict.allK.join(', S_')}`;
    const reach =
      bounds.only === undefined
        ? `S_${bounds.lower} to S_${bounds.upper}`
        : `one of S_${bounds.only.join(', S_')}`;
    this.#report({
      property,
      message: `recovered ${k}, expected ${reach}: ${bounds.because}`,
      bounds,
      allK: verdict.allK,
      ...(verdict.difference === undefined ? {} : { difference: verdict.difference }),
      ...(report === undefined ? {} : this.#pending(report)),
      where,
    });
  }

  #propertyOf(verdict: Extract<PrefixVerdict, { readonly ok: false }>, kind: CrashKind): Property {
    const { persistence, appendfsync } = this.#scenario;
    if (persistence === 'none') return 'P7';
    if (persistence === 'rdb') return 'P5';
    if (verdict.broken === 'prefix') return 'P1';
    if (appendfsync === 'always') return 'P2';
    return kind === 'kill' ? 'P4' : 'P3';
  }

  #pending(report: CrashReport): Pick<Violation, 'pending'> {
    return {
      pending: report
        .table()
        .slice(0, 40)
        .map(({ object, what, detail, fate }) => ({ operation: `${object} ${what} ${detail}`, fate })),
    };
  }

  #report(violation: Omit<Violation, 'generation' | 'simMs'>): void {
    if (this.#violations.length >= 20) return;
    this.#violations.push({ ...violation, generation: this.#generation, simMs: this.#world.scheduler.nowMs });
  }

  /** An exception that escaped the engine, or its unexpected end. */
  #checkAlive(property: Property = 'P21'): void {
    const fault = this.#service?.fault;
    if (fault !== undefined) throw new Error('the simulator failed inside an event', { cause: fault });
    for (const { error } of this.#world.machine.violations)
      this.#report({ property, message: `an exception escaped the engine: ${describeError(error)}` });
    if (this.#world.machine.violations.length > 0) throw new Ended();
    if (this.#server !== undefined && !this.#server.alive)
      this.#end(
        property,
        `the engine ended by itself: ${JSON.stringify(this.#server.process.status)}; its last words: ${this.#server.log.at(-1) ?? 'none'}`,
      );
  }

  #end(property: Property, message: string): never {
    this.#report({
      property,
      message,
      ...(this.#fall === undefined ? {} : this.#pending(this.#fall.report)),
    });
    throw new Ended();
  }

  #result(): RunResult {
    const scenario = this.#scenario;
    const { trace } = this.#world;
    for (const violation of this.#violations)
      trace.text('violation', `${violation.property} ${violation.message}`);
    trace.text('beside', this.#side.digest());
    const failed = this.#violations.length > 0;
    return {
      seed: scenario.seed,
      verdict: failed ? 'fail' : 'pass',
      trace: trace.digest(),
      profile: scenario.profile,
      persistence: scenario.persistence,
      appendfsync: scenario.appendfsync,
      commands: this.#commands,
      crashes: this.#crashes,
      crashesWithUnsyncedData: this.#unsynced,
      crashStates: this.#states,
      distinctCrashStates: this.#images.size,
      events: this.#world.scheduler.events + this.#sideEvents,
      simMs: Math.round(this.#world.scheduler.nowMs),
      violations: this.#violations,
      situations: this.#situations.record(),
      slack: this.#slack,
      story: this.#story,
      startWallMs: scenario.startWallMs,
      choices: failed ? this.#world.choices.record() : undefined,
      fault: undefined,
    };
  }
}

function lateChildren(
  module: EngineModule,
  watch: { readonly current: LogWatch | undefined },
): EngineModule['childMains'] {
  return new Map(
    [...module.childMains].map(([name, main]) => [
      name,
      (host, image, args) =>
        main(watch.current === undefined ? host : watchHost(host, watch.current), image, args),
    ]),
  );
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
