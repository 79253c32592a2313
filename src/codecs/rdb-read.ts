/**
 * Reading an RDB file from anywhere, in pieces of any size.
 *
 * What is in memory at a time: one piece of at most 64 KiB, what it holds as entries, and the item (a string, a node) that
 * it ends in. A length that lies makes the reader wait for bytes that never come, and take no room for them.
 */
import { RdbDecoder } from '../rdb/index.ts';
import { RdbCollector } from './rdb-collector.ts';
import { type ByteSource, plainBytes, type RdbEntry } from './rdb-entry.ts';

export interface ReadRdbOptions {
  /** Compare the checksum at the end of the file. Default true. */
  readonly verifyChecksum?: boolean;
}

/**
 * The entries of an RDB file, from its header to its end. Bytes behind the end (the commands of an old AOF) are not read.
 *
 * What is read before an error or before `eof` is not known to be undamaged: the checksum comes last.
 *
 * @throws LightsoutError CORRUPT, naming the offset and the key
 * @example
 * for await (const entry of readRdb(createReadStream('dump.rdb')))
 *   if (entry.kind === 'string') console.log(entry.key, entry.value.length);
 */
export async function* readRdb(
  source: ByteSource,
  options: ReadRdbOptions = {},
): AsyncGenerator<RdbEntry, void, undefined> {
  const reader = new RdbEntries(options);
  for await (const given of source) {
    const chunk = plainBytes(given);
    for (let at = 0; at < chunk.length && !reader.done;) {
      at = reader.push(chunk, at, Math.min(chunk.length, at + sliceBytes));
      yield* reader.take();
    }
    if (reader.done) return;
  }
  reader.end();
}

/** The same without waiting: bytes in, entries out. */
export class RdbEntries {
  readonly #collector = new RdbCollector();
  readonly #decoder: RdbDecoder;
  #isBegun = false;

  constructor(options: ReadRdbOptions = {}) {
    this.#decoder = new RdbDecoder(this.#collector, { verifyChecksum: options.verifyChecksum ?? true });
  }

  get done(): boolean {
    return this.#decoder.done;
  }

  /** Takes chunk[start, end) and gives where the bytes end that belong to the RDB. @throws LightsoutError CORRUPT */
  push(chunk: Uint8Array, start: number, end: number): number {
    const decoder = this.#decoder;
    const next = decoder.push(chunk, start, end);
    if (decoder.done) {
      const { checksum, endOffset } = decoder;
      this.#collector.add({ kind: 'eof', bytes: endOffset, checksum });
    }
    return next;
  }

  /** The entries that have come since last time. */
  take(): RdbEntry[] {
    const taken = this.#collector.take();
    const { version, isValkey } = this.#decoder;
    if (this.#isBegun || version === 0) return taken;
    this.#isBegun = true;
    return [{ kind: 'header', version, valkey: isValkey }, ...taken];
  }

  /** Says that the file ends here. @throws LightsoutError CORRUPT where the RDB is not whole */
  end(): void {
    this.#decoder.end();
  }
}

const sliceBytes = 64 * 1024;
