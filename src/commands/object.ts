/** OBJECT: how a value is kept. Eviction does not exist here, so nothing is ever idle and nothing counts accesses. */
import { find } from './access.ts';
import type { Command, CommandInfo, Context } from './context.ts';
import { define, noKeys } from './define.ts';
import { errors, unknownSubcommand, wrongArity } from './errors.ts';

const subcommands = ['encoding', 'freq', 'idletime', 'refcount'] as const;

const described: readonly CommandInfo[] = [
  ...subcommands.map((name): CommandInfo => ({
    name: `object|${name}`,
    arity: 3,
    flags: ['readonly'],
    keys: [2, 2, 1],
  })),
  { name: 'object|help', arity: 2, flags: ['loading', 'stale'], keys: noKeys },
];

const help = [
  'OBJECT <subcommand> <key>. Subcommands are:',
  'ENCODING <key>',
  '    How the value is kept in memory.',
  'FREQ <key>',
  '    How often it is accessed. Needs an LFU policy, which this server has not.',
  'IDLETIME <key>',
  '    Seconds since the last access: always 0 here.',
  'REFCOUNT <key>',
  '    How many refer to the value.',
  'HELP',
  '    Prints this help.',
];

/** What Redis answers for the small integers that it shares among all keys. */
const sharedRefcount = 2147483647;
const sharedIntegers = 10000;

function object(context: Context): void {
  const { argv, reply } = context;
  const name = argv.lowerText(1);
  if (name === 'help') {
    if (argv.count !== 2) return reply.error(wrongArity('object|help'));
    reply.array(help.length);
    for (const line of help) reply.simple(line);
    return;
  }
  const subcommand = subcommands.find((one) => one === name);
  if (subcommand === undefined) return reply.error(unknownSubcommand(argv.text(1), 'OBJECT'));
  if (argv.count !== 3) return reply.error(wrongArity(`object|${subcommand}`));
  const entry = find(context, 2);
  if (entry === undefined) return reply.nil();
  switch (subcommand) {
    case 'encoding':
      return reply.bulkText(entry.encoding());
    case 'freq':
      return reply.error(errors.lfuNotSelected);
    case 'idletime':
      return reply.integer(0);
    case 'refcount': {
      const value = entry.type === 'string' && entry.encoding() === 'int' ? entry.stringInteger() : undefined;
      return reply.integer(value !== undefined && value >= 0 && value < sharedIntegers ? sharedRefcount : 1);
    }
  }
}

export const objectCommands: readonly Command[] = [
  { ...define('object', -2, '', noKeys, object), subcommands: described },
];
