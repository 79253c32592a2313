/**
 * The history of a run: the total order of units, and what is known of each mark on it.
 *
 * Index 0 is the empty state S_0; unit i leads from S_{i-1} to S_i. A *life* spans from one completed recovery to the
 * next; its first state, `base`, is what the last recovery gave. After a recovery at k the units after k are forgotten
 * and the order goes on from there.
 *
 * Marks, all of them "the largest i such that …":
 * - `executed`: u_i was executed (U of the bounds: it may have survived);
 * - `observed`: a reply whose content depends on S_i has left the engine;
 * - `durable`: u_i was observed before the *start* of a sync of the increment it was written to, which succeeded; or
 *   WAITAOF has answered for it;
 * - `savedIssued`, `savedReported`: the snapshots S_f that may be, and that must be, what an RDB file gives.
 *
 * Units that change nothing are no units: their states could not be told apart.
 */
import { aliveAt, isExpired, sameRecord } from './record.ts';
import { addFingerprint, EMPTY_FINGERPRINT, subtractFingerprint } from './fingerprint.ts';
import { ModelState } from './model/state.ts';
import type { Change, Held, Snapshot } from './model/state.ts';

export interface UnitOfHistory {
  readonly index: number;
  /** Monotonic time of the whole run, across generations. */
  readonly executedAtMs: number;
  readonly client: number;
  /** The command, or EXEC. */
  readonly command: readonly string[];
  /** How many commands it holds. */
  readonly commands: number;
  /** Not constant while the engine's reply must still say which of several outcomes it is. */
  changes: readonly Change[];
  /** Other outcomes that are legal as long as no reply has told which one happened. Only ever of the last unit. */
  alternatives: readonly (readonly Change[])[];
  observedAtMs: number | undefined;
}

export class History {
  readonly state: ModelState;
  #units: UnitOfHistory[] = [];
  #base = 0;
  #observed = 0;
  #durable = 0;
  #savedReported = 0;
  #savesIssued = new Set<number>();

  constructor(databases: number) {
    this.state = new ModelState(databases);
  }

  /** Index of the state that this life began with. */
  get base(): number {
    return this.#base;
  }

  get executed(): number {
    return this.#base + this.#units.length;
  }

  get observed(): number {
    return this.#observed;
  }

  get durable(): number {
    return this.#durable;
  }

  get savedReported(): number {
    return this.#savedReported;
  }

  /** Indices of the snapshots of this life that were given their final name, or may have been; `base` is not among them. */
  get savesIssued(): ReadonlySet<number> {
    return this.#savesIssued;
  }

  /** The units of this life. */
  get units(): readonly UnitOfHistory[] {
    return this.#units;
  }

  unit(index: number): UnitOfHistory | undefined {
    return this.#units[index - this.#base - 1];
  }

