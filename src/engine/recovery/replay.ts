/**
 * Replaying one file of the log, and finding where it stops being believable.
 *
 * A file is a row of units. Units in an annotated batch are believed when the whole batch is there and its hash is
 * right; units without annotation (stock Redis wrote them, or `aof-checksum no`) when they parse. The first place that
 * cannot be believed ends the replay, and is one of:
 *
 * - *torn*: what an honest crash leaves at the end of a file: half a unit, half a MULTI, zeros, a hole of zeros; where writes are
 *   annotated anything at all behind what was known to be durable. It may be cut off, at the end of the last whole unit.
 * - *rotten*: damage before something that was known durable, or a tail that no annotation excuses. Nothing may be cut
 *   without being asked.
 *
 * What was known durable is told by the batches (`d`), by those behind the damage too, and by the manifest. Whether the
 * units at a place were to have annotations is told by the manifest and by what stands before, there and behind: whoever
 * writes without them (stock Redis) goes on without.
 */
import { type BatchHeader, batchHeaderBytes, isBatchBody, parseBatchHeader } from '../../aof/batch.ts';
import { latin1Text } from '../../bytes/index.ts';
import { LightsoutError } from '../../errors.ts';
import { Argv, ProtocolError, RequestParser } from '../../resp/index.ts';
import type { File } from '../../ports/disk.ts';
import { FileWindow } from './file-window.ts';
import { type FoundHeader, headersFrom } from './headers.ts';
import { cutAt, endWithoutZeros, firstHole } from './zeros.ts';

const hash = 0x23;
const asterisk = 0x2a;
const lineFeed = 0x0a;
const maxAnnotationBytes = 1024;
/** More than this a server does not write between two syncs of a second: a hole that lies before more is rot. */
const mostUnsyncedBytes = 16 * 1024 * 1024;

/** The first place of a file that is not believed. */
export interface Damage {
  readonly kind: 'torn' | 'rotten';
  /** What is wrong there, and how it is known. */
  readonly what: string;
  readonly offset: number;
  /** The file ends where it should go on: `aof-load-truncated` is asked. */
  readonly isShort: boolean;
}

export interface ReplayResult {
  /** End of the last unit that was applied: what may stay of the file. */
  readonly validBytes: number;
  /** Why the file is not believed further, or undefined where it ends well. */
  readonly damage: Damage | undefined;
  /** Numbers of the first and the last batch, or undefined where the file has none. */
  readonly firstBatch: number | undefined;
  readonly lastBatch: number | undefined;
  /** Units that were applied, and those of them that stood in no batch. */
  readonly units: number;
  readonly plainUnits: number;
  /** What is known to be durable of it. */
  readonly durableBytes: number;
}

/** How the batches of a log are checked. */
export interface Annotations {
  readonly key: number;
  /** Whoever wrote to this file last annotated what he wrote. False: `aof-checksum no`. */
  readonly isActive: boolean;
  /** The number that the first batch of the file must have, where that is known. */
  readonly firstBatch: number | undefined;
}

export interface ReplayOptions {
  /** For messages. */
  readonly path: string;
  readonly fileBytes: number;
  /** Where the commands begin: behind an RDB preamble, or 0. */
  readonly from: number;
  readonly sliceBytes: number;
  /**
   * Undefined: annotations say nothing here, and are passed over as Redis does. 'lost': there may have been batches, and
   * nobody knows their key any more, so that nothing from the first of them on is believed.
   */
  readonly annotations: Annotations | 'lost' | undefined;
  /** Before this offset they say nothing either: nobody knows the key that they were written with. */
  readonly uncheckedBytes: number;
  /** Bytes that were known durable from elsewhere. */
  readonly durableBytes: number;
}

/** Applies the commands of whole units, one by one. */
export interface Applier {
  /** @throws LightsoutError CORRUPT where the command is unknown */
  apply(argv: Argv, offset: number): void;
}

