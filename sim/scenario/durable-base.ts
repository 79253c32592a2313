/**
 * From when on a base of the log makes durable what it holds: the manifest that names it was renamed into place, and a
 * sync of the directory that began after that has succeeded. (That the base itself was synced before is the engine's
 * affair; where it was not, a loss of power shows it.)
 */

export interface DurableBase {
  /** A file is about to be given the name of a base; it holds the state of that index, or of a later one. */
  baseRenamed(path: string, index: number): void;
  /** A manifest with that text was given its name. */
  manifestRenamed(directory: string, text: string, atMs: number): void;
  /** Returns what to call when the sync has succeeded: it tells the index up to which all is durable, if that is new. */
  syncBegan(directory: string): () => HeldByBase | undefined;
}

export interface HeldByBase {
  readonly index: number;
  /** When the manifest that names it got its name, and whether it names an increment behind it. */
  readonly namedAtMs: number;
  readonly goesOn: boolean;
}

export function createDurableBase(): DurableBase {
  const indices = new Map<string, number>();
  let named: (HeldByBase & { readonly directory: string }) | undefined;
  return {
    baseRenamed: (path, index) => void indices.set(path, index),
    manifestRenamed: (directory, text, namedAtMs) => {
      const name = /^file (\S+) seq \d+ type b$/m.exec(text)?.[1];
      const index = name === undefined ? undefined : indices.get(`${directory}/${name}`);
      const goesOn = /^file \S+ seq \d+ type i$/m.test(text);
      named = index === undefined ? undefined : { directory, index, namedAtMs, goesOn };
    },
    syncBegan: (directory) => {
      const covered = named?.directory === directory ? named : undefined;
      return () => covered;
    },
  };
}
