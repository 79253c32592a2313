/** What a request names: a command, or of one that only picks by its second word, the subcommand. */
import type { CommandInfo } from '../commands/context.ts';
import type { Argv } from '../resp/index.ts';

/** Undefined where the command has subcommands and the words name none of them. */
export function namedBy(
  command: CommandInfo & { readonly subcommands?: readonly CommandInfo[] },
  argv: Argv,
): CommandInfo | undefined {
  if (command.subcommands === undefined || argv.count < 2) return command;
  const name = `${command.name}|${argv.lowerText(1)}`;
  return command.subcommands.find((one) => one.name === name);
}
