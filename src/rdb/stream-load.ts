/** A stream of an RDB file into a keyspace. */
import { greatestStreamId, type StreamId, streamIdText, type StreamValue } from '../data/index.ts';
import { walkRun } from '../data/stream-node.ts';
import { LightsoutError } from '../errors.ts';
import type { LivingRange } from './stream-run.ts';
import type { StreamFactsRead, StreamSink } from './stream-sink.ts';

interface Entry {
  readonly id: StreamId;
  readonly fields: readonly Uint8Array[];
}

/** Of runs that are made anew: Redis's defaults. */
const runLimits = { maxBytes: 4096, maxEntries: 100 };

export class StreamLoader implements StreamSink {
  readonly #stream: StreamValue;
  readonly #end: () => void;
  /** The last living id of the runs so far. */
  #last = -1n;
  /** All living entries so far, once a run came whose own do not follow its master id and all others. */
  #strayed: Entry[] | undefined;
  #group: Uint8Array = new Uint8Array(0);
  #consumer: Uint8Array = new Uint8Array(0);
  /** Pending entries of the group that no consumer has claimed yet. */
  #unclaimed = 0;

  constructor(stream: StreamValue, end: () => void) {
    this.#stream = stream;
    this.#end = end;
  }

  node(id: bigint, bytes: Uint8Array, start: number, end: number, living: LivingRange | undefined): void {
    if (this.#strayed === undefined && (living === undefined || (living.first >= id && id > this.#last))) {
      if (!this.#stream.appendNode(id, bytes, start, end)) throw corrupt('runs of entries out of order');
      if (living !== undefined) this.#last = living.last;
      return;
    }
    const strayed = (this.#strayed ??= this.#takeEntries());
    walkRun(bytes, start, id, (entry) => {
      if (!entry.isDeleted) strayed.push({ id: entry.id, fields: entry.fields() });
    });
  }

  /** Empties the stream of the runs that it has got, and gives what lived in them. */
  #takeEntries(): Entry[] {
    const entries: Entry[] = [];
    this.#stream.forEach(
      0n,
      greatestStreamId,
      ({ id, fields }) => void entries.push({ id, fields: fields() }),
    );
    // No facts have come yet: what is to go must be counted.
    this.#stream.set({ length: Number.MAX_SAFE_INTEGER });
    this.#stream.trim({ keep: { length: 0 }, approximate: false, limit: 0 });
    this.#stream.set({ length: 0 });
    return entries;
  }

  /** In order, whatever that of their runs was: nobody could find what lies behind a greater id. */
  #putBack(entries: Entry[]): void {
    entries.sort((a, b) => (a.id < b.id ? -1 : 1));
    let last = 0n;
    for (const { id, fields } of entries) {
      if (id <= last) throw corrupt(`two entries ${streamIdText(id)}`);
      last = id;
      this.#stream.append(id, fields, runLimits);
    }
  }

  facts({ length, lastId, maxDeletedId, entriesAdded }: StreamFactsRead): void {
    if (this.#strayed !== undefined) this.#putBack(this.#strayed);
    this.#strayed = undefined;
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
