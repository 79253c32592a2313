/**
 * The machine: a disk, and the processes on it.
 *
 * It starts processes, ends them, and loses power. When a process ends, by exit or by kill, its operations in flight may
 * have happened in full, in part or not at all (choices), its locks vanish and its descriptors close; the page cache
 * stays. When the power fails all processes end at once and the disk becomes one of those that the profile allows.
 */
import type { ChildMain, ExitStatus, Json } from '../../src/ports/process.ts';
import { choosePortion, countPending, crash, performPortion } from '../disk/crash.ts';
import { CrashTally } from '../disk/crash-report.ts';
import type { CrashReport } from '../disk/crash-report.ts';
import { DiskDoor } from '../disk/door.ts';
import type { Faults } from '../disk/faults.ts';
import { fingerprint } from '../disk/fingerprint.ts';
import type { Latency } from '../disk/latency.ts';
import type { CrashSettings, Profile } from '../disk/profile.ts';
import type { SimDisk } from '../disk/sim-disk.ts';
import type { Choices } from '../draws/choices.ts';
import type { ClockContext, LateTimers, Wall } from './clock.ts';
import { SimForkError } from './fork-error.ts';
import { SimProcess } from './process.ts';
import type { Main } from './process.ts';
import type { Streams } from '../draws/random.ts';
import type { Scheduler } from './scheduler.ts';
import { Stalls } from './stalls.ts';
import type { Trace } from './trace.ts';

/** Something that escaped from a process: a violation by itself. */
export interface Violation {
  readonly kind: 'exception' | 'rejection';
  readonly error: unknown;
  /** Undefined where nobody can tell which process it came from. */
  readonly pid: number | undefined;
  readonly atMs: number;
}

/** What a process may have to suffer beside its disk. Each is off by default. */
export interface ProcessFaults {
  /** A fork fails, with ENOMEM or EAGAIN. */
  readonly forkErrorChance?: number;
  readonly memory?: MemoryBudget;
}

/**
 * The memory of the machine. What processes use is what they say (`SimProcess.residentBytes`); a child shares all of it
 * with its parent, and what the parent copies before it writes counts as the parent's.
 */
export interface MemoryBudget {
  readonly bytes: number;
  /** True: a fork never fails for want of memory, and somebody is killed when there is none left. False: it needs as much again as its parent uses. */
  readonly overcommit: boolean;
}

export interface MachineOptions {
  readonly disk: SimDisk;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly streams: Streams;
  readonly choices: Choices;
  readonly profile: Profile;
  readonly crash: CrashSettings;
  readonly latency: Latency;
  readonly faults: Faults | undefined;
  readonly processFaults: ProcessFaults;
  readonly childMains: ReadonlyMap<string, ChildMain>;
  readonly wall: Wall;
  readonly timerLateness: number;
  readonly lateTimers: LateTimers | undefined;
  readonly immediateWriteChance: number;
  readonly orphanMs: number;
}

