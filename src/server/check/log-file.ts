/**
 * Whether one file of a log is whole: an RDB or commands, or one and then the other.
 *
 * Commands are read by the engine's own replay, so that what this calls torn or rotten is what a start would call so, with
 * the hash of every batch compared. Only the commands are not executed.
 */
import { latin1Text } from '../../bytes/index.ts';
import { type Annotations, type Damage, Replay } from '../../engine/recovery/replay.ts';
import type { Disk, File } from '../../ports/disk.ts';
import { checkRdb } from './rdb-file.ts';

export interface FileCheck {
  readonly path: string;
  readonly fileBytes: number;
  /** Where commands begin: behind an RDB, or 0. */
  readonly commandsFrom: number;
  /** End of the last whole unit. */
  readonly validBytes: number;
  readonly damage: Damage | undefined;
  /** The damage is inside an RDB, of which no part can be kept. */
  readonly isRdbDamaged: boolean;
  readonly lastBatch: number | undefined;
  readonly firstBatch: number | undefined;
}

export interface CheckOptions {
  readonly annotations: Annotations | undefined;
  /** How many bytes at its beginning nobody can check. */
  readonly uncheckedBytes: number;
  /** Bytes that the manifest knows to have been durable. */
  readonly durableBytes: number;
  readonly nowMs: number;
  readonly say: (line: string) => void;
}

/** @throws LightsoutError CORRUPT where a batch with the right hash was written wrong; DiskError */
export async function checkLogFile(disk: Disk, path: string, options: CheckOptions): Promise<FileCheck> {
  const { say, nowMs, annotations, uncheckedBytes, durableBytes } = options;
  const fileBytes = (await disk.stat(path)).sizeBytes;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const file = await disk.open(path, { read: true });
  try {
    let from = 0;
    if (await beginsWithRdb(file)) {
      const rdb = await checkRdb(file, name, nowMs, say);
      if (rdb.damage !== undefined) {
        const damage = { kind: 'rotten', what: rdb.damage, offset: rdb.endOffset, isShort: false } as const;
        return {
          path,
          fileBytes,
          commandsFrom: 0,
          validBytes: 0,
          damage,
          isRdbDamaged: true,
          firstBatch: undefined,
          lastBatch: undefined,
        };
      }
      from = rdb.endOffset;
      if (from < fileBytes) say('RDB preamble is OK, proceeding with AOF tail...');
    }
    const result = await new Replay(
      file,
      { path, fileBytes, from, sliceBytes: 256 * 1024, annotations, uncheckedBytes, durableBytes },
      { apply: () => undefined },
    ).run();
    const missingBytes = durableBytes - fileBytes;
    const damage =
      result.damage ??
      (missingBytes > 0
        ? ({
            kind: 'rotten',
            what: `it ends after ${fileBytes} bytes, and ${durableBytes} were known to be durable`,
            offset: fileBytes,
            isShort: true,
          } as const)
        : undefined);
    say(
      `AOF analyzed: filename=${name}, size=${fileBytes}, ok_up_to=${result.validBytes}, units=${result.units}, batches=${batches(result)}, diff=${fileBytes - result.validBytes}`,
    );
    if (damage !== undefined)
      say(`0x${damage.offset.toString(16).padStart(16)}: ${damage.what} (${damage.kind})`);
    return { ...result, path, fileBytes, commandsFrom: from, damage, isRdbDamaged: false };
  } finally {
    await file.close();
  }
}

function batches({
  firstBatch,
  lastBatch,
}: {
  firstBatch: number | undefined;
  lastBatch: number | undefined;
}) {
  return firstBatch === undefined || lastBatch === undefined ? 0 : lastBatch - firstBatch + 1;
}

async function beginsWithRdb(file: File): Promise<boolean> {
  const magic = new Uint8Array(5);
  let count = 0;
  for (let more = 1; more > 0 && count < magic.length; count += more)
    more = await file.read(magic.subarray(count), count);
  return count === 5 && latin1Text(magic) === 'REDIS';
}
