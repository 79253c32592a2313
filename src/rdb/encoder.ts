/**
 * A frozen keyspace as an RDB file, in slices.
 *
 * The records of an image are RDB already, so what is made here is the frame: magic, AUX fields, function libraries, a
 * SELECTDB and RESIZEDB before each database that has keys, the end and the checksum. All else is copied. A process that
 * must not stop for long asks for a slice at a time and writes each where it likes. Source: formats.md 2.1.
 */
import type { ByteWriter } from '../bytes/index.ts';
import { Crc64 } from '../bytes/index.ts';
import type { ImageReader, RecordCursor } from '../data/keyspace.ts';
import { opcode, versionFor } from './format.ts';
import { writeLength, writeString, writeText } from './string.ts';

export interface RdbEncoderOptions {
  /** Default 10, the newest that Redis 7.0 reads; 12 where a hash has fields that expire, which it does not know. */
  readonly version?: number;
  /** AUX fields in order; see `standardAux`. Latin1. */
  readonly aux: readonly (readonly [name: string, value: string | number])[];
  /** Sources of function libraries, to be kept as they came. */
  readonly functions?: readonly Uint8Array[];
  /** LZF for strings longer than 20 bytes: `rdbcompression`. */
  readonly compress: boolean;
  /** False writes 0 for the checksum, which readers take as "not computed": `rdbchecksum`. */
  readonly checksum: boolean;
}

/** The AUX field that carries the seed by whose hash the records are ordered. Redis passes over what it does not know. */
export const hashSeedField = 'lightsout-hash-seed';

/** The AUX field that says that the file ends in a checksum: one that is zero is damage then, and not "not computed". */
export const checksumField = 'lightsout-checksum';

/** The AUX field of an AOF's base that names the last batch of the log whose units are in it. */
export const lastBatchField = 'lightsout-batch';

/** The AUX fields that Redis 7.0 writes, in its order, and ours. `aofBase`: the file is the base of an AOF. */
export function standardAux(facts: {
  ctimeSec: number;
  usedMemoryBytes: number;
  aofBase: boolean;
  hashSeed?: string;
  hasChecksum?: boolean;
  lastBatch?: number;
}): [string, string | number][] {
  return [
    ['redis-ver', '7.0.15'],
    ['redis-bits', 64],
    ['ctime', facts.ctimeSec],
    ['used-mem', facts.usedMemoryBytes],
    ['aof-base', facts.aofBase ? 1 : 0],
    ...(facts.hashSeed === undefined ? [] : [[hashSeedField, facts.hashSeed] satisfies [string, string]]),
    ...(facts.hasChecksum === true ? [[checksumField, 'crc64'] satisfies [string, string]] : []),
    ...(facts.lastBatch === undefined ? [] : [[lastBatchField, facts.lastBatch] satisfies [string, number]]),
  ];
}

export class RdbEncoder {
  readonly #image: ImageReader;
  readonly #options: RdbEncoderOptions;
  readonly #crc = new Crc64();
  #state: 'header' | 'database' | 'records' | 'done' = 'header';
  #nextDatabase = 0;
  #cursor: RecordCursor | undefined;
  /** How much of the cursor's run was written. */
  #runPosition = 0;
  #keysBefore = 0;

  constructor(image: ImageReader, options: RdbEncoderOptions) {
    this.#image = image;
    this.#options = options;
  }

  /** Keys written so far, for `current_save_keys_processed`. */
  get keys(): number {
    return this.#keysBefore + (this.#cursor?.keys ?? 0);
  }

  /**
   * Appends the next slice of the file to `into`, about `budgetBytes` long (the frame's few bytes are not cut, records
   * are). False where the file is complete with it.
   */
  next(into: ByteWriter, budgetBytes: number): boolean {
    const from = into.length;
    const full = from + Math.max(1, budgetBytes);
    while (this.#state !== 'done' && into.length < full) {
      if (this.#state === 'header') this.#writeHeader(into);
      else if (this.#state === 'database') this.#writeDatabase(into, from);
      else this.#writeRecords(into, full);
    }
    if (this.#state === 'done') return false;
    if (this.#options.checksum) this.#crc.update(into.buffer, from, into.length);
    return true;
  }

  #writeHeader(into: ByteWriter): void {
    into.latin1(
      `REDIS${String(this.#options.version ?? versionFor(this.#image.hasFieldExpiries)).padStart(4, '0')}`,
    );
    for (const [name, value] of this.#options.aux) {
      into.byte(opcode.aux);
      writeText(into, name);
      writeText(into, String(value));
    }
    for (const source of this.#options.functions ?? []) {
      into.byte(opcode.function2);
      writeString(into, source, 0, source.length, this.#options.compress);
    }
    this.#state = 'database';
  }

  /** Begins the next database, or ends the file. `from` is where the slice began. */
  #writeDatabase(into: ByteWriter, from: number): void {
    const database = this.#image.databases[this.#nextDatabase++];
    if (database === undefined) {
      into.byte(opcode.eof);
      if (this.#options.checksum) this.#crc.update(into.buffer, from, into.length);
      into.ensure(8);
      this.#crc.digest(into.buffer, into.length);
      into.length += 8;
      this.#state = 'done';
      return;
    }
    into.byte(opcode.selectDb);
    writeLength(into, database.index);
    into.byte(opcode.resizeDb);
    writeLength(into, database.keys);
    writeLength(into, database.expires);
    this.#cursor = this.#image.records(database.index, this.#options.compress);
    this.#state = 'records';
    this.#nextRun();
  }

  #writeRecords(into: ByteWriter, full: number): void {
    const cursor = this.#cursor!;
    const end = Math.min(cursor.end, this.#runPosition + full - into.length);
    into.bytes(cursor.bytes, this.#runPosition, end);
    this.#runPosition = end;
    if (end === cursor.end) this.#nextRun();
  }

  #nextRun(): void {
    const cursor = this.#cursor!;
    if (cursor.nextRun()) {
      this.#runPosition = cursor.start;
      return;
    }
    this.#keysBefore += cursor.keys;
    this.#cursor = undefined;
    this.#state = 'database';
  }
}
