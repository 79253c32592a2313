/** FUNCTION, FCALL and FCALL_RO. What changes the libraries is logged as it was sent, and counts as one change. */
import { ByteWriter, latin1Bytes, parseInteger } from '../../bytes/index.ts';
import { globMatches } from '../../commands/index.ts';
import { LightsoutError } from '../../errors.ts';
import { isDumpIntact, readLibrariesDump, writeLibrariesDump } from '../../rdb/index.ts';
import type { Library, RestorePolicy } from '../scripts/libraries.ts';
import { noScriptsHere } from '../scripts/scripts.ts';
import { admin, type Administer, container } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

/** Names the effect of a call that has changed the libraries. */
function changed({ engine, session, argv }: AdminCall): void {
  const { unit } = engine.execution;
  unit.enter(argv, session.dbIndex);
  unit.verbatim();
  engine.dirty++;
}

function load(call: AdminCall): void {
  const { engine, argv, reply } = call;
  let replace = false;
  for (let i = 2; i < argv.count - 1; i++) {
    if (!argv.is(i, 'REPLACE')) return reply.error(`ERR Unknown option given: ${argv.text(i)}`);
    replace = true;
  }
  const library = engine.libraries.load(argv.bytes(argv.count - 1), replace);
  if (typeof library === 'string') return reply.error(library);
  changed(call);
  reply.bulkText(library.name);
}

function remove(call: AdminCall): void {
  const { engine, argv, reply } = call;
  if (!engine.libraries.delete(argv.text(2))) return reply.error('ERR Library not found');
  changed(call);
  reply.ok();
}

function flush(call: AdminCall): void {
  const { engine, argv, reply } = call;
  if (argv.count > 3) return reply.error(wrongWords(argv.text(1)));
  if (argv.count === 3 && !argv.is(2, 'ASYNC') && !argv.is(2, 'SYNC'))
    return reply.error('ERR FUNCTION FLUSH only supports SYNC|ASYNC option');
  engine.libraries.flush();
  changed(call);
  reply.ok();
}

function restore(call: AdminCall): void {
  const { argv, reply } = call;
  if (argv.count > 4) return reply.error(wrongWords(argv.text(1)));
  const policy = argv.count === 4 ? argv.lowerText(3) : 'append';
  if (policy !== 'flush' && policy !== 'append' && policy !== 'replace')
    return reply.error('ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.');
  const refusal = restorePayload(call, policy);
  if (refusal !== undefined) return reply.error(refusal);
  changed(call);
  reply.ok();
}

function restorePayload({ engine, argv }: AdminCall, policy: RestorePolicy): string | undefined {
  const payload = argv.bytes(2);
  if (!isDumpIntact(payload, !engine.settings.skipsChecksums))
    return 'ERR DUMP payload version or checksum are wrong';
  let sources: readonly Uint8Array[];
  try {
    sources = readLibrariesDump(payload);
  } catch (error) {
    if (!(error instanceof LightsoutError)) throw error;
    return 'ERR given type is not a function';
  }
  return engine.libraries.restore(sources, policy);
}

function dump({ engine, reply }: AdminCall): void {
  const payload = new ByteWriter(256);
  writeLibrariesDump(payload, engine.libraries.sources, engine.settings.rdbcompression);
  reply.bulk(payload.view());
}

/** [LIBRARYNAME pattern] [WITHCODE] */
function list({ engine, argv, reply }: AdminCall): void {
  let pattern: Uint8Array | undefined;
  let withCode = false;
  for (let i = 2; i < argv.count; i++) {
    if (!withCode && argv.is(i, 'WITHCODE')) withCode = true;
    else if (pattern === undefined && argv.is(i, 'LIBRARYNAME')) {
      if (++i === argv.count) return reply.error('ERR library name argument was not given');
      pattern = latin1Bytes(argv.lowerText(i));
    } else return reply.error(`ERR Unknown argument ${argv.text(i)}`);
  }
  const listed = engine.libraries.all.filter(
    ({ name }) => pattern === undefined || globMatches(pattern, latin1Bytes(name.toLowerCase())),
  );
  reply.array(listed.length);
  for (const library of listed) describe(reply, library, withCode);
}

