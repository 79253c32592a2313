/** What redis-server logs when it cannot read an RDB file: the error in its words, then the check tool's report on the file. */
import type { RefusedRdb } from '../engine/recovery/refused-rdb.ts';
import type { Disk } from '../ports/disk.ts';
import { checkRdb } from './check/rdb-file.ts';
import { internalError, redisDamage } from './check/rdb-words.ts';

/** @throws DiskError where the file can no longer be read */
export async function rdbRefusal(
  disk: Disk,
  { path, reason, offset }: RefusedRdb,
  nowMs: number,
): Promise<string[]> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const { kind, what } = redisDamage(reason);
  const lines: string[] = [];
  if (kind === 'end') lines.push('Short read or OOM loading DB. Unrecoverable error, aborting now.');
  if (kind === 'checksum') lines.push(`${reason.slice(0, reason.indexOf('. '))}. Aborting now.`);
  lines.push(internalError(name, offset, what));
  const file = await disk.open(path, { read: true });
  try {
    await checkRdb(file, name, nowMs, (line) => void lines.push(line));
  } finally {
    await file.close();
  }
  lines.push('Terminating server after rdb file reading failure.');
  return lines;
}
