/**
 * The course of a run: life after life of the engine on one machine, and the judgement of each.
 *
 * A generation starts the engine (perhaps dying inside its recovery, more than once), has everything read and judged,
 * lets the clients work until the lights go out, and judges a few more of the states that this crash could have left. After
 * the last one there is one more recovery, and a write.
 */
import { describeReply, isError } from '../oracle/reply.ts';
import { filesOf } from '../disk/index.ts';
import { findLeaks } from '../oracle/leaks.ts';
import { BudgetError } from '../world/index.ts';
import type { TraceEvent } from '../world/index.ts';
import { Adversity } from './adversity.ts';
import { PROBE_KEY } from './elsewhere.ts';
import type { EngineModule } from './engine-module.ts';
import { Judgement } from './judgement.ts';
import { LightsOut } from './lights-out.ts';
import { PATIENCE_MS } from './reading.ts';
import type { RunResult } from './result.ts';
import { Rising } from './rising.ts';
import type { Generation, Scenario } from './schema.ts';
import { DATA_DIRECTORY } from './server.ts';
import { Service } from './service.ts';
import { Ended, Stage } from './stage.ts';
import type { Visitor } from './visitor.ts';

export class Course {
  readonly #scenario: Scenario;
  readonly #stage: Stage;
  readonly #judgement: Judgement;
  readonly #lightsOut: LightsOut;
  readonly #rising: Rising;
  #commands = 0;

  constructor(
    scenario: Scenario,
    module: EngineModule,
    narrate: boolean,
    visitor?: Visitor,
    recordTrace = false,
  ) {
    this.#scenario = scenario;
    this.#stage = new Stage(scenario, module, visitor, recordTrace);
    this.#judgement = new Judgement(this.#stage);
    this.#lightsOut = new LightsOut(this.#stage, this.#judgement, narrate);
    this.#rising = new Rising(this.#stage, this.#judgement, this.#lightsOut);
  }

  /** What has happened so far, where it is recorded. */
  events(): readonly TraceEvent[] {
    return this.#stage.world.trace.events();
  }

  async run(): Promise<RunResult> {
    const stage = this.#stage;
    const { generations } = this.#scenario;
    try {
      for (const [index, generation] of generations.entries()) {
        stage.generation = index + 1;
        await this.#live(generation);
      }
      stage.generation = generations.length + 1;
      await this.#last();
    } catch (error) {
      if (error instanceof BudgetError)
        stage.report({ property: stage.watch.serving ? 'P21' : 'P12', message: error.message });
      else if (!(error instanceof Ended)) throw error;
    }
    await stage.visitor?.settle(stage);
    return this.#result();
  }

