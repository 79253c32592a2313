/**
 * DEBUG RELOAD: the dataset is saved and read again, to see whether it comes back as it was.
 *
 * Saving and reading happen within one turn, in memory, by the code that makes and reads files: so no client's write comes
 * between. Keys that have expired stay: the log has no DEL for them yet. It is read into a keyspace aside first: what cannot be read changes nothing. The log does not notice.
 */
import { ByteWriter } from '../bytes/index.ts';
import type { Keyspace } from '../data/index.ts';
import { KeyspaceLoader, RdbDecoder, RdbEncoder, standardAux } from '../rdb/index.ts';
import type { Engine } from './engine.ts';
import { newKeyspace } from './new-keyspace.ts';

export interface ReloadHow {
  /** Reads over what is there: with `merge` a key of the file takes the place of one that is there, else that is an error. */
  readonly keep: boolean;
  readonly merge: boolean;
}

/** The dataset as the bytes of an RDB file. */
export function encodeDataset({ keyspace, settings, host }: Engine): Uint8Array {
  const image = keyspace.freeze();
  const facts = { ctimeSec: Math.floor(host.clock.wallMs() / 1000), usedMemoryBytes: 0, aofBase: false };
  const encoder = new RdbEncoder(image.open(), {
    aux: standardAux({ ...facts, hashSeed: keyspace.hashSeed }),
    compress: settings.rdbcompression,
    checksum: true,
  });
  const file = new ByteWriter(64 * 1024);
  while (encoder.next(file, 1024 * 1024)) file.ensure(1);
  image.release();
  return file.view();
}

/** Puts what `file` holds in the dataset's place. @throws LightsoutError CORRUPT; nothing was changed then */
export function loadDataset(engine: Engine, file: Uint8Array, how: ReloadHow): void {
  const { host, settings, tuning, keyspace } = engine;
  const read = (into: Keyspace, replace: boolean) => {
    const decoder = new RdbDecoder(new KeyspaceLoader(into, { replace, fileBytes: file.length }));
    decoder.push(file);
    decoder.end();
  };
  const aside = newKeyspace(host.process, settings, tuning);
  if (how.keep && !how.merge) read(copyOf(engine, aside), false);
  else read(aside, false);
  if (!how.keep) keyspace.clear();
  read(keyspace, how.merge);
}

/** Everything that is there, in `aside`: for whoever asks whether a file collides with it. */
function copyOf(engine: Engine, aside: Keyspace): Keyspace {
  const decoder = new RdbDecoder(new KeyspaceLoader(aside));
  decoder.push(encodeDataset(engine));
  decoder.end();
  return aside;
}
