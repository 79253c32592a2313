/**
 * Adversity: what befalls the server and its machine in one generation beside the crash that ends it.
 *
 * It takes the fault steps of a scenario, decides the fates of children, and remembers what has happened, so that the
 * oracle knows which ends, refusals and delays are the engine's right, and which are not.
 */
import type { SimProcess, World } from '../world/index.ts';
import type { EngineModule } from './engine-module.ts';
import type { LogWatch } from './log-watch.ts';
import type { Watcher } from './observer.ts';
import type { FaultStep, Scenario } from './schema.ts';
import { Server } from './server.ts';
import type { SituationCounter } from './situations.ts';
import type { DiskWeather } from './weather.ts';

/** A child's fate comes within that many of its disk operations. */
const FATEFUL_OPERATIONS = 12;
/** The most that the news of a child's end is late. */
export const LATE_NEWS_MS = 4000;

export interface AdversityOptions {
  readonly world: World;
  readonly module: EngineModule;
  readonly scenario: Scenario;
  readonly server: Server;
  readonly watch: LogWatch;
  readonly weather: DiskWeather;
  readonly situations: SituationCounter;
  /** A second server did what it must not. */
  trespassed(message: string): void;
}

export class Adversity {
  /** The memory was used up, and the server was the one to go. */
  tookServer = false;
  /** How often the server was told to end, and when first. */
  signals = 0;
  signalledAtMs: number | undefined;
  /** When the last disk fault ended: the disk, and the room on it, have been good since. Undefined before any, and while there is one. */
  healedAtMs: number | undefined;
  /** The policy is `always`, or was at some time of this life: an error of the log ends the server. */
  mayStopForItsLog: boolean;
  readonly #o: AdversityOptions;
  /** What waits for a fork. */
  readonly #atFork: FaultStep[] = [];
  /** Children whose end was decided: after how many operations, with which code (none: SIGKILL). */
  readonly #fates = new Map<number, { left: number; readonly code: number | undefined }>();
  readonly #decides: boolean;
  #second: Server | undefined;

  constructor(options: AdversityOptions) {
    this.#o = options;
    const { scenario, watch } = options;
    this.mayStopForItsLog = scenario.appendfsync === 'always';
    const { childKillChance, childFailChance, childLateChance } = scenario.faults ?? {};
    const decides = (childKillChance ?? 0) + (childFailChance ?? 0) + (childLateChance ?? 0) > 0;
    this.#decides = decides;
    watch.onForked = (pid) => this.#forked(pid);
    watch.onChildOperation = decides ? (pid) => this.#childOperates(pid) : undefined;
  }

  /** True while a fault of the disk is on. */
  get diskErrs(): boolean {
    return !this.#o.weather.isGood;
  }

  /** True when any fault of the disk was on in this generation. */
  get diskErred(): boolean {
    return this.#o.weather.wasBad;
  }

  take(step: FaultStep): void {
    const { world, server, situations, weather } = this.#o;
    const { machine } = world;
    switch (step.kind) {
      case 'wall':
        this.#noteWall();
        if (step.atFork === true) this.#atFork.push(step);
        else if (step.overMs === undefined) machine.jumpWall(step.byMs);
        else machine.slewWall(step.byMs, step.overMs);
        return;
      case 'pause':
        situations.count('machine-paused');
        machine.pause(step.forMs);
        return;
      case 'stop': {
        const process = step.who === 'server' ? server.process : this.#newestChild();
        if (process === undefined) {
          this.#atFork.push(step);
          return;
        }
        situations.count(step.who === 'server' ? 'server-stopped' : 'child-stopped');
        process.stop(step.forMs);
        return;
      }
      case 'signal':
        if (step.atFork === true) this.#atFork.push(step);
        else this.#signal(step.signal);
        return;
      case 'second':
        this.#startSecond();
        return;
      case 'disk':
        weather.change(step.plan);
        this.#noteHealth();
        return;
      case 'space':
        weather.leave(step.freeBytes);
        this.#noteHealth();
        return;
    }
  }

  /** Whoever grew may have used up the memory. */
  grown(): void {
    const { world, server, situations, scenario } = this.#o;
    if (scenario.faults?.memory === undefined) return;
    const victim = world.machine.spareMemory();
    if (victim === undefined) return;
    if (victim === server.process) this.tookServer = true;
    situations.count(victim === server.process ? 'server-out-of-memory' : 'child-out-of-memory');
  }

  /** Why the server may have ended by itself, in words; undefined when it had no right to. */
  get excuse(): string | undefined {
    const { server, watch } = this.#o;
    const { status } = server.process;
    if (status === undefined) return undefined;
    if (this.tookServer) return 'when the memory was used up';
    if (this.endedWell) return 'after it had shut down';
    if (this.signals > 1 && status.code === 1) return 'when it was told to end a second time';
    const failStop = this.mayStopForItsLog && watch.logFailedAtMs !== undefined;
    return failStop && status.code === 1 ? 'when its log could not be written' : undefined;
  }

