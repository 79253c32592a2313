/**
 * P16: when an engine has recovered and nothing runs, the directory holds what the manifest names, the dump, and what was
 * put aside, and nothing else.
 */
import { textOf } from './text.ts';

export interface Leaks {
  /** Paths that nothing accounts for. */
  readonly leaked: readonly string[];
  /** Paths that the manifest names and that are not there. */
  readonly missing: readonly string[];
}

/** Judges every file of a disk by its path. `directory` is where the engine keeps everything. */
export function findLeaks(files: ReadonlyMap<string, Uint8Array>, directory: string): Leaks {
  const logDirectory = `${directory}/appendonlydir`;
  const manifest = `${logDirectory}/appendonly.aof.manifest`;
  const bytes = files.get(manifest);
  const lines = bytes === undefined ? [] : textOf(bytes, 0, bytes.length).split('\n');
  const named = lines.flatMap((line) => {
    const match = /^file (\S+) seq \d+ type [bi]$/.exec(line);
    return match === null ? [] : [`${logDirectory}/${match[1]}`];
  });
  const accounted = new Set([...named, manifest, `${directory}/dump.rdb`]);
  return {
    leaked: [...files.keys()].filter((path) => !accounted.has(path) && !path.endsWith('.quarantine')),
    missing: named.filter((path) => !files.has(path)),
  };
}
