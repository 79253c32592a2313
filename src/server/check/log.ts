/** Whether a whole log is there and whole: the manifest, its seal, and each file that it names, in order. */
import type { ReadManifest } from '../../aof/index.ts';
import { sizeOf } from '../../engine/io.ts';
import type { Names } from '../../engine/names.ts';
import { readManifest } from '../../engine/recovery/read-manifest.ts';
import type { Disk } from '../../ports/disk.ts';
import { checkLogFile, type FileCheck } from './log-file.ts';

export interface LogCheck {
  readonly manifest: ReadManifest;
  readonly files: readonly FileCheck[];
  /** What is wrong and can be cut off: the end of the last file. */
  readonly cut: FileCheck | undefined;
  /** What is wrong beside that, in words. */
  readonly problems: readonly string[];
}

/** @throws LightsoutError CORRUPT where the manifest cannot be read; DiskError */
export async function checkLog(
  disk: Disk,
  names: Names,
  nowMs: number,
  say: (line: string) => void,
): Promise<LogCheck> {
  const manifest = await readManifest(disk, names, { accept: 'broken-seal' });
  const { base, increments, annotation } = manifest;
  const problems: string[] = [];
  if (manifest.damage !== undefined)
    problems.push(`the manifest has lost lines or was changed: ${manifest.damage}`);
  say('Start checking Multi Part AOF');
  const files: FileCheck[] = [];
  let lastBatch = base?.lastBatch;
  for (const file of base === undefined ? increments : [base, ...increments]) {
    const isBase = file === base;
    const path = names.inAppendDir(file.name);
    if ((await sizeOf(disk, path)) === undefined) {
      problems.push(`${file.name} does not exist, and the manifest names it: restore it from a copy`);
      continue;
    }
    say(`Start to check ${isBase ? 'BASE' : 'INCR'} AOF ${file.name}.`);
    const firstBatch = isBase || lastBatch === undefined ? undefined : lastBatch + 1;
    const check = await checkLogFile(disk, path, {
      annotations:
        annotation === undefined
          ? undefined
          : { key: annotation.key, isActive: !annotation.isPaused, firstBatch },
      uncheckedBytes: file.uncheckedBytes ?? 0,
      durableBytes: file.bytes ?? 0,
      nowMs,
      say,
    });
    files.push(check);
    if (!isBase) lastBatch = check.lastBatch ?? lastBatch;
    say(
      check.damage === undefined
        ? `${isBase ? 'BASE' : 'INCR'} AOF ${file.name} is valid`
        : `AOF ${file.name} is not valid.`,
    );
  }
  const cut = cuttable(files);
  for (const check of files)
    if (check !== cut && check.damage !== undefined)
      problems.push(
        `${check.path}: ${check.damage.what}, at offset ${check.damage.offset}; ${check.isRdbDamaged ? 'no part of an RDB can be cut off' : 'it is not the last file of the log'}: restore it from a copy`,
      );
  return { manifest, files, cut, problems };
}

/** The file whose end may be cut: the last one that holds anything. */
function cuttable(files: readonly FileCheck[]): FileCheck | undefined {
  const last = files.findLast(({ fileBytes }) => fileBytes > 0);
  const isCuttable = last?.damage !== undefined && !last.isRdbDamaged && last.validBytes < last.fileBytes;
  return isCuttable ? last : undefined;
}
