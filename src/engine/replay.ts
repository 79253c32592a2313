/**
 * Replaying one increment of the log, and finding where it stops being believable.
 *
 * A file is a row of units. Units in an annotated batch are believed when the whole batch is there and its hash is
 * right; units without annotation (stock Redis wrote them, or `aof-checksum no`) when they parse. The first place that
 * cannot be believed ends the replay, and is one of:
 *
 * - *torn*: what an honest crash leaves at the end of a file: half a unit, half a MULTI, zeros; in a log with annotations
 *   anything at all behind what was known to be durable. It may be cut off, at the end of the last whole unit.
 * - *rotten*: damage before something that was known durable, or a tail that no annotation excuses. Nothing may be cut.
 */
import { batchHeaderBytes, batchMark, isBatchBody, parseBatchHeader } from '../aof/batch.ts';
import { latin1Text } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import { Argv, ProtocolError, RequestParser } from '../resp/index.ts';
import type { File } from '../ports/disk.ts';
import { FileWindow } from './file-window.ts';

const hash = 0x23;
const asterisk = 0x2a;
const lineFeed = 0x0a;
const maxAnnotationBytes = 1024;

export interface ReplayResult {
  /** End of the last unit that was applied: what may stay of the file. */
  readonly validBytes: number;
  /** Why the file is not believed further, or undefined where it ends well. */
  readonly torn: string | undefined;
  /** Numbers of the first and the last batch, or undefined where the file has none. */
  readonly firstBatch: number | undefined;
  readonly lastBatch: number | undefined;
  readonly units: number;
}

export interface ReplayOptions {
  /** For messages. */
  readonly path: string;
  readonly fileBytes: number;
  /** Where the commands begin: behind an RDB preamble, or 0. */
  readonly from: number;
  readonly sliceBytes: number;
  /** The log was written with annotations. */
  readonly isAnnotated: boolean;
}

/** Applies the commands of whole units, one by one. */
export interface Applier {
  /** @throws LightsoutError CORRUPT where the command is unknown */
  apply(argv: Argv, offset: number): void;
}

export class Replay {
  readonly #window: FileWindow;
  readonly #path: string;
  readonly #fileBytes: number;
  readonly #applier: Applier;
  /** The manifest says that writes of this log are annotated: a tail without annotation is no foreigner's. */
  readonly #isAnnotated: boolean;
  readonly #argv = new Argv();
  /** Commands of an open MULTI, and where it began. */
  #queue: { argv: Argv; offset: number }[] | undefined;
  #multiOffset = 0;
  /** Largest durable mark of the batches seen. */
  #durableBytes = 0;
  #firstBatch: number | undefined;
  #lastBatch: number | undefined;
  #validBytes: number;
  #units = 0;

  constructor(file: File, options: ReplayOptions, applier: Applier) {
    this.#window = new FileWindow(file, options.from, options.fileBytes, options.sliceBytes);
    this.#path = options.path;
    this.#fileBytes = options.fileBytes;
    this.#validBytes = options.from;
    this.#isAnnotated = options.isAnnotated;
    this.#applier = applier;
  }

  /** @throws LightsoutError CORRUPT naming the file and the offset, where the damage is not a torn tail; DiskError */
  async run(): Promise<ReplayResult> {
    for (;;) {
      const { offset } = this.#window;
      if (!(await this.#window.ensure(1)))
        return this.#end(this.#queue === undefined ? undefined : 'it ends inside MULTI');
      const first = this.#window.bytes[this.#window.start]!;
      if (first === hash) {
        const damage = await this.#annotation();
        if (damage !== undefined) return this.#judge(damage, offset);
      } else if (first === asterisk) {
        const damage = await this.#plain();
        if (damage === 'end') return this.#end(`it ends inside a command at offset ${this.#window.offset}`);
        if (damage !== undefined) return this.#judge(damage, this.#window.offset);
      } else {
        return this.#judge(
          `byte 0x${first.toString(16).padStart(2, '0')} instead of a command ('*') or an annotation ('#')`,
          offset,
        );
      }
    }
  }

  #end(torn: string | undefined): ReplayResult {
    return {
      validBytes: this.#validBytes,
      torn,
      firstBatch: this.#firstBatch,
      lastBatch: this.#lastBatch,
      units: this.#units,
    };
  }

