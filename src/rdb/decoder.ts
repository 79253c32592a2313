/**
 * From the bytes of an RDB file to its contents, in pieces cut anywhere.
 *
 * The model: the file is a row of items (an opcode with its payload; a string key with its value; the head of a
 * collection; one element of it; one nested blob). An item is decoded when all of it is there, else the decoder goes
 * back to its first byte and asks for more; so memory is bounded by the longest item, and a length that lies only makes
 * the decoder wait for bytes that never come.
 *
 * Every error is a LightsoutError CORRUPT that names the offset of the item, and the key where there is one. Nothing is
 * skipped in silence but what the format calls a hint (IDLE, FREQ, SLOT_INFO). Source: formats.md 2.
 */
import { Crc64, latin1Bytes, latin1Text, quoteWord } from '../bytes/index.ts';
import { joinExpiry } from '../data/expiry.ts';
import { NO_EXPIRY, type Expiry } from '../data/keyspace.ts';
import { isLightsoutError, LightsoutError } from '../errors.ts';
import { BlobWalker, scoreOrThrow } from './blob.ts';
import type { Parts } from './format.ts';
import {
  checksumVersion,
  collectionOf,
  hasEarliestExpiry,
  isStream,
  newestVersion,
  opcode,
  partsOf,
  rdbType,
  unreadTypeName,
  valkeyVersions,
  writtenVersion,
} from './format.ts';
import { readModuleName, skipModuleAux } from './module-aux.ts';
import { RdbReader, Span, uint32LE } from './reader.ts';
import type { AnnouncedParts, CollectionType, RdbSink } from './sink.ts';
import { StreamDecoder } from './stream.ts';

export interface RdbDecoderOptions {
  /** Compare the checksum at the end. Default true; `rdbchecksum no` turns it off. */
  readonly verifyChecksum?: boolean;
}

export class RdbDecoder {
  readonly #sink: RdbSink;
  readonly #verify: boolean;
  readonly #reader = new RdbReader();
  readonly #blobs: BlobWalker;

  #state: 'header' | 'items' | 'parts' | 'checksum' | 'done' = 'header';
  #version = 0;
  #isValkey = false;
  #keys = 0;
  /** Of the next key. */
  #expireAtMs: Expiry = NO_EXPIRY;
  readonly #key = new Span();
  readonly #value = new Span();

  /** The collection whose parts are coming. */
  #collectionKey: Uint8Array = new Uint8Array(0);
  #parts: Parts = 'elements';
  #partsLeft = 0;
  /** Of its fields, where they are told as distances from it. */
  #earliestMs = 0;
  /** The stream whose parts are coming instead. */
  #stream: StreamDecoder | undefined;

  readonly #crc = new Crc64();
  /** Committed bytes from here on are not in the checksum yet. An index of the window's buffer. */
  #checkedFrom = 0;
  #checksum: 'verified' | 'absent' | 'not verified' = 'absent';

  /** For messages: what the item at hand is, and whether #key is its key by now. */
  #inside = 'the header';
  #keyKnown = false;
  /** Keys that were decoded when the item at hand began. */
  #keysBefore = 0;
  /** The key of an item that was not whole: by the time the file ends there, its bytes may be gone. */
  #waitingKey: Uint8Array | undefined;
  /** How far such an item was read. */
  #waitingOffset = 0;
  /** Of the value at hand; -1 between values; 0 ahead of the first one, as redis-check-rdb has it. */
  #type = 0;

  constructor(sink: RdbSink, options: RdbDecoderOptions = {}) {
    this.#sink = sink;
    this.#verify = options.verifyChecksum ?? true;
    this.#blobs = new BlobWalker(sink);
  }

  /** The RDB version of the header, once read. */
  get version(): number {
    return this.#version;
  }

  /** The file begins with "VALKEY" instead of "REDIS". */
  get isValkey(): boolean {
    return this.#isValkey;
  }

  /** True once the last byte of the RDB was taken. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /** Once done: how many bytes the RDB has. Before: how many were decoded. What follows in the file is not RDB. */
  get endOffset(): number {
    return this.#reader.window.offset;
  }

