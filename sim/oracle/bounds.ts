/**
 * What must and what may have survived: the bounds L and U of properties.md D.3, live.
 *
 * | mode              | power loss: L                  | kill: L       | U                                |
 * |-------------------|--------------------------------|---------------|----------------------------------|
 * | AOF, always       | observed                       | observed      | executed                         |
 * | AOF, everysec     | max(durable, temporal)         | observed      | executed                         |
 * | AOF, no           | durable                        | observed      | executed                         |
 * | RDB only          | last save reported             | the same      | one of the saves that were begun to be named |
 * | none              | nothing is promised, and nothing may appear: the state is S_0           |
 *
 * `temporal` under everysec is the last unit executed at or before t - B, with B = 1000 ms + cron period + 2 f + w: f is
 * the longest sync of an increment that was in flight within that window (one may be in progress when the next is due), w
 * the longest write; what the process was stalled meanwhile comes on top. Everything in monotonic time.
 */
import type { History } from './history.ts';

export type CrashKind = 'kill' | 'power';
export type Persistence = 'none' | 'rdb' | 'aof' | 'hybrid' | 'rdb+aof' | 'rdb+hybrid';
export type AppendFsync = 'always' | 'everysec' | 'no';

export interface Bounds {
  /** L: at least this must have survived. */
  readonly lower: number;
  /** U: no more than this can have survived. */
  readonly upper: number;
  /** When present, only these indices are states that recovery may give. */
  readonly only: readonly number[] | undefined;
  /** Which mark decided L, for the report. */
  readonly because: string;
}

export interface Promises {
  readonly persistence: Persistence;
  readonly appendfsync: AppendFsync;
  /** 1000 / hz */
  readonly cronPeriodMs: number;
  /** Missing: the log was on from the start. */
  readonly log?: LogPromise | undefined;
}

/** How the promises of a log differ that was turned off in this life. */
export interface LogPromise {
  /** It is off: nothing behind this unit is promised. */
  readonly upTo?: number;
  /** It was off: what was executed until then is promised as far as it is known to be durable, whoever has seen it. */
  readonly again?: { readonly index: number; readonly atMs: number };
}

export function keepsLog(persistence: Persistence): boolean {
  return persistence !== 'none' && persistence !== 'rdb';
}

/** One operation on the increment, for the temporal bound. */
interface Span {
  readonly fromMs: number;
  toMs: number;
}

/** How much of a span of time the process was kept from running. */
export type StalledMs = (fromMs: number, toMs: number) => number;

/** What excuses a process that is late, or silent. */
export interface Excuses {
  readonly stalledMs: StalledMs;
  /** A write or a sync of the log has failed in this life: from then on only what a sync has covered is promised. */
  readonly erred: boolean;
}

/** The syncs and writes of the log, as the disk saw them: what the temporal bound of everysec depends on. */
export class LogTimes {
  #syncs: Span[] = [];
  #writes: Span[] = [];