export class Replay {
  readonly #file: Pick<File, 'read'>;
  readonly #window: FileWindow;
  readonly #path: string;
  readonly #fileBytes: number;
  readonly #sliceBytes: number;
  readonly #applier: Applier;
  readonly #annotations: Annotations | undefined;
  readonly #isKeyLost: boolean;
  readonly #uncheckedBytes: number;
  /** A command of a batch. Half of the next one is `#parser`'s: nobody else may put words there. */
  readonly #argv = new Argv();
  /** A command without annotation. */
  readonly #plainArgv = new Argv();
  /** Of the commands in batches: every batch but one that ends the replay leaves it between two commands. */
  readonly #parser = new RequestParser('log');
  /** Commands of an open MULTI, and where it began. */
  #queue: { argv: Argv; offset: number }[] | undefined;
  #multiOffset = 0;
  /** What the manifest knew to be durable: what is behind was written since. */
  readonly #openedBytes: number;
  /** Largest durable mark of the batches seen, or what was known before. */
  #durableBytes: number;
  #firstBatch: number | undefined;
  #lastBatch: number | undefined;
  /** Behind the last unit, and the annotations that follow it. */
  #validBytes: number;
  /** Behind the last unit. */
  #unitBytes: number;
  #units = 0;
  #plainUnits = 0;
  /** The last unit stood in no batch, and behind what was known durable when the file was opened last. */
  #isAmongPlain = false;
  /** What follows the units without annotation that are being read is known. */
  #isRunLookedAt = false;
  /** What is wrong no power cut has done: whole batches are missing before this file, or nobody can check them. */
  #isNeverTorn = false;

  constructor(file: Pick<File, 'read'>, options: ReplayOptions, applier: Applier) {
    this.#file = file;
    this.#window = new FileWindow(file, options.from, options.fileBytes, options.sliceBytes);
    this.#path = options.path;
    this.#fileBytes = options.fileBytes;
    this.#sliceBytes = options.sliceBytes;
    this.#validBytes = this.#unitBytes = options.from;
    this.#isKeyLost = options.annotations === 'lost';
    this.#annotations = options.annotations === 'lost' ? undefined : options.annotations;
    this.#uncheckedBytes = options.uncheckedBytes;
    this.#durableBytes = this.#openedBytes = options.durableBytes;
    this.#applier = applier;
  }

  /** @throws LightsoutError CORRUPT where a command is unknown or a batch was written wrong; DiskError */
  async run(): Promise<ReplayResult> {
    for (;;) {
      const { offset } = this.#window;
      if (!(await this.#window.ensure(1))) {
        return this.#end(
          this.#queue === undefined ? undefined : this.#short('it ends inside MULTI', this.#validBytes),
        );
      }
      const first = this.#window.bytes[this.#window.start]!;
      if (first === hash) {
        const damage = await this.#annotation();
        if (damage === 'end') return this.#end(this.#short('it ends inside an annotation', offset));
        if (damage !== undefined) return this.#end(await this.#judge(damage, offset));
      } else if (first === asterisk) {
        const stray = await this.#strayUnit(offset);
        if (stray !== undefined) return this.#end(stray);
        const damage = await this.#plain();
        if (damage === 'end') return this.#end(this.#short('it ends inside a command', this.#window.offset));
        if (damage !== undefined) return this.#end(await this.#judge(damage, this.#window.offset));
      } else {
        const found = `byte 0x${first.toString(16).padStart(2, '0')} instead of a command ('*') or an annotation ('#')`;
        return this.#end(await this.#judge(found, offset));
      }
    }
  }

  #end(damage: Damage | undefined): ReplayResult {
    // A timestamp belongs to the unit behind it, and goes with it; unless it is known to be durable.
    const keptBytes = Math.max(this.#unitBytes, Math.min(this.#validBytes, this.#durableBytes));
    return {
      validBytes: damage === undefined ? this.#validBytes : keptBytes,
      damage,
      firstBatch: this.#firstBatch,
      lastBatch: this.#lastBatch,
      units: this.#units,
      plainUnits: this.#plainUnits,
      durableBytes: this.#durableBytes,
    };
  }

  /** An annotation line; with a batch header, the batch. Gives what is wrong; 'end' where the file ends inside the line. */
  async #annotation(): Promise<string | undefined> {
    const window = this.#window;
    let line: number;
    for (;;) {
      line = window.bytes.subarray(0, window.end).indexOf(lineFeed, window.start) - window.start;
      if (line >= 0 || window.length > maxAnnotationBytes) break;
      if (!(await window.fill())) return 'end';
    }
    if (line < 0 || line >= maxAnnotationBytes)
      return `an annotation of more than ${maxAnnotationBytes} bytes`;
    const annotations = window.offset < this.#uncheckedBytes ? undefined : this.#annotations;
    const header =
      annotations !== undefined && line + 1 === batchHeaderBytes
        ? parseBatchHeader(window.bytes, window.start)
        : undefined;
    if (header !== undefined) return this.#batch(header, annotations!);
    if (annotations !== undefined || this.#isKeyLost) {
      const text = latin1Text(window.bytes, window.start, window.start + Math.min(line, 80));
      // Redis's timestamps may stand among ours. Anything else may have been a header, and what follows its batch.
      if (!/^#TS:\d+\r?$/.test(text)) {
        this.#isNeverTorn = this.#isKeyLost;
        return this.#isKeyLost
          ? `what follows '${text.trimEnd()}' cannot be checked, since the manifest has lost the key`
          : `the annotation '${text.trimEnd()}' is neither a batch's nor a timestamp`;
      }
    }
    window.take(line + 1);
    if (this.#queue === undefined) this.#validBytes = window.offset;
    return undefined;
  }

