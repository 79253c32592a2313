/** Adds the results of seeds up. */
import { mustHit } from '../scenario/situations.ts';
import { Histogram } from './histogram.ts';
import { isDiverged } from './reporter.ts';
import type { SeedReport, Summary } from './reporter.ts';

/** From that many seeds on, unfiltered, a situation that never came about is a violation. */
export const COVERAGE_SEEDS = 2000;

/** Where more of the judged crashes than that leave the recovery no choice, the workload is too tame, or the disk too fast. */
const MOST_WITHOUT_ROOM = 0.9;
const TOO_TAME = 'room-between-bounds';

export class Totals {
  #seeds = 0;
  #failed = 0;
  #faults = 0;
  #diverged = 0;
  #crashes = 0;
  #unsynced = 0;
  #states = 0;
  #distinct = 0;
  #commands = 0;
  #events = 0;
  #simMs = 0;
  readonly #situations = new Map<string, number>();
  readonly #slack = new Map<number, number>();
  readonly #room = new Histogram();
  readonly #kept = new Histogram();

  get seeds(): number {
    return this.#seeds;
  }

  get failed(): number {
    return this.#failed;
  }

  add(report: SeedReport): void {
    const { result } = report;
    this.#seeds++;
    if (result.fault !== undefined) this.#faults++;
    else if (result.verdict === 'fail') this.#failed++;
    if (isDiverged(report)) this.#diverged++;
    this.#crashes += result.crashes;
    this.#unsynced += result.crashesWithUnsyncedData;
    this.#states += result.crashStates;
    this.#distinct += result.distinctCrashStates;
    this.#commands += result.commands;
    this.#events += result.events;
    this.#simMs += result.simMs;
    for (const [name, times] of Object.entries(result.situations)) this.#met(name, times);
    for (const slack of result.slack) this.#leftRoom(slack, 1);
    for (const kept of result.kept) this.#kept.add(kept);
  }

  /** Adds what another process has added up. */
  merge(shard: Summary): void {
    this.#seeds += shard.seeds;
    this.#failed += shard.failed;
    this.#faults += shard.faults;
    this.#diverged += shard.diverged;
    this.#crashes += shard.crashes;
    this.#unsynced += shard.crashesWithUnsyncedData;
    this.#states += shard.crashStates;
    this.#distinct += shard.distinctCrashStates;
    this.#commands += shard.commands;
    this.#events += shard.events;
    this.#simMs += shard.simMs;
    for (const [name, times] of Object.entries(shard.situations)) if (times > 0) this.#met(name, times);
    for (const [slack, times] of shard.slack.counts) this.#leftRoom(slack, times);
    for (const { from, times } of shard.histograms.kept) this.#kept.add(from, times);
  }

  summary(about: {
    readonly wallMs: number;
    readonly filtered: boolean;
    readonly interrupted: boolean;
  }): Summary {
    const missed: string[] = mustHit.filter((name) => !this.#situations.has(name));
    if (this.#room.none > this.#room.total * MOST_WITHOUT_ROOM) missed.push(TOO_TAME);
    const situations: Record<string, number> = {};
    for (const name of mustHit) situations[name] = this.#situations.get(name) ?? 0;
    for (const [name, times] of [...this.#situations].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      situations[name] = times;
    return {
      seeds: this.#seeds,
      failed: this.#failed,
      faults: this.#faults,
      diverged: this.#diverged,
      crashes: this.#crashes,
      crashesWithUnsyncedData: this.#unsynced,
      crashStates: this.#states,
      distinctCrashStates: this.#distinct,
      commands: this.#commands,
      events: this.#events,
      simMs: this.#simMs,
      wallMs: about.wallMs,
      situations,
      missed,
      coverageCounts: !about.filtered && !about.interrupted && this.#seeds >= COVERAGE_SEEDS,
      slack: this.#slackWords(),
      histograms: { room: this.#room.buckets(), kept: this.#kept.buckets() },
      interrupted: about.interrupted,
    };
  }

  #met(name: string, times: number): void {
    this.#situations.set(name, (this.#situations.get(name) ?? 0) + times);
  }

  #leftRoom(slack: number, times: number): void {
    this.#slack.set(slack, (this.#slack.get(slack) ?? 0) + times);
    this.#room.add(slack, times);
  }

  #slackWords(): Summary['slack'] {
    let judged = 0;
    for (const times of this.#slack.values()) judged += times;
    let passed = 0;
    let median = 0;
    const counts = [...this.#slack].toSorted(([a], [b]) => a - b);
    for (const [slack, times] of counts) {
      median = slack;
      passed += times;
      if (passed * 2 >= judged) break;
    }
    return { judged, none: this.#slack.get(0) ?? 0, median, counts };
  }
}