  /** Takes what the last command changed as a unit; undefined when it changed nothing. */
  commit(about: {
    readonly atMs: number;
    readonly client: number;
    readonly command: readonly string[];
    readonly commands: number;
    /** What else can have happened, as far as is known yet. */
    readonly alternatives?: readonly (readonly Change[])[];
  }): UnitOfHistory | undefined {
    const changes = this.state.takeChanges();
    if (changes.length === 0) return undefined;
    if ((this.#units.at(-1)?.alternatives.length ?? 0) > 0)
      throw new Error('a unit is committed while the outcome of the one before is open: settle that first');
    const { atMs: executedAtMs, client, command, commands, alternatives = [] } = about;
    const unit: UnitOfHistory = {
      index: this.executed + 1,
      executedAtMs,
      client,
      command,
      commands,
      changes,
      alternatives,
      observedAtMs: undefined,
    };
    this.#units.push(unit);
    return unit;
  }

  /** A reply that depends on S_index has left. */
  observe(index: number, atMs: number): void {
    for (let i = this.#observed + 1; i <= index; i++) {
      const unit = this.unit(i);
      if (unit !== undefined) unit.observedAtMs = atMs;
    }
    if (index > this.#observed) this.#observed = index;
  }

  /** Everything up to `index` was written before the start of a sync that has succeeded. */
  markDurable(index: number): void {
    if (index > this.#durable) this.#durable = index;
  }

  /** A snapshot of S_index is about to get its final name. */
  saveIssued(index: number): void {
    this.#savesIssued.add(index);
  }

  /** A save of S_index was reported as successful. */
  saveReported(index: number): void {
    if (index > this.#savedReported) this.#savedReported = index;
  }

  /** The state S_index of this life as plain Maps. */
  snapshotAt(index: number): Snapshot {
    const later = this.#units.slice(index - this.#base);
    for (let i = later.length - 1; i >= 0; i--) this.state.undo(later[i]!.changes);
    const snapshot = this.state.snapshot();
    for (const unit of later) this.state.redo(unit.changes);
    return snapshot;
  }

  /**
   * Fingerprints of S_base … S_executed without the keys that have expired at that wall time; element i is that of
   * S_{base+i}.
   */
  fingerprints(wallMs: number): number[] {
    let print = EMPTY_FINGERPRINT;
    for (const { database, key, held } of this.state.held())
      print = addFingerprint(print, this.#weight(database, key, held, wallMs));
    const prints = new Array<number>(this.#units.length + 1);
    prints[this.#units.length] = print;
    for (let i = this.#units.length - 1; i >= 0; i--) {
      for (const { database, key, before, after } of this.#units[i]!.changes) {
        const without = subtractFingerprint(print, this.#weight(database, key, after, wallMs));
        print = addFingerprint(without, this.#weight(database, key, before, wallMs));
      }
      prints[i] = print;
    }
    return prints;
  }

  /** What a key adds to the fingerprint of a state without all that has expired. */
  #weight(database: number, key: string, held: Held | undefined, wallMs: number): number {
    if (held === undefined) return 0;
    const alive = aliveAt(held.record, wallMs);
    if (alive === held.record) return held.fingerprint;
    return alive === undefined ? 0 : this.state.fingerprint(database, key, alive);
  }

  /** True when some key of the newest state, or a field of one, expires between the two wall times. */
  expiredBetween(fromMs: number, toMs: number): boolean {
    for (const { held } of this.state.held())
      if (!sameRecord(aliveAt(held.record, fromMs), aliveAt(held.record, toMs))) return true;
    return false;
  }

  /** How many units after `index` put a record somewhere that has not expired by that wall time. */
  countLasting(index: number, wallMs: number): number {
    let count = 0;
    for (const unit of this.#units.slice(index - this.#base))
      if (unit.changes.some(({ after }) => after !== undefined && !isExpired(after.record, wallMs))) count++;
    return count;
  }

  /** Fingerprint of S_{executed} under one of the last unit's other outcomes, `print` being that of the state before it. */
  alternativeFingerprint(changes: readonly Change[], wallMs: number, print: number): number {
    for (const { database, key, before, after } of changes) {
      const without = subtractFingerprint(print, this.#weight(database, key, before, wallMs));
      print = addFingerprint(without, this.#weight(database, key, after, wallMs));
    }
    return print;
  }

  /** Decides for one of the last unit's outcomes. */
  settle(unit: UnitOfHistory, changes: readonly Change[]): void {
    if (changes !== unit.changes) {
      this.state.undo(unit.changes);
      this.state.redo(changes);
      unit.changes = changes;
    }
    unit.alternatives = [];
  }

  /** A recovery gave S_index, and a client has seen it: a new life begins there. */
  recoveredAt(index: number): void {
    const forgotten = this.#units.splice(index - this.#base);
    for (let i = forgotten.length - 1; i >= 0; i--) this.state.undo(forgotten[i]!.changes);
    this.#begin(index);
  }

  /** A recovery gave the empty state where nothing was promised. */
  recoveredEmpty(): void {
    this.state.reset();
    this.#begin(0);
  }

  #begin(index: number): void {
    this.#units = [];
    this.#base = index;
    this.#observed = index;
    this.#durable = index;
    this.#savedReported = index;
    this.#savesIssued = new Set();
  }
}
