/** All commands of the keyspace, by name. */
import type { Argv } from '../resp/index.ts';
import { blockingListCommands } from './blocking-lists.ts';
import { blockingZsetCommands } from './blocking-zsets.ts';
import { bitfieldCommands } from './bitfield.ts';
import { bitCommands } from './bits.ts';
import { CommandIndex } from './command-index.ts';
import type { Command } from './context.ts';
import { counterCommands } from './counters.ts';
import { databaseCommands } from './databases.ts';
import { dumpCommands } from './dump.ts';
import { expirationCommands } from './expiration.ts';
import { geoSearchCommands } from './geo-search.ts';
import { geoCommands } from './geo.ts';
import { hashExpiryCommands } from './hash-expiry.ts';
import { hashCommands } from './hashes.ts';
import { hyperLogLogCommands } from './hyperloglog.ts';
import { keyCommands } from './keys.ts';
import { lcsCommands } from './lcs.ts';
import { listMoveCommands } from './list-moves.ts';
import { listSearchCommands } from './list-search.ts';
import { listCommands } from './lists.ts';
import { objectCommands } from './object.ts';
import { scanCommands } from './scanning.ts';
import { setAlgebraCommands } from './set-algebra.ts';
import { setRandomCommands } from './set-random.ts';
import { setCommands } from './sets.ts';
import { sortCommands } from './sort.ts';
import { stringRangeCommands } from './string-ranges.ts';
import { stringCommands } from './strings.ts';
import { zsetAlgebraCommands } from './zset-algebra.ts';
import { zsetPopCommands } from './zset-pops.ts';
import { zsetRangeCommands } from './zset-ranges.ts';
import { zsetRemovalCommands } from './zset-removals.ts';
import { zsetCommands } from './zsets.ts';
import { streamClaimCommands } from './stream-claims.ts';
import { streamGroupCommands } from './stream-groups.ts';
import { streamInfoCommands } from './stream-info.ts';
import { streamReadCommands } from './stream-reads.ts';
import { streamCommands } from './streams.ts';

const all: readonly Command[] = [
  ...stringCommands,
  ...stringRangeCommands,
  ...counterCommands,
  ...bitCommands,
  ...bitfieldCommands,
  ...hyperLogLogCommands,
  ...lcsCommands,
  ...listCommands,
  ...listSearchCommands,
  ...listMoveCommands,
  ...setCommands,
  ...setAlgebraCommands,
  ...setRandomCommands,
  ...hashCommands,
  ...hashExpiryCommands,
  ...zsetCommands,
  ...zsetRangeCommands,
  ...zsetRemovalCommands,
  ...zsetPopCommands,
  ...zsetAlgebraCommands,
  ...geoCommands,
  ...geoSearchCommands,
  ...blockingListCommands,
  ...blockingZsetCommands,
  ...streamCommands,
  ...streamReadCommands,
  ...streamGroupCommands,
  ...streamClaimCommands,
  ...streamInfoCommands,
  ...keyCommands,
  ...expirationCommands,
  ...databaseCommands,
  ...scanCommands,
  ...objectCommands,
  ...sortCommands,
  ...dumpCommands,
];

/** By lower-case name. */
export const keyspaceCommands: ReadonlyMap<string, Command> = new Map(
  all.map((command) => [command.name, command]),
);

const index = new CommandIndex(all);

/** The command that a request's first word names, in any case; makes nothing. */
export function lookup(argv: Argv): Command | undefined {
  return index.lookup(argv);
}
