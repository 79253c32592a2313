/** A stream of an RDB file into a keyspace. */
import type { StreamValue } from '../data/index.ts';
import { LightsoutError } from '../errors.ts';
import type { StreamFactsRead, StreamSink } from './stream-sink.ts';

export class StreamLoader implements StreamSink {
  readonly #stream: StreamValue;
  readonly #end: () => void;
  #group: Uint8Array = new Uint8Array(0);
  #consumer: Uint8Array = new Uint8Array(0);
  /** Pending entries of the group that no consumer has claimed yet. */
  #unclaimed = 0;

  constructor(stream: StreamValue, end: () => void) {
    this.#stream = stream;
    this.#end = end;
  }

  node(id: bigint, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#stream.appendNode(id, bytes, start, end)) throw corrupt('runs of entries out of order');
  }

  facts({ length, lastId, maxDeletedId, entriesAdded }: StreamFactsRead): void {
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt(`a stream of ${length} entries`);
    this.#stream.set({
      length: Number(length),
      lastId,
      maxDeletedId: maxDeletedId ?? 0n,
      entriesAdded: entriesAdded ?? length,
    });
  }

  group(name: Uint8Array, lastId: bigint, entriesRead: bigint | undefined): void {
    const read = entriesRead ?? this.#estimate(lastId);
    if (!this.#stream.createGroup(name, lastId, read === -1n ? undefined : read)) throw duplicate('group');
    this.#group = name;
    this.#unclaimed = 0;
  }

  /** How much a group has read, for files that do not say it. */
  #estimate(lastId: bigint): bigint {
    const stream = this.#stream;
    if (stream.length === 0) return 0n;
    if (lastId === stream.lastId) return BigInt(stream.length);
    if (lastId > stream.lastId) return -1n;
    const { firstId } = stream;
    return lastId < firstId ? 0n : lastId === firstId ? 1n : -1n;
  }

  pending(id: bigint, deliveredMs: number, deliveries: number): void {
    if (!this.#stream.setPending(this.#group, undefined, id, deliveredMs, deliveries))
      throw duplicate('pending entry');
    this.#unclaimed++;
  }

  consumer(name: Uint8Array, seenMs: number): void {
    if (!this.#stream.createConsumer(this.#group, name, seenMs)) throw duplicate('consumer');
    this.#consumer = name;
  }

  own(id: bigint): void {
    if (!this.#stream.adoptPending(this.#group, this.#consumer, id))
      throw corrupt('a consumer has an entry pending that its group has not, or that is pending for another');
    this.#unclaimed--;
  }

  endGroup(): void {
    if (this.#unclaimed > 0) throw corrupt(`${this.#unclaimed} pending entries that are no consumer's`);
  }

  end(): void {
    this.#end();
  }
}

function duplicate(what: string): LightsoutError {
  return corrupt(`duplicate ${what}`);
}

function corrupt(what: string): LightsoutError {
  return new LightsoutError('CORRUPT', what);
}
