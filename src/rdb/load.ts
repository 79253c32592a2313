/**
 * An RDB file into a keyspace.
 *
 * As Redis loads: keys, and fields of hashes, already expired are dropped where the caller gives the time (a dump.rdb; the base of an AOF keeps
 * them, since the log after it will speak of them), collections without elements are passed over and counted, and a key
 * that comes twice is an error. So is a member or field that comes twice.
 */
import type { Database, HashValue, Keyspace, ListValue, SetValue, ZsetValue } from '../data/keyspace.ts';
import { NO_EXPIRY, type Expiry } from '../data/keyspace.ts';
import { LightsoutError } from '../errors.ts';
import { hashSeedField } from './encoder.ts';
import type { CollectionType, RdbSink } from './sink.ts';
import { StreamLoader } from './stream-load.ts';
import type { StreamSink } from './stream-sink.ts';

export interface LoadOptions {
  /** Unix ms: keys that expired before are dropped. Undefined keeps every key. */
  readonly nowMs?: number;
  /** True: a key that is there already is replaced (DEBUG RELOAD MERGE, RESTORE). Default false: an error. */
  readonly replace?: boolean;
  /** Length of the file, against which its own hints of how many keys there are are held. Undefined: hints are not used. */
  readonly fileBytes?: number;
}

/** No key with its value takes fewer bytes in a file. */
const smallestKeyBytes = 3;

/** The sink that fills a keyspace. */
export class KeyspaceLoader implements RdbSink {
  readonly #keyspace: Keyspace;
  readonly #nowMs: number | undefined;
  readonly #replace: boolean;
  readonly #fileBytes: number;
  #db: Database;

  #loaded = 0;
  #expired = 0;
  #emptySkipped = 0;
  #firstEmptyKeys: Uint8Array[] = [];
  readonly #aux = new Map<string, string>();
  readonly #functions: Uint8Array[] = [];
  readonly #modules = new Set<string>();

  /** The collection at hand. It is made with its first element. */
  #key: Uint8Array = new Uint8Array(0);
  #type: CollectionType = 'list';
  #expireAtMs: Expiry = NO_EXPIRY;
  #dropped = false;
  /** Of the hash at hand, some were passed over: where none is left, it expired with them. */
  #hasExpiredFields = false;
  #list: ListValue | undefined;
  #set: SetValue | undefined;
  #hash: HashValue | undefined;
  #zset: ZsetValue | undefined;

  constructor(keyspace: Keyspace, options: LoadOptions = {}) {
    this.#keyspace = keyspace;
    this.#nowMs = options.nowMs;
    this.#replace = options.replace ?? false;
    this.#fileBytes = options.fileBytes ?? 0;
    this.#db = keyspace.database(0);
  }

  /** Keys that are now in the keyspace. */
  get loaded(): number {
    return this.#loaded;
  }

  /** Keys dropped because they had expired. */
  get expired(): number {
    return this.#expired;
  }

  /** Collections without elements, passed over. */
  get emptySkipped(): number {
    return this.#emptySkipped;
  }

  /** The first ten of them, for the log. */
  get firstEmptyKeys(): readonly Uint8Array[] {
    return this.#firstEmptyKeys;
  }

  /** The file's AUX fields. */
  get auxFields(): ReadonlyMap<string, string> {
    return this.#aux;
  }

  /** Sources of the function libraries, in order. */
  get functions(): readonly Uint8Array[] {
    return this.#functions;
  }

  /** Names of modules whose private data was passed over. */
  get modules(): ReadonlySet<string> {
    return this.#modules;
  }

  aux(name: string, value: string): void {
    this.#aux.set(name, value);
    // Before the first key, or it is refused: then the records are in an order like any other.
    if (name === hashSeedField) this.#keyspace.adoptHashSeed(value);
  }

  function(source: Uint8Array): void {
    this.#functions.push(source);
  }

  moduleAux(module: string): void {
    this.#modules.add(module);
  }

  selectDb(index: number): void {
    if (index >= this.#keyspace.databases) {
      throw new LightsoutError(
        'CORRUPT',
        `the file has a database ${index}, and \`databases\` is ${this.#keyspace.databases}: raise it`,
      );
    }
    this.#db = this.#keyspace.database(index);
  }

