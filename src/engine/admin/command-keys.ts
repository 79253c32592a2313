/** Which words of a command are keys. */
import type { CommandInfo } from '../../commands/index.ts';
import type { Argv } from '../../resp/index.ts';
import { parseInteger } from '../../bytes/index.ts';

/** Undefined where the command takes no keys; empty where its words are too few or wrong. */
export function keysOf(command: CommandInfo, argv: Argv): Uint8Array[] | undefined {
  const [first, last, step] = command.keys;
  if (first > 0) {
    const end = last < 0 ? argv.count + last : last;
    const keys: Uint8Array[] = [];
    for (let i = first; i <= end && i < argv.count; i += step) keys.push(argv.bytes(i).slice());
    if (!command.flags.includes('movablekeys')) return keys;
    if (command.name.startsWith('georadius')) return [...keys, ...storeOption(argv)];
    // ZUNIONSTORE destination numkeys key …
    const sources = counted(argv, end + 1);
    return sources.length === 0 ? [] : [...keys, ...sources];
  }
  if (!command.flags.includes('movablekeys')) return undefined;
  if (command.name.startsWith('xread')) return streamKeys(argv);
  if (/^(eval|fcall)/.test(command.name)) return counted(argv, 2);
  // Those that say how many keys follow: LMPOP numkeys key …, BLMPOP timeout numkeys key …
  return counted(argv, command.name.startsWith('b') ? 2 : 1);
}

/** The keys behind word `at`, which says how many they are. */
function counted(argv: Argv, at: number): Uint8Array[] {
  const count = at < argv.count ? parseInteger(argv.bytes(at)) : undefined;
  if (count === undefined || count < 1 || at + count >= argv.count) return [];
  return Array.from({ length: count }, (_, i) => argv.bytes(at + 1 + i).slice());
}

/** The key of the last STORE or STOREDIST of GEORADIUS. */
function storeOption(argv: Argv): Uint8Array[] {
  for (let i = argv.count - 2; i >= 5; i--)
    if (argv.is(i, 'STORE') || argv.is(i, 'STOREDIST')) return [argv.bytes(i + 1).slice()];
  return [];
}

/** XREAD and XREADGROUP: behind STREAMS as many keys as ids. */
function streamKeys(argv: Argv): Uint8Array[] {
  let at = 1;
  while (at < argv.count && !argv.is(at, 'STREAMS')) at++;
  const count = (argv.count - at - 1) / 2;
  if (count < 1 || !Number.isInteger(count)) return [];
  return Array.from({ length: count }, (_, i) => argv.bytes(at + 1 + i).slice());
}
