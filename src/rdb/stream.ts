/**
 * The value of a stream, a part at a time (formats.md 2.7): runs of entries, facts, then for each group what is pending and
 * for each of its consumers which of that is its own.
 */
import { LightsoutError } from '../errors.ts';
import { rdbType } from './format.ts';
import type { RdbReader } from './reader.ts';
import { Span, uint32BE, uint32LE } from './reader.ts';
import { checkRun } from './stream-run.ts';
import type { StreamSink } from './stream-sink.ts';

const unknownCount = (1n << 64n) - 1n;

export class StreamDecoder {
  readonly #type: number;
  /** Undefined: the stream is passed over. */
  readonly #sink: StreamSink | undefined;
  readonly #value = new Span();
  #state: 'nodes' | 'facts' | 'group' | 'pending' | 'consumers' | 'consumer' | 'own' = 'nodes';
  /** Of the state's parts, and of groups and consumers, how many are still to come. */
  #left: number;
  #groupsLeft = 0;
  #consumersLeft = 0;
  #nodes: number;
  #lastNode = -1n;

  constructor(type: number, nodes: number, sink: StreamSink | undefined) {
    this.#type = type;
    this.#sink = sink;
    this.#nodes = nodes;
    this.#left = nodes;
    if (nodes === 0) this.#state = 'facts';
  }

  /** What the part at hand is, for messages. */
  get inside(): string {
    return this.#state === 'nodes' ? 'a run of entries' : `a stream's ${this.#state}`;
  }

  /** Reads one part: `wait` where it is not whole, `end` with the last. */
  read(reader: RdbReader): 'wait' | 'part' | 'end' {
    switch (this.#state) {
      case 'nodes':
        return this.#readNode(reader);
      case 'facts':
        return this.#readFacts(reader);
      case 'group':
        return this.#readGroup(reader);
      case 'pending': {
        const id = rawId(reader);
        const deliveredMs = milliseconds(reader);
        const deliveries = long(reader);
        if (id === undefined || deliveredMs === undefined || deliveries === undefined) return 'wait';
        this.#sink?.pending(id, deliveredMs, clamped(deliveries));
        if (--this.#left === 0) this.#state = 'consumers';
        return 'part';
      }
      case 'consumers': {
        const count = reader.count();
        if (count < 0) return 'wait';
        this.#sink?.consumers?.(count);
        this.#consumersLeft = count;
        return this.#nextConsumer();
      }
      case 'consumer':
        return this.#readConsumer(reader);
      default: {
        const id = rawId(reader);
        if (id === undefined) return 'wait';
        this.#sink?.own(id);
        return --this.#left === 0 ? this.#nextConsumer() : 'part';
      }
    }
  }

  #readNode(reader: RdbReader): 'wait' | 'part' {
    const value = this.#value;
    if (!reader.string(value)) return 'wait';
    if (value.end - value.start !== 16)
      throw corrupt(`a run of entries has a key of ${value.end - value.start} bytes, 16 are expected`);
    const master = idAt(value.bytes, value.start);
    if (!reader.string(value)) return 'wait';
    if (master <= this.#lastNode) throw corrupt('runs of entries out of order');
    this.#lastNode = master;
    const living = checkRun(value.bytes, value.start, value.end, master);
    this.#sink?.node(master, value.bytes, value.start, value.end, living);
    if (--this.#left === 0) this.#state = 'facts';
    return 'part';
  }

  #readFacts(reader: RdbReader): 'wait' | 'part' | 'end' {
    const length = long(reader);
    const lastId = countedId(reader);
    let maxDeletedId: bigint | undefined;
    let entriesAdded: bigint | undefined;
    let firstId: bigint | undefined;
    if (this.#type !== rdbType.streamListpacks) {
      firstId = countedId(reader);
      maxDeletedId = countedId(reader);
      entriesAdded = long(reader);
      if (firstId === undefined || maxDeletedId === undefined || entriesAdded === undefined) return 'wait';
    }
    const groups = reader.count();
    if (length === undefined || lastId === undefined || groups < 0) return 'wait';
    if (length > 0n && this.#nodes === 0) throw corrupt(`a stream of ${length} entries without any`);
    this.#sink?.facts({ length, lastId, maxDeletedId, entriesAdded, firstId, groups });
    this.#groupsLeft = groups;
    return this.#nextGroup();
  }

  #readGroup(reader: RdbReader): 'wait' | 'part' {
    const value = this.#value;
    if (!reader.string(value)) return 'wait';
    const name = value.copy();
    const lastId = countedId(reader);
    let entriesRead: bigint | undefined;
    if (this.#type !== rdbType.streamListpacks) {
      entriesRead = long(reader);
      if (entriesRead === undefined) return 'wait';
      if (entriesRead === unknownCount) entriesRead = -1n;
    }
    const pending = reader.count();
    if (lastId === undefined || pending < 0) return 'wait';
    this.#sink?.group(name, lastId, entriesRead, pending);
    this.#left = pending;
    this.#state = pending === 0 ? 'consumers' : 'pending';
    return 'part';
  }

  #readConsumer(reader: RdbReader): 'wait' | 'part' | 'end' {
    const value = this.#value;
    if (!reader.string(value)) return 'wait';
    const name = value.copy();
    const seenMs = milliseconds(reader);
    const hasActive = this.#type === rdbType.streamListpacks3;
    const activeMs = hasActive ? milliseconds(reader) : undefined;
    if (hasActive && activeMs === undefined) return 'wait';
    const own = reader.count();
    if (seenMs === undefined || own < 0) return 'wait';
    this.#sink?.consumer(name, seenMs, own, activeMs);
    if (own === 0) return this.#nextConsumer();
    this.#left = own;
    this.#state = 'own';
    return 'part';
  }

