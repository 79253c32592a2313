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
    return keys;
  }
  if (!command.flags.includes('movablekeys')) return undefined;
  // Those that say how many keys follow: LMPOP numkeys key …, BLMPOP timeout numkeys key …
  const at = command.name.startsWith('b') ? 2 : 1;
  const count = at < argv.count ? parseInteger(argv.bytes(at)) : undefined;
  if (count === undefined || count < 1 || at + count >= argv.count) return [];
  return Array.from({ length: count }, (_, i) => argv.bytes(at + 1 + i).slice());
}