  resizeDb(keys: number): void {
    const possible = Math.min(keys, Math.floor(this.#fileBytes / smallestKeyBytes));
    if (possible > 0) this.#db.reserve(possible);
  }

  string(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs: Expiry,
  ): void {
    if (this.#isPast(expireAtMs)) {
      this.#expired++;
      return;
    }
    const before = this.#db.size;
    this.#db.putStringRange(key, keyStart, keyEnd, value, valueStart, valueEnd, expireAtMs);
    if (this.#db.size === before && !this.#replace) throw duplicate('key');
    this.#loaded++;
  }

  beginCollection(type: CollectionType, key: Uint8Array, expireAtMs: Expiry): void {
    this.#type = type;
    this.#key = key;
    this.#expireAtMs = expireAtMs;
    this.#dropped = this.#isPast(expireAtMs);
    this.#hasExpiredFields = false;
    this.#list = undefined;
    this.#set = undefined;
    this.#hash = undefined;
    this.#zset = undefined;
  }

  element(bytes: Uint8Array, start: number, end: number): void {
    if (this.#dropped) return;
    const element = bytes.subarray(start, end);
    if (this.#type === 'list') {
      if (this.#list === undefined) {
        this.#makeRoom();
        this.#list = this.#db.list(this.#key, true)!;
      }
      this.#list.pushTail(element);
      return;
    }
    if (this.#set === undefined) {
      this.#makeRoom();
      this.#set = this.#db.set(this.#key, true)!;
    }
    if (!this.#set.add(element)) throw duplicate('member');
  }

  field(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs?: number,
  ): void {
    if (this.#dropped) return;
    if (expireAtMs !== undefined && this.#isPast(expireAtMs)) {
      this.#hasExpiredFields = true;
      return;
    }
    if (this.#hash === undefined) {
      this.#makeRoom();
      this.#hash = this.#db.hash(this.#key, true)!;
    }
    const name = field.subarray(fieldStart, fieldEnd);
    if (!this.#hash.put(name, value.subarray(valueStart, valueEnd))) throw duplicate('field');
    if (expireAtMs !== undefined) this.#hash.setFieldExpiry(name, expireAtMs);
  }

  scored(bytes: Uint8Array, start: number, end: number, score: number): void {
    if (this.#dropped) return;
    if (this.#zset === undefined) {
      this.#makeRoom();
      this.#zset = this.#db.zset(this.#key, true)!;
    }
    if (!this.#zset.put(bytes.subarray(start, end), score, true)) throw duplicate('member');
  }

  endCollection(): void {
    const made = (this.#list ?? this.#set ?? this.#hash ?? this.#zset) !== undefined;
    if (this.#dropped || (!made && this.#hasExpiredFields)) {
      this.#expired++;
    } else if (!made) {
      this.#emptySkipped++;
      if (this.#firstEmptyKeys.length < 10) this.#firstEmptyKeys.push(this.#key);
    } else {
      if (this.#expireAtMs !== NO_EXPIRY) this.#db.setExpiry(this.#key, this.#expireAtMs);
      this.#loaded++;
    }
    this.#list = undefined;
    this.#set = undefined;
    this.#hash = undefined;
    this.#zset = undefined;
  }

  beginStream(key: Uint8Array, expireAtMs: Expiry): StreamSink | undefined {
    if (this.#isPast(expireAtMs)) {
      this.#expired++;
      return undefined;
    }
    this.#key = key;
    this.#makeRoom();
    // A stream may be empty.
    return new StreamLoader(this.#db.stream(key, true)!, () => {
      if (expireAtMs !== NO_EXPIRY) this.#db.setExpiry(key, expireAtMs);
      this.#loaded++;
    });
  }

  #makeRoom(): void {
    if (this.#db.find(this.#key) === undefined) return;
    if (!this.#replace) throw duplicate('key');
    this.#db.remove(this.#key);
  }

  #isPast(expireAtMs: Expiry): boolean {
    return this.#nowMs !== undefined && expireAtMs !== NO_EXPIRY && expireAtMs < this.#nowMs;
  }
}

/** A sink that fills `keyspace`, which is empty unless `replace`. After an error the keyspace holds a part of the file. */
export function loadInto(keyspace: Keyspace, options?: LoadOptions): KeyspaceLoader {
  return new KeyspaceLoader(keyspace, options);
}

function duplicate(what: string): LightsoutError {
  return new LightsoutError('CORRUPT', `duplicate ${what}`);
}