  #nextConsumer(): 'part' | 'end' {
    if (this.#consumersLeft-- > 0) {
      this.#state = 'consumer';
      return 'part';
    }
    this.#sink?.endGroup();
    return this.#nextGroup();
  }

  #nextGroup(): 'part' | 'end' {
    if (this.#groupsLeft-- > 0) {
      this.#state = 'group';
      return 'part';
    }
    this.#sink?.end();
    return 'end';
  }
}

/** A length of up to 64 bits. */
function long(reader: RdbReader): bigint | undefined {
  const { window } = reader;
  const { buffer, position: at } = window;
  if (at < window.limit && buffer[at] === 0x81) {
    if (!reader.skip(9)) return undefined;
    return (BigInt(uint32BE(buffer, at + 1)) << 32n) | BigInt(uint32BE(buffer, at + 5));
  }
  const count = reader.count();
  return count < 0 ? undefined : BigInt(count);
}

/** An id as two lengths. */
function countedId(reader: RdbReader): bigint | undefined {
  const ms = long(reader);
  const seq = ms === undefined ? undefined : long(reader);
  return seq === undefined ? undefined : (ms! << 64n) | seq;
}

function rawId(reader: RdbReader): bigint | undefined {
  const { buffer, position } = reader.window;
  return reader.skip(16) ? idAt(buffer, position) : undefined;
}

function idAt(bytes: Uint8Array, at: number): bigint {
  let id = 0n;
  for (let i = 0; i < 16; i += 4) id = (id << 32n) | BigInt(uint32BE(bytes, at + i));
  return id;
}

/** Signed 64 bits, the nearest double beyond 2^53. */
function milliseconds(reader: RdbReader): number | undefined {
  const { buffer, position } = reader.window;
  if (!reader.skip(8)) return undefined;
  const value = (uint32LE(buffer, position + 4) | 0) * 4_294_967_296 + uint32LE(buffer, position);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}

function clamped(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

function corrupt(what: string): LightsoutError {
  return new LightsoutError('CORRUPT', what);
}
