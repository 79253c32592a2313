/** SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE. Replies as Redis gives them: formats.md 1.2. */
import { errors } from '../../commands/index.ts';
import { isDiskError } from '../io.ts';
import { admin } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

const saveInProgress = 'ERR Background save already in progress';
const otherChild =
  "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.";
const cannotRewrite =
  "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.";

/** Answers when the file is durable; only this client waits for it. */
async function save({ engine, reply }: AdminCall): Promise<void> {
  if (engine.snapshots.isSaving) return reply.error(saveInProgress);
  try {
    await engine.snapshots.save();
    reply.ok();
  } catch (error) {
    if (!isDiskError(error)) throw error;
    reply.error('ERR');
  }
}

function bgsave({ engine, argv, reply, inExec }: AdminCall): void {
  const isSchedule = argv.count === 2 && argv.is(1, 'SCHEDULE');
  if (argv.count > 1 && !isSchedule) return reply.error(errors.syntax);
  const { snapshots, rewriter } = engine;
  if (snapshots.isSaving) return reply.error(saveInProgress);
  if (rewriter.hasChild || inExec) {
    if (!isSchedule && !inExec) return reply.error(otherChild);
    snapshots.isScheduled = true;
    return reply.simple('Background saving scheduled');
  }
  try {
    snapshots.startBackground();
    reply.simple('Background saving started');
  } catch (error) {
    engine.log('warning', `Can't save in background: fork: ${String(error)}`);
    reply.error('ERR');
  }
}

function bgrewriteaof({ engine, reply, inExec }: AdminCall): void {
  const { snapshots, rewriter } = engine;
  if (rewriter.isRunning) return reply.error('ERR Background append only file rewriting already in progress');
  if (snapshots.hasChild || inExec) {
    rewriter.isScheduled = true;
    // Whoever asks by hand has perhaps mended what was wrong.
    rewriter.consecutiveFailures = 0;
    return reply.simple('Background append only file rewriting scheduled');
  }
  if (engine.isShuttingDown) return reply.error(cannotRewrite);
  rewriter.start();
  reply.simple('Background append only file rewriting started');
}

function lastsave({ engine, reply }: AdminCall): void {
  reply.integer(engine.snapshots.lastSaveSeconds);
}

export const persistenceCommands: readonly AdminCommand[] = [
  admin('save', 1, 'admin noscript no_multi', save),
  admin('bgsave', -1, 'admin noscript', bgsave),
  admin('bgrewriteaof', 1, 'admin noscript', bgrewriteaof),
  admin('lastsave', 1, 'loading stale fast', lastsave),
];