  async #live(generation: Generation): Promise<void> {
    const stage = this.#stage;
    await this.#rising.recover(generation);
    const story = stage.story.at(-1)!;
    const service = this.#serve(generation);
    stage.service = service;
    const { scheduler } = stage.world;
    await stage.run(scheduler.nowMs + service.longestMs, () => service.reached(scheduler.events));
    story.commands = service.commands;
    story.units = stage.history.executed - stage.history.base;
    story.saves = stage.watch.saves.length;
    story.rewrites = stage.watch.rewrites;
    this.#commands += service.commands;
    stage.checkAlive();
    for (const late of service.unanswered(PATIENCE_MS)) stage.report({ property: 'P21', message: late });
    service.checkEnd();
    await this.#lightsOut.crash(generation, service);
  }

  #serve(generation: Generation): Service {
    const stage = this.#stage;
    const { world, module, history, watch, savePoints, cadence, logSwitch, scenario, situations, weather } =
      stage;
    const server = stage.server!;
    const adversity = new Adversity({
      world,
      module,
      scenario,
      server,
      watch,
      weather,
      situations,
      trespassed: (message) => stage.report({ property: 'P20', message }),
    });
    stage.adversity = adversity;
    server.process.onEnd = () => world.scheduler.stop();
    const service = new Service({
      world,
      server,
      adversity,
      history,
      watch,
      savePoints,
      cadence,
      logSwitch,
      scenario,
      generation,
      situations,
      mostUnsyncedMs: module.defaultSettings().aofMaxUnsyncedMs,
      report: (property, message) => stage.report({ property, message }),
    });
    service.start();
    return service;
  }

  async #last(): Promise<void> {
    const stage = this.#stage;
    await this.#rising.serve();
    // What follows is no unit of the history: snapshots that hold it are none of the watcher's.
    stage.watchers.dismiss();
    await this.#checkAlive();
    await this.#checkLeaks();
    stage.judgeManifests();
    stage.world.machine.killAll();
  }

  /** P12: writes are taken. Where a sync of the life before hangs yet they may be refused, until that has ended. */
  async #checkAlive(): Promise<void> {
    const stage = this.#stage;
    const { scheduler } = stage.world;
    const patientUntilMs = scheduler.nowMs + this.#rising.patienceMs;
    for (;;) {
      const [taken, value] = await this.#rising.talk('after the last recovery', (connect) =>
        connect(stage.server!).ask([
          ['SET', PROBE_KEY, 'alive'],
          ['GET', PROBE_KEY],
        ]),
      );
      if (value === 'alive') return;
      const waits = isError(taken!) && taken.error.includes('has not confirmed the log');
      if (!waits || scheduler.nowMs > patientUntilMs) {
        const told = describeReply(taken!);
        stage.report({
          property: 'P12',
          message: `the engine does not take writes after its last recovery: ${told}`,
        });
        return;
      }
      await stage.run(scheduler.nowMs + 1000, () => false);
    }
  }

  /** P16, where nothing runs, or ran since the start, that may still write: no save, no rewrite, no orphan of an earlier life. */
  async #checkLeaks(): Promise<void> {
    const stage = this.#stage;
    const { machine } = stage.world;
    const [info] = await this.#rising.talk('at the end', (connect) =>
      connect(stage.server!).ask([['INFO', 'persistence']]),
    );
    const isQuiet =
      typeof info === 'string' &&
      info.includes('rdb_bgsave_in_progress:0') &&
      info.includes('aof_rewrite_in_progress:0');
    if (!isQuiet || machine.processes.size > 1 || this.#rising.hadOrphans) return;
    stage.situations.count('files-accounted-for');
    const { leaked, missing } = findLeaks(filesOf(machine.disk), DATA_DIRECTORY);
    if (leaked.length > 0)
      stage.report({ property: 'P16', message: `nothing accounts for ${leaked.join(', ')}` });
    if (missing.length > 0)
      stage.report({ property: 'P16', message: `the manifest names ${missing.join(', ')}, not there` });
  }

  #result(): RunResult {
    const stage = this.#stage;
    const scenario = this.#scenario;
    const { world, violations, situations, story } = stage;
    const judgement = this.#judgement;
    for (const violation of violations)
      world.trace.text('violation', `${violation.property} ${violation.message}`);
    world.trace.text('beside', judgement.side.digest());
    if (stage.manifestsJudged > 0) situations.count('manifest-resolved', stage.manifestsJudged);
    const failed = violations.length > 0;
    return {
      seed: scenario.seed,
      verdict: failed ? 'fail' : 'pass',
      trace: world.trace.digest(),
      profile: scenario.profile,
      persistence: scenario.persistence,
      appendfsync: scenario.appendfsync,
      commands: this.#commands,
      crashes: this.#lightsOut.crashes,
      crashesWithUnsyncedData: this.#lightsOut.unsynced,
      crashStates: this.#lightsOut.crashes + judgement.states,
      distinctCrashStates: judgement.distinctImages,
      events: world.scheduler.events + judgement.sideEvents,
      simMs: Math.round(world.scheduler.nowMs),
      violations,
      situations: situations.record(),
      slack: judgement.slack,
      kept: judgement.kept,
      story,
      startWallMs: scenario.startWallMs,
      choices: failed ? world.choices.record() : undefined,
      milestones: failed ? world.trace.milestones() : undefined,
      fault: undefined,
    };
  }
}
