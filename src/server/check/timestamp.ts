/** Where a log stood at a moment: before the first unit behind a `#TS:` line that is later. */
import { AofDecoder } from '../../aof/index.ts';
import { Argv } from '../../resp/index.ts';
import type { Disk } from '../../ports/disk.ts';

/**
 * The offset from which on a file is later than `unixSec`; undefined where none of it is.
 *
 * A line inside a MULTI or a batch belongs to all of it.
 *
 * @param from where the commands begin, behind an RDB @param to where the file is valid up to
 * @throws LightsoutError CORRUPT; DiskError
 */
export async function laterThan(
  disk: Disk,
  path: string,
  unixSec: number,
  from: number,
  to: number,
): Promise<number | undefined> {
  const file = await disk.open(path, { read: true });
  const decoder = new AofDecoder(from);
  const argv = new Argv();
  let unit = from;
  let isInMulti = false;
  let batchEnd = 0;
  try {
    for (let at = from; at < to;) {
      // A chunk of its own each time: what is left of the last one is still looked at.
      const slice = new Uint8Array(Math.min(64 * 1024, to - at));
      const count = await file.read(slice, at);
      if (count === 0) return undefined;
      at += count;
      decoder.push(slice, 0, count);
      for (;;) {
        const item = decoder.next(argv);
        if (item === 'need-more') break;
        if (item === 'annotation') {
          if (!isInMulti && decoder.offset >= batchEnd) unit = decoder.offset;
          const lengthBytes = /^#lightsout s=\d+ n=(\d{10}) /.exec(decoder.annotation)?.[1];
          if (lengthBytes !== undefined) batchEnd = decoder.endOffset + Number(lengthBytes);
          const seconds = /^#TS:(\d{1,15})$/.exec(decoder.annotation)?.[1];
          if (seconds !== undefined && Number(seconds) > unixSec) return unit;
          continue;
        }
        if (argv.is(0, 'multi')) {
          if (decoder.offset >= batchEnd) unit = decoder.offset;
          isInMulti = true;
        } else if (argv.is(0, 'exec')) {
          isInMulti = false;
        }
      }
    }
    return undefined;
  } finally {
    await file.close();
  }
}
