/** Which files the log is: the manifest, or a single-file log of Redis before 7, which is moved to its place. */
import {
  emptyManifest,
  type Manifest,
  type ReadManifest,
  type ReadManifestOptions,
} from '../../aof/index.ts';
import { LightsoutError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { makeDirectory, sizeOf, syncDirectory, syncPath } from '../io.ts';
import { loadIncrement, unexpectedEnd } from './load-file.ts';
import { LogApplier } from './log-applier.ts';
import { readManifest } from './read-manifest.ts';

/** The manifest, or undefined where there is no log. @throws LightsoutError CORRUPT; DiskError */
export async function findManifest(engine: Engine): Promise<ReadManifest | undefined> {
  const { host, names, settings, recovery } = engine;
  const hasManifest = (await sizeOf(host.disk, names.inAppendDir(names.manifestName))) !== undefined;
  const options: ReadManifestOptions = settings.recover === 'accept-loss' ? { accept: 'damage' } : {};
  const manifest = hasManifest ? await readManifest(host.disk, names, options) : undefined;
  if (manifest?.damage !== undefined) {
    recovery.losses.push(`what the manifest no longer names: ${manifest.damage}`);
    recovery.isLossUnbounded = true;
  }
  const singleBytes = await sizeOf(host.disk, names.singleLog);
  if (singleBytes === undefined) return manifest;
  const isHalfUpgraded =
    manifest !== undefined &&
    manifest.base?.name === settings.appendfilename &&
    manifest.increments.length === 0 &&
    (await sizeOf(host.disk, names.inAppendDir(settings.appendfilename))) === undefined;
  if (manifest !== undefined && !isHalfUpgraded) return manifest;
  const upgraded = await upgradeSingleLog(engine);
  return { ...upgraded, isSealed: settings.aofChecksum, damage: undefined };
}

/** Moves a single-file log to its place. The order is such that the old name stays until the manifest names the new one. */
async function upgradeSingleLog(engine: Engine): Promise<Manifest> {
  const { host, names, settings, rewriter, log } = engine;
  // Judged before it is touched: a damaged log is refused where it lies.
  const { damage, validBytes } = await loadIncrement(
    engine,
    names.singleLog,
    new LogApplier(engine, settings.appendfilename),
    {
      annotations: undefined,
      uncheckedBytes: 0,
      durableBytes: 0,
    },
  );
  if (damage?.kind === 'rotten')
    throw new LightsoutError(
      'CORRUPT',
      `Bad file format reading the append only file ${names.singleLog}: ${damage.what}, at offset ${damage.offset}; make a copy of it before you repair anything`,
    );
  if (damage !== undefined && !settings.aofLoadTruncated)
    throw unexpectedEnd(names.singleLog, damage, validBytes);
  engine.forgetEverything();
  await makeDirectory(host.disk, names.appendDir, names.dir);
  await syncPath(host.disk, names.singleLog);
  const manifest: Manifest = { ...emptyManifest, base: { name: settings.appendfilename, seq: 1 } };
  await rewriter.store.replace(manifest);
  await host.disk.rename(names.singleLog, names.inAppendDir(settings.appendfilename));
  await syncDirectory(host.disk, names.appendDir);
  await syncDirectory(host.disk, names.dir);
  log(
    'notice',
    `Successfully migrated an old-style AOF file (${settings.appendfilename}) into the AOF directory (${settings.appenddirname}).`,
  );
  return manifest;
}
