/**
 * lightsout/oracle: what must have survived, for any engine that executes Redis commands one after the other.
 *
 * It knows nothing of an engine, a disk or a simulator. Whoever drives an engine tells a `History` what was executed and
 * what clients have seen; `boundsNow` says what a crash at this instant must and may leave; `checkPrefix` holds what a
 * recovery gave against both. See docs/oracle.md.
 *
 * ```ts
 * import { boundsNow, checkPrefix, History, LogTimes, ModelClient } from 'lightsout/oracle';
 *
 * const history = new History(16);
 * const client = new ModelClient(history.state);
 * client.execute(['INCR', 'visits'], Date.now());
 * const unit = history.commit({ atMs: 0, client: 0, command: ['INCR', 'visits'], commands: 1 });
 * if (unit !== undefined) history.observe(unit.index, 1); // its reply has left
 * const promises = { persistence: 'aof', appendfsync: 'always', cronPeriodMs: 100 } as const;
 * const bounds = boundsNow(history, new LogTimes(), promises, 'power', 2);
 * const empty = Array.from({ length: 16 }, () => new Map());
 * console.log(checkPrefix(history, empty, Date.now(), bounds).ok); // false: one unit was promised
 * ```
 */
export { AofDecodeError, decodeAof, decodeCommands } from './aof-decoder.ts';
export { afterShutdown, boundsNow, LogTimes, weaker } from './bounds.ts';
export type { AppendFsync, Bounds, CrashKind, Excuses, Persistence, Promises, StalledMs } from './bounds.ts';
export { History } from './history.ts';
export type { UnitOfHistory } from './history.ts';
export { ModelClient } from './model/client.ts';
export type { Prediction } from './model/client.ts';
export { ModelState } from './model/state.ts';
export type { Change, Held, Snapshot } from './model/state.ts';
export { waitOf, Waiters } from './model/waiting.ts';
export type { Waiter, WaitFor } from './model/waiting.ts';
export { checkEmpty, checkPrefix, differences } from './prefix.ts';
export type { Difference, PrefixVerdict } from './prefix.ts';
export { RdbDecodeError } from './rdb-cursor.ts';
export { decodeRdb } from './rdb-decoder.ts';
export { describeRecord, isExpired, NO_EXPIRY_MS, sameRecord } from './record.ts';
export type { ModelRecord, Value, ValueType } from './record.ts';
export { describeReply, replyMatches } from './reply.ts';
export type { Expectation, Reply } from './reply.ts';
export { checkSnapshot } from './snapshot.ts';
export type { SnapshotVerdict } from './snapshot.ts';
