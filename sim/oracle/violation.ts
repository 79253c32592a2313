/** A broken property, with everything that a report needs to explain it. */
import type { Bounds } from './bounds.ts';
import type { Difference } from './prefix.ts';

/** Properties of spec/properties.md that this oracle judges, and two of the run itself. */
export type Property =
  | 'P1'
  | 'P2'
  | 'P3'
  | 'P4'
  | 'P5'
  | 'P6'
  | 'P7'
  | 'P8'
  | 'P9'
  | 'P10'
  | 'P11'
  | 'P12'
  | 'P13'
  | 'P14'
  | 'P15'
  | 'P16'
  | 'P17'
  | 'P18'
  | 'P20'
  | 'P21'
  | 'P22'
  | 'P25'
  | 'COVERAGE'
  | 'WATCHDOG';

export const propertyNames: Readonly<Record<Property, string>> = {
  P1: 'PREFIX: what is recovered is a prefix of the history',
  P2: 'DUR-ALWAYS: an acknowledged unit survives',
  P3: 'DUR-EVERYSEC: nothing that was synced, or is older than the window, is lost',
  P4: 'PROC-CRASH: a kill loses nothing that was acknowledged',
  P5: 'DUR-RDB: recovery gives the state of a save, and none older than the last reported one',
  P6: 'ATOMIC: no half unit',
  P7: 'NO-INVENTION: nothing appears that no unit produced',
  P8: 'NO-RESURRECTION: what was gone stays gone',
  P9: 'TTL: every expiry is exact',
  P10: 'SNAP-ISO: a snapshot is the state at its fork',
  P11: 'IDEMPOTENT-RECOVERY: recovering again gives the same',
  P12: 'PROGRESS: recovery ends, and then the engine works',
  P13: 'REFUSE-OR-PREFIX: on a disk that lies or rots, a state that once was or a refusal, never another state',
  P14: 'FAIL-STOP: after an error of the log nothing is acknowledged that is not durable elsewhere',
  P15: 'MANIFEST-RESOLVES: every manifest that a crash can leave names files that are there and whole',
  P16: 'NO-LEAK: after recovery every file is accounted for',
  P17: 'BOUNDED-DISK: a log that has grown is rewritten in time',
  P18: 'STATUS-TRUTH: what was reported as done is durable',
  P20: 'EXCLUSION: one writer a directory',
  P21: 'LIVENESS: every command is answered, and rightly',
  P22: 'TRANSITIONS: a change of policy never makes less recoverable',
  P25: 'BACKUP: a copy of what BACKUP BEGIN named is the state that was then',
  COVERAGE: 'a situation that a sweep must meet never came about',
  WATCHDOG: 'the run did not end',
};

/** One operation that was pending at the crash, and what became of it. */
export interface PendingOperation {
  readonly operation: string;
  readonly fate: string;
}

export interface Violation {
  readonly property: Property;
  readonly message: string;
  /** Generation, from 1. */
  readonly generation: number;
  readonly simMs: number;
  readonly bounds?: Bounds;
  readonly allK?: readonly number[];
  readonly difference?: Difference;
  readonly pending?: readonly PendingOperation[];
  /** Where in the course it happened: 'power loss 2', 'crash state 3 of power loss 1' … */
  readonly where?: string;
}