function describe(reply: AdminCall['reply'], library: Library, withCode: boolean): void {
  reply.map(withCode ? 4 : 3);
  reply.bulkText('library_name');
  reply.bulkText(library.name);
  reply.bulkText('engine');
  reply.bulkText('LUA');
  reply.bulkText('functions');
  reply.array(library.functions.length);
  for (const { name, description, flags } of library.functions) {
    reply.map(3);
    reply.bulkText('name');
    reply.bulkText(name);
    reply.bulkText('description');
    if (description === undefined) reply.nil();
    else reply.bulkText(description);
    reply.bulkText('flags');
    reply.set(flags.length);
    for (const flag of flags) reply.simple(flag);
  }
  if (!withCode) return;
  reply.bulkText('library_code');
  reply.bulk(library.source);
}

/** Nobody can ask while a function runs: it runs within one turn. */
function stats({ engine, reply }: AdminCall): void {
  reply.map(2);
  reply.bulkText('running_script');
  reply.nil();
  reply.bulkText('engines');
  reply.map(1);
  reply.bulkText('LUA');
  reply.map(2);
  reply.bulkText('libraries_count');
  reply.integer(engine.libraries.count);
  reply.bulkText('functions_count');
  reply.integer(engine.libraries.functionCount);
}

function call({ engine, session, argv, reply }: AdminCall, readOnly: boolean): void {
  const found = engine.libraries.find(argv.text(1));
  if (found === undefined) return reply.error('ERR Function not found');
  const count = parseInteger(argv.bytes(2));
  if (count === undefined) return reply.error('ERR Bad number of keys provided');
  if (count > argv.count - 3) return reply.error("ERR Number of keys can't be greater than number of args");
  if (count < 0) return reply.error("ERR Number of keys can't be negative");
  const words = Array.from({ length: argv.count - 2 }, (_, i) => argv.bytes(i + 2));
  engine.scripts.callFunction(session, reply, found.library, found.function, words, readOnly);
}

function wrongWords(subcommand: string): string {
  return `ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try FUNCTION HELP.`;
}

const withLua =
  (administer: Administer): Administer =>
  (one) =>
    one.engine.scripts.isPossible ? administer(one) : one.reply.error(noScriptsHere);

const help = [
  'FUNCTION <subcommand> [<arg> ...]. Subcommands are:',
  'DELETE <library>',
  '    Forgets a library and its functions.',
  'DUMP',
  '    All libraries as one payload for FUNCTION RESTORE.',
  'FLUSH [ASYNC|SYNC]',
  '    Forgets all libraries.',
  'KILL',
  '    Finds no function to end: none is interrupted here.',
  'LIST [LIBRARYNAME <pattern>] [WITHCODE]',
  '    The libraries and their functions.',
  'LOAD [REPLACE] <code>',
  '    Takes a library.',
  'RESTORE <payload> [APPEND|FLUSH|REPLACE]',
  '    Takes the libraries of a payload, all or none: beside those that are there, or instead of all, or of those of their names.',
  'STATS',
  '    How many libraries and functions there are.',
  'HELP',
  '    Prints this help.',
];

const writing = 'write denyoom noscript';
const callFlags = 'noscript stale skip_monitor no_mandatory_keys movablekeys';

export const functionCommands: readonly AdminCommand[] = [
  admin(
    'fcall',
    -3,
    callFlags,
    withLua((one) => call(one, false)),
  ),
  admin(
    'fcall_ro',
    -3,
    `${callFlags} readonly`,
    withLua((one) => call(one, true)),
  ),
  container('function', '', [
    admin('function|load', -3, writing, withLua(load)),
    admin('function|delete', 3, 'write noscript', withLua(remove)),
    admin('function|flush', -2, 'write noscript', withLua(flush)),
    admin('function|restore', -3, writing, withLua(restore)),
    admin('function|dump', 2, 'noscript', withLua(dump)),
    admin('function|list', -2, 'noscript', withLua(list)),
    admin('function|stats', 2, 'noscript allow_busy', withLua(stats)),
    admin('function|kill', 2, 'noscript allow_busy', ({ reply }) =>
      reply.error('NOTBUSY No scripts in execution right now.'),
    ),
    admin('function|help', 2, 'loading stale', ({ reply }) => {
      reply.array(help.length);
      for (const line of help) reply.simple(line);
    }),
  ]),
];
