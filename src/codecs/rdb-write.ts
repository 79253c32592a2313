/**
 * Writing an RDB file from entries, as `readRdb` gives them or as a program makes them.
 *
 * An entry is written when it comes, so that memory holds one slice and one entry. Only a collection that is begun without its
 * size is put together in memory, since the format has the size first. Entries are held against the announced sizes: what
 * would make a file that nobody loads is refused before it is written.
 */
import { ByteWriter, Crc64 } from '../bytes/index.ts';
import { highHalf, lowHalf } from '../data/expiry.ts';
import { LightsoutError } from '../errors.ts';
import { opcode, writeLength, writeString, writeText } from '../rdb/index.ts';
import type { RdbEntry, RdbKey } from './rdb-entry.ts';
import { RdbCollectionWriter } from './rdb-write-collection.ts';
import { RdbStreamWriter } from './rdb-write-stream.ts';

export interface WriteRdbOptions {
  /** 10 (default) is the newest that Redis 7.0 loads, 11 is of 7.2, 12 of 7.4: fields that expire need it. */
  readonly version?: 10 | 11 | 12;
  /** LZF for strings longer than 20 bytes. Default true. */
  readonly compress?: boolean;
  /** Default true. False ends the file in eight zeros, which stand for "not computed". */
  readonly checksum?: boolean;
}

/**
 * The bytes of an RDB file. `header` and `eof` are of no account: both are written anyway. `module-aux` is left out.
 *
 * @throws LightsoutError CONFIG where an entry does not fit what came before
 * @example
 * const entries = [{ kind: 'string', key, value }] as const;
 * await writeFile('dump.rdb', writeRdb(entries));
 */
export async function* writeRdb(
  entries: AsyncIterable<RdbEntry> | Iterable<RdbEntry>,
  options: WriteRdbOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new RdbWriter(options);
  for await (const entry of entries) {
    writer.add(entry);
    if (writer.pendingBytes >= sliceBytes) yield writer.take();
  }
  writer.end();
  yield writer.take();
}

/** What writes one value: entries go to it until it says that it has ended. */
export interface ValueWriter {
  /** False: the value is whole. @throws LightsoutError CONFIG */
  add(entry: RdbEntry): boolean;
}

class RdbWriter {
  readonly #options: Required<WriteRdbOptions>;
  readonly #out = new ByteWriter(2 * sliceBytes);
  readonly #crc = new Crc64();
  #value: ValueWriter | undefined;

  constructor({ version = 10, compress = true, checksum = true }: WriteRdbOptions) {
    this.#options = { version, compress, checksum };
    if (version !== 10 && version !== 11 && version !== 12)
      throw new LightsoutError('CONFIG', `version ${String(version)}: 10, 11 and 12 are written`);
    this.#out.latin1(`REDIS00${version}`);
  }

  get pendingBytes(): number {
    return this.#out.length;
  }

  take(): Uint8Array {
    const slice = this.#out.copy();
    if (this.#options.checksum) this.#crc.update(slice, 0, slice.length);
    this.#out.clear();
    return slice;
  }

  add(entry: RdbEntry): void {
    if (this.#value !== undefined) {
      if (!this.#value.add(entry)) this.#value = undefined;
      return;
    }
    const out = this.#out;
    const { compress, checksum } = this.#options;
    switch (entry.kind) {
      case 'header':
      case 'module-aux':
      case 'eof':
        break;
      case 'aux':
        // The promise of a checksum that is not kept would be read as damage.
        if (entry.name === 'lightsout-checksum' && !checksum) break;
        out.byte(opcode.aux);
        writeText(out, entry.name);
        writeText(out, entry.value);
        break;
      case 'function':
        out.byte(opcode.function2);
        writeString(out, entry.source, 0, entry.source.length, compress);
        break;
      case 'database':
        out.byte(opcode.selectDb);
        writeLength(out, entry.index);
        break;
      case 'size':
        out.byte(opcode.resizeDb);
        writeLength(out, entry.keys);
        writeLength(out, entry.expires);
        break;
      case 'string':
        this.#writeFacts(entry);
        out.byte(0);
        writeString(out, entry.key, 0, entry.key.length, false);
        writeString(out, entry.value, 0, entry.value.length, compress);
        break;
      case 'list':
      case 'set':
      case 'hash':
      case 'zset':
        this.#writeFacts(entry);
        this.#value = new RdbCollectionWriter(out, entry, this.#options);
        break;
      case 'stream':
        this.#writeFacts(entry);
        this.#value = new RdbStreamWriter(out, entry, this.#options);
        break;
      default:
        throw new LightsoutError(
          'CONFIG',
          `an entry '${entry.kind}' outside of a collection: its beginning is expected before`,
        );
    }
  }

  end(): void {
    if (this.#value !== undefined)
      throw new LightsoutError('CONFIG', "the entries end inside a collection: an entry 'end' is expected");
    const out = this.#out;
    out.byte(opcode.eof);
    out.ensure(8);
    if (this.#options.checksum) {
      this.#crc.update(out.buffer, 0, out.length);
      this.#crc.digest(out.buffer, out.length);
    } else {
      out.buffer.fill(0, out.length, out.length + 8);
    }
    out.length += 8;
  }

  /** What stands before a key. */
  #writeFacts({ expireAtMs, idleSec, freq }: RdbKey): void {
    const out = this.#out;
    if (expireAtMs !== undefined) {
      out.byte(opcode.expireTimeMs);
      if (typeof expireAtMs === 'number') {
        out.int64LE(expireAtMs);
      } else {
        out.uint32LE(lowHalf(expireAtMs));
        out.uint32LE(highHalf(expireAtMs));
      }
    }
    if (idleSec !== undefined) {
      out.byte(opcode.idle);
      writeLength(out, idleSec);
    }
    if (freq !== undefined) {
      out.byte(opcode.freq);
      out.byte(freq);
    }
  }
}

const sliceBytes = 64 * 1024;
