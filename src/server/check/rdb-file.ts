/**
 * Whether the bytes of a file are an RDB: every length, every nested blob and the checksum, in bounded memory.
 *
 * Told as redis-check-rdb tells it, a line at a time, with the damaged key and its offset. Where that tool is weak this one
 * is not: a checksum of zero in a file that says that it was saved with one is damage.
 */
import { latin1Text, quoteWord } from '../../bytes/index.ts';
import { LightsoutError } from '../../errors.ts';
import type { File } from '../../ports/disk.ts';
import {
  checksumField,
  type Expiry,
  NO_EXPIRY,
  RdbDecoder,
  type RdbSink,
  type StreamSink,
} from '../../rdb/index.ts';
import { doing, internalError, redisDamage, typeName } from './rdb-words.ts';

export interface RdbCheck {
  /** Where the RDB ends in the file; what is behind it was not looked at. */
  readonly endOffset: number;
  /** What is wrong, with offset and key; undefined where nothing is. */
  readonly damage: string | undefined;
}

/** @param nowMs Unix ms: how many keys have expired by then is told @throws DiskError */
export async function checkRdb(
  file: Pick<File, 'read'>,
  name: string,
  nowMs: number,
  say: (line: string) => void,
): Promise<RdbCheck> {
  let expires = 0;
  let expired = 0;
  let promisesChecksum = false;
  say(`[offset 0] Checking RDB file ${name}`);
  const sink = counting({
    aux: (key, value) => {
      if (key === checksumField) promisesChecksum = true;
      say(`[offset ${decoder.readOffset}] AUX FIELD ${key} = '${value}'`);
    },
    selectDb: (index) => say(`[offset ${decoder.readOffset}] Selecting DB ID ${index}`),
    key: (expireAtMs) => {
      if (expireAtMs === NO_EXPIRY) return;
      expires++;
      if (expireAtMs < nowMs) expired++;
    },
  });
  const decoder = new RdbDecoder(sink);
  const damage = await read(file, decoder).then(
    () =>
      promisesChecksum && decoder.checksum === 'absent'
        ? `the checksum at offset ${decoder.endOffset - 8} is zero, and the file was saved with one: it was damaged after it was written`
        : undefined,
    (error: unknown) => {
      if (error instanceof LightsoutError) return error.message;
      throw error;
    },
  );
  if (damage === undefined) {
    const sum = decoder.checksum === 'verified' ? 'Checksum OK' : 'RDB file was saved with checksum disabled';
    say(`[offset ${decoder.endOffset}] ${sum}`);
    say(`[offset ${decoder.endOffset}] \\o/ RDB looks OK! \\o/`);
  } else {
    say('--- RDB ERROR DETECTED ---');
    tellDamage(decoder, name, damage, say);
  }
  say(`[info] ${decoder.keysNamed} keys read`);
  say(`[info] ${expires} expires`);
  say(`[info] ${expired} already expired`);
  return { endOffset: decoder.endOffset, damage };
}

function tellDamage(
  { readOffset, atHand: { item, type, key } }: RdbDecoder,
  name: string,
  damage: string,
  say: (line: string) => void,
): void {
  const { kind, what } = redisDamage(damage);
  say(`[offset ${readOffset}] ${kind === 'content' ? internalError(name, readOffset, what) : what}`);
  if (what !== damage) say(`[additional info] ${damage}`);
  say(`[additional info] While doing: ${doing(item, key !== undefined)}`);
  if (key !== undefined) say(`[additional info] Reading key ${shown(key)}`);
  if (type >= 0) say(`[additional info] Reading type ${type} (${typeName(type)})`);
}

/** As Redis does where that is safe: a key may hold line breaks, and what a terminal obeys. */
function shown(key: Uint8Array): string {
  const text = latin1Text(key);
  return /^[ -~]*$/.test(text) ? `'${text}'` : quoteWord(key);
}

async function read(file: Pick<File, 'read'>, decoder: RdbDecoder): Promise<void> {
  const slice = new Uint8Array(256 * 1024);
  for (let at = 0; !decoder.done;) {
    const count = await file.read(slice, at);
    if (count === 0) decoder.end();
    decoder.push(slice, 0, count);
    at += count;
  }
}

/** A sink that keeps nothing. */
function counting(facts: {
  aux: (name: string, value: string) => void;
  selectDb: (index: number) => void;
  key: (expireAtMs: Expiry) => void;
}): RdbSink {
  const nothing = (): void => undefined;
  const stream: StreamSink = {
    node: nothing,
    facts: nothing,
    group: nothing,
    pending: nothing,
    consumer: nothing,
    own: nothing,
    endGroup: nothing,
    end: nothing,
  };
  return {
    aux: facts.aux,
    selectDb: facts.selectDb,
    string: (_key, _keyStart, _keyEnd, _value, _valueStart, _valueEnd, expireAtMs) => facts.key(expireAtMs),
    beginCollection: (_type, _key, expireAtMs) => facts.key(expireAtMs),
    element: nothing,
    field: nothing,
    scored: nothing,
    endCollection: nothing,
    beginStream: (_key, expireAtMs) => {
      facts.key(expireAtMs);
      return stream;
    },
  };
}
