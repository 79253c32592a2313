/**
 * What a recovery leaves out is put aside, never thrown away: in a file beside the one that it comes from, whose name ends
 * in `.quarantine`. Nobody reads it, and only people remove it.
 *
 * The end of a file that is cut goes to a file of its own, durable under its name before the cut:
 *
 *     #lightsout quarantine 1
 *     #file appendonly.aof.3.incr.aof
 *     #offset 3937
 *     #bytes 285
 *     #unix-ms 1790000000000
 *     #why batch 12 announces 300 bytes and the file ends before
 *     #
 *
 * and behind the line of a single `#` the bytes as they were (lines end in `\n`). A whole file that is left out keeps its
 * bytes and gets a new name: its own and `.quarantine`.
 */
import { latin1Bytes } from '../../bytes/index.ts';
import type { Host } from '../../ports/process.ts';
import { sizeOf, syncDirectory, syncFile, unlinkIfThere, writeAll } from '../io.ts';
import type { Names } from '../names.ts';

/** Whoever puts something aside: an engine, or a tool that stands in for one. */
export interface Keeper {
  readonly host: Pick<Host, 'clock' | 'disk'>;
  readonly names: Pick<Names, 'temporaryQuarantine'>;
}

export interface CutTail {
  readonly directory: string;
  readonly name: string;
  readonly offset: number;
  readonly fileBytes: number;
  readonly why: string;
}

/** Copies what will be cut, durably. Gives the name of the copy. @throws DiskError; then there is none */
export async function keepTail(engine: Keeper, tail: CutTail): Promise<string> {
  const { disk, clock } = engine.host;
  const { directory, name, offset, fileBytes } = tail;
  const temporary = engine.names.temporaryQuarantine(directory);
  try {
    const to = await disk.open(temporary, { write: true, create: true, exclusive: true });
    try {
      const why = tail.why.replaceAll(/[^\x20-\x7e]/g, '?');
      await writeAll(
        to,
        latin1Bytes(
          `#lightsout quarantine 1\n#file ${name}\n#offset ${offset}\n#bytes ${fileBytes - offset}\n#unix-ms ${clock.wallMs()}\n#why ${why}\n#\n`,
        ),
      );
      await readTail(engine, tail, (slice) => writeAll(to, slice));
      await syncFile(to);
    } finally {
      await to.close();
    }
  } catch (error) {
    await unlinkIfThere(disk, temporary);
    throw error;
  }
  const kept = await freeName(engine, directory, `${name}.at-${offset}`);
  await disk.rename(temporary, `${directory}/${kept}`);
  await syncDirectory(disk, directory);
  return kept;
}

/** Gives a whole file its quarantined name, not durable before a sync of the directory. Gives the name. @throws DiskError */
export async function putAside(engine: Keeper, directory: string, name: string): Promise<string> {
  const kept = await freeName(engine, directory, name);
  await engine.host.disk.rename(`${directory}/${name}`, `${directory}/${kept}`);
  return kept;
}

async function freeName(engine: Keeper, directory: string, stem: string): Promise<string> {
  for (let i = 1; ; i++) {
    const name = `${stem}${i === 1 ? '' : `.${i}`}.quarantine`;
    if ((await sizeOf(engine.host.disk, `${directory}/${name}`)) === undefined) return name;
  }
}

/** Reads what will be cut. To nobody: so that what cannot be read refuses a start that has changed nothing. @throws DiskError */
export async function readTail(
  { host: { disk } }: Keeper,
  { directory, name, offset, fileBytes }: CutTail,
  take: (slice: Uint8Array) => Promise<void> | undefined = () => undefined,
): Promise<void> {
  const from = await disk.open(`${directory}/${name}`, { read: true });
  try {
    const slice = new Uint8Array(Math.min(1024 * 1024, fileBytes - offset));
    for (let at = offset; at < fileBytes;) {
      const count = await from.read(slice.subarray(0, Math.min(slice.length, fileBytes - at)), at);
      if (count === 0) return;
      await take(slice.subarray(0, count));
      at += count;
    }
  } finally {
    await from.close();
  }
}
