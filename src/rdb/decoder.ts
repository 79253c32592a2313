/**
 * From the bytes of an RDB file to its contents, in pieces cut anywhere.
 *
 * The model: the file is a row of items (an opcode with its payload; a string key with its value; the head of a
 * collection; one element of it; one nested blob). An item is decoded when all of it is there, else the decoder goes
 * back to its first byte and asks for more; so memory is bounded by the longest item, and a length that lies only makes
 * the decoder wait for bytes that never come. Pieces are read in place; what is left of an unfinished item is copied.
 *
 * Every error is a LightsoutError CORRUPT that names the offset of the item, and the key where there is one. Nothing is
 * skipped in silence but what the format calls a hint (IDLE, FREQ, SLOT_INFO) and the private data of modules.
 * Source: formats.md 2.
 */
import { Crc64, lzfDecompress, lzfMaxLengthBytes, quoteWord } from '../bytes/index.ts';
import { NO_EXPIRY } from '../data/keyspace.ts';
import { isLightsoutError, LightsoutError } from '../errors.ts';
import { checksumVersion, newestVersion, opcode, rdbType, unreadTypeName, valkeyVersions } from './format.ts';
import { walkIntset, walkListpack, walkZiplist, walkZipmap } from './packed.ts';
import type { VisitPacked } from './packed.ts';
import type { CollectionType, RdbSink } from './sink.ts';

export interface RdbDecoderOptions {
  /** Compare the checksum at the end. Default true; `rdbchecksum no` turns it off. */
  readonly verifyChecksum?: boolean;
}

/** A string that was read: bytes[start, end), in the file's bytes or in `scratch`. */
interface Span {
  bytes: Uint8Array;
  start: number;
  end: number;
  scratch: Uint8Array;
}

/** How the parts of the collection at hand come. */
type Parts = 'elements' | 'fields' | 'ziplists' | 'containers';

const nothing = new Uint8Array(0);

/** No string of Redis's is longer; what claims to be is damage. */
const longestStringBytes = 0x7fffffff;

/** A scratch or buffer larger than this is not kept. */
const keptCapacityBytes = 1024 * 1024;

export class RdbDecoder {
  readonly #sink: RdbSink;
  readonly #verify: boolean;

  /** Undecoded bytes are #buffer[#item, #limit), and #position runs ahead inside the item at hand. */
  #buffer: Uint8Array = nothing;
  #item = 0;
  #position = 0;
  #limit = 0;
  #owned = false;
  /** Where #buffer[0] stands in the file. */
  #bufferOffset = 0;

  #state: 'header' | 'items' | 'parts' | 'checksum' | 'done' = 'header';
  #version = 0;
  #expireAtMs = NO_EXPIRY;
  /** The special encoding that #length came upon, or -1. */
  #special = -1;
  readonly #key: Span = { bytes: nothing, start: 0, end: 0, scratch: nothing };
  readonly #value: Span = { bytes: nothing, start: 0, end: 0, scratch: nothing };
  /** The field that waits for its value while a nested blob is walked; `bytes` undefined between pairs. */
  #fieldBytes: Uint8Array | undefined;
  #fieldStart = 0;
  #fieldEnd = 0;

  /** The collection whose parts are coming. */
  #collectionKey: Uint8Array = nothing;
  #parts: Parts = 'elements';
  #partsLeft = 0;
  /** What the item at hand is, for the message of a file that ends in it. */
  #inside = 'the header';
  /** True once the key of the item at hand is known. */
  #keyKnown = false;
  /** The key of the item that was not whole, kept for a message: its bytes may be gone by then. */
  #waitingKey: Uint8Array | undefined;

  readonly #crc = new Crc64();
  #crcPosition = 0;
  #checksum: 'verified' | 'absent' | 'not verified' = 'absent';
  #keys = 0;

  readonly #visitElement: VisitPacked;
  readonly #visitPairPart: VisitPacked;