  /** An operation starts; call the result when it ends. */
  begin(kind: 'sync' | 'write', atMs: number): (endMs: number) => void {
    const span: Span = { fromMs: atMs, toMs: Infinity };
    (kind === 'sync' ? this.#syncs : this.#writes).push(span);
    return (endMs) => {
      span.toMs = endMs;
    };
  }

  /** The process is gone, and its operations with it. */
  clear(): void {
    this.#syncs = [];
    this.#writes = [];
  }

  /** The longest operation that was in flight within that span. */
  longestMs(fromMs: number, nowMs: number): number {
    return Math.max(longest(this.#syncs, fromMs, nowMs), longest(this.#writes, fromMs, nowMs));
  }

  /** B: how old an unsynced unit may be at that time. */
  windowMs(nowMs: number, cronPeriodMs: number, stalledMs: StalledMs = () => 0): number {
    let window = 1000 + cronPeriodMs;
    for (;;) {
      const from = nowMs - window;
      const wider =
        1000 +
        cronPeriodMs +
        2 * longest(this.#syncs, from, nowMs) +
        longest(this.#writes, from, nowMs) +
        stalledMs(from, nowMs);
      if (wider <= window) return window;
      // A stall that lasts since before `from` may let the window grow by next to nothing each time.
      window = Math.max(wider, window * 1.001);
    }
  }
}

function longest(spans: readonly Span[], fromMs: number, nowMs: number): number {
  let most = 0;
  for (let i = spans.length - 1; i >= 0; i--) {
    const span = spans[i]!;
    const end = span.toMs < nowMs ? span.toMs : nowMs;
    if (end < fromMs) continue;
    if (end - span.fromMs > most) most = end - span.fromMs;
  }
  return most;
}

/** The bounds if the lights went out, or the process died, at this instant. */
export function boundsNow(
  history: History,
  times: LogTimes,
  promises: Promises,
  kind: CrashKind,
  nowMs: number,
  { stalledMs, erred }: Excuses = { stalledMs: () => 0, erred: false },
): Bounds {
  const { base, executed } = history;
  if (promises.persistence === 'none') return { lower: 0, upper: 0, only: [0], because: 'nothing is kept' };
  if (promises.persistence === 'rdb') {
    const only = [...new Set([base, ...history.savesIssued])]
      .filter((index) => index >= history.savedReported)
      .toSorted((a, b) => a - b);
    return {
      lower: history.savedReported,
      upper: only.at(-1) ?? base,
      only,
      because: 'the last save reported as successful',
    };
  }
  const at = (lower: number, because: string): Bounds => ({
    lower,
    upper: executed,
    only: undefined,
    because,
  });
  const { log = {} } = promises;
  const seen = seenInLog(history, log);
  if (promises.appendfsync === 'always')
    return at(seen, 'the last unit whose effect a client has seen (always)');
  if (kind === 'kill')
    return at(seen, 'the last unit whose effect a client has seen (written before its reply)');
  if (promises.appendfsync === 'no')
    return at(history.durable, 'the last unit written before a successful sync');
  if (erred)
    return at(history.durable, 'the last unit written before a successful sync (a later one failed)');
  const windowMs = times.windowMs(nowMs, promises.cronPeriodMs, stalledMs);
  const temporal = oldInLog(history, log, nowMs - windowMs);
  return temporal > history.durable
    ? at(temporal, `the last unit older than ${Math.round(windowMs)} ms (everysec)`)
    : at(history.durable, 'the last unit written before a successful sync (everysec)');
}

/** After a shutdown that ended well: everything that was executed. */
export function afterShutdown({ executed }: History, persistence: Persistence): Bounds {
  const because = 'everything, since a shutdown ended well';
  return {
    lower: executed,
    upper: executed,
    only: persistence === 'rdb' ? [executed] : undefined,
    because,
  };
}

/** The last unit that a client has seen while the log promised it. */
function seenInLog({ observed, durable }: History, { upTo = Infinity, again }: LogPromise): number {
  const seen = Math.min(observed, upTo);
  const isSure = again === undefined || seen > again.index;
  return isSure && upTo === Infinity ? seen : Math.max(durable, isSure ? seen : 0);
}

/** The last unit that was executed by then, and that the log had by then. */
function oldInLog(history: History, { upTo = Infinity, again }: LogPromise, atMs: number): number {
  if (again !== undefined && atMs < again.atMs) return history.base;
  return Math.min(upTo, lastExecutedBefore(history, atMs));
}

function lastExecutedBefore(history: History, atMs: number): number {
  const units = history.units;
  let index = history.base;
  for (const unit of units) {
    if (unit.executedAtMs > atMs) break;
    index = unit.index;
  }
  return index;
}

/** What holds when both happened to the same life, one after the other: a power loss weakens a kill. */
export function weaker(a: Bounds, b: Bounds): Bounds {
  return a.lower <= b.lower ? a : b;
}
