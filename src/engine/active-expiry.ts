/**
 * Active expiry: a little of the keyspace is looked at in each cron run, round and round, and what has expired is
 * removed and logged, one unit a key.
 */
import type { Engine } from './engine.ts';

export class ActiveExpiry {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  tick(): void {
    const engine = this.#engine;
    if (!engine.settings.activeExpire || engine.writeRefusal() !== undefined) return;
    const nowMs = engine.host.clock.wallMs();
    for (let dbIndex = 0; dbIndex < engine.settings.databases; dbIndex++) {
      const db = engine.keyspace.database(dbIndex);
      if (db.expires === 0) continue;
      for (const key of db.collectExpired(nowMs, engine.tuning.expirePages)) engine.expire(dbIndex, key);
    }
  }
}
