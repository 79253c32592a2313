/** Which sessions watch which keys. Empty most of the time, and then it costs a comparison a change. */
import { latin1Text } from '../../bytes/index.ts';
import type { Session } from './session.ts';

export class Watchers {
  readonly #byKey = new Map<string, Set<Session>>();

  add(session: Session, dbIndex: number, key: Uint8Array, expired: boolean): void {
    const name = nameOf(dbIndex, key);
    let sessions = this.#byKey.get(name);
    if (sessions === undefined) this.#byKey.set(name, (sessions = new Set()));
    if (sessions.has(session)) return;
    sessions.add(session);
    session.transaction.watched.push({ dbIndex, key: key.slice(), expired });
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

  touch(dbIndex: number, key: Uint8Array): void {
    if (this.#byKey.size === 0) return;
    const sessions = this.#byKey.get(nameOf(dbIndex, key));
    if (sessions !== undefined) for (const session of sessions) session.transaction.isStale = true;
  }

  /** Every key of one database, or of all. */
  touchAll(dbIndex: number | undefined): void {
    for (const [name, sessions] of this.#byKey) {
      if (dbIndex !== undefined && !name.startsWith(`${dbIndex}:`)) continue;
      for (const session of sessions) session.transaction.isStale = true;
    }
  }
}

function nameOf(dbIndex: number, key: Uint8Array): string {
  return `${dbIndex}:${latin1Text(key)}`;
}