  /** An annotation line; with a batch header, the batch. Gives what is wrong. */
  async #annotation(): Promise<string | undefined> {
    const window = this.#window;
    let line: number;
    for (;;) {
      line = window.bytes.subarray(0, window.end).indexOf(lineFeed, window.start) - window.start;
      if (line >= 0 || window.length > maxAnnotationBytes) break;
      if (!(await window.fill())) return 'it ends inside an annotation';
    }
    if (line < 0 || line >= maxAnnotationBytes)
      return `an annotation of more than ${maxAnnotationBytes} bytes`;
    if (line + 1 === batchHeaderBytes) {
      const header = parseBatchHeader(window.bytes, window.start);
      if (header !== undefined) {
        const bodyBytes = header.lengthBytes;
        // The size first: a length that lies must not make room for itself.
        const fits = window.offset + batchHeaderBytes + bodyBytes <= this.#fileBytes;
        if (!fits || !(await window.ensure(batchHeaderBytes + bodyBytes)))
          return `batch ${header.sequence} announces ${bodyBytes} bytes and the file ends before`;
        const start = window.start + batchHeaderBytes;
        if (!isBatchBody(header, window.bytes, start))
          return `batch ${header.sequence} does not have the hash of its annotation`;
        if (this.#lastBatch !== undefined && header.sequence !== this.#lastBatch + 1)
          return `batch ${header.sequence} follows batch ${this.#lastBatch}`;
        this.#firstBatch ??= header.sequence;
        this.#lastBatch = header.sequence;
        this.#durableBytes = Math.max(this.#durableBytes, header.durableBytes);
        this.#wholeBatch(start, start + bodyBytes);
        window.take(batchHeaderBytes + bodyBytes);
        this.#validBytes = window.offset;
        return undefined;
      }
    }
    if (this.#isAnnotated || this.#lastBatch !== undefined) {
      const text = latin1Text(window.bytes, window.start, window.start + Math.min(line, 80));
      // Redis's timestamps may stand among ours. Anything else may have been a header, and what follows its batch.
      if (!/^#TS:\d+\r?$/.test(text))
        return `the annotation '${text.trimEnd()}' is neither a batch's nor a timestamp`;
    }
    window.take(line + 1);
    if (this.#queue === undefined) this.#validBytes = window.offset;
    return undefined;
  }

  /** Commands of a batch whose hash is right: anything wrong in it was written so. */
  #wholeBatch(start: number, end: number): void {
    const { bytes, offset } = this.#window;
    const bodyOffset = offset + batchHeaderBytes;
    const parser = new RequestParser('log');
    parser.push(bytes, start, end);
    const at = (): number => bodyOffset + parser.offset;
    try {
      for (let commandOffset = bodyOffset; parser.next(this.#argv) === 'command'; commandOffset = at())
        this.#take(this.#argv, commandOffset);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw this.#corrupt(`${error.message} in a batch whose hash is right`, at());
    }
    if (parser.pendingBytes > 0 || this.#queue !== undefined)
      throw this.#corrupt('a batch whose hash is right ends inside a unit', at());
  }

  /** Commands without annotation, as many as the window holds. Gives what is wrong; 'end' where the file ends inside one. */
  async #plain(): Promise<string | undefined> {
    const window = this.#window;
    const parser = new RequestParser('log');
    parser.push(window.bytes, window.start, window.end);
    try {
      for (let taken = 0; ; taken = parser.offset) {
        if (window.length === 0 || window.bytes[window.start] === hash) return undefined;
        if (parser.next(this.#argv) === 'need-more') break;
        this.#take(this.#argv, window.offset);
        window.take(parser.offset - taken);
        if (this.#queue === undefined) this.#validBytes = window.offset;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return error.message;
    }
    return (await window.fill()) ? undefined : 'end';
  }

  /** One command: MULTI and EXEC make units of several. */
  #take(argv: Argv, offset: number): void {
    if (argv.is(0, 'multi')) {
      if (this.#queue !== undefined) throw this.#corrupt('MULTI inside MULTI', offset);
      this.#queue = [];
      this.#multiOffset = offset;
    } else if (argv.is(0, 'exec')) {
      if (this.#queue === undefined) throw this.#corrupt('EXEC without MULTI', offset);
      for (const queued of this.#queue) this.#applier.apply(queued.argv, queued.offset);
      this.#queue = undefined;
      this.#units++;
    } else if (this.#queue !== undefined) {
      this.#queue.push({ argv: argv.clone(), offset });
    } else {
      this.#applier.apply(argv, offset);
      this.#units++;
    }
  }

  /** Torn or rotten? Gives the result of a torn file, throws for a rotten one. */
  async #judge(what: string, offset: number): Promise<ReplayResult> {
    const where =
      this.#queue === undefined ? what : `${what}, inside the MULTI at offset ${this.#multiOffset}`;
    if (this.#durableBytes > offset)
      throw this.#corrupt(`${where}; ${this.#durableBytes} bytes were known to be durable`, offset);
    const later = await this.#laterBatch(offset);
    if (later !== undefined && later.durableBytes > offset) {
      throw this.#corrupt(
        `${where}; batch ${later.sequence} behind it says that ${later.durableBytes} bytes were durable`,
        offset,
      );
    }
    if (this.#isAnnotated || this.#lastBatch !== undefined || later !== undefined)
      return this.#end(`${where} at offset ${offset}`);
    if (await this.#isZeroFrom(offset)) return this.#end(`zeros from offset ${offset} on`);
    throw this.#corrupt(where, offset);
  }

  /** The batch with the largest durable mark behind `offset`, if there is one with a right hash. */
  async #laterBatch(offset: number): Promise<{ sequence: number; durableBytes: number } | undefined> {
    const window = this.#window;
    window.take(offset - window.offset + 1);
    let found: { sequence: number; durableBytes: number } | undefined;
    for (;;) {
      const at = indexOfMark(window.bytes, window.start, window.end);
      if (at < 0) {
        window.take(Math.max(0, window.length - batchMark.length));
        if (!(await window.fill())) return found;
        continue;
      }
      window.take(at - window.start);
      if (await window.ensure(batchHeaderBytes)) {
        const header = parseBatchHeader(window.bytes, window.start);
        const fits =
          header !== undefined && window.offset + batchHeaderBytes + header.lengthBytes <= this.#fileBytes;
        if (
          fits &&
          (await window.ensure(batchHeaderBytes + header.lengthBytes)) &&
          isBatchBody(header, window.bytes, window.start + batchHeaderBytes)
        ) {
          if (found === undefined || header.durableBytes > found.durableBytes)
            found = { sequence: header.sequence, durableBytes: header.durableBytes };
        }
      }
      window.take(1);
    }
  }

  async #isZeroFrom(offset: number): Promise<boolean> {
    const rest = new FileWindow(this.#window.file, offset, this.#fileBytes, 65536);
    while (await rest.ensure(1)) {
      for (let i = rest.start; i < rest.end; i++) if (rest.bytes[i] !== 0) return false;
      rest.take(rest.length);
    }
    return true;
  }

  #corrupt(what: string, offset: number): LightsoutError {
    return new LightsoutError(
      'CORRUPT',
      `Bad file format reading the append only file ${this.#path}: ${what}, at offset ${offset}; make a copy of the directory before you repair anything`,
    );
  }
}

function indexOfMark(bytes: Uint8Array, start: number, end: number): number {
  const last = end - batchMark.length;
  for (let at = bytes.indexOf(hash, start); at >= 0 && at <= last; at = bytes.indexOf(hash, at + 1)) {
    let i = 1;
    while (i < batchMark.length && bytes[at + i] === batchMark.charCodeAt(i)) i++;
    if (i === batchMark.length) return at;
  }
  return -1;
}
