/**
 * Active expiry: a little of the keyspace is looked at in each cron run, round and round, and what has expired is
 * removed and logged, one unit a key; so are fields of hashes, one unit a hash.
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
      const { expirePages } = engine.tuning;
      if (db.expires > 0)
        for (const key of db.collectExpired(nowMs, expirePages)) engine.expire(dbIndex, key);
      if (db.mayHaveFieldExpiries)
        for (const key of db.collectFieldExpiries(nowMs, expirePages))
          engine.expireFields(dbIndex, key, nowMs);
    }
  }
}
