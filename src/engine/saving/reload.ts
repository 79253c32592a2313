/**
 * DEBUG RELOAD: the dataset is saved and read again, to see whether it comes back as it was.
 *
 * Saving and reading happen within one turn, in memory, by the code that makes and reads files: so no client's write comes
 * between. Keys that have expired stay: the log has no DEL for them yet. It is read into a keyspace aside first: what cannot be read changes nothing. The log does not notice.
 */
import { ByteWriter } from '../../bytes/index.ts';
import type { Keyspace } from '../../data/index.ts';
import { KeyspaceLoader, RdbDecoder, RdbEncoder, standardAux } from '../../rdb/index.ts';
import type { Engine } from '../engine.ts';
import { warnOfUncallable } from '../recovery/load-file.ts';
import { newKeyspace } from '../new-keyspace.ts';
import { Libraries } from '../scripts/libraries.ts';

export interface ReloadHow {
  /** Reads over what is there: with `merge` a key of the file takes the place of one that is there, else that is an error. */
  readonly keep: boolean;
  readonly merge: boolean;
}

/** The dataset as the bytes of an RDB file. */
export function encodeDataset({ keyspace, settings, host, libraries }: Engine): Uint8Array {
  const image = keyspace.freeze();
  const facts = { ctimeSec: Math.floor(host.clock.wallMs() / 1000), usedMemoryBytes: 0, aofBase: false };
  const encoder = new RdbEncoder(image.open(), {
    aux: standardAux({ ...facts, hashSeed: keyspace.hashSeed }),
    functions: libraries.sources,
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
    const loader = new KeyspaceLoader(into, { replace, fileBytes: file.length });
    const decoder = new RdbDecoder(loader);
    decoder.push(file);
    decoder.end();
    return loader.functions;
  };
  const aside = newKeyspace(host.process, settings, tuning);
  const isBeside = how.keep && !how.merge;
  const functions = read(isBeside ? copyOf(engine, aside) : aside, false);
  const trial = new Libraries(engine.scripts);
  for (const source of isBeside ? [...engine.libraries.sources, ...functions] : functions)
    trial.adopt(source);
  trial.flush();
  if (!how.keep) {
    engine.watchers.going(undefined);
    keyspace.clear();
    engine.libraries.flush();
  }
  read(keyspace, how.merge);
  for (const source of functions) warnOfUncallable(engine, engine.libraries.adopt(source, how.merge));
}

/** Everything that is there, in `aside`: for whoever asks whether a file collides with it. */
function copyOf(engine: Engine, aside: Keyspace): Keyspace {
  const decoder = new RdbDecoder(new KeyspaceLoader(aside));
  decoder.push(encodeDataset(engine));
  decoder.end();
  return aside;
}
