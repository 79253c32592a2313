/** The sink that turns what a decoder reads into entries, which wait until somebody takes them. */
import { NO_EXPIRY, type Expiry } from '../data/keyspace.ts';
import type { AnnouncedParts, CollectionType, RdbSink, StreamSink } from '../rdb/index.ts';
import type { RdbEntry, RdbKey, RdbValue } from './rdb-entry.ts';

/** Elements that come one by one are handed on in pieces of so many. */
const elementsInPiece = 128;

export class RdbCollector implements RdbSink {
  #waiting: RdbEntry[] = [];
  #idleSec: number | undefined;
  #freq: number | undefined;

  #type: CollectionType = 'list';
  /** The beginning of a collection whose size is known with its end only. */
  #unsized: { readonly index: number; readonly key: RdbKey } | undefined;
  #size = 0;
  #earliestExpiryMs: number | undefined;
  #elements: Uint8Array[] = [];
  #isInNodes = false;

  /** Takes what has come. */
  take(): RdbEntry[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  add(entry: RdbEntry): void {
    this.#waiting.push(entry);
  }

  aux(name: string, value: string): void {
    this.add({ kind: 'aux', name, value });
  }

  function(source: Uint8Array): void {
    this.add({ kind: 'function', source });
  }

  moduleAux(module: string): void {
    this.add({ kind: 'module-aux', module });
  }

  selectDb(index: number): void {
    this.add({ kind: 'database', index });
  }

  resizeDb(keys: number, expires: number): void {
    this.add({ kind: 'size', keys, expires });
  }

  idle(seconds: number): void {
    this.#idleSec = seconds;
  }

  freq(counter: number): void {
    this.#freq = counter;
  }

  string(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs: Expiry,
  ): void {
    const named = this.#named(key.slice(keyStart, keyEnd), expireAtMs);
    this.add({ kind: 'string', ...named, value: value.slice(valueStart, valueEnd) });
  }

  beginCollection(
    type: CollectionType,
    key: Uint8Array,
    expireAtMs: Expiry,
    announced?: AnnouncedParts,
  ): void {
    const named = this.#named(key, expireAtMs);
    this.#type = type;
    this.#size = 0;
    this.#earliestExpiryMs = undefined;
    this.#elements = [];
    this.#isInNodes = announced?.isInNodes === true;
    // A blob comes with all of its elements in one go: the beginning still waits here when the end comes.
    this.#unsized = announced === undefined ? { index: this.#waiting.length, key: named } : undefined;
    this.add(begun(type, named, announced ?? unknownParts));
  }

  element(bytes: Uint8Array, start: number, end: number): void {
    const copy = bytes.slice(start, end);
    this.#size++;
    if (this.#type === 'set') {
      this.add({ kind: 'member', member: copy });
      return;
    }
    this.#elements.push(copy);
    if (this.#elements.length === elementsInPiece && !this.#isInNodes) this.#addElements();
  }

  endNode(): void {
    this.#addElements();
  }

  field(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs?: number,
  ): void {
    this.#size++;
    if (expireAtMs !== undefined)
      this.#earliestExpiryMs = Math.min(expireAtMs, this.#earliestExpiryMs ?? expireAtMs);
    this.add({
      kind: 'field',
      field: field.slice(fieldStart, fieldEnd),
      value: value.slice(valueStart, valueEnd),
      ...(expireAtMs === undefined ? {} : { expireAtMs }),
    });
  }

  scored(bytes: Uint8Array, start: number, end: number, score: number): void {
    this.#size++;
    this.add({ kind: 'scored', member: bytes.slice(start, end), score });
  }

  endCollection(): void {
    if (this.#elements.length > 0) this.#addElements();
    if (this.#unsized !== undefined) {
      const { index, key } = this.#unsized;
      const earliest = this.#earliestExpiryMs;
      const known = { ...unknownParts, count: this.#size };
      this.#waiting[index] = begun(
        this.#type,
        key,
        earliest === undefined ? known : { ...known, earliestExpiryMs: earliest },
      );
    }
    this.#unsized = undefined;
    this.add({ kind: 'end' });
  }

  beginStream(key: Uint8Array, expireAtMs: Expiry, nodes: number): StreamSink {
    this.add({ kind: 'stream', ...this.#named(key, expireAtMs), nodes });
    return {
      node: (id, bytes, start, end) => this.add({ kind: 'node', id, listpack: bytes.slice(start, end) }),
      facts: ({ length, lastId, firstId, maxDeletedId, entriesAdded, groups }) =>
        this.add({
          kind: 'facts',
          length,
          lastId,
          ...(firstId === undefined ? {} : { firstId }),
          ...(maxDeletedId === undefined ? {} : { maxDeletedId }),
          ...(entriesAdded === undefined ? {} : { entriesAdded }),
          groups,
        }),
      group: (name, lastId, entriesRead, pending) =>
        this.add({
          kind: 'group',
          name,
          lastId,
          ...(entriesRead === undefined ? {} : { entriesRead }),
          pending,
        }),
      pending: (id, deliveredMs, deliveries) => this.add({ kind: 'pending', id, deliveredMs, deliveries }),
      consumers: (count) => this.add({ kind: 'consumers', count }),
      consumer: (name, seenMs, pending, activeMs) =>
        this.add({
          kind: 'consumer',
          name,
          seenMs,
          ...(activeMs === undefined ? {} : { activeMs }),
          pending,
        }),
      own: (id) => this.add({ kind: 'own', id }),
      // The next group or the end says it.
      endGroup: () => undefined,
      end: () => this.add({ kind: 'end' }),
    };
  }

  #addElements(): void {
    this.add({ kind: 'elements', values: this.#elements });
    this.#elements = [];
  }

  /** What the key at hand has; hints are used up by it. */
  #named(key: Uint8Array, expireAtMs: Expiry): RdbKey {
    const idleSec = this.#idleSec;
    const freq = this.#freq;
    this.#idleSec = this.#freq = undefined;
    return {
      key,
      ...(expireAtMs === NO_EXPIRY ? {} : { expireAtMs }),
      ...(idleSec === undefined ? {} : { idleSec }),
      ...(freq === undefined ? {} : { freq }),
    };
  }
}

const unknownParts: AnnouncedParts = { count: 0, isInNodes: false, mayExpire: false };

function begun(type: CollectionType, key: RdbKey, announced: AnnouncedParts): RdbValue {
  const { count, isInNodes, mayExpire, earliestExpiryMs } = announced;
  if (type === 'list')
    return { kind: 'list', ...key, ...(isInNodes ? { pieces: count } : { length: count }) };
  // Whoever writes it again must know the earliest expiry first, and finds it if he is not told a size.
  if (mayExpire && earliestExpiryMs === undefined) return { kind: type, ...key };
  const earliest = earliestExpiryMs === undefined ? {} : { earliestExpireAtMs: earliestExpiryMs };
  return { kind: type, ...key, size: count, ...earliest };
}