  /** As `endOffset`, but as far as the item at hand was read, whole or not. */
  get readOffset(): number {
    return Math.max(this.#waitingOffset, this.endOffset + this.#reader.readBytes);
  }

  /** What the decoder is at, for reports on damage. */
  get atHand(): { readonly item: string; readonly type: number; readonly key: Uint8Array | undefined } {
    return { item: this.#inside, type: this.#type, key: this.#keyAtHand() ?? this.#waitingKey };
  }

  /** Keys decoded so far, whatever the sink did with them. */
  get keys(): number {
    return this.#keys;
  }

  /** As `keys`, and the one at hand as soon as its name is read. */
  get keysNamed(): number {
    const isNew = this.#state === 'items' && this.#keyKnown && this.#keys === this.#keysBefore;
    return this.#keys + (isNew ? 1 : 0);
  }

  /** Once done: what is known of the checksum. `absent`: version below 5, or stored as 0, "not computed". */
  get checksum(): 'verified' | 'absent' | 'not verified' {
    return this.#checksum;
  }

  /**
   * Takes chunk[start, end) and gives the index behind the last byte that belongs to the RDB: `end`, unless it is done.
   * The chunk may be used again afterwards.
   *
   * @throws LightsoutError CORRUPT. The decoder is of no use afterwards.
   */
  push(chunk: Uint8Array, start = 0, end: number = chunk.length): number {
    if (this.#state === 'done') return start;
    const { window } = this.#reader;
    window.push(chunk, start, end);
    this.#checkedFrom = window.start;
    try {
      this.#run();
    } catch (error) {
      throw isLightsoutError(error) && error.code === 'CORRUPT' ? this.#locate(error) : error;
    }
    // All that came before the newest piece was too little, so what is left over now lies in that piece.
    if (this.done) return end - window.pendingBytes;
    this.#check();
    window.keep();
    return end;
  }

  /**
   * Says that the file ends here.
   * @throws LightsoutError CORRUPT where the RDB is not whole
   */
  end(): void {
    if (this.#state === 'done') return;
    const { offset, pendingBytes } = this.#reader.window;
    const place = `inside ${this.#inside} that begins at offset ${offset}${shown(this.#waitingKey)}`;
    throw corrupt(`Unexpected EOF reading RDB file: it ends at offset ${offset + pendingBytes}, ${place}`);
  }

  #run(): void {
    const { window } = this.#reader;
    if (this.#state === 'header' && !this.#readHeader()) return;
    while (this.#state === 'items' || this.#state === 'parts') {
      if (this.#state === 'parts' ? !this.#readPart() : !this.#readItem()) {
        this.#waitingKey = this.#keyAtHand();
        this.#waitingOffset = this.readOffset;
        window.position = window.start;
        return;
      }
      window.commit();
    }
    if (this.#state === 'checksum') this.#readChecksum();
  }

  #readHeader(): boolean {
    const { window } = this.#reader;
    if (window.pendingBytes < 9) return false;
    const magic = latin1Text(window.buffer, window.start, window.start + 9);
    if (!/^(REDIS\d|VALKEY)\d{3}$/.test(magic)) {
      const wanted = '"REDIS" and four digits';
      throw corrupt(
        `Wrong signature trying to load DB from file: got ${JSON.stringify(magic)}, expected ${wanted}`,
      );
    }
    const valkey = magic.startsWith('V');
    const version = Number(magic.slice(valkey ? 6 : 5));
    const [oldest, newest] = valkey ? [valkeyVersions.oldest, valkeyVersions.newest] : [1, newestVersion];
    if (version < oldest || version > newest) {
      throw corrupt(`Can't handle RDB format version ${version}: ${oldest} to ${newest} are read`);
    }
    this.#version = version;
    this.#isValkey = valkey;
    this.#state = 'items';
    window.position += 9;
    window.commit();
    return true;
  }

  /** Reads the item at hand. False where it is not whole. */
  #readItem(): boolean {
    const reader = this.#reader;
    this.#keyKnown = false;
    this.#keysBefore = this.#keys;
    this.#inside = 'what comes next';
    const type = reader.byte();
    if (type < 0) return false;
    if (type < 240) this.#type = type;
    else if (this.#keys > 0) this.#type = -1;
    if (type !== rdbType.string) return type < 240 ? this.#readCollection(type) : this.#readOpcode(type);

    this.#inside = 'a string';
    const key = this.#key;
    const value = this.#value;
    if (!reader.string(key)) return false;
    this.#keyKnown = true;
    if (!reader.string(value)) return false;
    this.#sink.string(key.bytes, key.start, key.end, value.bytes, value.start, value.end, this.#expireAtMs);
    this.#expireAtMs = NO_EXPIRY;
    this.#keys++;
    return true;
  }

  #readOpcode(code: number): boolean {
    const reader = this.#reader;
    switch (code) {
      case opcode.expireTimeMs:
        this.#inside = 'an expiry';
        return this.#readExpiry(8);
      case opcode.expireTime:
        this.#inside = 'an expiry';
        return this.#readExpiry(4);
      case opcode.freq:
        this.#inside = 'a FREQ';
        return this.#readFreq();
      case opcode.idle: {
        this.#inside = 'an IDLE';
        const seconds = reader.count();
        if (seconds < 0) return false;
        this.#sink.idle?.(seconds);
        return true;
      }
      case opcode.selectDb: {
        this.#inside = 'a SELECTDB';
        const index = reader.count();
        if (index < 0) return false;
        this.#sink.selectDb(index);
        return true;
      }
      case opcode.resizeDb: {
        this.#inside = 'a RESIZEDB';
        const keys = reader.count();
        const expires = keys < 0 ? -1 : reader.count();
        if (expires < 0) return false;
        this.#sink.resizeDb?.(keys, expires);
        return true;
      }
      case opcode.slotInfo:
        this.#inside = 'a SLOT_INFO';
        return reader.count() >= 0 && reader.count() >= 0 && reader.count() >= 0;
      case opcode.aux:
        this.#inside = 'an AUX field';
        if (!reader.string(this.#key) || !reader.string(this.#value)) return false;
        this.#sink.aux?.(this.#key.text(), this.#value.text());
        return true;
      case opcode.function2:
        this.#inside = 'a function library';
        if (!reader.string(this.#value)) return false;
        this.#sink.function?.(this.#value.copy());
        return true;
      case opcode.functionPreGa:
        this.#inside = 'a function library';
        return this.#readOldFunction();
      case opcode.moduleAux: {
        this.#inside = 'the data of a module';
        const module = skipModuleAux(reader);
        if (module === undefined) return false;
        this.#sink.moduleAux?.(module);
        return true;
      }
      case opcode.eof:
        this.#state = 'checksum';
        return true;
      default:
        throw this.#unknown(`opcode ${code}`);
    }
  }

  #readFreq(): boolean {
    const counter = this.#reader.byte();
    if (counter < 0) return false;
    this.#sink.freq?.(counter);
    return true;
  }

  /** Seconds in 4 bytes or milliseconds in 8, signed. */
  #readExpiry(width: 4 | 8): boolean {
    const { window } = this.#reader;
    const { buffer, position } = window;
    if (!this.#reader.skip(width)) return false;
    this.#expireAtMs = expiry(
      width === 4
        ? (uint32LE(buffer, position) | 0) * 1000
        : joinExpiry(uint32LE(buffer, position + 4) | 0, uint32LE(buffer, position)),
    );
    return true;
  }

  /** A library as release candidates of 7.0 wrote it; as Redis does, its first line is made up. */
  #readOldFunction(): boolean {
    const reader = this.#reader;
    const value = this.#value;
    if (!reader.string(value)) return false;
    const name = value.text();
    if (!reader.string(value)) return false;
    const line = latin1Bytes(`#!${value.text()} name=${name}\n`);
    const described = reader.count();
    if (described < 0 || (described > 0 && !reader.string(value)) || !reader.string(value)) return false;
    const code = value.copy();
    const source = new Uint8Array(line.length + code.length);
    source.set(line);
    source.set(code, line.length);
    this.#sink.function?.(source);
    return true;
  }

  /** Reads the head of a collection that comes in parts, or the whole of one that is a single blob. */
  #readCollection(type: number): boolean {
    const reader = this.#reader;
    this.#inside = 'a key';
    const unread = unreadTypeName(type);
    const collection = collectionOf(type);
    if (unread === undefined && collection === undefined && !isStream(type))
      throw this.#unknown(`type ${type}`);
    if (!reader.string(this.#key)) return false;
    this.#keyKnown = true;
    if (isStream(type)) return this.#beginStream(type);
    if (collection === undefined) {
      const module = type === rdbType.module || type === rdbType.module2 ? readModuleName(reader) : '';
      if (module === undefined) return false;
      throw corrupt(
        module === ''
          ? `type ${type} (${unread}): not supported yet`
          : `The RDB file contains module data I can't load: no matching module type '${module}'`,
      );
    }

    this.#inside = `a ${collection}`;
    if (hasEarliestExpiry(type)) {
      const earliestMs = reader.int64();
      if (earliestMs === undefined) return false;
      this.#earliestMs = earliestMs;
    }
    const parts = partsOf(type, this.#isValkey);
    if (parts === undefined) {
      if (!reader.string(this.#value)) return false;
      this.#begin(collection);
      this.#blobs.walk(type, this.#value);
      this.#sink.endCollection();
      return true;
    }
    const count = reader.count();
    if (count < 0) return false;
    this.#begin(collection, this.#announced(count, parts));
    this.#parts = parts;
    this.#partsLeft = count;
    this.#state = 'parts';
    if (count === 0) this.#endParts();
    return true;
  }

  #beginStream(type: number): boolean {
    this.#inside = 'a stream';
    const nodes = this.#reader.count();
    if (nodes < 0) return false;
    this.#collectionKey = this.#key.copy();
    this.#stream = new StreamDecoder(
      type,
      nodes,
      this.#sink.beginStream(this.#collectionKey, this.#expireAtMs, nodes),
    );
    this.#expireAtMs = NO_EXPIRY;
    this.#keys++;
    this.#state = 'parts';
    return true;
  }

  #readStreamPart(stream: StreamDecoder): boolean {
    this.#inside = stream.inside;
    const read = stream.read(this.#reader);
    if (read === 'end') {
      this.#stream = undefined;
      this.#state = 'items';
    }
    return read !== 'wait';
  }

  #announced(count: number, parts: Parts): AnnouncedParts {
    const isInNodes = parts === 'ziplists' || parts === 'containers';
    // A time far away stands for none.
    const isTold = parts === 'relative fields' && this.#earliestMs > 0 && this.#earliestMs < 2 ** 46;
    const mayExpire = parts === 'relative fields' || parts === 'dated fields' || parts === 'fields and dates';
    return { count, isInNodes, mayExpire, ...(isTold ? { earliestExpiryMs: this.#earliestMs } : {}) };
  }

  #begin(type: CollectionType, announced?: AnnouncedParts): void {
    this.#collectionKey = this.#key.copy();
    this.#sink.beginCollection(type, this.#collectionKey, this.#expireAtMs, announced);
    this.#expireAtMs = NO_EXPIRY;
    this.#keys++;
  }

  /** Reads the next part of the collection at hand. */
  #readPart(): boolean {
    if (this.#stream !== undefined) return this.#readStreamPart(this.#stream);
    const reader = this.#reader;
    const value = this.#value;
    switch (this.#parts) {
      case 'elements':
        this.#inside = 'an element';
        if (!reader.string(value)) return false;
        this.#sink.element(value.bytes, value.start, value.end);
        break;
      case 'fields':
      case 'dated fields':
      case 'relative fields':
      case 'fields and dates':
        if (!this.#readField()) return false;
        break;
      case 'scored texts':
      case 'scored': {
        this.#inside = 'a member';
        if (!reader.string(value)) return false;
        const score = this.#parts === 'scored' ? reader.double() : reader.doubleText();
        if (score === undefined) return false;
        this.#sink.scored(value.bytes, value.start, value.end, scoreOrThrow(score));
        break;
      }
      case 'ziplists':
        this.#inside = 'a node';
        if (!reader.string(value)) return false;
        this.#blobs.walkNode('ziplist', value);
        this.#sink.endNode?.();
        break;
      case 'containers': {
        this.#inside = 'a node';
        const container = reader.count();
        if (container < 0) return false;
        if (container !== 1 && container !== 2) throw corrupt(`list node of unknown kind ${container}`);
        if (!reader.string(value)) return false;
        if (container === 1) this.#sink.element(value.bytes, value.start, value.end);
        else this.#blobs.walkNode('listpack', value);
        this.#sink.endNode?.();
        break;
      }
    }
    if (--this.#partsLeft === 0) this.#endParts();
    return true;
  }

  #readField(): boolean {
    this.#inside = 'a field';
    const reader = this.#reader;
    const field = this.#key;
    const value = this.#value;
    const parts = this.#parts;
    let expireAtMs: number | undefined;
    if (parts === 'dated fields' || parts === 'relative fields') {
      const time = reader.count();
      if (time < 0) return false;
      if (time > 0) expireAtMs = parts === 'dated fields' ? time : this.#earliestMs + time - 1;
    }
    if (!reader.string(field) || !reader.string(value)) return false;
    if (parts === 'fields and dates') {
      const time = reader.int64();
      if (time === undefined) return false;
      if (time !== -1) expireAtMs = time;
    }
    if (expireAtMs !== undefined && (expireAtMs < 0 || expireAtMs > Number.MAX_SAFE_INTEGER))
      throw corrupt(`a field's expiry is ${expireAtMs}`);
    this.#sink.field(field.bytes, field.start, field.end, value.bytes, value.start, value.end, expireAtMs);
    return true;
  }

  #endParts(): void {
    this.#sink.endCollection();
    this.#state = 'items';
  }

  /** Takes the bytes into the checksum that were decoded since last time. */
  #check(): void {
    const { window } = this.#reader;
    this.#crc.update(window.buffer, this.#checkedFrom, window.start);
    this.#checkedFrom = window.start;
  }

  /** The checksum covers every byte up to here. */
  #readChecksum(): void {
    this.#check();
    this.#inside = 'the checksum';
    this.#keyKnown = false;
    this.#waitingKey = undefined;
    if (this.#version >= checksumVersion) {
      const { window } = this.#reader;
      if (window.pendingBytes < 8) return;
      let stored = '';
      for (let i = 7; i >= 0; i--) stored += window.buffer[window.start + i]!.toString(16).padStart(2, '0');
      if (stored === '0000000000000000') this.#checksum = 'absent';
      else if (!this.#verify) this.#checksum = 'not verified';
      else if (this.#crc.matches(window.buffer, window.start)) this.#checksum = 'verified';
      else {
        window.position = window.start + 8;
        throw corrupt(
          `Wrong RDB checksum expected: (${this.#crc.hex()}) but got (${stored}). The file was damaged after it was written`,
        );
      }
      window.position = window.start + 8;
      window.commit();
    }
    this.#state = 'done';
  }

  /** What Redis 7.0 cannot know comes from a newer writer; the rest is damage. */
  #unknown(what: string): LightsoutError {
    const isNewer = this.#version > writtenVersion;
    return corrupt(
      `${isNewer ? `Can't handle RDB format version ${this.#version}: ` : ''}${what}: not known`,
    );
  }

  #keyAtHand(): Uint8Array | undefined {
    if (this.#state === 'parts') return this.#collectionKey;
    return this.#keyKnown ? this.#key.copy() : undefined;
  }

  #locate(error: LightsoutError): LightsoutError {
    const place = `RDB file, at offset ${this.endOffset}${shown(this.#keyAtHand())}`;
    return new LightsoutError('CORRUPT', `${error.message} (${place})`, { cause: error });
  }
}

function shown(key: Uint8Array | undefined): string {
  if (key === undefined) return '';
  return `, key ${quoteWord(key.subarray(0, 64))}${key.length > 64 ? '…' : ''}`;
}

/** An expiry of a file as the keyspace holds it. -1 in a file is none. Before 1970 is 0: long ago. */
function expiry(atMs: Expiry): Expiry {
  if (atMs === -1) return NO_EXPIRY;
  return atMs < 0 ? 0 : atMs;
}

function corrupt(what: string): LightsoutError {
  return new LightsoutError('CORRUPT', what);
}
