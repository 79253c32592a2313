/**
 * Which sessions watch which keys. Empty most of the time, and then it costs a comparison a change.
 *
 * A key that had expired when it was watched counts as missing: that somebody removes it changes nothing for its watcher.
 */
import { latin1Text } from '../../bytes/index.ts';
import { type Keyspace, NO_EXPIRY } from '../../data/index.ts';
import type { Session } from './session.ts';
import type { WatchedKey } from './transaction.ts';

type KeyState = 'missing' | 'expired' | 'alive';

export class Watchers {
  readonly #byKey = new Map<string, Map<Session, WatchedKey>>();
  readonly #keyspace: Keyspace;
  readonly #time: { readonly nowMs: number };

  constructor(keyspace: Keyspace, time: { readonly nowMs: number }) {
    this.#keyspace = keyspace;
    this.#time = time;
  }

  add(session: Session, dbIndex: number, key: Uint8Array): void {
    const name = nameOf(dbIndex, key);
    let sessions = this.#byKey.get(name);
    if (sessions === undefined) this.#byKey.set(name, (sessions = new Map<Session, WatchedKey>()));
    if (sessions.has(session)) return;
    const watched = { dbIndex, key: key.slice(), expired: this.#stateOf(dbIndex, key) === 'expired' };
    sessions.set(session, watched);
    session.transaction.watched.push(watched);
  }

  /** UNWATCH: the session forgets its keys and that any had changed. */
  clear(session: Session): void {
    for (const { dbIndex, key } of session.transaction.watched) {
      const name = nameOf(dbIndex, key);
      const sessions = this.#byKey.get(name);
      sessions?.delete(session);
      if (sessions?.size === 0) this.#byKey.delete(name);
    }
    session.transaction.watched = [];
    session.transaction.isStale = false;
  }

  /** A key was made, changed or removed. */
  touch(dbIndex: number, key: Uint8Array): void {
    if (this.#byKey.size === 0) return;
    const sessions = this.#byKey.get(nameOf(dbIndex, key));
    if (sessions === undefined) return;
    for (const [session, watched] of sessions) {
      if (watched.expired && this.#stateOf(dbIndex, key) === 'missing') watched.expired = false;
      else session.transaction.isStale = true;
    }
  }

  /** Every key of one database, or of all, is about to go. */
  going(dbIndex: number | undefined): void {
    for (const [session, watched] of this.#watchedIn(dbIndex)) {
      if (this.#stateOf(watched.dbIndex, watched.key) === 'missing') continue;
      if (watched.expired) watched.expired = false;
      else session.transaction.isStale = true;
    }
  }

  /** Two databases have exchanged their keys: what was in one is in the other. */
  swapped(first: number, second: number): void {
    for (const [here, there] of [
      [first, second],
      [second, first],
    ] as const) {
      for (const [session, watched] of this.#watchedIn(here)) {
        const before = this.#stateOf(there, watched.key);
        const now = this.#stateOf(here, watched.key);
        if (before === 'missing' && now === 'missing') continue;
        if (now !== 'alive' && (watched.expired || before === 'missing')) watched.expired = now === 'expired';
        else session.transaction.isStale = true;
      }
    }
  }

  /** A key that was alive when it was watched and whose time is over now is gone for this client, whoever notices first. */
  hasExpiredSince({ dbIndex, key, expired }: WatchedKey): boolean {
    return !expired && this.#stateOf(dbIndex, key) === 'expired';
  }

  *#watchedIn(dbIndex: number | undefined): Iterable<[Session, WatchedKey]> {
    for (const sessions of this.#byKey.values())
      for (const pair of sessions) if (dbIndex === undefined || pair[1].dbIndex === dbIndex) yield pair;
  }

  #stateOf(dbIndex: number, key: Uint8Array): KeyState {
    const entry = this.#keyspace.database(dbIndex).find(key);
    if (entry === undefined) return 'missing';
    return entry.expireAtMs !== NO_EXPIRY && entry.expireAtMs < this.#time.nowMs ? 'expired' : 'alive';
  }
}

function nameOf(dbIndex: number, key: Uint8Array): string {
  return `${dbIndex}:${latin1Text(key)}`;
}
