/** Which words of a command are keys. */
import type { CommandInfo } from '../../commands/index.ts';
import type { Argv } from '../../resp/index.ts';
import { parseInteger } from '../../bytes/index.ts';

/** Undefined where the command takes no keys; 'invalid' where its words are too few or wrong. */
export function keysOf(command: CommandInfo, argv: Argv): Uint8Array[] | 'invalid' | undefined {
  const [first, last, step] = command.keys;
  if (first > 0) {
    const end = last < 0 ? argv.count + last : last;
    const keys: Uint8Array[] = [];
    for (let i = first; i <= end && i < argv.count; i += step) keys.push(argv.bytes(i).slice());
    if (!command.flags.includes('movablekeys')) return keys;
    if (command.name.startsWith('georadius')) return [...keys, ...storeOption(argv, 5)];
    if (command.name.startsWith('sort')) return [...keys, ...storeOption(argv, 2)];
    // ZUNIONSTORE destination numkeys key …
    const sources = counted(argv, end + 1);
    return sources === 'invalid' ? sources : [...keys, ...sources];
  }
  if (!command.flags.includes('movablekeys')) return undefined;
  if (command.name.startsWith('xread')) return streamKeys(argv);
  if (/^(eval|fcall)/.test(command.name)) return counted(argv, 2, 0);
  // Those that say how many keys follow: LMPOP numkeys key …, BLMPOP timeout numkeys key …
  return counted(argv, command.name.startsWith('b') ? 2 : 1);
}

/** The keys behind word `at`, which says how many they are. */
function counted(argv: Argv, at: number, least = 1): Uint8Array[] | 'invalid' {
  const count = at < argv.count ? parseInteger(argv.bytes(at)) : undefined;
  if (count === undefined || count < least || at + count >= argv.count) return 'invalid';
  return Array.from({ length: count }, (_, i) => argv.bytes(at + 1 + i).slice());
}

/** The key of the last STORE, or STOREDIST of GEORADIUS, at word `from` or behind it. */
function storeOption(argv: Argv, from: number): Uint8Array[] {
  for (let i = argv.count - 2; i >= from; i--)
    if (argv.is(i, 'STORE') || argv.is(i, 'STOREDIST')) return [argv.bytes(i + 1).slice()];
  return [];
}

/** XREAD and XREADGROUP: behind STREAMS as many keys as ids. */
function streamKeys(argv: Argv): Uint8Array[] | 'invalid' {
  let at = 1;
  while (at < argv.count && !argv.is(at, 'STREAMS')) at++;
  const count = (argv.count - at - 1) / 2;
  if (count < 1 || !Number.isInteger(count)) return 'invalid';
  return Array.from({ length: count }, (_, i) => argv.bytes(at + 1 + i).slice());
}
