/**
 * Reading one append-only file from anywhere, in pieces of any size.
 *
 * What is in memory at a time: one piece of at most 64 KiB and the command that it ends in. Which files a log consists of, and
 * in what order, is in its manifest: see `parseManifest`.
 */
import { AofDecoder } from '../aof/index.ts';
import { latin1Text } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import { Argv } from '../resp/index.ts';
import { type ByteSource, plainBytes, type RdbEntry } from './rdb-entry.ts';
import { RdbEntries } from './rdb-read.ts';

/** Places are offsets in the file: an item is bytes [offset, endOffset). */
export type AofEntry =
  /** The words of a command. MULTI and EXEC are commands like others. */
  | {
      readonly kind: 'command';
      readonly words: readonly Uint8Array[];
      readonly offset: number;
      readonly endOffset: number;
    }
  /** A line that begins with `#`, without its line end, latin1: `#TS:1790000000`. */
  | {
      readonly kind: 'annotation';
      readonly text: string;
      readonly offset: number;
      readonly endOffset: number;
    }
  /** What the RDB holds that a base or an old file begins with. */
  | { readonly kind: 'rdb'; readonly entry: RdbEntry }
  /** The file ends inside an item that begins at `offset`. Always the last entry, and only with `allowTorn`. */
  | { readonly kind: 'torn'; readonly offset: number; readonly bytes: number };

export interface ReadAofOptions {
  /** True: a file that ends inside an item, as a crash leaves it, ends in a `torn` entry. Default false: an error. */
  readonly allowTorn?: boolean;
  /** Compare the checksum of an RDB at the beginning. Default true. */
  readonly verifyChecksum?: boolean;
}

/**
 * The items of an append-only file.
 *
 * @throws LightsoutError CORRUPT, naming the offset of what is no item
 * @example
 * for await (const entry of readAof(createReadStream('appendonly.aof.1.incr.aof')))
 *   if (entry.kind === 'command') console.log(entry.words.map(String));
 */
export async function* readAof(
  source: ByteSource,
  options: ReadAofOptions = {},
): AsyncGenerator<AofEntry, void, undefined> {
  const reader = new AofEntries(options);
  for await (const given of source) {
    const chunk = plainBytes(given);
    for (let at = 0; at < chunk.length; at += sliceBytes)
      yield* reader.push(chunk.subarray(at, Math.min(chunk.length, at + sliceBytes)));
  }
  yield* reader.end();
}

class AofEntries {
  readonly #options: ReadAofOptions;
  /** The first bytes, until it is clear what they begin. */
  #head: Uint8Array = new Uint8Array(0);
  #rdb: RdbEntries | undefined;
  #decoder: AofDecoder | undefined;
  #rdbBytes = 0;
  readonly #argv = new Argv();

  constructor(options: ReadAofOptions) {
    this.#options = options;
  }

  *push(piece: Uint8Array): Generator<AofEntry> {
    let rest = piece;
    if (this.#rdb === undefined && this.#decoder === undefined) {
      rest = this.#head = joined(this.#head, piece);
      if (!this.#begin(false)) return;
    }
    if (this.#rdb !== undefined) {
      const next = this.#rdb.push(rest, 0, rest.length);
      this.#rdbBytes += next;
      for (const entry of this.#rdb.take()) yield { kind: 'rdb', entry };
      if (!this.#rdb.done) return;
      this.#rdb = undefined;
      this.#decoder = new AofDecoder(this.#rdbBytes);
      rest = rest.subarray(next);
    }
    this.#decoder!.push(rest);
    yield* this.#items(this.#decoder!);
  }

  *end(): Generator<AofEntry> {
    if (this.#rdb === undefined && this.#decoder === undefined && this.#head.length > 0) {
      this.#begin(true);
      this.#decoder!.push(this.#head);
      yield* this.#items(this.#decoder!);
    }
    this.#rdb?.end();
    const decoder = this.#decoder;
    if (decoder === undefined || decoder.pendingBytes === 0) return;
    const { validUpTo: offset, pendingBytes: bytes } = decoder;
    if (this.#options.allowTorn !== true)
      throw new LightsoutError(
        'CORRUPT',
        `Unexpected end of file: it ends at offset ${offset + bytes}, inside an item that begins at offset ${offset}`,
      );
    yield { kind: 'torn', offset, bytes };
  }

  /** Whether the file begins with an RDB, once that is clear. */
  #begin(isAll: boolean): boolean {
    const head = this.#head;
    const magic = latin1Text(head, 0, Math.min(head.length, 5));
    if (!isAll && magic.length < 5 && 'REDIS'.startsWith(magic)) return false;
    if (magic === 'REDIS')
      this.#rdb = new RdbEntries({ verifyChecksum: this.#options.verifyChecksum ?? true });
    else this.#decoder = new AofDecoder();
    return true;
  }

  *#items(decoder: AofDecoder): Generator<AofEntry> {
    const argv = this.#argv;
    for (;;) {
      const found = decoder.next(argv);
      if (found === 'need-more') return;
      const { offset, endOffset } = decoder;
      if (found === 'annotation') {
        yield { kind: 'annotation', text: decoder.annotation, offset, endOffset };
        continue;
      }
      const words: Uint8Array[] = [];
      for (let i = 0; i < argv.count; i++) words.push(argv.bytes(i).slice());
      yield { kind: 'command', words, offset, endOffset };
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const sliceBytes = 64 * 1024;
