/**
 * Writing runs of entries: one block a run, changed in place where no image sees it and there is room.
 *
 * Every function gives the address where the run stands afterwards: the caller stores it where the old one stood.
 */
import { ByteWriter } from '../bytes/writer.ts';
import { blockKind, copyBytes, unitBytes, unitsOf } from './chunks.ts';
import {
  appendEntry,
  appendIntegerEntry,
  entryEquals,
  listpackEnd,
  listpackHeaderBytes,
  nextEntry,
} from './listpack.ts';
import { roundUnits } from './slab.ts';
import type { Store } from './store.ts';
import { readWord, writeWord } from './stored-string.ts';
import { entriesHeaderBytes, runEnd, runStart } from './stream-blocks.ts';
import { deletedIn, distance, entryFlag, livingIn, masterOf, smallAt } from './stream-node.ts';
import type { StreamId } from './stream.ts';

const halfMask = (1n << 64n) - 1n;
/** A listpack's header counts its entries up to here. */
const countedEntries = 0xffff;

export class Runs {
  readonly #store: Store;
  readonly #front = new ByteWriter(64);
  readonly #back = new ByteWriter(256);

  constructor(store: Store) {
    this.#store = store;
  }

  /** A run of one entry, which is its master. */
  create(id: StreamId, fields: readonly Uint8Array[]): number {
    const front = this.#front;
    front.clear();
    appendIntegerEntry(front, 0);
    appendIntegerEntry(front, 0);
    appendIntegerEntry(front, fields.length >>> 1);
    for (let i = 0; i < fields.length; i += 2) appendEntry(front, fields[i]!, 0, fields[i]!.length);
    appendIntegerEntry(front, 0);
    const entries = 4 + (fields.length >>> 1);
    const listpack = new ByteWriter(front.length + 16);
    listpack.length = listpackHeaderBytes;
    listpack.bytes(front.buffer, 0, front.length);
    listpack.byte(listpackEnd);
    writeHeader(listpack.buffer, 0, listpack.length, entries);
    return this.append(this.adopt(listpack.buffer, 0, listpack.length), id, id, fields);
  }

  /** A run of a listpack that is sound. */
  adopt(bytes: Uint8Array, start: number, end: number): number {
    const run = this.#take(end - start);
    copyBytes(bytes, start, end, this.#store.chunks.bytes[run >>> 16]!, runStart(run));
    return run;
  }

  append(run: number, master: StreamId, id: StreamId, fields: readonly Uint8Array[]): number {
    const bytes = this.#store.chunks.bytes[run >>> 16]!;
    const listpack = runStart(run);
    const same = this.#hasMasterFields(bytes, listpack, fields);
    const back = this.#back;
    back.clear();
    appendIntegerEntry(back, same ? entryFlag.sameFields : 0);
    appendIntegerEntry(back, distance(id >> 64n, master >> 64n));
    appendIntegerEntry(back, distance(id & halfMask, master & halfMask));
    if (!same) appendIntegerEntry(back, fields.length >>> 1);
    for (let i = same ? 1 : 0; i < fields.length; i += same ? 2 : 1)
      appendEntry(back, fields[i]!, 0, fields[i]!.length);
    const parts = 3 + (same ? fields.length >>> 1 : fields.length + 1);
    appendIntegerEntry(back, parts);
    return this.#rewrite(
      run,
      livingIn(bytes, listpack) + 1,
      deletedIn(bytes, listpack),
      back.buffer,
      back.length,
      parts + 1,
    );
  }

  /** Marks the entries at these places (of `mutable`'s result) as deleted. */
  delete(run: number, places: readonly number[]): number {
    const bytes = this.#store.chunks.bytes[run >>> 16]!;
    // Flags are one byte with or without the mark.
    for (const at of places) bytes[at] = smallAt(bytes, at) | entryFlag.deleted;
    const listpack = runStart(run);
    const living = livingIn(bytes, listpack) - places.length;
    return this.#rewrite(run, living, deletedIn(bytes, listpack) + places.length, this.#back.buffer, 0, 0);
  }

  /** The run, or a copy of it that no image sees. */
  mutable(run: number): number {
    const { memory } = this.#store;
    return memory.isFrozen(run) ? memory.copyAndDrop(run) : run;
  }

  #hasMasterFields(bytes: Uint8Array, listpack: number, fields: readonly Uint8Array[]): boolean {
    const { names } = masterOf(bytes, listpack);
    if (names.length !== fields.length >>> 1) return false;
    const { probe } = this.#store;
    return names.every((at, i) => {
      const name = fields[2 * i]!;
      probe.clear();
      appendEntry(probe, name, 0, name.length);
      return entryEquals(bytes, at, probe.buffer, probe.length);
    });
  }

  /** Sets both counts and puts bytes behind the entries: in place, or in a new block where there is no room. */
  #rewrite(
    run: number,
    living: number,
    deleted: number,
    more: Uint8Array,
    moreBytes: number,
    moreEntries: number,
  ): number {
    const { memory, chunks } = this.#store;
    const front = this.#front;
    front.clear();
    appendIntegerEntry(front, living);
    appendIntegerEntry(front, deleted);
    const bytes = chunks.bytes[run >>> 16]!;
    const listpack = runStart(run);
    const total = readWord(bytes, listpack);
    const counted = bytes[listpack + 4]! | (bytes[listpack + 5]! << 8);
    const entries = counted === countedEntries ? counted : Math.min(countedEntries, counted + moreEntries);
    const from = listpack + listpackHeaderBytes;
    const rest = nextEntry(bytes, nextEntry(bytes, from));
    const restEnd = listpack + total - 1;
    const newTotal = total + front.length - (rest - from) + moreBytes;
    const room = unitsOf(chunks, run) * unitBytes - entriesHeaderBytes;
    if (newTotal <= room && !memory.isFrozen(run)) {
      if (from + front.length !== rest) bytes.copyWithin(from + front.length, rest, restEnd);
      copyBytes(front.buffer, 0, front.length, bytes, from);
      copyBytes(more, 0, moreBytes, bytes, listpack + newTotal - 1 - moreBytes);
      bytes[listpack + newTotal - 1] = listpackEnd;
      writeHeader(bytes, listpack, newTotal, entries);
      return run;
    }
    const grown = this.#take(moreBytes > 0 ? newTotal + Math.min(newTotal, 1024) : newTotal);
    const target = chunks.bytes[grown >>> 16]!;
    const at = runStart(grown);
    copyBytes(front.buffer, 0, front.length, target, at + listpackHeaderBytes);
    copyBytes(bytes, rest, restEnd, target, at + listpackHeaderBytes + front.length);
    copyBytes(more, 0, moreBytes, target, at + newTotal - 1 - moreBytes);
    target[at + newTotal - 1] = listpackEnd;
    writeHeader(target, at, newTotal, entries);
    memory.drop(run);
    return grown;
  }

  #take(listpackBytes: number): number {
    const units = roundUnits(Math.ceil((entriesHeaderBytes + listpackBytes) / unitBytes));
    return this.#store.memory.take(units, blockKind.streamEntries);
  }

  /** Bytes of the run's listpack. */
  lengthBytes(run: number): number {
    return runEnd(this.#store.chunks, run) - runStart(run);
  }
}

function writeHeader(bytes: Uint8Array, at: number, totalBytes: number, entries: number): void {
  writeWord(bytes, at, totalBytes);
  bytes[at + 4] = entries & 0xff;
  bytes[at + 5] = entries >>> 8;
}