  constructor(sink: RdbSink, options: RdbDecoderOptions = {}) {
    this.#sink = sink;
    this.#verify = options.verifyChecksum ?? true;
    this.#visitElement = (bytes, start, end) => sink.element(bytes, start, end);
    this.#visitPairPart = (bytes, start, end) => {
      const field = this.#fieldBytes;
      if (field === undefined) {
        this.#fieldBytes = bytes;
        this.#fieldStart = start;
        this.#fieldEnd = end;
      } else {
        this.#fieldBytes = undefined;
        sink.field(field, this.#fieldStart, this.#fieldEnd, bytes, start, end);
      }
    };
  }

  /** The RDB version of the header, once read. */
  get version(): number {
    return this.#version;
  }

  /** True once the last byte of the RDB was taken. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /** Once done: how many bytes the RDB has. Before: how many were decoded. What follows in the file is not RDB. */
  get endOffset(): number {
    return this.#bufferOffset + this.#item;
  }

  /** Keys decoded so far, whatever the sink did with them. */
  get keys(): number {
    return this.#keys;
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
    this.#take(chunk, start, end);
    try {
      this.#run();
    } catch (error) {
      throw isLightsoutError(error) && error.code === 'CORRUPT' ? this.#locate(error) : error;
    }
    if (this.done) {
      const rest = this.#limit - this.#item;
      // Everything before the newest piece was needed and too little, so what is left over lies in that piece.
      this.#drop();
      return end - rest;
    }
    if (this.#item > this.#crcPosition) this.#crc.update(this.#buffer, this.#crcPosition, this.#item);
    this.#crcPosition = this.#item;
    if (!this.#owned) this.#own(this.#limit - this.#item);
    return end;
  }

  /**
   * Says that the file ends here.
   * @throws LightsoutError CORRUPT where the RDB is not whole
   */
  end(): void {
    if (this.#state === 'done') return;
    const key = this.#state === 'checksum' ? undefined : this.#waitingKey;
    throw new LightsoutError(
      'CORRUPT',
      `Unexpected EOF reading RDB file: it ends at offset ${this.#bufferOffset + this.#limit}, inside ${this.#inside} that begins at offset ${this.endOffset}${shown(key)}`,
    );
  }

  // The loop.

  #run(): void {
    if (this.#state === 'header' && !this.#readHeader()) return;
    while (this.#state === 'items' || this.#state === 'parts') {
      if (this.#state === 'parts' ? !this.#readPart() : !this.#readItem()) {
        this.#waitingKey = this.#keyAtHand();
        this.#position = this.#item;
        return;
      }
      this.#item = this.#position;
    }
    if (this.#state === 'checksum') this.#readChecksum();
  }

  #readHeader(): boolean {
    // Wrong bytes are refused as soon as they come, and not when nine are there.
    const there = Math.min(9, this.#limit - this.#item);
    let magic = '';
    for (let i = 0; i < there; i++) magic += String.fromCharCode(this.#buffer[this.#item + i]!);
    if (!/^(R(E(D(I(S\d{0,4})?)?)?)?|V(A(L(K(E(Y\d{0,3})?)?)?)?)?)?$/.test(magic)) {
      throw new LightsoutError('CORRUPT', `Wrong signature trying to load DB from file: got ${JSON.stringify(magic)}, expected "REDIS" and four digits`);
    }
    if (there < 9) return false;
    const valkey = magic.startsWith('V');
    const version = Number(magic.slice(valkey ? 6 : 5));
    const taken = valkey ? version >= valkeyVersions.oldest && version <= valkeyVersions.newest : version >= 1 && version <= newestVersion;
    if (!taken) {
      throw new LightsoutError('CORRUPT', `Can't handle RDB format version ${version}${valkey ? ' of Valkey' : ''}: versions 1 to ${newestVersion} are read`);
    }
    this.#version = version;
    this.#crcPosition = this.#item;
    this.#item += 9;
    this.#position = this.#item;
    this.#state = 'items';
    return true;
  }

  /** Reads the item at #position. False where it is not whole. */
  #readItem(): boolean {
    this.#keyKnown = false;
    this.#inside = 'what comes next';
    if (this.#position === this.#limit) return false;
    const type = this.#buffer[this.#position++]!;
    if (type === rdbType.string) {
      this.#inside = 'a string';
      if (!this.#string(this.#key)) return false;
      this.#keyKnown = true;
      const value = this.#value;
      if (!this.#string(value)) return false;
      const key = this.#key;
      this.#sink.string(key.bytes, key.start, key.end, value.bytes, value.start, value.end, this.#expireAtMs);
      this.#expireAtMs = NO_EXPIRY;
      this.#keys++;
      return true;
    }
    return type < 240 ? this.#readCollection(type) : this.#readOpcode(type);
  }

  #readOpcode(code: number): boolean {
    switch (code) {
      case opcode.expireTimeMs: {
        this.#inside = 'an expiry';
        const at = this.#position;
        if (at + 8 > this.#limit) return false;
        const milliseconds = (this.#uint32LE(at + 4) | 0) * 0x1_0000_0000 + this.#uint32LE(at);
        this.#expireAtMs = expiry(milliseconds);
        this.#position = at + 8;
        return true;
      }
      case opcode.expireTime: {
        this.#inside = 'an expiry';
        if (this.#position + 4 > this.#limit) return false;
        this.#expireAtMs = expiry((this.#uint32LE(this.#position) | 0) * 1000);
        this.#position += 4;
        return true;
      }
      case opcode.freq:
        this.#inside = 'a FREQ';
        if (this.#position === this.#limit) return false;
        this.#position++;
        return true;
      case opcode.idle:
        this.#inside = 'an IDLE';
        return this.#count() >= 0;
      case opcode.selectDb: {
        this.#inside = 'a SELECTDB';
        const index = this.#count();
        if (index < 0) return false;
        this.#sink.selectDb(index);
        return true;
      }
      case opcode.resizeDb: {
        this.#inside = 'a RESIZEDB';
        const keys = this.#count();
        const expires = keys < 0 ? -1 : this.#count();
        if (expires < 0) return false;
        this.#sink.resizeDb?.(keys, expires);
        return true;
      }
      case opcode.slotInfo:
        this.#inside = 'a SLOT_INFO';
        return this.#count() >= 0 && this.#count() >= 0 && this.#count() >= 0;
      case opcode.aux:
        this.#inside = 'an AUX field';
        if (!this.#string(this.#key) || !this.#string(this.#value)) return false;
        this.#sink.aux?.(latin1(this.#key), latin1(this.#value));
        return true;
      case opcode.function2:
        this.#inside = 'a function library';
        if (!this.#string(this.#value)) return false;
        this.#sink.function?.(copyOf(this.#value));
        return true;
      case opcode.functionPreGa:
        return this.#readOldFunction();
      case opcode.moduleAux:
        this.#inside = 'the data of a module';
        return this.#skipModuleAux();
      case opcode.eof:
        this.#state = 'checksum';
        return true;
      default:
        throw new LightsoutError('CORRUPT', `opcode ${code}: not known`);
    }
  }

  /** A library as release candidates of 7.0 wrote it; as Redis does, its first line is made up. */
  #readOldFunction(): boolean {
    this.#inside = 'a function library';
    if (!this.#string(this.#value)) return false;
    const name = latin1(this.#value);
    if (!this.#string(this.#value)) return false;
    const engine = latin1(this.#value);
    const described = this.#count();
    if (described < 0 || (described > 0 && !this.#string(this.#value)) || !this.#string(this.#value)) return false;
    const line = `#!${engine} name=${name}\n`;
    const source = new Uint8Array(line.length + this.#value.end - this.#value.start);
    for (let i = 0; i < line.length; i++) source[i] = line.charCodeAt(i);
    source.set(copyOf(this.#value), line.length);
    this.#sink.function?.(source);
    return true;
  }

  #skipModuleAux(): boolean {
    // Its id and its integers use all 64 bits: they are passed over, not counted with.
    if (this.#length() < 0) return false;
    for (;;) {
      const kind = this.#count();
      if (kind < 0) return false;
      if (kind === 0) return true;
      if (kind === 1 || kind === 2) {
        if (this.#length() < 0) return false;
      } else if (kind === 3 || kind === 4) {
        this.#position += kind === 3 ? 4 : 8;
        if (this.#position > this.#limit) return false;
      } else if (kind === 5) {
        if (!this.#string(this.#value)) return false;
      } else {
        throw new LightsoutError('CORRUPT', `data of a module: value of unknown kind ${kind}`);
      }
    }
  }

  /** Reads the head of a collection that comes in parts, or the whole of one that is a single blob. */
  #readCollection(type: number): boolean {
    this.#inside = 'a key';
    const unread = unreadTypeName(type);
    const collection = unread === undefined ? collectionOf(type) : 'list';
    if (collection === undefined) throw new LightsoutError('CORRUPT', `type ${type}: not known`);
    if (!this.#string(this.#key)) return false;
    this.#keyKnown = true;
    if (unread !== undefined) throw new LightsoutError('CORRUPT', `type ${type} (${unread}): not supported yet`);

    this.#inside = `a ${collection}`;
    const parts = partsOf(type);
    if (parts !== undefined) {
      const count = this.#count();
      if (count < 0) return false;
      this.#begin(collection);
      this.#parts = parts;
      this.#partsLeft = count;
      this.#state = 'parts';
      if (count === 0) this.#endParts();
      return true;
    }

    if (!this.#string(this.#value)) return false;
    this.#begin(collection);
    const { bytes, start, end } = this.#value;
    this.#fieldBytes = undefined;
    if (type === rdbType.listZiplist) walkZiplist(bytes, start, end, this.#visitElement);
    else if (type === rdbType.setIntset) walkIntset(bytes, start, end, this.#visitElement);
    else if (type === rdbType.setListpack) walkListpack(bytes, start, end, this.#visitElement);
    else if (type === rdbType.hashZiplist) walkZiplist(bytes, start, end, this.#visitPairPart);
    else if (type === rdbType.hashListpack) walkListpack(bytes, start, end, this.#visitPairPart);
    else walkZipmap(bytes, start, end, this.#visitPairPart);
    if (this.#fieldBytes !== undefined) throw new LightsoutError('CORRUPT', 'the last field has no value');
    this.#sink.endCollection();
    return true;
  }

  #begin(type: CollectionType): void {
    this.#collectionKey = copyOf(this.#key);
    this.#sink.beginCollection(type, this.#collectionKey, this.#expireAtMs);
    this.#expireAtMs = NO_EXPIRY;
    this.#keys++;
  }

  /** Reads the next part of the collection at hand. */
  #readPart(): boolean {
    const value = this.#value;
    switch (this.#parts) {
      case 'elements':
        this.#inside = 'an element';
        if (!this.#string(value)) return false;
        this.#sink.element(value.bytes, value.start, value.end);
        break;
      case 'fields': {
        this.#inside = 'a field';
        const field = this.#key;
        if (!this.#string(field) || !this.#string(value)) return false;
        this.#sink.field(field.bytes, field.start, field.end, value.bytes, value.start, value.end);
        break;
      }
      case 'ziplists':
        this.#inside = 'a node';
        if (!this.#string(value)) return false;
        walkZiplist(value.bytes, value.start, value.end, this.#visitElement);
        break;
      case 'containers': {
        this.#inside = 'a node';
        const container = this.#count();
        if (container < 0) return false;
        if (container !== 1 && container !== 2) throw new LightsoutError('CORRUPT', `list node of unknown kind ${container}`);
        if (!this.#string(value)) return false;
        if (container === 1) this.#sink.element(value.bytes, value.start, value.end);
        else walkListpack(value.bytes, value.start, value.end, this.#visitElement);
        break;
      }
    }
    if (--this.#partsLeft === 0) this.#endParts();
    return true;
  }

  #endParts(): void {
    this.#sink.endCollection();
    this.#state = 'items';
  }

  #readChecksum(): void {
    // The checksum covers every byte up to here.
    if (this.#item > this.#crcPosition) this.#crc.update(this.#buffer, this.#crcPosition, this.#item);
    this.#crcPosition = this.#item;
    this.#inside = 'the checksum';
    this.#keyKnown = false;
    if (this.#version < checksumVersion) {
      this.#state = 'done';
      return;
    }
    const at = this.#item;
    if (at + 8 > this.#limit) return;
    let stored = '';
    for (let i = 7; i >= 0; i--) stored += this.#buffer[at + i]!.toString(16).padStart(2, '0');
    if (stored === '0000000000000000') this.#checksum = 'absent';
    else if (!this.#verify) this.#checksum = 'not verified';
    else if (this.#crc.matches(this.#buffer, at)) this.#checksum = 'verified';
    else throw new LightsoutError('CORRUPT', `Wrong RDB checksum expected: (${this.#crc.hex()}) but got (${stored}). The file was damaged after it was written`);
    this.#item = this.#position = at + 8;
    this.#crcPosition = this.#item;
    this.#state = 'done';
  }

  // Lengths and strings. Each gives a failure (-1, false) where bytes are missing; #position then means nothing.

  /** A length, or -1; #special says which special encoding stood there instead, if one did. */
  #length(): number {
    const buffer = this.#buffer;
    const at = this.#position;
    const there = this.#limit - at;
    if (there < 1) return -1;
    const first = buffer[at]!;
    this.#special = -1;
    if (first < 0x40) {
      this.#position = at + 1;
      return first;
    }
    if (first < 0x80) {
      if (there < 2) return -1;
      this.#position = at + 2;
      return ((first & 0x3f) << 8) | buffer[at + 1]!;
    }
    if (first >= 0xc0) {
      this.#position = at + 1;
      this.#special = first & 0x3f;
      return 0;
    }
    if (first === 0x80) {
      if (there < 5) return -1;
      this.#position = at + 5;
      return this.#uint32BE(at + 1);
    }
    if (first !== 0x81) throw new LightsoutError('CORRUPT', `length of unknown form 0x${first.toString(16)}`);
    if (there < 9) return -1;
    this.#position = at + 9;
    return this.#uint32BE(at + 1) * 0x1_0000_0000 + this.#uint32BE(at + 5);
  }

  /** A length that is no string's, or -1. */
  #count(): number {
    const count = this.#length();
    if (count >= 0 && this.#special >= 0) throw new LightsoutError('CORRUPT', `a number is expected, string encoding ${this.#special} found`);
    if (count > Number.MAX_SAFE_INTEGER) throw new LightsoutError('CORRUPT', `a count of ${count}`);
    return count;
  }

  #string(into: Span): boolean {
    const length = this.#length();
    if (length < 0) return false;
    if (this.#special >= 0) return this.#specialString(into, this.#special);
    const start = this.#position;
    const end = start + length;
    if (end > this.#limit) {
      if (length > longestStringBytes) throw new LightsoutError('CORRUPT', `a string of ${length} bytes`);
      return false;
    }
    into.bytes = this.#buffer;
    into.start = start;
    into.end = end;
    this.#position = end;
    return true;
  }

  #specialString(into: Span, encoding: number): boolean {
    const at = this.#position;
    if (encoding <= 2) {
      const width = 1 << encoding;
      if (at + width > this.#limit) return false;
      this.#position = at + width;
      const low = this.#buffer[at]!;
      const value = encoding === 0 ? (low << 24) >> 24 : encoding === 1 ? ((low | (this.#buffer[at + 1]! << 8)) << 16) >> 16 : this.#uint32LE(at) | 0;
      if (into.scratch.length < 11) into.scratch = new Uint8Array(64);
      into.bytes = into.scratch;
      into.end = into.scratch.length;
      into.start = writeDecimalBackward(into.scratch, into.end, value);
      return true;
    }
    if (encoding !== 3) throw new LightsoutError('CORRUPT', `string encoding ${encoding}: not known`);
    const packed = this.#count();
    const length = packed < 0 ? -1 : this.#count();
    if (length < 0) return false;
    if (packed > longestStringBytes || length > Math.min(longestStringBytes, lzfMaxLengthBytes(packed))) {
      throw new LightsoutError('CORRUPT', `LZF string is damaged: ${packed} bytes cannot give ${length}`);
    }
    const start = this.#position;
    if (start + packed > this.#limit) return false;
    let target = into.scratch;
    if (target.length < length) {
      target = new Uint8Array(Math.max(64, length));
      if (length <= keptCapacityBytes) into.scratch = target;
    }
    lzfDecompress(this.#buffer, start, start + packed, target, 0, length);
    into.bytes = target;
    into.start = 0;
    into.end = length;
    this.#position = start + packed;
    return true;
  }

  #uint32LE(at: number): number {
    const bytes = this.#buffer;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  #uint32BE(at: number): number {
    const bytes = this.#buffer;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  // The buffer.

  #take(chunk: Uint8Array, start: number, end: number): void {
    const kept = this.#limit - this.#item;
    if (kept === 0) {
      this.#bufferOffset += this.#item - start;
      this.#buffer = chunk;
      this.#owned = false;
      this.#item = this.#position = this.#crcPosition = start;
      this.#limit = end;
      return;
    }
    this.#own(kept + (end - start));
    this.#buffer.set(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), this.#limit);
    this.#limit += end - start;
  }

  /** Moves the unfinished item to the start of a buffer of ours with room for `bytes`. */
  #own(bytes: number): void {
    const shift = this.#item;
    const capacity = this.#buffer.length;
    const tooLarge = capacity > keptCapacityBytes && bytes < capacity >> 3;
    if (this.#owned && capacity >= bytes && !tooLarge) {
      if (capacity - shift >= bytes) return;
      this.#buffer.copyWithin(0, shift, this.#limit);
    } else {
      const kept = this.#limit - shift;
      const grown = kept === 0 ? nothing : new Uint8Array(Math.max(256, bytes, kept * 2));
      grown.set(this.#buffer.subarray(shift, this.#limit));
      this.#buffer = grown;
      this.#owned = true;
    }
    this.#bufferOffset += shift;
    this.#limit -= shift;
    this.#item = this.#position = this.#crcPosition = 0;
  }

  /** Lets go of the bytes at the end; the offset stays. */
  #drop(): void {
    this.#bufferOffset += this.#item;
    this.#item = this.#position = this.#limit = this.#crcPosition = 0;
    this.#buffer = nothing;
  }

  // Where it is.

  #keyAtHand(): Uint8Array | undefined {
    if (this.#state === 'parts') return this.#collectionKey;
    return this.#keyKnown ? copyOf(this.#key) : undefined;
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

function collectionOf(type: number): CollectionType | undefined {
  switch (type) {
    case rdbType.list:
    case rdbType.listZiplist:
    case rdbType.listQuicklist:
    case rdbType.listQuicklist2:
      return 'list';
    case rdbType.set:
    case rdbType.setIntset:
    case rdbType.setListpack:
      return 'set';
    case rdbType.hash:
    case rdbType.hashZipmap:
    case rdbType.hashZiplist:
    case rdbType.hashListpack:
      return 'hash';
    default:
      return undefined;
  }
}

/** How a collection's parts come, or undefined where it is one blob. */
function partsOf(type: number): Parts | undefined {
  if (type === rdbType.list || type === rdbType.set) return 'elements';
  if (type === rdbType.hash) return 'fields';
  if (type === rdbType.listQuicklist) return 'ziplists';
  return type === rdbType.listQuicklist2 ? 'containers' : undefined;
}

/**
 * An expiry of a file as the keyspace holds it. -1 in a file is none. Before 1970 is 0: long ago. Beyond 2^53 ms, in the
 * year 287,396, the nearest double stands for it.
 */
function expiry(milliseconds: number): number {
  if (milliseconds === -1) return NO_EXPIRY;
  return milliseconds < 0 ? 0 : Math.min(milliseconds, 9_223_372_036_854_774_784);
}

/** Writes a 32-bit integer as decimal text that ends at bytes[end), and gives where it begins. */
function writeDecimalBackward(bytes: Uint8Array, end: number, value: number): number {
  let at = end;
  let rest = value < 0 ? -value : value;
  do {
    const next = Math.floor(rest / 10);
    bytes[--at] = 0x30 + (rest - next * 10);
    rest = next;
  } while (rest > 0);
  if (value < 0) bytes[--at] = 0x2d;
  return at;
}

function copyOf(span: Span): Uint8Array {
  return span.bytes.slice(span.start, span.end);
}

function latin1(span: Span): string {
  let text = '';
  for (let i = span.start; i < span.end; i++) text += String.fromCharCode(span.bytes[i]!);
  return text;
}
