/** The twin's streams: arrays and Maps. Only the bytes of a run come from the codec, since trimming depends on them. */
import assert from 'node:assert/strict';
import { ByteWriter } from '../../src/bytes/writer.ts';
import { appendEntry, appendIntegerEntry, appendSigned } from '../../src/data/listpack.ts';
import type {
  ConsumerView,
  GroupView,
  PendingEntry,
  StreamEntry,
  StreamFacts,
  StreamNodeLimits,
  StreamValue,
  TrimRule,
} from '../../src/data/stream.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const half = (1n << 64n) - 1n;

interface Item {
  readonly id: bigint;
  readonly fields: readonly Uint8Array[];
  deleted: boolean;
}

interface Run {
  readonly master: bigint;
  readonly names: readonly Uint8Array[];
  items: Item[];
}

interface Pending {
  consumer: string | undefined;
  deliveredMs: number;
  deliveries: number;
}

interface Group {
  lastId: bigint;
  entriesRead: bigint | undefined;
  readonly pending: Map<bigint, Pending>;
  readonly consumers: Map<string, number>;
}

export interface StreamContent {
  readonly type: 'stream';
  length: number;
  lastId: bigint;
  maxDeletedId: bigint;
  entriesAdded: bigint;
  runs: Run[];
  readonly groups: Map<string, Group>;
}

export function emptyStream(): StreamContent {
  return {
    type: 'stream',
    length: 0,
    lastId: 0n,
    maxDeletedId: 0n,
    entriesAdded: 0n,
    runs: [],
    groups: new Map(),
  };
}

const byId = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** A listpack as Redis would hold the run in. */
function encodeRun(run: Run): Uint8Array {
  const writer = new ByteWriter();
  writer.length = 6;
  let entries = 0;
  const number = (value: number | bigint): void => {
    const small = Number(value);
    appendIntegerEntry(writer, Number.isSafeInteger(small) ? small : value);
    entries++;
  };
  const word = (bytes: Uint8Array): void => {
    appendEntry(writer, bytes, 0, bytes.length);
    entries++;
  };
  const living = run.items.filter(({ deleted }) => !deleted).length;
  number(living);
  number(run.items.length - living);
  number(run.names.length);
  run.names.forEach(word);
  number(0);
  for (const { id, fields, deleted } of run.items) {
    const count = fields.length / 2;
    const same =
      count === run.names.length && run.names.every((name, i) => latin1(name) === latin1(fields[2 * i]!));
    number((deleted ? 1 : 0) + (same ? 2 : 0));
    number(BigInt.asIntN(64, (id >> 64n) - (run.master >> 64n)));
    number(BigInt.asIntN(64, (id & half) - (run.master & half)));
    if (!same) number(count);
    fields.forEach((field, i) => {
      if (!same || i % 2 === 1) word(field);
    });
    number(3 + (same ? count : 2 * count + 1));
  }
  writer.byte(0xff);
  const total = writer.length;
  writer.length = 0;
  appendSigned(writer, total, 4);
  appendSigned(writer, Math.min(entries, 65_535), 2);
  writer.length = total;
  return writer.copy();
}

/** Reads a listpack's entries on its own terms; see the description of runs in formats.md 2.7. */
export function decodeRun(master: bigint, listpack: readonly string[]): Run {
  const [, , count] = listpack;
  const names = listpack.slice(3, 3 + Number(count));
  const items: Item[] = [];
  for (let at = 4 + names.length; at < listpack.length;) {
    const flags = Number(listpack[at]);
    const ms = BigInt.asUintN(64, (master >> 64n) + BigInt(listpack[at + 1]!));
    const seq = BigInt.asUintN(64, (master & half) + BigInt(listpack[at + 2]!));
    at += 3;
    const texts: string[] = [];
    if ((flags & 2) !== 0) {
      for (const name of names) texts.push(name, listpack[at++]!);
    } else {
      const fields = Number(listpack[at++]);
      texts.push(...listpack.slice(at, at + 2 * fields));
      at += 2 * fields;
    }
    at++;
    items.push({ id: (ms << 64n) | seq, fields: texts.map(bytesOf), deleted: (flags & 1) !== 0 });
  }
  return { master, names: names.map(bytesOf), items };
}

export class MapStream implements StreamValue {
  readonly #value: StreamContent;
  readonly #readListpack: (bytes: Uint8Array) => string[];

