/** BACKUP BEGIN [seconds] and BACKUP END, not of Redis: what to copy so that the copy recovers. */
import { errors } from '../../commands/index.ts';
import { isDiskError } from '../io.ts';
import { admin, container } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

const defaultSeconds = 3600;
const mostSeconds = 86_400;

async function begin({ engine, session, argv, reply }: AdminCall): Promise<void> {
  const seconds = argv.count === 2 ? defaultSeconds : Number(argv.text(2));
  if (argv.count > 3) return reply.error(errors.syntax);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > mostSeconds)
    return reply.error(`ERR a backup may last from 1 to ${mostSeconds} seconds`);
  try {
    const backup = await engine.backups.begin(session, seconds);
    if (typeof backup === 'string') return reply.error(`ERR ${backup}`);
    const { files, manifest } = backup;
    reply.map(manifest === undefined ? 2 : 4);
    reply.bulkText('dir');
    reply.bulkText(engine.settings.dir);
    reply.bulkText('files');
    reply.array(files.length);
    for (const { path, bytes } of files) {
      reply.array(2);
      reply.bulkText(path);
      reply.integer(bytes);
    }
    if (manifest === undefined) return undefined;
    reply.bulkText('manifest-path');
    reply.bulkText(manifest.path);
    reply.bulkText('manifest');
    reply.bulk(manifest.bytes);
  } catch (error) {
    if (!isDiskError(error)) throw error;
    engine.backups.end(session);
    reply.error(`ERR no backup: ${error.message}`);
  }
  return undefined;
}

function end({ engine, session, reply }: AdminCall): void {
  reply.integer(engine.backups.end(session) ? 1 : 0);
}

export const backupCommands: readonly AdminCommand[] = [
  container('backup', 'no_multi', [
    admin('backup|begin', -2, 'admin noscript no_multi', begin),
    admin('backup|end', 2, 'admin noscript', end),
  ]),
];
