/** The keyspaces that every law of the commands is tried over: the twin, the real one, and the real one in crumbs. */
import { createKeyspace, type Keyspace } from '../../../../src/data/index.ts';
import { MapKeyspace } from '../../../support/map-keyspace.ts';

const databases = 16;

export interface Make {
  readonly name: string;
  readonly make: () => Keyspace;
}

const small = { pageBytes: 64, firstChunkBytes: 1024, maxChunkBytes: 4096, segmentEntries: 2 };

export const makes: readonly Make[] = [
  { name: 'the map', make: () => new MapKeyspace({ databases }) },
  { name: 'pages', make: () => createKeyspace({ databases, hashSeed: 1 }) },
  { name: 'small pages', make: () => createKeyspace({ databases, hashSeed: 2, tuning: small }) },
];
