/** Makes entries of the table of administrative commands, and those that have subcommands. */
import type { CommandFlag, CommandInfo } from '../../commands/index.ts';
import { unknownSubcommand, wrongArity } from '../../commands/index.ts';
import type { AdminCall, AdminCommand } from './types.ts';

export type Administer = AdminCommand['administer'];

/** A command with subcommands, which COMMAND INFO shows below it. */
export interface Container extends AdminCommand {
  /** Their names are `command|subcommand`. */
  readonly subcommands: readonly AdminCommand[];
}

const noKeys: CommandInfo['keys'] = [0, 0, 0];

export function admin(name: string, arity: number, flags: string, administer: Administer): AdminCommand {
  return {
    name,
    arity,
    flags: flags.split(' ').filter((flag) => flag !== '') as CommandFlag[],
    keys: noKeys,
    administer,
  };
}

/**
 * A command that only picks a subcommand by its second word.
 *
 * @param alone what the command does without a subcommand; by default that is too few words
 */
export function container(
  name: string,
  flags: string,
  subcommands: readonly AdminCommand[],
  alone?: Administer,
): Container {
  const byName = new Map(
    subcommands.map((subcommand) => [subcommand.name.slice(name.length + 1), subcommand]),
  );
  const administer = (call: AdminCall): void | Promise<void> => {
    const { argv, reply, session } = call;
    if (argv.count === 1) {
      if (alone === undefined) reply.error(wrongArity(name));
      else return alone(call);
      return undefined;
    }
    const subcommand = byName.get(argv.lowerText(1));
    if (subcommand === undefined) reply.error(unknownSubcommand(argv.text(1), name.toUpperCase()));
    else if (subcommand.arity >= 0 ? argv.count !== subcommand.arity : argv.count < -subcommand.arity)
      reply.error(wrongArity(subcommand.name));
    else {
      session.lastCommand = subcommand.name;
      return subcommand.administer(call);
    }
    return undefined;
  };
  return { ...admin(name, alone === undefined ? -2 : -1, flags, administer), subcommands };
}
