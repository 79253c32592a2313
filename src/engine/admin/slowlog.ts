/** SLOWLOG GET, LEN, RESET. */
import { parseInteger } from '../../bytes/index.ts';
import { wrongSubcommandWords } from '../../commands/index.ts';
import { admin, container } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

const defaultCount = 10;

/** GET [count]: id, second, microseconds, words, address and name of the client; -1 for all. */
function get({ engine, argv, reply }: AdminCall): void {
  if (argv.count > 3) return reply.error(wrongSubcommandWords(argv.text(1), 'SLOWLOG'));
  const count = argv.count === 3 ? parseInteger(argv.bytes(2)) : defaultCount;
  if (count === undefined || count < -1)
    return reply.error('ERR count should be greater than or equal to -1');
  const { entries } = engine.slowlog;
  const shown = count === -1 ? entries : entries.slice(0, count);
  reply.array(shown.length);
  for (const { id, atSeconds, durationMicros, words, clientAddress, clientName } of shown) {
    reply.array(6);
    reply.integer(id);
    reply.integer(atSeconds);
    reply.integer(durationMicros);
    reply.array(words.length);
    for (const word of words) reply.bulk(word);
    reply.bulkText(clientAddress);
    reply.bulkText(clientName);
  }
}

function reset({ engine, reply }: AdminCall): void {
  engine.slowlog.reset();
  reply.ok();
}

const help = [
  'SLOWLOG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'GET [<count>]',
  '    The newest <count> commands (default: 10, -1: all): id, second, microseconds, words, and who sent it.',
  'LEN',
  '    How many are kept.',
  'RESET',
  '    Forgets them.',
  'HELP',
  '    Prints this help.',
];

const flags = 'admin loading stale';

export const slowlogCommands: readonly AdminCommand[] = [
  container('slowlog', '', [
    admin('slowlog|get', -2, flags, get),
    admin('slowlog|len', 2, flags, ({ engine, reply }) => reply.integer(engine.slowlog.entries.length)),
    admin('slowlog|reset', 2, flags, reset),
    admin('slowlog|help', 2, 'loading stale', ({ reply }) => {
      reply.array(help.length);
      for (const line of help) reply.simple(line);
    }),
  ]),
];
