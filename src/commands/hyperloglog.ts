/**
 * HyperLogLog: how many different elements were added, about, in at most 12 KB. The value is a string that GET gives.
 *
 * PFCOUNT of one key keeps its result in the string, and so is a change that is logged, although it only reads.
 */
import { KEEP_EXPIRY, type Entry } from '../data/index.ts';
import { find, isWrongType, leaveRaw, touch } from './access.ts';
import { equalBytes } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { allKeys, define, noKeys, oneKey } from './define.ts';
import { errors } from './errors.ts';
import {
  cacheCount,
  cachedCount,
  denseRaise,
  emptyHll,
  estimate,
  headerBytes,
  isSparse,
  looksLikeHll,
  placeOf,
  registerCount,
  registersOf,
  spoilCache,
  toDense,
} from './hll-registers.ts';
import { raise } from './hll-sparse.ts';

/** The string of an entry that is a HyperLogLog; undefined after an error was replied. */
function hllOrReply(context: Context, entry: Entry): Uint8Array | undefined {
  if (isWrongType(context, entry, 'string')) return undefined;
  const value = entry.stringBytes();
  if (looksLikeHll(value)) return value;
  context.reply.error(errors.hllNotValid);
  return undefined;
}

function store(context: Context, index: number, hll: Uint8Array): void {
  context.db.putString(context.argv.bytes(index), hll, KEEP_EXPIRY, 'edited');
}

/**
 * hll-sparse-max-bytes as Redis has it by default, by which a log is replayed whatever is set then: what another value has
 * made different is logged as it is.
 */
const replayedSparseBytes = 3000;

function sparseBytes({ limits, replaying }: Context): number {
  return replaying ? replayedSparseBytes : limits.hllSparseMaxBytes;
}

/**
 * Logs what made a HyperLogLog of `hll`: the command, unless a replay would come to other bytes.
 * @param make what the command comes to where a sparse one may have so many bytes
 */
function logOutcome(
  context: Context,
  hll: Uint8Array,
  make: (maxSparseBytes: number) => Uint8Array | undefined,
): void {
  const replayed = sparseBytes(context) === replayedSparseBytes ? hll : make(replayedSparseBytes);
  if (replayed !== undefined && equalBytes(replayed, hll)) context.effects.verbatim();
  else context.effects.command('SET', context.argv.bytes(1), hll, 'KEEPTTL');
}

/** The string with all elements of the command added; the same object where that changes nothing; undefined where it is damaged. */
function withElements(
  { argv }: Context,
  hll: Uint8Array,
  maxSparseBytes: number,
): { hll: Uint8Array; changes: number } | undefined {
  let changes = 0;
  for (let i = 2; i < argv.count; i++) {
    const { index, value } = placeOf(argv.buffer, argv.start(i), argv.end(i));
    const raised = raise(hll, index, value, maxSparseBytes);
    if (raised === undefined) return undefined;
    if (raised !== hll) changes++;
    hll = raised;
  }
  return { hll, changes };
}

function pfadd(context: Context): void {
  const { reply } = context;
  const entry = find(context, 1);
  const before = entry === undefined ? emptyHll() : hllOrReply(context, entry);
  if (before === undefined) return;
  const added = withElements(context, before, sparseBytes(context));
  if (added === undefined) return reply.error(errors.hllDamaged);
  const { hll } = added;
  const changes = added.changes + (entry === undefined ? 1 : 0);
  if (changes > 0) {
    spoilCache(hll);
    store(context, 1, hll);
    touch(context, 1, changes);
    logOutcome(context, hll, (maxBytes) => {
      const replayed = withElements(context, before, maxBytes)?.hll;
      if (replayed !== undefined) spoilCache(replayed);
      return replayed;
    });
  } else {
    leaveRaw(context, 1, entry!, hll);
  }
  reply.integer(changes > 0 ? 1 : 0);
}

/** Raises `registers` to what is in `hll`. False where that is damaged. */
function merge(registers: Uint8Array, hll: Uint8Array): boolean {
  const others = registersOf(hll);
  if (others === undefined) return false;
  for (let i = 0; i < registerCount; i++) if (others[i]! > registers[i]!) registers[i] = others[i]!;
  return true;
}

function pfcount(context: Context): void {
  const { argv, reply } = context;
  if (argv.count > 2) return countUnion(context);
  const entry = find(context, 1);
  if (entry === undefined) return reply.integer(0);
  const hll = hllOrReply(context, entry);
  if (hll === undefined) return;
  const known = cachedCount(hll);
  if (known !== undefined) return reply.integer(known);
  const registers = registersOf(hll);
  if (registers === undefined) return reply.error(errors.hllDamaged);
  const count = estimate(registers);
  cacheCount(hll, count);
  store(context, 1, hll);
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(count);
}

function countUnion(context: Context): void {
  const { argv, reply } = context;
  const registers = new Uint8Array(registerCount);
  for (let i = 1; i < argv.count; i++) {
    const entry = find(context, i);
    if (entry === undefined) continue;
    const hll = hllOrReply(context, entry);
    if (hll === undefined) return;
    if (!merge(registers, hll)) return reply.error(errors.hllDamaged);
  }
  reply.integer(estimate(registers));
}

