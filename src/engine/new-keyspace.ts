/** The production keyspace, as the engine makes it. */
import { createKeyspace, type Keyspace } from '../data/index.ts';
import type { Process } from '../ports/process.ts';
import type { Settings } from './config/settings.ts';
import type { Tuning } from './config/tuning.ts';

/** What `settings` says later of when collections stay compact holds from then on. */
export function newKeyspace(process: Process, settings: Settings, tuning: Tuning): Keyspace {
  const seed = process.entropy(4);
  const hashSeed = (seed[0]! | (seed[1]! << 8) | (seed[2]! << 16) | (seed[3]! << 24)) >>> 0;
  const { pageBytes, firstChunkBytes, maxChunkBytes, segmentEntries } = tuning;
  return createKeyspace({
    databases: settings.databases,
    hashSeed,
    limits: settings,
    tuning: { pageBytes, firstChunkBytes, maxChunkBytes, segmentEntries },
  });
}
