/**
 * Streams as the keyspace hands them out. See `keyspace.ts` for what all collections have in common.
 *
 * An id is one number of 128 bits, milliseconds above and sequence below. A stream knows more than its entries: the last
 * id it ever had, the greatest it deleted, how many were ever added, and its consumer groups with what is pending. It may
 * be empty. Views of groups and consumers are valid until the stream changes.
 */

export type StreamId = bigint;

/** `ms-seq` as an id. */
export function makeStreamId(ms: bigint | number, seq: bigint | number): StreamId {
  return (BigInt(ms) << 64n) | BigInt(seq);
}

export function streamIdText(id: StreamId): string {
  return `${id >> 64n}-${id & 0xffff_ffff_ffff_ffffn}`;
}

export const greatestStreamId: StreamId = (1n << 128n) - 1n;

/** When a run of entries is full: `stream-node-max-bytes` and `stream-node-max-entries`, 0 for no limit. */
export interface StreamNodeLimits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export interface StreamEntry {
  readonly id: StreamId;
  /** Names and values by turns, as copies. */
  readonly fields: () => Uint8Array[];
}

export interface PendingEntry {
  readonly id: StreamId;
  /** The consumer's name. */
  readonly consumer: Uint8Array;
  /** Unix ms. */
  readonly deliveredMs: number;
  readonly deliveries: number;
}

export interface StreamView {
  readonly length: number;
  readonly lastId: StreamId;
  readonly maxDeletedId: StreamId;
  readonly entriesAdded: bigint;
  /** 0 where there is none. */
  readonly firstId: StreamId;
  has(id: StreamId): boolean;
  /** Visits the entries from `from` to `to`, both included; return false to stop. */
  forEach(from: StreamId, to: StreamId, visit: (entry: StreamEntry) => boolean | void): void;
  /** As `forEach`, from `to` back to `from`. */
  forEachBackward(from: StreamId, to: StreamId, visit: (entry: StreamEntry) => boolean | void): void;
  /** Visits the runs of entries: their master ids and listpacks, which are valid during the call. */
  forEachNode(visit: (id: StreamId, bytes: Uint8Array, start: number, end: number) => void): void;
  readonly groups: number;
  /** In the order of their names' bytes. */
  forEachGroup(visit: (group: GroupView) => void): void;
  group(name: Uint8Array): GroupView | undefined;
}

export interface GroupView {
  readonly name: Uint8Array;
  readonly lastId: StreamId;
  /** Undefined: not known. */
  readonly entriesRead: bigint | undefined;
  readonly pending: number;
  readonly consumers: number;
  pendingEntry(id: StreamId): PendingEntry | undefined;
  /** Visits what is pending from `from` on; return false to stop. */
  forEachPending(from: StreamId, visit: (pending: PendingEntry) => boolean | void): void;
  /** In the order of their names' bytes. */
  forEachConsumer(visit: (consumer: ConsumerView) => void): void;
  consumer(name: Uint8Array): ConsumerView | undefined;
}

export interface ConsumerView {
  readonly name: Uint8Array;
  /** Unix ms. */
  readonly seenMs: number;
  readonly pending: number;
  forEachPending(from: StreamId, visit: (pending: PendingEntry) => boolean | void): void;
}

export interface StreamFacts {
  readonly length?: number;
  readonly lastId?: StreamId;
  readonly maxDeletedId?: StreamId;
  readonly entriesAdded?: bigint;
}

/** What XTRIM does. `limit`: at most so many entries go, 0 for no limit; `approximate`: only whole runs go. */
export interface TrimRule {
  readonly keep: { readonly length: number } | { readonly minId: StreamId };
  readonly approximate: boolean;
  readonly limit: number;
}

/** A stream to change. Groups and consumers that are named must exist (assert) unless it is said otherwise. */
export interface StreamValue extends StreamView {
  /** Adds an entry behind all others: `id` > `lastId`. */
  append(id: StreamId, fields: readonly Uint8Array[], limits: StreamNodeLimits): void;
  /**
   * Adds a whole run behind all others; changes no count. Its listpack must be sound, and what lives in it not come before its
   * id. False where it is not behind them.
   */
  appendNode(id: StreamId, listpack: Uint8Array, start: number, end: number): boolean;
  /** Deletes an entry and remembers the greatest deleted id. False where it is not there. */
  delete(id: StreamId): boolean;
  /** Removes entries from the front as Redis does, and gives their number. */
  trim(rule: TrimRule): number;
  set(facts: StreamFacts): void;
  /** False where there is such a group. */
  createGroup(name: Uint8Array, lastId: StreamId, entriesRead: bigint | undefined): boolean;
  setGroup(name: Uint8Array, lastId: StreamId, entriesRead: bigint | undefined): void;
  removeGroup(name: Uint8Array): boolean;
  /** False where there is such a consumer. */
  createConsumer(group: Uint8Array, name: Uint8Array, seenMs: number): boolean;
  setSeen(group: Uint8Array, consumer: Uint8Array, seenMs: number): void;
  /** Removes a consumer and what is pending for it; gives how much that was. */
  removeConsumer(group: Uint8Array, name: Uint8Array): number;
  /**
   * Makes an entry pending for a consumer, whoever's it was. Undefined: nobody's yet (a file names them afterwards). True
   * where it was not pending.
   */
  setPending(
    group: Uint8Array,
    consumer: Uint8Array | undefined,
    id: StreamId,
    deliveredMs: number,
    deliveries: number,
  ): boolean;
  /** Gives a pending entry of nobody to a consumer. False where there is none. */
  adoptPending(group: Uint8Array, consumer: Uint8Array, id: StreamId): boolean;
  /** False where it is not pending. */
  removePending(group: Uint8Array, id: StreamId): boolean;
}
