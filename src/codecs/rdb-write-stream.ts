/**
 * A stream of an RDB file, part by part: type 19, from version 11 on type 21.
 *
 * What files from before Redis 7 do not say of a stream is worked out as Redis does when it loads one.
 */
import type { ByteWriter } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import {
  checkRun,
  rdbType,
  writeCountedId,
  writeLength,
  writeLong,
  writeRawId,
  writeString,
} from '../rdb/index.ts';
import type { RdbEntry, RdbValue } from './rdb-entry.ts';
import type { ValueWriter, WriteRdbOptions } from './rdb-write.ts';

type Facts = Extract<RdbEntry, { kind: 'facts' }>;
type Group = Extract<RdbEntry, { kind: 'group' }>;

const unknownCount = (1n << 64n) - 1n;

export class RdbStreamWriter implements ValueWriter {
  readonly #out: ByteWriter;
  readonly #compress: boolean;
  readonly #hasActive: boolean;
  /** The kinds of entry that may come next, and how many of each level are to come. */
  #nodesLeft: number;
  #groupsLeft = -1;
  #pendingLeft = 0;
  #consumersLeft = 0;
  #ownLeft = 0;
  #awaitsConsumers = false;
  #firstId: bigint | undefined;
  #lastMaster = -1n;
  #facts: Facts | undefined;

  constructor(
    out: ByteWriter,
    { key, nodes }: Extract<RdbValue, { kind: 'stream' }>,
    { compress, version }: Required<WriteRdbOptions>,
  ) {
    this.#out = out;
    this.#compress = compress;
    this.#hasActive = version >= 11;
    this.#nodesLeft = nodes;
    out.byte(this.#hasActive ? rdbType.streamListpacks3 : rdbType.streamListpacks2);
    writeString(out, key, 0, key.length, false);
    writeLength(out, nodes);
  }

  add(entry: RdbEntry): boolean {
    const expected = this.#expected();
    if (entry.kind !== expected)
      throw new LightsoutError('CONFIG', `an entry '${entry.kind}' in a stream: '${expected}' is expected`);
    const out = this.#out;
    switch (entry.kind) {
      case 'node':
        this.#addNode(entry);
        break;
      case 'facts':
        this.#addFacts(entry);
        break;
      case 'group':
        this.#addGroup(entry);
        break;
      case 'pending':
        writeRawId(out, entry.id);
        out.int64LE(entry.deliveredMs);
        writeLength(out, entry.deliveries);
        this.#pendingLeft--;
        break;
      case 'consumers':
        writeLength(out, entry.count);
        this.#consumersLeft = entry.count;
        this.#awaitsConsumers = false;
        break;
      case 'consumer':
        writeString(out, entry.name, 0, entry.name.length, this.#compress);
        out.int64LE(entry.seenMs);
        if (this.#hasActive) out.int64LE(entry.activeMs ?? entry.seenMs);
        writeLength(out, entry.pending);
        this.#ownLeft = entry.pending;
        this.#consumersLeft--;
        break;
      case 'own':
        writeRawId(out, entry.id);
        this.#ownLeft--;
        break;
      default:
        return false;
    }
    return true;
  }

  #expected(): RdbEntry['kind'] {
    if (this.#nodesLeft > 0) return 'node';
    if (this.#groupsLeft < 0) return 'facts';
    if (this.#pendingLeft > 0) return 'pending';
    if (this.#awaitsConsumers) return 'consumers';
    if (this.#ownLeft > 0) return 'own';
    if (this.#consumersLeft > 0) return 'consumer';
    return this.#groupsLeft > 0 ? 'group' : 'end';
  }

  #addNode({ id, listpack }: Extract<RdbEntry, { kind: 'node' }>): void {
    if (id <= this.#lastMaster) throw new LightsoutError('CONFIG', 'nodes of a stream out of order');
    this.#lastMaster = id;
    const living = checkRun(listpack, 0, listpack.length, id);
    if (living !== undefined && (this.#firstId === undefined || living.first < this.#firstId))
      this.#firstId = living.first;
    this.#out.byte(16);
    writeRawId(this.#out, id);
    writeString(this.#out, listpack, 0, listpack.length, this.#compress);
    this.#nodesLeft--;
  }

  #addFacts(facts: Facts): void {
    const out = this.#out;
    this.#facts = facts;
    writeLong(out, facts.length);
    writeCountedId(out, facts.lastId);
    writeCountedId(out, facts.firstId ?? this.#firstId ?? 0n);
    writeCountedId(out, facts.maxDeletedId ?? 0n);
    writeLong(out, facts.entriesAdded ?? facts.length);
    writeLength(out, facts.groups);
    this.#groupsLeft = facts.groups;
  }

  #addGroup({ name, lastId, entriesRead, pending }: Group): void {
    const out = this.#out;
    writeString(out, name, 0, name.length, this.#compress);
    writeCountedId(out, lastId);
    const read = entriesRead ?? this.#estimate(lastId);
    writeLong(out, read < 0n ? unknownCount : read);
    writeLength(out, pending);
    this.#pendingLeft = pending;
    this.#awaitsConsumers = true;
    this.#groupsLeft--;
  }

  /** How many entries a group has read that stands at `lastId`; -1n: unknown. */
  #estimate(lastId: bigint): bigint {
    const { length, lastId: last } = this.#facts!;
    if (length === 0n) return 0n;
    if (lastId === last) return length;
    const first = this.#firstId;
    if (lastId > last || first === undefined || lastId > first) return -1n;
    return lastId === first ? 1n : 0n;
  }
}