/** PFMERGE destination [source ...] */
function pfmerge(context: Context): void {
  const { argv, reply } = context;
  const registers = new Uint8Array(registerCount);
  let target = emptyHll();
  let isDense = false;
  for (let i = 1; i < argv.count; i++) {
    const entry = find(context, i);
    if (entry === undefined) continue;
    const hll = hllOrReply(context, entry);
    if (hll === undefined) return;
    if (!isSparse(hll)) isDense = true;
    if (!merge(registers, hll)) return reply.error(errors.hllDamaged);
    if (i === 1) target = hll;
  }
  const merged = raised(isDense ? toDense(target) : target, registers, sparseBytes(context));
  if (merged === undefined) return reply.error(errors.hllDamaged);
  store(context, 1, merged);
  touch(context, 1);
  logOutcome(context, merged, (maxBytes) => raised(isDense ? toDense(target) : target, registers, maxBytes));
  reply.ok();
}

/** A copy with no register lower than in `registers`, and no count kept; undefined where it is damaged. */
function raised(
  hll: Uint8Array | undefined,
  registers: Uint8Array,
  maxSparseBytes: number,
): Uint8Array | undefined {
  let copy: Uint8Array | undefined = hll?.slice();
  for (let i = 0; i < registerCount && copy !== undefined; i++) {
    if (registers[i] === 0) continue;
    if (isSparse(copy)) copy = raise(copy, i, registers[i]!, maxSparseBytes);
    else denseRaise(copy, i, registers[i]!);
  }
  if (copy !== undefined) spoilCache(copy);
  return copy;
}

/** A sparse one as text, damaged or not: `Z:n` and `z:n` for runs of zeros in two bytes and in one, `v:value,n` for others. */
function runsText(hll: Uint8Array): string {
  const parts: string[] = [];
  for (let at = headerBytes; at < hll.length; at++) {
    const head = hll[at]!;
    if (head >= 0x80) parts.push(`v:${((head >> 2) & 0x1f) + 1},${(head & 3) + 1}`);
    else if (head < 0x40) parts.push(`z:${head + 1}`);
    else parts.push(`Z:${(((head & 0x3f) << 8) | (hll[++at] ?? 0)) + 1}`);
  }
  return parts.join(' ');
}

/** PFDEBUG GETREG | DECODE | ENCODING | TODENSE key */
function pfdebug(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 2);
  if (entry === undefined) return reply.error(errors.noSuchSpecifiedKey);
  const hll = hllOrReply(context, entry);
  if (hll === undefined) return;
  const subcommand = (['GETREG', 'DECODE', 'ENCODING', 'TODENSE'] as const).find((name) => argv.is(1, name));
  if (subcommand === undefined) return reply.error(`ERR Unknown PFDEBUG subcommand '${argv.text(1)}'`);
  if (argv.count !== 3)
    return reply.error(`ERR Wrong number of arguments for the '${argv.text(1)}' subcommand`);
  if (subcommand === 'ENCODING') return reply.simple(isSparse(hll) ? 'sparse' : 'dense');
  if (subcommand === 'DECODE') {
    if (!isSparse(hll)) return reply.error(errors.hllNotSparse);
    return reply.bulkText(runsText(hll));
  }
  const dense = toDense(hll);
  if (dense === undefined) return reply.error(errors.hllDamaged);
  if (dense !== hll) {
    store(context, 2, dense);
    touch(context, 2, 1, 'nobody');
    context.effects.verbatim();
  }
  if (subcommand === 'TODENSE') return reply.integer(dense === hll ? 0 : 1);
  reply.array(registerCount);
  for (const register of registersOf(dense)!) reply.integer(register);
}

/** Adds elements to a sparse and a dense one and compares what both hold, and what they say with how many there are. */
function pfselftest(context: Context): void {
  let sparse = emptyHll();
  const dense = toDense(emptyHll())!;
  const digits = new Uint8Array(8);
  const total = 20_000;
  for (let i = 0; i < total; i++) {
    new DataView(digits.buffer).setUint32(0, Math.imul(i + 1, 0x9e3779b1), true);
    const { index, value } = placeOf(digits, 0, 8);
    // From some thousands on both are dense; the rest would only take time.
    if (i < 4000) sparse = raise(sparse, index, value, replayedSparseBytes)!;
    denseRaise(dense, index, value);
    if (i !== 300 && i !== 3999) continue;
    const [a, b] = [registersOf(sparse)!, registersOf(dense)!];
    if (a.some((register, at) => register !== b[at]))
      return context.reply.error('TESTFAILED Sparse and dense differ');
  }
  // The standard error is 1.04 / sqrt(16384), 0.8 %; six of them never happen.
  const count = estimate(registersOf(dense)!);
  if (Math.abs(count - total) > total * 0.05)
    return context.reply.error(`TESTFAILED Too big error: ${count} counted of ${total}`);
  context.reply.ok();
}

export const hyperLogLogCommands: readonly Command[] = [
  define('pfadd', -2, 'write denyoom fast', oneKey, pfadd),
  { ...define('pfcount', -2, 'readonly', allKeys, pfcount), notesWhatItFinds: true },
  define('pfmerge', -2, 'write denyoom', allKeys, pfmerge),
  define('pfdebug', 3, 'write denyoom admin', [2, 2, 1], pfdebug),
  define('pfselftest', 1, 'admin', noKeys, pfselftest),
];
