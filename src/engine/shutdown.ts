/** SHUTDOWN: in what order the engine comes to rest. */
import { LightsoutError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { messageOf } from './io.ts';

/** 'default' saves where save points are configured. `force` goes on whatever fails. */
export type ShutdownHow = 'default' | 'save' | 'nosave' | 'force' | 'force-save' | 'force-nosave';

/**
 * Ends the children, syncs the log, saves. When it resolves the process may exit; nothing is written any more.
 *
 * @throws LightsoutError SHUTDOWN with what failed; the engine goes on then
 */
export async function shutdown(engine: Engine, how: ShutdownHow): Promise<void> {
  const force = how.startsWith('force');
  // Half a dataset is not saved.
  const saving =
    !engine.isLoading && !how.endsWith('nosave') && (how.endsWith('save') || engine.settings.save.length > 0);
  if (engine.isShuttingDown) throw new LightsoutError('SHUTDOWN', 'the server is shutting down already');
  if (engine.settings.appendonly && (engine.journal.isHeld || !engine.journal.isOpen) && !force) {
    engine.log('warning', "Writing initial AOF, can't exit.");
    throw new LightsoutError(
      'SHUTDOWN',
      'the first append-only file is not written yet; wait for it, or use FORCE',
    );
  }
  engine.isShuttingDown = true;
  try {
    engine.log('notice', 'User requested shutdown...');
    await engine.snapshots.cancel();
    await engine.rewriter.cancel();
    await attempt(engine, force, 'the append-only file cannot be synced', () => engine.journal.drain());
    if (saving) {
      engine.log('notice', 'Saving the final RDB snapshot before exiting.');
      await attempt(engine, force, 'the snapshot cannot be saved', async () => {
        // One may have been started meanwhile, and must not be the last to get its name.
        await engine.snapshots.cancel();
        await engine.snapshots.save();
      });
    }
    engine.log('notice', 'Redis is now ready to exit, bye bye...');
    await engine.stop();
  } catch (error) {
    engine.isShuttingDown = false;
    throw error;
  }
}

async function attempt(
  engine: Engine,
  force: boolean,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = `${what}: ${messageOf(error)}`;
    engine.log('warning', message);
    if (!force) throw new LightsoutError('SHUTDOWN', message, { cause: error });
  }
}
