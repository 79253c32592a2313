/**
 * What a crash did, for people and for the accounting of how hard a run tried.
 *
 * The counters in `situations` are the anti-vacuity probes of properties.md, D.2, as far as the disk knows them. The
 * table of pending operations is made only when somebody asks for it.
 */

/** The situations that a crash can count. */
export type Situation =
  | 'crash-with-pending-data'
  | 'crash-with-pending-name'
  | 'crash-with-pending-rename'
  | 'crash-with-operation-in-flight'
  | 'crash-with-write-in-flight'
  | 'crash-inside-sync'
  | 'all-pending-kept'
  | 'page-lost'
  | 'later-page-without-earlier'
  | 'size-lost'
  | 'size-without-data'
  | 'size-without-data-noise'
  | 'data-without-size'
  | 'torn-page'
  | 'zero-length-file'
  | 'truncation-lost'
  | 'name-lost'
  | 'directory-lost'
  | 'synced-file-without-name'
  | 'unlink-lost'
  | 'unlink-before-rename'
  | 'rename-lost'
  | 'rename-kept'
  | 'renamed-file-incomplete'
  | 'durable-sector-damaged'
  | 'medium-damaged'
  | 'in-flight-partial'
  | 'in-flight-applied'
  | 'in-flight-dropped';

/** One thing that was pending and what became of it. */
export interface PendingRow {
  /** The key of the file, name, rename or operation. */
  readonly object: string;
  readonly what: 'page' | 'size' | 'name' | 'rename' | 'in flight' | 'medium';
  readonly detail: string;
  readonly fate: 'kept' | 'dropped' | 'partly';
}

export interface CrashReport {
  readonly kind: 'kill' | 'power';
  readonly profile: string;
  /** Versions of pages and sizes that were pending. */
  readonly pendingData: number;
  /** Versions of names that were pending. */
  readonly pendingNames: number;
  /** Pending things of which something was lost. */
  readonly lost: number;
  readonly situations: ReadonlyMap<Situation, number>;
  /** The pending operations with their fates. Repeats the crash with the same choices. */
  table(): readonly PendingRow[];
}

/** Collects a report while a crash is decided. */
export class CrashTally {
  readonly situations = new Map<Situation, number>();
  readonly rows: PendingRow[] | undefined;
  pendingData = 0;
  pendingNames = 0;
  lost = 0;

  constructor(withRows: boolean) {
    this.rows = withRows ? [] : undefined;
  }

  count(situation: Situation): void {
    this.situations.set(situation, (this.situations.get(situation) ?? 0) + 1);
  }
}
