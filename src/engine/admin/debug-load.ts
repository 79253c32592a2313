/** DEBUG RELOAD and LOADAOF: the dataset as its files give it back. */
import { LightsoutError } from '../../errors.ts';
import { isDiskError, readFile } from '../io.ts';
import { reloadLog } from '../recovery/reload-log.ts';
import { encodeDataset, loadDataset } from '../saving/reload.ts';
import type { AdminCall } from './types.ts';

/** RELOAD [MERGE] [NOFLUSH] [NOSAVE]: saves dump.rdb and reads the dataset again; NOSAVE reads dump.rdb as it is. */
export async function reload({ engine, argv, reply, inExec }: AdminCall): Promise<void> {
  const options = new Set<string>();
  for (let i = 2; i < argv.count; i++) options.add(argv.lowerText(i));
  for (const option of options)
    if (!['merge', 'noflush', 'nosave'].includes(option))
      return reply.error('ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.');
  if (inExec) return reply.error('ERR DEBUG RELOAD is not allowed inside a transaction');
  if (options.has('nosave') && engine.settings.appendonly)
    return reply.error(
      'ERR DEBUG RELOAD NOSAVE would leave the log without what it reads: turn appendonly off',
    );
  const how = { keep: options.has('noflush'), merge: options.has('merge') };
  try {
    if (options.has('nosave')) {
      loadDataset(engine, await readFile(engine.host.disk, engine.names.dump), how);
    } else {
      await engine.snapshots.save();
      loadDataset(engine, encodeDataset(engine), how);
    }
  } catch (error) {
    if (!(error instanceof LightsoutError) && !isDiskError(error)) throw error;
    return reply.error(`ERR Error trying to load the RDB dump: ${error.message}`);
  }
  reply.ok();
}

/** LOADAOF: the dataset is what the log says. */
export async function loadAof({ engine, reply, inExec }: AdminCall): Promise<void> {
  if (inExec) return reply.error('ERR DEBUG LOADAOF is not allowed inside a transaction');
  try {
    await reloadLog(engine);
  } catch (error) {
    if (!(error instanceof LightsoutError) && !isDiskError(error)) throw error;
    return reply.error(`ERR Error trying to load the append-only file: ${error.message}`);
  }
  reply.ok();
}
