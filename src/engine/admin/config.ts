/** CONFIG GET, SET, REWRITE, RESETSTAT. */
import { errors, globMatches } from '../../commands/index.ts';
import { changeConfig, matchingOptions } from '../config/table.ts';
import type { RewriteHow } from '../config/rewrite.ts';
import type { Settings } from '../config/settings.ts';
import type { Engine } from '../engine.ts';
import { isDiskError } from '../io.ts';
import { newStats } from '../stats.ts';
import { admin, container } from './define.ts';
import { isLocal } from './is-local.ts';
import type { AdminCall, AdminCommand } from './types.ts';

function get({ engine, argv, reply }: AdminCall): void {
  const patterns = Array.from({ length: argv.count - 2 }, (_, i) => {
    const pattern = Uint8Array.from(argv.bytes(i + 2), (byte) =>
      byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte,
    );
    return { text: argv.text(i + 2), matches: (name: string) => globMatches(pattern, latin1Bytes(name)) };
  });
  const found = matchingOptions(engine.settings, patterns);
  reply.map(found.length);
  for (const [name, value] of found) {
    reply.bulkText(name);
    reply.bulkText(value);
  }
}

function set({ engine, session, argv, reply }: AdminCall): void {
  if (argv.count % 2 !== 0) return reply.error(errors.syntax);
  const pairs = Array.from(
    { length: (argv.count - 2) / 2 },
    (_, i) => [argv.text(2 * i + 2), argv.text(2 * i + 3)] as const,
  );
  const { settings } = engine;
  if (engine.isLoading && pairs.some(([name]) => name.toLowerCase() === 'appendonly'))
    return reply.error(errors.loading);
  const change = changeConfig(settings, pairs, isLocal(session));
  if (!change.ok) return reply.error(change.error);
  const before = { ...settings };
  const after = { ...settings };
  change.commit(after);
  const stuck = engine.journal.error;
  if (tightens(before, after) && stuck !== undefined) return reply.error(logIsStuck(stuck.message));
  change.commit(settings);
  takeEffect(engine, before);
  reply.ok();
}

/** From now on every reply waits for a sync of the log. */
function tightens(before: Settings, after: Settings): boolean {
  return after.appendfsync === 'always' && before.appendfsync !== 'always';
}

/** Under `always` an error of the log ends the server, which nobody asked for who asks for more safety. */
function logIsStuck(why: string): string {
  return `ERR CONFIG SET failed (possibly related to argument 'appendfsync') - the append-only file cannot be written now: ${why}; under 'always' that would end the server: mend it first`;
}

/** What must happen at once, rather than when a setting is next looked at. */
function takeEffect(engine: Engine, before: Settings): void {
  const { settings, rewriter, journal } = engine;
  if (settings.appendonly && !before.appendonly) rewriter.enable();
  if (!settings.appendonly && before.appendonly) rewriter.disable();
  // Replies wait for a sync from now on, this one too. Where it fails, whoever watches the journal says so.
  if (tightens(before, settings)) void journal.drain().catch(() => undefined);
}

/** Answers when the file is durable. */
export async function rewrite({ engine, reply, inExec }: AdminCall, how: RewriteHow = {}): Promise<void> {
  const { configFile, log } = engine;
  if (inExec) return reply.error('ERR CONFIG REWRITE is not allowed inside a transaction');
  if (configFile === undefined) return reply.error('ERR The server is running without a config file');
  try {
    await configFile.rewrite(how);
    log('notice', 'CONFIG REWRITE executed with success.');
    reply.ok();
  } catch (error) {
    if (!isDiskError(error)) throw error;
    log('warning', `CONFIG REWRITE failed: ${error.message}`);
    reply.error(`ERR Rewriting config file: ${error.message}`);
  }
}

/** What recovery found is no statistic: it stays. */
function resetStat({ engine, reply }: AdminCall): void {
  const { loadedKeys, loadedExpiredKeys } = engine.stats;
  Object.assign(engine.stats, { ...newStats(), loadedKeys, loadedExpiredKeys });
  engine.journal.window.forgetPeaks();
  reply.ok();
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const help = [
  'CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'GET <pattern> [<pattern> ...]',
  '    The directives whose names match, and their values.',
  'SET <directive> <value> [<directive> <value> ...]',
  '    All of them, or none.',
  'RESETSTAT',
  '    Begins to count anew what INFO counts.',
  'REWRITE',
  '    Brings the configuration file up to date.',
  'HELP',
  '    Prints this help.',
];

const flags = 'admin noscript loading stale';

export const configCommands: readonly AdminCommand[] = [
  container('config', '', [
    admin('config|get', -3, flags, get),
    admin('config|set', -4, flags, set),
    admin('config|rewrite', 2, flags, (call) => rewrite(call)),
    admin('config|resetstat', 2, flags, resetStat),
    admin('config|help', 2, 'loading stale', ({ reply }) => {
      reply.array(help.length);
      for (const line of help) reply.simple(line);
    }),
  ]),
];
