/** One command as COMMAND INFO shows it, in the ten parts of Redis 7. What follows from flags and keys is derived. */
import type { CommandInfo } from '../../commands/index.ts';
import type { ReplyWriter } from '../../resp/index.ts';

export interface CommandTable {
  /** By lower-case name. */
  find(name: string): CommandInfo | undefined;
  all(): readonly CommandInfo[];
}

export function describeCommand(reply: ReplyWriter, command: CommandInfo): void {
  const subcommands = 'subcommands' in command ? (command.subcommands as readonly CommandInfo[]) : [];
  const [first, last, step] = command.keys;
  reply.array(10);
  reply.bulkText(command.name);
  reply.integer(command.arity);
  reply.set(command.flags.length);
  for (const flag of command.flags) reply.simple(flag);
  reply.integer(first);
  reply.integer(last);
  reply.integer(step);
  describeCategories(reply, command);
  reply.array(0);
  describeKeys(reply, command);
  reply.array(subcommands.length);
  for (const subcommand of subcommands) describeCommand(reply, subcommand);
}

/** ACL categories, as far as they follow from the flags. */
function describeCategories(reply: ReplyWriter, { flags }: CommandInfo): void {
  const categories: string[] = [];
  if (flags.includes('write')) categories.push('@write');
  if (flags.includes('readonly')) categories.push('@read');
  if (flags.includes('admin')) categories.push('@admin', '@dangerous');
  if (flags.includes('blocking')) categories.push('@blocking');
  categories.push(flags.includes('fast') ? '@fast' : '@slow');
  reply.set(categories.length);
  for (const category of categories) reply.simple(category);
}

/** Key specifications: one range, for commands whose keys stand at fixed places. */
function describeKeys(reply: ReplyWriter, { flags, keys }: CommandInfo): void {
  const [first, last, step] = keys;
  reply.array(first > 0 ? 1 : 0);
  if (first === 0) return;
  reply.map(3);
  reply.bulkText('flags');
  reply.set(1);
  reply.simple(flags.includes('write') ? 'RW' : 'RO');
  reply.bulkText('begin_search');
  reply.map(2);
  reply.bulkText('type');
  reply.bulkText('index');
  reply.bulkText('spec');
  reply.map(1);
  reply.bulkText('index');
  reply.integer(first);
  reply.bulkText('find_keys');
  reply.map(2);
  reply.bulkText('type');
  reply.bulkText('range');
  reply.bulkText('spec');
  reply.map(3);
  reply.bulkText('lastkey');
  reply.integer(last < 0 ? last : last - first);
  reply.bulkText('keystep');
  reply.integer(step);
  reply.bulkText('limit');
  reply.integer(0);
}