  /** A batch, of which the window begins with the header. Gives what is wrong. */
  async #batch(header: BatchHeader, { key, firstBatch }: Annotations): Promise<string | undefined> {
    const window = this.#window;
    const { lengthBytes, sequence } = header;
    if (this.#queue !== undefined) return `batch ${sequence} stands inside a MULTI`;
    // The size first: a length that lies must not make room for itself.
    const fits = window.offset + batchHeaderBytes + lengthBytes <= this.#fileBytes;
    if (!fits || !(await window.ensure(batchHeaderBytes + lengthBytes)))
      return `batch ${sequence} announces ${lengthBytes} bytes and the file ends before`;
    const start = window.start + batchHeaderBytes;
    if (!isBatchBody(header, { key, offset: window.offset }, window.bytes, start))
      return `batch ${sequence} does not have the hash of its annotation`;
    if (this.#lastBatch !== undefined && sequence !== this.#lastBatch + 1)
      return `batch ${sequence} follows batch ${this.#lastBatch}`;
    // Each switch syncs the old file before it writes to the new one: what is missing between two was durable.
    if (this.#lastBatch === undefined && firstBatch !== undefined && sequence !== firstBatch) {
      this.#isNeverTorn = true;
      return `batch ${sequence} stands where batch ${firstBatch} goes on from what is before this file: what stood between them is lost`;
    }
    this.#firstBatch ??= sequence;
    this.#lastBatch = sequence;
    this.#durableBytes = Math.max(this.#durableBytes, header.durableBytes);
    this.#wholeBatch(start, start + lengthBytes);
    window.take(batchHeaderBytes + lengthBytes);
    this.#validBytes = this.#unitBytes = window.offset;
    this.#isAmongPlain = this.#isRunLookedAt = false;
    return undefined;
  }

  /** Commands of a batch whose hash is right: anything wrong in it was written so. */
  #wholeBatch(start: number, end: number): void {
    const { bytes, offset } = this.#window;
    const bodyOffset = offset + batchHeaderBytes;
    const parser = this.#parser;
    const before = parser.offset;
    parser.push(bytes, start, end);
    const at = (): number => bodyOffset + parser.offset - before;
    try {
      for (let commandOffset = bodyOffset; parser.next(this.#argv) === 'command'; commandOffset = at())
        this.#mustTake(this.#argv, commandOffset);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw this.#corrupt(`${error.message} in a batch whose hash is right`, at());
    }
    if (parser.pendingBytes > 0 || this.#queue !== undefined)
      throw this.#corrupt('a batch whose hash is right ends inside a unit', at());
  }

  /**
   * A unit without annotation is another server's, which annotates nothing. It is none where batches go on behind it that
   * should not: two sectors of the file have been exchanged, or one was read in the place of another.
   */
  async #strayUnit(offset: number): Promise<Damage | undefined> {
    if (this.#isKeyLost && this.#queue === undefined) return this.#uncheckedRun(offset);
    const isRead = this.#annotations?.isActive === true && offset >= this.#uncheckedBytes;
    if (!isRead || this.#queue !== undefined) return undefined;
    // Another server's and then ours: so it may be in what the last start noted of the file.
    if (offset < this.#openedBytes) return this.#isRunLookedAt ? undefined : this.#strayRun(offset);
    if (this.#isAmongPlain) return undefined;
    const later = await this.#laterBatch(offset);
    if (later === undefined) return this.#strayRun(offset);
    const damage = { offset, isShort: false };
    const what = `a unit without annotation, and batch ${later.sequence} behind it`;
    const durableBytes = Math.max(this.#durableBytes, later.durableBytes);
    if (durableBytes <= this.#validBytes) return { ...damage, kind: 'torn', what };
    return { ...damage, kind: 'rotten', what: `${what}; ${durableBytes} bytes were known to be durable` };
  }

  /**
   * Units without annotation end at a whole batch, or with the file: they are another server's then, with values that may
   * look like batches. Where they end at anything else, and batches are left behind that, nobody knows what they are.
   */
  async #strayRun(offset: number): Promise<Damage | undefined> {
    this.#isRunLookedAt = true;
    const rest = await this.#tried(this.#file, offset, this.#fileBytes, {
      ...this.#annotations!,
      isActive: false,
      firstBatch: undefined,
    });
    const { damage, firstBatch, validBytes } = rest;
    if (damage === undefined || firstBatch !== undefined) return undefined;
    if (!(await this.#areBatchesLeft(validBytes, damage))) return undefined;
    const what = `a unit without annotation, and what is left of batches behind it, from offset ${validBytes} on`;
    return { kind: 'rotten', what, offset, isShort: false };
  }

  /** Units without annotation in front of batches of which nobody has the key: a sector of those, for all that anybody knows. */
  async #uncheckedRun(offset: number): Promise<Damage | undefined> {
    if (this.#isRunLookedAt) return undefined;
    this.#isRunLookedAt = true;
    for await (const { header } of headersFrom(this.#file, offset, this.#fileBytes, this.#sliceBytes, 0)) {
      const what = `a unit without annotation, and batch ${header.sequence} behind it, which cannot be checked, since the manifest has lost the key`;
      return { kind: 'rotten', what, offset, isShort: false };
    }
    return undefined;
  }

  /** True where what is behind `damage` was annotated: another server writes no annotations but timestamps. */
  async #areBatchesLeft(validBytes: number, damage: Damage): Promise<boolean> {
    const at = new FileWindow(this.#file, damage.offset, this.#fileBytes, 64);
    if ((await at.ensure(1)) && at.bytes[at.start] === hash) return true;
    for await (const found of this.#headersFrom(validBytes)) return found !== undefined;
    return false;
  }

  /** Commands without annotation, as many as the window holds. Gives what is wrong; 'end' where the file ends inside one. */
  async #plain(): Promise<string | undefined> {
    const window = this.#window;
    const parser = new RequestParser('log');
    parser.push(window.bytes, window.start, window.end);
    try {
      for (let taken = 0; ; taken = parser.offset) {
        if (window.length === 0 || window.bytes[window.start] === hash) return undefined;
        if (parser.next(this.#plainArgv) === 'need-more') break;
        const misplaced = this.#take(this.#plainArgv, window.offset);
        if (misplaced !== undefined) return misplaced;
        window.take(parser.offset - taken);
        if (this.#queue === undefined) this.#validBytes = this.#unitBytes = window.offset;
        if (this.#validBytes === window.offset) this.#plainUnits++;
        if (window.offset > this.#openedBytes) this.#isAmongPlain = true;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return error.message;
    }
    return (await window.fill()) ? undefined : 'end';
  }

  #mustTake(argv: Argv, offset: number): void {
    const misplaced = this.#take(argv, offset);
    if (misplaced !== undefined) throw this.#corrupt(`${misplaced} in a batch whose hash is right`, offset);
  }

  /** One command: MULTI and EXEC make units of several. Gives what is wrong with where it stands. */
  #take(argv: Argv, offset: number): string | undefined {
    if (argv.is(0, 'multi')) {
      if (this.#queue !== undefined) return 'MULTI inside MULTI';
      this.#queue = [];
      this.#multiOffset = offset;
    } else if (argv.is(0, 'exec')) {
      if (this.#queue === undefined) return 'EXEC without MULTI';
      for (const queued of this.#queue) this.#applier.apply(queued.argv, queued.offset);
      this.#queue = undefined;
      this.#units++;
    } else if (this.#queue !== undefined) {
      this.#queue.push({ argv: argv.clone(), offset });
    } else {
      this.#applier.apply(argv, offset);
      this.#units++;
    }
    return undefined;
  }

  /** The file ends where it should go on. */
  #short(what: string, offset: number): Damage {
    if (this.#durableBytes <= this.#validBytes) return { kind: 'torn', what, offset, isShort: true };
    const known = `${what}; ${this.#durableBytes} bytes of it were known to be durable`;
    return { kind: 'rotten', what: known, offset, isShort: true };
  }

  /** Torn or rotten? */
  async #judge(what: string, offset: number): Promise<Damage> {
    const where =
      this.#queue === undefined ? what : `${what}, inside the MULTI at offset ${this.#multiOffset}`;
    const torn: Damage = { kind: 'torn', what: where, offset, isShort: false };
    const rotten = (why: string): Damage => ({ ...torn, kind: 'rotten', what: `${where}${why}` });
    if (this.#isNeverTorn) return rotten('');
    // What would be cut is everything behind the last whole unit.
    if (this.#durableBytes > this.#validBytes)
      return rotten(`; ${this.#durableBytes} bytes were known to be durable`);
    const later = await this.#laterBatch(offset);
    if (later !== undefined && later.durableBytes > this.#validBytes)
      return rotten(`; batch ${later.sequence} behind it says that ${later.durableBytes} bytes were durable`);
    if (this.#annotations?.isActive === true && !this.#isAmongPlain && !(await this.#isUnitAt(offset)))
      return torn;
    const zeros = await this.#zeros();
    return zeros?.isTorn === true ? { ...torn, what: `${where}${zeros.what}` } : rotten(zeros?.what ?? '');
  }

  /** True where a unit without annotation begins, whatever becomes of it. An annotated write never begins so. */
  async #isUnitAt(offset: number): Promise<boolean> {
    const start = new FileWindow(this.#file, offset, this.#fileBytes, 64);
    await start.ensure(12);
    return /^\*\d{1,7}\r\n\$/.test(
      latin1Text(start.bytes, start.start, Math.min(start.end, start.start + 12)),
    );
  }

  /** The whole batch with the largest durable mark behind `offset`, if there is one. */
  async #laterBatch(offset: number): Promise<BatchHeader | undefined> {
    let found: BatchHeader | undefined;
    for await (const { header, isWhole } of this.#headersFrom(offset + 1))
      if (isWhole && header.durableBytes > (found?.durableBytes ?? -1)) found = header;
    return found;
  }

  async *#headersFrom(offset: number): AsyncGenerator<FoundHeader> {
    if (this.#annotations === undefined) return;
    yield* headersFrom(this.#file, offset, this.#fileBytes, this.#sliceBytes, this.#annotations.key);
  }

  /** Zeros that end what can be read: torn where a power cut leaves such, and nothing else does. */
  async #zeros(): Promise<{ isTorn: boolean; what: string } | undefined> {
    const end = await endWithoutZeros(this.#file, this.#fileBytes);
    if (end < this.#fileBytes && (await this.#isSoundUpTo(end)))
      return { isTorn: true, what: '; zeros up to the end of the file' };
    const hole = await firstHole(this.#file, this.#validBytes, this.#fileBytes, this.#sliceBytes);
    if (hole === undefined || !(await this.#isSoundUpTo(hole.start))) return undefined;
    const zeros = `; zeros from offset ${hole.start} to ${hole.end}`;
    // To cut there would lose what may be whole (zeros.ts).
    if (await this.#isUnitAt(hole.end))
      return {
        isTorn: false,
        what: `${zeros}, and units behind them: redis-server leaves that where the disk was full, and then nothing is missing but the zeros are too many`,
      };
    if (this.#fileBytes - hole.start > mostUnsyncedBytes) return { isTorn: false, what: zeros };
    return { isTorn: true, what: `${zeros}, where a page or a part of one was never written` };
  }

  /** True where the file would be whole, or end inside a unit, if it ended there. */
  async #isSoundUpTo(end: number): Promise<boolean> {
    if (end <= this.#validBytes) return true;
    const { damage } = await this.#tried(cutAt(this.#file, end), this.#validBytes, end, undefined);
    return damage === undefined || damage.isShort;
  }

  /** What a replay of the file from `from` on would come to; nothing is applied. */
  #tried(
    file: Pick<File, 'read'>,
    from: number,
    fileBytes: number,
    annotations: Annotations | undefined,
  ): Promise<ReplayResult> {
    const options = {
      path: this.#path,
      fileBytes,
      from,
      sliceBytes: this.#sliceBytes,
      annotations,
      uncheckedBytes: 0,
      durableBytes: 0,
    };
    return new Replay(file, options, { apply: () => undefined }).run();
  }

  #corrupt(what: string, offset: number): LightsoutError {
    return new LightsoutError(
      'CORRUPT',
      `Bad file format reading the append only file ${this.#path}: ${what}, at offset ${offset}; make a copy of the directory before you repair anything`,
    );
  }
}