  /** It was told to end, and said that all went well. */
  get endedWell(): boolean {
    return this.signals > 0 && this.#o.server.process.status?.code === 0;
  }

  /** Nothing more befalls: the lights are out. */
  end(): void {
    const { world, watch, weather } = this.#o;
    watch.onForked = undefined;
    watch.onChildOperation = undefined;
    weather.clear();
    if (this.#second?.alive === true) world.machine.kill(this.#second.process.pid);
    this.#second = undefined;
  }

  #signal(signal: 'SIGTERM' | 'SIGINT'): void {
    const { world, server, situations } = this.#o;
    this.signals++;
    this.signalledAtMs ??= world.scheduler.nowMs;
    situations.count(this.#newestChild() === undefined ? 'signalled' : 'signalled-while-child-runs');
    server.process.deliver(signal);
  }

  #noteWall(): void {
    const { situations, watch, world } = this.#o;
    situations.count('wall-jump');
    if (watch.lastWriteAtMs > watch.lastSyncedAtMs && world.scheduler.nowMs > 0)
      situations.count('wall-jump-while-unsynced');
  }

  #noteHealth(): void {
    const { weather, world } = this.#o;
    this.healedAtMs = weather.isGood && weather.wasBad ? world.scheduler.nowMs : undefined;
  }

  #newestChild(): SimProcess | undefined {
    return [...this.#o.server.process.children].at(-1);
  }

  #forked(pid: number): void {
    const { world, scenario, situations } = this.#o;
    const { choices, machine } = world;
    for (const step of this.#atFork.splice(0)) {
      if (step.kind === 'wall') {
        machine.jumpWall(step.byMs);
        situations.count('wall-jump-at-fork');
      } else if (step.kind === 'stop') {
        machine.processes.get(pid)?.stop(step.forMs);
        situations.count('child-stopped');
      } else if (step.kind === 'signal') {
        // Not within the fork, where its code is on the stack.
        this.#o.server.process.after(0, 'signal', () => this.#signal(step.signal));
      }
    }
    if (!this.#decides) return;
    const { childKillChance = 0, childFailChance = 0, childLateChance = 0 } = scenario.faults ?? {};
    const key = `child ${machine.forks}`;
    const u = choices.uniform(key);
    const kill = u < childKillChance;
    const fail = u < childKillChance + childFailChance;
    const late = u < childKillChance + childFailChance + childLateChance;
    const fate = choices.choose(key, 4, kill ? 1 : fail ? 2 : late ? 3 : 0);
    if (fate === 3) {
      const child = machine.processes.get(pid);
      if (child !== undefined) child.newsDelayMs = choices.uniform(`${key}/late`) * LATE_NEWS_MS;
      situations.count('child-news-late');
    } else if (fate > 0) {
      const left = choices.choose(`${key}/at`, FATEFUL_OPERATIONS) + 1;
      this.#fates.set(pid, { left, code: fate === 1 ? undefined : choices.choose(`${key}/code`, 3) + 1 });
    }
  }

  #childOperates(pid: number): void {
    const fate = this.#fates.get(pid);
    if (fate === undefined || --fate.left > 0) return;
    this.#fates.delete(pid);
    const { machine } = this.#o.world;
    const child = machine.processes.get(pid);
    if (child === undefined) return;
    this.#o.situations.count(fate.code === undefined ? 'child-killed' : 'child-failed');
    machine.end(
      child,
      fate.code === undefined ? { code: null, signal: 'SIGKILL' } : { code: fate.code, signal: null },
    );
  }

  /** P20: it must refuse, and touch nothing before. */
  #startSecond(): void {
    const { world, module, scenario, server, situations } = this.#o;
    if (this.#second?.alive === true || this.signals > 0 || !server.alive) return;
    let changes = 0;
    const second: Server = new Server(world, module, scenario, {
      ...blind,
      changing: () => {
        if (++changes === 1 && server.alive)
          this.#o.trespassed(
            'a second server on the directory changed something in it while the first one lives',
          );
      },
    });
    this.#second = second;
    void second.settled.then(() => {
      if (second.refusal !== undefined) situations.count('second-server-refused');
      else if (server.alive) this.#o.trespassed('a second server serves the directory of one that lives');
    });
  }
}

const nothing = (): void => {};

/** A watcher that sees nothing. */
const blind: Watcher = {
  operation: nothing,
  changing: nothing,
  created: nothing,
  writeBegan: () => nothing,
  syncBegan: () => nothing,
  renameBegan: nothing,
  renamed: nothing,
  directorySyncBegan: () => nothing,
  forked: nothing,
  namingFailed: nothing,
  forkFailed: nothing,
  childEnded: nothing,
  childKilled: nothing,
};
