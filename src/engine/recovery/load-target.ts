/** What files of the database are read into: the engine, or as much of one as it takes to see whether they can be read. */
import type { Engine } from '../engine.ts';

export type LoadTarget = Pick<
  Engine,
  'host' | 'settings' | 'tuning' | 'log' | 'keyspace' | 'execution' | 'libraries' | 'stats'
>;
