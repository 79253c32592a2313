/** Loads dump.rdb: the whole database without a log, or what a first log begins with. */
import { LightsoutError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { sizeOf, syncDirectory } from '../io.ts';
import { loadRdb } from './load-file.ts';
import { putAside } from './quarantine.ts';

/** Gives whether there was one that is served now. @throws LightsoutError CORRUPT, unless loss is accepted; DiskError */
export async function loadDump(engine: Engine): Promise<boolean> {
  const { host, names, recovery, settings } = engine;
  if ((await sizeOf(host.disk, names.dump)) === undefined) return false;
  try {
    await loadRdb(engine, names.dump, { dropExpired: true });
    return true;
  } catch (error) {
    if (!(error instanceof LightsoutError)) throw error;
    if (settings.recover !== 'accept-loss') throw error;
    engine.forgetEverything();
    recovery.losses.push(error.message);
    recovery.isLossUnbounded = true;
    recovery.quarantined.push(await putAside(engine, names.dir, settings.dbfilename));
    await syncDirectory(host.disk, names.dir);
    return false;
  }
}
