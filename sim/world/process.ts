/**
 * SimProcess: one life of one process, with its own clock and its own door to the disk.
 *
 * It lives until it exits, is killed, or something escapes from its code. After that nothing of it ever runs again: its
 * events are dropped, its port calls do nothing and never settle, so that no `catch` and no `finally` runs, just as after
 * SIGKILL. A child is such a process too, with a speed of its own; it outlives its parent unless somebody ends it.
 */
import type { Child, ExitStatus, Frozen, Host, Json, Process, Signal } from '../../src/ports/process.ts';
import type { CrashReport } from '../disk/crash-report.ts';
import type { DiskDoor, Tenant } from '../disk/door.ts';
import { never } from '../disk/never.ts';
import { SimClock } from './clock.ts';
import type { Machine } from './machine.ts';

/** What a process runs. Resolves to its exit code. */
export type Main = (host: Host) => Promise<number>;

export class SimProcess implements Process, Tenant {
  readonly pid: number;
  readonly slowness: number;
  readonly name: string;
  readonly host: Host;
  readonly door: DiskDoor;
  /** True for a process that was forked, also when its parent is gone. */
  readonly forked: boolean;
  /** The process that forked this one, while it lives. */
  parent: SimProcess | undefined;
  readonly children = new Set<SimProcess>();
  /** How it ended; undefined while it lives. */
  status: ExitStatus | undefined;
  /** Called once when the process has ended, by whoever started it in the scenario. Runs inside the event that ended it. */
  onEnd: ((status: ExitStatus) => void) | undefined;
  /**
   * For a child: how long the news of its end is under way to its parent, in milliseconds; Infinity for news that is lost.
   * Undefined: a draw, as a rule below one.
   */
  newsDelayMs: number | undefined;
  /** What became of its operations in flight; undefined while it lives, and after a loss of power. */
  endReport: CrashReport | undefined;
  /** How much memory it uses, in bytes, where somebody can tell. */
  residentBytes: (() => number) | undefined;
  /** Until when it is stopped, in virtual time. */
  stoppedUntilMs = 0;
  readonly #machine: Machine;
  #onSignal: ((signal: Signal) => void) | undefined;

  constructor(machine: Machine, pid: number, name: string, slowness: number, parent: SimProcess | undefined) {
    this.#machine = machine;
    this.pid = pid;
    this.name = name;
    this.slowness = slowness;
    this.forked = parent !== undefined;
    this.parent = parent;
    this.door = machine.door(this);
    this.host = { clock: new SimClock(machine.clockContext(this)), disk: this.door, process: this };
  }

  get alive(): boolean {
    return this.status === undefined;
  }

  /** Runs code of this process now: nothing when it is dead; what escapes ends it and is a violation. */
  enter(run: () => void): void {
    if (this.status !== undefined) return;
    try {
      run();
    } catch (error) {
      this.#machine.escaped(this, error);
    }
  }

  /** Schedules code of this process, such as input that arrives. Nothing happens when it is dead by then. */
  after(delayMs: number, label: string, run: () => void): void {
    const { scheduler } = this.#machine;
    const awakeMs = this.stoppedUntilMs - scheduler.nowMs;
    scheduler.after(awakeMs > delayMs ? awakeMs : delayMs, label, () => this.enter(run), this);
  }

  // The Process port ---------------------------------------------------------------------------------------------------

  entropy(lengthBytes: number): Uint8Array {
    return this.#machine.entropy(lengthBytes);
  }

  fork(image: Frozen, mainName: string, args: Json): Child {
    if (!this.alive) return { pid: 0, onExit: () => {}, kill: () => {} };
    const process = this.#machine.fork(this, image.share(), mainName, args);
    return new SimChild(this.#machine, this, process);
  }

  exit(code: number): Promise<never> {
    this.#machine.end(this, { code, signal: null });
    return never();
  }

  onSignal(handler: (signal: Signal) => void): void {
    this.#onSignal = handler;
  }

  /**
   * SIGSTOP now, SIGCONT after `forMs`: nothing of its code runs meanwhile, and what is under way for it ends when it goes
   * on. A turn of the event loop that takes that long looks the same.
   */
  stop(forMs: number): void {
    const { scheduler, stalls } = this.#machine;
    const untilMs = scheduler.nowMs + forMs;
    if (!this.alive || untilMs <= this.stoppedUntilMs) return;
    stalls.note(this.pid, scheduler.nowMs, untilMs);
    this.stoppedUntilMs = untilMs;
    scheduler.postpone(this, untilMs);
  }

  /** A signal arrives: the handler gets SIGTERM and SIGINT, everything else ends the process. A stopped one hears of it when it goes on, SIGKILL excepted. */
  deliver(signal: Signal): void {
    if (!this.alive) return;
    if (signal !== 'SIGKILL' && this.stoppedUntilMs > this.#machine.scheduler.nowMs) {
      this.after(0, 'signal', () => this.deliver(signal));
      return;
    }
    const handler = this.#onSignal;
    if (handler !== undefined && (signal === 'SIGTERM' || signal === 'SIGINT'))
      this.enter(() => handler(signal));
    else this.#machine.end(this, { code: null, signal });
  }
}

/** A child as its parent sees it: through its exit only. */
class SimChild implements Child {
  readonly pid: number;
  readonly #machine: Machine;
  readonly #parent: SimProcess;
  readonly #process: SimProcess;
  #handler: ((status: ExitStatus) => void) | undefined;
  #known: ExitStatus | undefined;

  constructor(machine: Machine, parent: SimProcess, process: SimProcess) {
    this.#machine = machine;
    this.#parent = parent;
    this.#process = process;
    this.pid = process.pid;
    process.onEnd = (status) => {
      machine.zombies.set(this.pid, parent);
      const delayMs = process.newsDelayMs ?? machine.noticeDelayMs();
      if (delayMs !== Infinity) parent.after(delayMs, 'child exit', () => this.#notice(status));
    };
  }

  onExit(handler: (status: ExitStatus) => void): void {
    this.#handler = handler;
    const known = this.#known;
    if (known !== undefined) this.#parent.after(0, 'child exit', () => this.#notice(known));
  }

  kill(signal: Signal): void {
    if (!this.#parent.alive) return;
    const { scheduler } = this.#machine;
    scheduler.after(
      this.#machine.noticeDelayMs(),
      'signal',
      () => this.#process.deliver(signal),
      this.#process,
    );
  }

  #notice(status: ExitStatus): void {
    this.#machine.zombies.delete(this.pid);
    this.#known = status;
    const handler = this.#handler;
    if (handler === undefined) return;
    this.#known = undefined;
    this.#handler = () => {};
    this.#parent.enter(() => handler(status));
  }
}