  constructor(value: StreamContent, readListpack: (bytes: Uint8Array) => string[] = () => assert.fail()) {
    this.#value = value;
    this.#readListpack = readListpack;
  }

  get length(): number {
    return this.#value.length;
  }

  get lastId(): bigint {
    return this.#value.lastId;
  }

  get maxDeletedId(): bigint {
    return this.#value.maxDeletedId;
  }

  get entriesAdded(): bigint {
    return this.#value.entriesAdded;
  }

  get firstId(): bigint {
    return this.#living()[0]?.id ?? 0n;
  }

  get groups(): number {
    return this.#value.groups.size;
  }

  #living(): Item[] {
    return this.#value.runs.flatMap(({ items }) => items.filter(({ deleted }) => !deleted));
  }

  has(id: bigint): boolean {
    return this.#living().some((item) => item.id === id);
  }

  forEach(from: bigint, to: bigint, visit: (entry: StreamEntry) => boolean | void): void {
    for (const { id, fields } of this.#living()) {
      if (id < from || id > to) continue;
      if (visit({ id, fields: () => fields.map((field) => field.slice()) }) === false) return;
    }
  }

  forEachBackward(from: bigint, to: bigint, visit: (entry: StreamEntry) => boolean | void): void {
    for (const { id, fields } of this.#living().reverse()) {
      if (id < from || id > to) continue;
      if (visit({ id, fields: () => fields.map((field) => field.slice()) }) === false) return;
    }
  }

  forEachNode(visit: (id: bigint, bytes: Uint8Array, start: number, end: number) => void): void {
    for (const run of this.#value.runs) {
      const bytes = encodeRun(run);
      visit(run.master, bytes, 0, bytes.length);
    }
  }

  forEachGroup(visit: (group: GroupView) => void): void {
    for (const name of [...this.#value.groups.keys()].sort()) visit(this.group(bytesOf(name))!);
  }

  group(name: Uint8Array): GroupView | undefined {
    const group = this.#value.groups.get(latin1(name));
    if (group === undefined) return undefined;
    const pendingOf = (id: bigint): PendingEntry => {
      const { consumer, deliveredMs, deliveries } = group.pending.get(id)!;
      assert(consumer !== undefined);
      return { id, consumer: bytesOf(consumer), deliveredMs, deliveries };
    };
    const walk = (
      from: bigint,
      visit: (pending: PendingEntry) => boolean | void,
      consumer?: string,
    ): void => {
      for (const id of [...group.pending.keys()].sort(byId)) {
        if (id < from || (consumer !== undefined && group.pending.get(id)!.consumer !== consumer)) continue;
        if (visit(pendingOf(id)) === false) return;
      }
    };
    const consumerOf = (title: string): ConsumerView => ({
      name: bytesOf(title),
      seenMs: group.consumers.get(title)!,
      pending: [...group.pending.values()].filter(({ consumer }) => consumer === title).length,
      forEachPending: (from, visit) => walk(from, visit, title),
    });
    return {
      name: name.slice(),
      lastId: group.lastId,
      entriesRead: group.entriesRead,
      pending: group.pending.size,
      consumers: group.consumers.size,
      pendingEntry: (id) => (group.pending.has(id) ? pendingOf(id) : undefined),
      forEachPending: (from, visit) => walk(from, visit),
      forEachConsumer: (visit) => {
        for (const title of [...group.consumers.keys()].sort()) visit(consumerOf(title));
      },
      consumer: (title) => (group.consumers.has(latin1(title)) ? consumerOf(latin1(title)) : undefined),
    };
  }

  append(id: bigint, fields: readonly Uint8Array[], limits: StreamNodeLimits): void {
    const value = this.#value;
    assert(id > value.lastId);
    const copies = fields.map((field) => field.slice());
    // XSETID may have gone back behind runs of which nothing is alive.
    value.runs = value.runs.filter(({ master }) => master < id);
    let run = value.runs.at(-1);
    const wanted = fields.reduce((sum, field) => sum + field.length, 0);
    const most = limits.maxBytes === 0 ? 2 ** 30 : Math.min(limits.maxBytes, 2 ** 30);
    if (
      run === undefined ||
      encodeRun(run).length + wanted >= most ||
      (limits.maxEntries > 0 && run.items.length >= limits.maxEntries)
    ) {
      run = { master: id, names: copies.filter((_, i) => i % 2 === 0), items: [] };
      value.runs.push(run);
    }
    run.items.push({ id, fields: copies, deleted: false });
    value.length++;
    value.lastId = id;
    value.entriesAdded++;
  }

  appendNode(id: bigint, listpack: Uint8Array, start: number, end: number): boolean {
    const last = this.#value.runs.at(-1);
    if (last !== undefined && last.master >= id) return false;
    this.#value.runs.push(decodeRun(id, this.#readListpack(listpack.slice(start, end))));
    return true;
  }

  delete(id: bigint): boolean {
    const value = this.#value;
    const run = value.runs.find(({ items }) => items.some((item) => item.id === id && !item.deleted));
    if (run === undefined) return false;
    run.items.find((item) => item.id === id && !item.deleted)!.deleted = true;
    if (run.items.every(({ deleted }) => deleted)) value.runs = value.runs.filter((other) => other !== run);
    value.length--;
    if (id > value.maxDeletedId) value.maxDeletedId = id;
    return true;
  }

  trim({ keep, approximate, limit }: TrimRule): number {
    const value = this.#value;
    let trimmed = 0;
    while (value.runs.length > 0) {
      if ('length' in keep && value.length <= keep.length) break;
      const run = value.runs[0]!;
      const living = run.items.filter(({ deleted }) => !deleted).length;
      if (limit > 0 && trimmed + living > limit) break;
      const whole =
        'length' in keep ? value.length - living >= keep.length : run.items.at(-1)!.id < keep.minId;
      if (whole) {
        value.runs.shift();
        value.length -= living;
        trimmed += living;
        continue;
      }
      if (approximate) break;
      for (const item of run.items) {
        if ('length' in keep ? value.length <= keep.length : item.id >= keep.minId) break;
        if (item.deleted) continue;
        item.deleted = true;
        value.length--;
        trimmed++;
      }
      break;
    }
    return trimmed;
  }

  set(facts: StreamFacts): void {
    Object.assign(this.#value, facts);
  }

  createGroup(name: Uint8Array, lastId: bigint, entriesRead: bigint | undefined): boolean {
    const { groups } = this.#value;
    if (groups.has(latin1(name))) return false;
    groups.set(latin1(name), { lastId, entriesRead, pending: new Map(), consumers: new Map() });
    return true;
  }

  setGroup(name: Uint8Array, lastId: bigint, entriesRead: bigint | undefined): void {
    Object.assign(this.#group(name), { lastId, entriesRead });
  }

  removeGroup(name: Uint8Array): boolean {
    return this.#value.groups.delete(latin1(name));
  }

  createConsumer(group: Uint8Array, name: Uint8Array, seenMs: number): boolean {
    const { consumers } = this.#group(group);
    if (consumers.has(latin1(name))) return false;
    consumers.set(latin1(name), seenMs);
    return true;
  }

  setSeen(group: Uint8Array, consumer: Uint8Array, seenMs: number): void {
    assert(this.#group(group).consumers.has(latin1(consumer)));
    this.#group(group).consumers.set(latin1(consumer), seenMs);
  }

  removeConsumer(group: Uint8Array, name: Uint8Array): number {
    const { consumers, pending } = this.#group(group);
    assert(consumers.delete(latin1(name)));
    let removed = 0;
    for (const [id, { consumer }] of pending)
      if (consumer === latin1(name)) removed += Number(pending.delete(id));
    return removed;
  }

  setPending(
    group: Uint8Array,
    consumer: Uint8Array | undefined,
    id: bigint,
    deliveredMs: number,
    deliveries: number,
  ): boolean {
    const { pending, consumers } = this.#group(group);
    const name = consumer && latin1(consumer);
    assert(name === undefined || consumers.has(name));
    const isNew = !pending.has(id);
    pending.set(id, { consumer: name, deliveredMs, deliveries });
    return isNew;
  }

  adoptPending(group: Uint8Array, consumer: Uint8Array, id: bigint): boolean {
    const pending = this.#group(group).pending.get(id);
    if (pending === undefined || pending.consumer !== undefined) return false;
    pending.consumer = latin1(consumer);
    return true;
  }

  removePending(group: Uint8Array, id: bigint): boolean {
    return this.#group(group).pending.delete(id);
  }

  #group(name: Uint8Array): Group {
    const group = this.#value.groups.get(latin1(name));
    assert(group !== undefined, 'a group that is changed exists');
    return group;
  }
}
