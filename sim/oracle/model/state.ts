/**
 * The model's data: a Map a database, and the list of changes that led here.
 *
 * Each change of a key is noted as (database, key, held before, held after). A unit's changes are the difference between
 * S_{i-1} and S_i, so that any earlier state can be returned to, and any fingerprint computed, without ever copying a
 * state.
 *
 * Expired keys stay until a command writes to their name: what an engine does with them meanwhile is its own affair.
 */
import { Fingerprints } from '../fingerprint.ts';
import { aliveAt, isExpired, sameRecord } from '../record.ts';
import type { ModelRecord } from '../record.ts';

/** A record and its fingerprint under the name that it stands under. */
export interface Held {
  readonly record: ModelRecord;
  readonly fingerprint: number;
}

export interface Change {
  readonly database: number;
  readonly key: string;
  readonly before: Held | undefined;
  readonly after: Held | undefined;
}

/** A whole state as plain Maps, one a database. */
export type Snapshot = readonly ReadonlyMap<string, ModelRecord>[];

export class ModelState {
  readonly #databases: Map<string, Held>[];
  readonly #fingerprints = new Fingerprints();
  #changes: Change[] = [];
  /** Commands and units that were executed on it, whether they changed anything or not. */
  executions = 0;

  constructor(databases: number) {
    this.#databases = Array.from({ length: databases }, () => new Map<string, Held>());
  }

  get databases(): number {
    return this.#databases.length;
  }

  /** The record as it stands, expired or not. */
  raw(database: number, key: string): ModelRecord | undefined {
    return this.#databases[database]!.get(key)?.record;
  }

  /** The record unless it has expired, without fields that have. */
  get(database: number, key: string, nowMs: number): ModelRecord | undefined {
    const record = this.raw(database, key);
    return record === undefined ? undefined : aliveAt(record, nowMs);
  }

  /** The keys of one database that have not expired. */
  keys(database: number, nowMs: number): string[] {
    const names: string[] = [];
    for (const [key, held] of this.#databases[database]!) if (!isExpired(held.record, nowMs)) names.push(key);
    return names;
  }

  /** The names of one database, expired ones included. */
  rawKeys(database: number): string[] {
    return [...this.#databases[database]!.keys()];
  }

  /** Stores or (undefined) removes a key. */
  put(database: number, key: string, record: ModelRecord | undefined): void {
    const before = this.#databases[database]!.get(key);
    if (sameRecord(before?.record, record)) return;
    const after =
      record === undefined ? undefined : { record, fingerprint: this.fingerprint(database, key, record) };
    this.#changes.push({ database, key, before, after });
    this.#set(database, key, after);
  }

  /** The changes since this was last called: one unit's. */
  takeChanges(): readonly Change[] {
    const changes = this.#changes;
    if (changes.length > 0) this.#changes = [];
    return changes;
  }

  /** A place among the changes, for `takeBack`. */
  get mark(): number {
    return this.#changes.length;
  }

  /** Undoes what was changed since that place, forgets it, and gives it. */
  takeBack(mark: number): readonly Change[] {
    const changes = this.#changes.splice(mark);
    this.undo(changes);
    return changes;
  }

  /** Takes the changes of a unit back. Units are undone in reverse order. */
  undo(changes: readonly Change[]): void {
    for (let i = changes.length - 1; i >= 0; i--) {
      const { database, key, before } = changes[i]!;
      this.#set(database, key, before);
    }
  }

  /** Makes the changes of a unit again, as `undo` took them back. */
  redo(changes: readonly Change[]): void {
    for (const { database, key, after } of changes) this.#set(database, key, after);
  }

  /** Empties everything, without noting it. */
  reset(): void {
    for (const database of this.#databases) database.clear();
  }

  fingerprint(database: number, key: string, record: ModelRecord): number {
    return this.#fingerprints.of(database, key, record);
  }

  /** Everything that is held, one database after the other. */
  *held(): Generator<{ readonly database: number; readonly key: string; readonly held: Held }> {
    for (const [database, map] of this.#databases.entries()) {
      for (const [key, held] of map) yield { database, key, held };
    }
  }

  /** The state as it is now; later commands do not reach into it. */
  snapshot(): Snapshot {
    return this.#databases.map((database) => new Map([...database].map(([key, held]) => [key, held.record])));
  }

  #set(database: number, key: string, held: Held | undefined): void {
    const map = this.#databases[database]!;
    if (held === undefined) map.delete(key);
    else map.set(key, held);
  }
}
