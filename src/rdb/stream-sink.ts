/** Where a stream of an RDB file goes, part by part. Ranges are valid during the call. */
import type { LivingRange } from './stream-run.ts';

export interface StreamFactsRead {
  /** As the file says; trusted. */
  readonly length: bigint;
  readonly lastId: bigint;
  /** Undefined where the file is older than they are. */
  readonly maxDeletedId: bigint | undefined;
  readonly entriesAdded: bigint | undefined;
  /** As the file says; undefined where it is older than that. */
  readonly firstId: bigint | undefined;
  /** How many groups follow. May lie, as the counts below. */
  readonly groups: number;
}

export interface StreamSink {
  /** A run of entries under its master id, whose layout was checked. In the order of master ids; what lives in it may not be. */
  node(id: bigint, bytes: Uint8Array, start: number, end: number, living: LivingRange | undefined): void;
  facts(facts: StreamFactsRead): void;
  /** What follows belongs to this group. `entriesRead`: undefined where the file is older than that, -1n for unknown. */
  group(name: Uint8Array, lastId: bigint, entriesRead: bigint | undefined, pending: number): void;
  /** An entry that is pending in the group; which consumer's it is comes afterwards. */
  pending(id: bigint, deliveredMs: number, deliveries: number): void;
  /** How many consumers of the group follow. */
  consumers?(count: number): void;
  /** What follows belongs to this consumer. `activeMs`: undefined where the file is older than that, -1 for never. */
  consumer(name: Uint8Array, seenMs: number, pending: number, activeMs: number | undefined): void;
  /** One of the group's pending entries is the consumer's. */
  own(id: bigint): void;
  endGroup(): void;
  end(): void;
}
