/**
 * What once was: the states of all lives so far. Only disks that lie or rot can bring one back from before the last
 * recovery, which P13 allows.
 */
import { fingerprintOf } from '../oracle/prefix.ts';
import type { History } from '../oracle/history.ts';
import type { Snapshot } from '../oracle/model/state.ts';

export class Past {
  readonly #states: Snapshot[] = [];

  /** A life is over: all its states were. */
  remember(history: History): void {
    for (let k = history.base; k <= history.executed; k++) this.#states.push(history.snapshotAt(k));
  }

  /** True when `snapshot`, read at wall time `wallMs`, is a state of a life that is over. */
  knows(history: History, snapshot: Snapshot, wallMs: number): boolean {
    const print = fingerprintOf(history, snapshot, wallMs);
    return this.#states.some((state) => fingerprintOf(history, state, wallMs) === print);
  }
}
