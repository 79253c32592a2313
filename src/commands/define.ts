/** Makes an entry of the table of commands: what COMMAND INFO says of it, and the function. */
import type { Command, CommandFlag, CommandInfo, Context } from './context.ts';

export function define(
  name: string,
  arity: number,
  flags: string,
  keys: CommandInfo['keys'],
  run: (context: Context) => void,
): Command {
  return { name, arity, flags: flags.split(' ').filter((flag) => flag !== '') as CommandFlag[], keys, run };
}

/** Whether it may change the keyspace. */
export function mayWrite(command: CommandInfo & { readonly subcommands?: readonly CommandInfo[] }): boolean {
  return (
    command.flags.includes('write') ||
    (command.subcommands?.some(({ flags }) => flags.includes('write')) ?? false)
  );
}

/** The positions of keys that most commands have. */
export const oneKey: CommandInfo['keys'] = [1, 1, 1];
export const twoKeys: CommandInfo['keys'] = [1, 2, 1];
export const allKeys: CommandInfo['keys'] = [1, -1, 1];
export const noKeys: CommandInfo['keys'] = [0, 0, 0];
