/**
 * COMMAND: what commands there are.
 *
 * COMMAND DOCS is absent on purpose: without it redis-cli falls back on the documentation that it brings along, which is
 * better than ours would be.
 */
import { type CommandInfo, globMatches, keyspaceCommands, lookup } from '../../commands/index.ts';
import { errors } from '../../commands/index.ts';
import { Argv, type ReplyWriter } from '../../resp/index.ts';
import { type CommandTable, describeCommand } from './command-info.ts';
import { namedBy } from '../subcommand.ts';
import { keysOf } from './command-keys.ts';
import { admin, container } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

export function commandCommands(
  adminTable: () => ReadonlyMap<string, AdminCommand>,
): readonly AdminCommand[] {
  const table: CommandTable = {
    find: (name) => keyspaceCommands.get(name) ?? adminTable().get(name),
    all: () => [...keyspaceCommands.values(), ...adminTable().values()],
  };
  const describe = (reply: ReplyWriter, commands: readonly (CommandInfo | undefined)[]): void => {
    reply.array(commands.length);
    for (const command of commands) {
      if (command === undefined) reply.nil();
      else describeCommand(reply, command);
    }
  };
  const flags = 'loading stale';
  return [
    container(
      'command',
      flags,
      [
        admin('command|count', 2, flags, ({ reply }) => reply.integer(table.all().length)),
        admin('command|list', -2, flags, (call) => list(call, table)),
        admin('command|info', -2, flags, ({ argv, reply }) => {
          if (argv.count === 2) return describe(reply, table.all());
          describe(
            reply,
            Array.from({ length: argv.count - 2 }, (_, i) => findByFullName(table, argv.lowerText(i + 2))),
          );
        }),
        admin('command|getkeys', -4, flags, (call) => getKeys(call, table)),
      ],
      ({ reply }) => describe(reply, table.all()),
    ),
  ];
}

/** `get`, or `config|get` for a subcommand. */
function findByFullName(table: CommandTable, name: string): CommandInfo | undefined {
  const [first = '', second] = name.split('|');
  const command = table.find(first);
  if (second === undefined || command === undefined) return command;
  return 'subcommands' in command
    ? (command.subcommands as readonly CommandInfo[]).find((one) => one.name === name)
    : undefined;
}

/** COMMAND LIST [FILTERBY (MODULE name | ACLCAT category | PATTERN pattern)]. */
function list({ argv, reply }: AdminCall, table: CommandTable): void {
  let names = table
    .all()
    .flatMap((command) => [
      command.name,
      ...('subcommands' in command
        ? (command.subcommands as readonly CommandInfo[]).map(({ name }) => name)
        : []),
    ]);
  if (argv.count === 5 && argv.is(2, 'FILTERBY') && argv.is(3, 'PATTERN')) {
    const pattern = argv.bytes(4);
    names = names.filter((name) =>
      globMatches(
        pattern,
        Uint8Array.from(name, (character) => character.charCodeAt(0)),
      ),
    );
  } else if (argv.count === 5 && argv.is(2, 'FILTERBY') && (argv.is(3, 'MODULE') || argv.is(3, 'ACLCAT'))) {
    // There are no modules, and of categories only what flags tell.
    names = [];
  } else if (argv.count !== 2) {
    return reply.error(errors.syntax);
  }
  reply.array(names.length);
  for (const name of names) reply.bulkText(name);
}

function getKeys({ argv, reply }: AdminCall, table: CommandTable): void {
  const words = Argv.of(Array.from({ length: argv.count - 2 }, (_, i) => argv.bytes(i + 2)));
  const command: CommandInfo | undefined = lookup(words) ?? table.find(words.lowerText(0));
  const named = command && namedBy(command, words);
  if (named === undefined) return reply.error('ERR Invalid command specified');
  const { arity } = named;
  if (arity >= 0 ? words.count !== arity : words.count < -arity)
    return reply.error('ERR Invalid number of arguments specified for command');
  const keys = keysOf(named, words);
  if (keys === undefined) return reply.error('ERR The command has no key arguments');
  if (keys === 'invalid') return reply.error('ERR Invalid arguments specified for command');
  reply.array(keys.length);
  for (const key of keys) reply.bulk(key);
}
