/** DEBUG subcommands that look at how keys are kept, or make some. */
import { ByteWriter, latin1Bytes, parseInteger } from '../../bytes/index.ts';
import { errors } from '../../commands/index.ts';
import { type Entry, NO_EXPIRY } from '../../data/index.ts';
import { writeDump } from '../../rdb/index.ts';
import type { AdminCall } from './types.ts';

/** What DUMP puts around a value: its type before, version and checksum behind. */
const frameBytes = 11;

/** The key at word 2; undefined after an error was replied. What has expired is there until it is removed. */
function found({ engine, session, argv, reply }: AdminCall): Entry | undefined {
  const entry = engine.keyspace.database(session.dbIndex).find(argv.bytes(2));
  if (entry === undefined) reply.error(errors.noSuchKey);
  return entry;
}

/**
 * OBJECT key [FAST]: a line as Redis has it, for those who take it apart. Nobody here has an address that would tell anything, is
 * shared, or remembers when it was last used.
 */
export function object(call: AdminCall): void {
  const { argv, reply, nowMs } = call;
  const entry = found(call);
  if (entry === undefined) return;
  const isFast = argv.count === 4 && argv.is(3, 'FAST');
  if (argv.count === 4 && !isFast) return reply.error(errors.syntax);
  const lru = Math.floor(nowMs / 1000) % 2 ** 24;
  const length = isFast ? '' : ` serializedlength:${serializedBytes(entry)}`;
  reply.simple(`Value at:0x0 refcount:1 encoding:${entry.encoding()}${length} lru:${lru} lru_seconds_idle:0`);
}

/** Bytes of the value in a file, in the plain form that DUMP gives it. */
function serializedBytes(entry: Entry): number {
  const payload = new ByteWriter(64);
  writeDump(payload, entry);
  return payload.length - frameBytes;
}

/** LISTPACK key: how a small collection is kept, in the log. */
export function listpack(call: AdminCall): void {
  const { engine, session, argv, reply } = call;
  const entry = found(call);
  if (entry === undefined) return;
  if (entry.encoding() !== 'listpack') return reply.error('ERR Not a listpack encoded object.');
  const count = entry.type === 'hash' ? 2 * entry.hash().size : 2 * entry.zset().size;
  const bytes = engine.keyspace.database(session.dbIndex).footprint(argv.bytes(2), 0);
  engine.log('notice', `{entries ${count}} {bytes of memory with the key ${bytes}}`);
  reply.simple('Listpack structure printed on stdout');
}

/** QUICKLIST key [0|1]: how a list is kept, in the log. */
export function quicklist(call: AdminCall): void {
  const { engine, session, argv, reply } = call;
  const entry = found(call);
  if (entry === undefined) return;
  if (entry.type !== 'list') return reply.error('ERR Not a quicklist encoded object.');
  const { length } = entry.list();
  const bytes = engine.keyspace.database(session.dbIndex).footprint(argv.bytes(2), 0);
  engine.log('notice', `{elements ${length}} {bytes of memory with the key ${bytes}}`);
  reply.simple('Quicklist structure printed on stdout');
}

/** POPULATE count [prefix] [size]: prefix:N holds "value:N", padded with zeros. Keys that are there stay. Not logged, as in Redis. */
export function populate({ engine, session, argv, reply }: AdminCall): void {
  const count = parseInteger(argv.bytes(2));
  const sizeBytes = argv.count === 5 ? parseInteger(argv.bytes(4)) : 0;
  if (count === undefined || count < 0 || sizeBytes === undefined || sizeBytes < 0)
    return reply.error(errors.notPositive);
  const prefix = argv.count >= 4 ? argv.text(3) : 'key';
  const db = engine.keyspace.database(session.dbIndex);
  db.reserve(db.size + count);
  for (let i = 0; i < count; i++) {
    const key = latin1Bytes(`${prefix}:${i}`);
    if (db.find(key) !== undefined) continue;
    const text = latin1Bytes(`value:${i}`);
    let value = text;
    if (sizeBytes > 0) {
      value = new Uint8Array(sizeBytes);
      value.set(text.subarray(0, sizeBytes));
    }
    db.putString(key, value, NO_EXPIRY);
    engine.watchers.touch(session.dbIndex, key);
  }
  reply.ok();
}
