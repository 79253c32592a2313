/**
 * P18, STATUS-TRUTH: what INFO says about persistence must not be better than what is so.
 *
 * The answer is held against what was known when the question was executed: an engine may be modest (a save that is done
 * and not counted yet), never boastful.
 */

/** What was so when INFO was executed. */
export interface Known {
  /** Dumps of this life whose names are durable. */
  readonly saves: number;
  /** Units since the state of the newest of them (or since the start) that left something behind. */
  readonly unsaved: number;
  /** A sync of the log has failed, and no base has been begun to be named since. */
  readonly logIsBroken: boolean;
}

/** What is untrue in an answer to INFO persistence, in words. */
export function untruths(info: string, known: Known): string[] {
  const found: string[] = [];
  const saves = numberOf(info, 'rdb_saves');
  if (saves !== undefined && saves > known.saves)
    found.push(`INFO tells of ${saves} saves, and ${known.saves} dumps have their name durably`);
  if (numberOf(info, 'rdb_changes_since_last_save') === 0 && known.unsaved > 0)
    found.push(
      `INFO tells of no changes since the last save, and ${known.unsaved} units came after the state that it holds`,
    );
  if (known.logIsBroken && /^aof_last_write_status:ok/m.test(info))
    found.push(
      'INFO tells that the log is written well, and a sync of it has failed with nothing to replace it',
    );
  return found;
}

export function numberOf(info: string, name: string): number | undefined {
  const line = info.split(/\r?\n/).find((text) => text.startsWith(`${name}:`));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