export class Machine {
  readonly scheduler: Scheduler;
  readonly stalls = new Stalls();
  readonly violations: Violation[] = [];
  /** Every crash so far, oldest first. */
  readonly crashes: CrashReport[] = [];
  /** The disk as it is now: another one after each loss of power. */
  disk: SimDisk;
  /** Children that have ended and whose parents do not know it yet, by pid: nobody else gets that pid before. */
  readonly zombies = new Map<number, SimProcess>();
  readonly #options: MachineOptions;
  readonly #processes = new Map<number, SimProcess>();
  #generation = 0;
  #forks = 0;
  #ends = 0;
  #kills = 0;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.scheduler = options.scheduler;
    this.disk = options.disk;
    this.disk.cheat = options.profile.cheat?.(options.choices);
  }

  /** The living processes, by pid. */
  get processes(): ReadonlyMap<number, SimProcess> {
    return this.#processes;
  }

  /** How many forks were tried on this machine. */
  get forks(): number {
    return this.#forks;
  }

  /** How many times `spawn` has begun a new life on this machine. */
  get generation(): number {
    return this.#generation;
  }

  /** Begins the keys of the choices that the next loss of power will ask for. */
  get nextCrash(): string {
    return `crash ${this.crashes.length + 1}`;
  }

  /** Begins the keys of the choices that the next end of a process will ask for. */
  get nextEnd(): string {
    return `end ${this.#ends + 1}`;
  }

  /** Starts a process. Its main runs in an event of its own, at this virtual time. */
  spawn(main: Main, name = 'main'): SimProcess {
    this.#generation++;
    if (this.disk.keys.generation < this.#generation) this.disk.keys.generation = this.#generation;
    const process = new SimProcess(this, this.#freePid(), name, 1, undefined);
    this.#start(process, 0, () => main(process.host));
    return process;
  }

  /**
   * Ends a process as SIGKILL does, now. The page cache survives. Returns what became of its operations in flight.
   * Its children live on as orphans.
   */
  kill(pid: number): CrashReport {
    const process = this.#processes.get(pid);
    if (process === undefined) throw new Error(`no living process has the pid ${pid}`);
    return this.end(process, { code: null, signal: 'SIGKILL' });
  }

  /** Ends all processes as `kill` does. */
  killAll(): void {
    for (const pid of [...this.#processes.keys()].sort((a, b) => a - b)) this.kill(pid);
  }

  /**
   * The power fails: all processes end, and the disk becomes what it may be after that. Under a profile that never loses
   * power it is a kill of everything.
   */
  powerOff(): CrashReport {
    const { trace, profile, choices, latency } = this.#options;
    const prefix = this.nextCrash;
    const result = crash(this.disk, 'power', profile, choices, { ...this.#options.crash, prefix });
    for (const process of this.#processes.values()) {
      process.status = { code: null, signal: 'SIGKILL' };
      process.door.shut();
    }
    this.#processes.clear();
    this.disk = result.disk;
    latency.busyUntilUs = 0;
    trace.event('power off', result.report.pendingData, result.report.pendingNames, result.report.lost);
    trace.text('image', fingerprint(this.disk));
    this.crashes.push(result.report);
    return result.report;
  }

  /** The whole machine stands still, as a virtual one that is moved: both clocks go on, nothing else does. */
  pause(forMs: number): void {
    const { scheduler, stalls } = this;
    const fromMs = scheduler.nowMs;
    scheduler.skip(forMs);
    this.#options.trace.event('paused', forMs);
    for (const pid of this.#processes.keys()) stalls.note(pid, fromMs, scheduler.nowMs);
  }

  /** The wall jumps, either way. */
  jumpWall(byMs: number): void {
    this.#options.wall.offsetMs += byMs;
    this.#options.trace.event('wall jumps', byMs);
  }

  /** The wall is slewed by NTP: it gains (or loses) a millisecond at a time, evenly over `overMs`. */
  slewWall(byMs: number, overMs: number): void {
    const steps = Math.abs(Math.trunc(byMs));
    for (let step = 1; step <= steps; step++)
      this.scheduler.after((overMs * step) / steps, 'slew', () => {
        this.#options.wall.offsetMs += Math.sign(byMs);
      });
  }

  /**
   * Looks whether the memory is used up, and ends somebody if it is: a child as a rule, since it counts for as much as its
   * parent and the system likes it less. To be called when a process has grown. Returns the victim.
   */
  spareMemory(): SimProcess | undefined {
    const { choices, processFaults, trace } = this.#options;
    const { memory } = processFaults;
    if (memory === undefined || this.#residentBytes() <= memory.bytes) return undefined;
    const living = [...this.#processes.values()];
    const children = living.filter((process) => process.forked);
    const parents = living.filter((process) => !process.forked);
    const key = `oom ${++this.#kills}`;
    const takesParent =
      parents.length > 0 &&
      (children.length === 0 || choices.choose(key, 2, choices.uniform(key) < 0.2 ? 1 : 0) === 1);
    const victim = takesParent ? parents.at(-1) : children.at(-1);
    if (victim === undefined) return undefined;
    trace.text('out of memory', victim.name, victim.pid);
    this.end(victim, { code: null, signal: 'SIGKILL' });
    return victim;
  }

  #residentBytes(): number {
    let total = 0;
    for (const process of this.#processes.values()) total += process.residentBytes?.() ?? 0;
    return total;
  }

  // For processes ------------------------------------------------------------------------------------------------------

  /** Ends a process: what `kill`, `exit`, signals and escaped exceptions have in common. */
  end(process: SimProcess, status: ExitStatus): CrashReport {
    const { choices, trace, profile } = this.#options;
    const tally = new CrashTally(true);
    const { disk } = this;
    if (process.alive) {
      const prefix = this.nextEnd;
      this.#ends++;
      process.status = status;
      this.#processes.delete(process.pid);
      if (disk.syncing > 0) tally.count('crash-inside-sync');
      process.door.shut((operation) => {
        const portion = choosePortion(operation, choices, prefix, tally);
        trace.text('in flight', operation.key, portion);
        performPortion(operation, portion, disk, (inode) => inode);
      });
      trace.text('end', status.signal ?? 'exit', status.code ?? process.pid);
      for (const child of process.children) this.#orphan(child);
      process.parent?.children.delete(process);
      const { onEnd } = process;
      if (onEnd !== undefined && (process.parent === undefined || process.parent.alive)) onEnd(status);
    }
    countPending(disk, tally);
    const report: CrashReport = {
      kind: 'kill',
      profile: profile.name,
      pendingData: tally.pendingData,
      pendingNames: tally.pendingNames,
      lost: 0,
      situations: tally.situations,
      table: () => tally.rows ?? [],
    };
    process.endReport ??= report;
    if (status.signal === 'SIGKILL' && !process.forked) this.crashes.push(report);
    return report;
  }

  fork(parent: SimProcess, image: unknown, mainName: string, args: Json): SimProcess {
    const { childMains, streams, choices, processFaults } = this.#options;
    const main = childMains.get(mainName);
    if (main === undefined) throw new Error(`no child main is registered under '${mainName}'`);
    const copy = copyOf(args);
    const key = `fault/fork ${mainName}:${++this.#forks}`;
    const chance = processFaults.forkErrorChance ?? 0;
    const u = choices.uniform(key);
    const failure = choices.choose(key, 3, u < chance / 2 ? 1 : u < chance ? 2 : 0);
    if (failure > 0) throw new SimForkError(failure === 1 ? 'ENOMEM' : 'EAGAIN');
    const { memory } = processFaults;
    if (memory?.overcommit === false) {
      const wantedBytes = this.#residentBytes() + (parent.residentBytes?.() ?? 0);
      if (wantedBytes > memory.bytes) throw new SimForkError('ENOMEM');
    }
    const draws = streams.stream('process');
    const slowness = draws.pick(SLOWNESS);
    const child = new SimProcess(this, this.#freePid(), mainName, slowness, parent);
    parent.children.add(child);
    this.#start(child, draws.float() * slowness, () => main(child.host, image, copy));
    return child;
  }

  door(process: SimProcess): DiskDoor {
    const { scheduler, trace, streams, latency, faults, immediateWriteChance } = this.#options;
    return new DiskDoor({
      disk: this.disk,
      tenant: process,
      scheduler,
      trace,
      draws: streams.stream('disk'),
      latency,
      faults,
      immediateWriteChance,
    });
  }

  clockContext(process: SimProcess): ClockContext {
    const { scheduler, wall, streams, timerLateness, lateTimers } = this.#options;
    return {
      scheduler,
      tenant: process,
      wall,
      draws: streams.stream('clock'),
      lateness: timerLateness,
      lateTimers,
      stalls: this.stalls,
    };
  }

  entropy(lengthBytes: number): Uint8Array {
    return this.#options.streams.stream('entropy').bytes(lengthBytes);
  }

  /** How long the news of a child's end, or a signal, is under way. */
  noticeDelayMs(): number {
    const u = this.#options.streams.stream('process').float();
    return u < 0.8 ? u : u * 20;
  }

  /** Something escaped from a process's code: it ends, as it would under Node, and that is a violation. */
  escaped(process: SimProcess, error: unknown): void {
    if (!process.alive) return;
    const { trace } = this.#options;
    trace.text('escaped', String(error), process.pid);
    this.violations.push({ kind: 'exception', error, pid: process.pid, atMs: this.scheduler.nowMs });
    this.end(process, { code: 1, signal: null });
  }

  #start(process: SimProcess, delayMs: number, main: () => Promise<number>): void {
    this.#processes.set(process.pid, process);
    this.#options.trace.text('start', process.name, process.pid);
    process.after(delayMs, 'main', () => {
      main().then(
        (code) => {
          if (process.alive) this.end(process, { code, signal: null });
        },
        (error: unknown) => {
          if (process.forked) this.#childFailed(process, error);
          else this.escaped(process, error);
        },
      );
    });
  }

  /** A child's rejection ends it with code 1: that is its contract, not a violation. */
  #childFailed(process: SimProcess, error: unknown): void {
    if (!process.alive) return;
    this.#options.trace.text('child failed', String(error), process.pid);
    this.end(process, { code: 1, signal: null });
  }

  /** A child without its parent goes on: to its end, or for a while. */
  #orphan(child: SimProcess): void {
    child.parent = undefined;
    child.onEnd = undefined;
    const draws = this.#options.streams.stream('process');
    const runsOn = draws.chance(0.4);
    const delayMs = draws.float() * this.#options.orphanMs;
    if (runsOn) return;
    this.scheduler.after(delayMs, 'orphan ends', () => child.deliver('SIGKILL'), child);
  }

  /** The lowest pid that no process has: reused at once, as in a container. */
  #freePid(): number {
    let pid = 1;
    while (this.#processes.has(pid) || this.zombies.get(pid)?.alive === true) pid++;
    return pid;
  }
}

/** What arrives where a value is sent as JSON: nothing of it is shared with the sender. */
function copyOf(value: Json): Json {
  if (typeof value !== 'object' || value === null) {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new TypeError(`a child's arguments hold ${String(value)}, which is no JSON`);
  }
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) copy[name] = copyOf(member);
  return copy;
}

/** How much slower than its parent a child's I/O is, by a draw. */
const SLOWNESS = [0.1, 0.5, 1, 1, 1, 4, 20] as const;
