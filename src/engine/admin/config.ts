/** CONFIG GET, SET, RESETSTAT. CONFIG REWRITE is absent: the server never writes its configuration. */
import { errors, globMatches } from '../../commands/index.ts';
import { changeConfig, matchingOptions } from '../config/table.ts';
import type { Engine } from '../engine.ts';
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
  change.commit(settings);
  takeEffect(engine, before);
  reply.ok();
}

/** What must happen at once, rather than when a setting is next looked at. */
function takeEffect(engine: Engine, before: Engine['settings']): void {
  const { settings, rewriter, journal } = engine;
  if (settings.appendonly && !before.appendonly) rewriter.enable();
  if (!settings.appendonly && before.appendonly) rewriter.disable();
  // Replies wait for a sync from now on, this one too. Where it fails, whoever watches the journal says so.
  if (settings.appendfsync === 'always' && before.appendfsync !== 'always')
    void journal.drain().catch(() => undefined);
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

const flags = 'admin noscript loading stale';

export const configCommands: readonly AdminCommand[] = [
  container('config', '', [
    admin('config|get', -3, flags, get),
    admin('config|set', -4, flags, set),
    admin('config|resetstat', 2, flags, resetStat),
  ]),
];
