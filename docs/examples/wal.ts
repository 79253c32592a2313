/**
 * A write-ahead log of ten lines, as many have been written, under every crash: `npx tsx docs/examples/wal.ts`.
 *
 * What it gets wrong no test finds that merely kills a process. The second one is right.
 */
import { pathToFileURL } from 'node:url';
import type { Disk, File, Host } from 'lightsout';
import { everyCrash } from 'lightsout/sim';

/** Records of up to 255 bytes, each behind a byte that says how long it is. Committed means: `append` has resolved. */
class Wal {
  readonly file: File;

  constructor(file: File) {
    this.file = file;
  }

  static async open(disk: Disk): Promise<Wal> {
    return new Wal(await disk.open('/wal', { read: true, write: true, create: true, append: true }));
  }

  async append(record: string): Promise<void> {
    await write(this.file, encode(record));
    await sync(this.file);
  }

  static async read(disk: Disk): Promise<string[]> {
    return decode(await readAll(disk, '/wal'));
  }
}

/** The same, with what was missing: the name is made durable, too, and a record is believed only with its checksum. */
class CarefulWal extends Wal {
  static override async open(disk: Disk): Promise<Wal> {
    const wal = new CarefulWal((await Wal.open(disk)).file);
    await (await disk.openDir('/')).sync();
    return wal;
  }

  override async append(record: string): Promise<void> {
    await write(this.file, encode(checksum(record) + record));
    await sync(this.file);
  }

  static override async read(disk: Disk): Promise<string[]> {
    const records = decode(await readAll(disk, '/wal')).map((text) => ({
      sum: text.slice(0, 4),
      record: text.slice(4),
    }));
    const torn = records.findIndex(({ sum, record }) => sum !== checksum(record));
    return records.slice(0, torn === -1 ? undefined : torn).map(({ record }) => record);
  }
}

const records = ['rain on the roof', 'lights in the valley', 'a long way home'];

/** Appends three records and looks at what every crash leaves of them. */
export function tryWal(log: typeof Wal): ReturnType<typeof everyCrash> {
  return everyCrash<string[], string>({
    async workload({ disk }: Host, acknowledge) {
      const wal = await log.open(disk);
      for (const record of records) {
        await wal.append(record);
        acknowledge(record);
      }
    },
    recover: ({ disk }: Host) => log.read(disk),
    check(found, acknowledged) {
      if (found.some((record, i) => record !== records[i]))
        return `it reads what was never written: ${JSON.stringify(found)}`;
      if (found.length < acknowledged.length)
        return `${acknowledged.length} records were acknowledged, ${found.length} are left`;
      return undefined;
    },
  });
}

export const wals = { Wal, CarefulWal };

function encode(text: string): Uint8Array {
  return Uint8Array.from([text.length, ...Buffer.from(text, 'latin1')]);
}

/** Whole records, as far as there are. */
function decode(bytes: Uint8Array): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length && at + 1 + bytes[at]! <= bytes.length; at += 1 + bytes[at]!)
    texts.push(Buffer.from(bytes.subarray(at + 1, at + 1 + bytes[at]!)).toString('latin1'));
  return texts;
}

function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'latin1')) hash = Math.imul(hash ^ byte, 0x01000193);
  return String.fromCharCode(hash & 255, (hash >> 8) & 255, (hash >> 16) & 255, (hash >>> 24) & 255);
}

function write(file: File, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    file.write(bytes, (error) => (error === undefined ? resolve() : reject(error)));
  });
}

function sync(file: File): Promise<void> {
  return new Promise((resolve, reject) => {
    file.sync((error) => (error === undefined ? resolve() : reject(error)));
  });
}

async function readAll(disk: Disk, path: string): Promise<Uint8Array> {
  if (!(await disk.readdir('/')).includes(path.slice(1))) return new Uint8Array(0);
  const file = await disk.open(path, { read: true });
  const bytes = new Uint8Array((await disk.stat(path)).sizeBytes);
  await file.read(bytes, 0);
  return bytes;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, log] of Object.entries(wals)) {
    const { states, distinct, complete, failures } = await tryWal(log);
    console.log(
      `${name}: ${states} crash states${complete ? ', all there are' : ''}, ${distinct} distinct: ${failures.length} problems`,
    );
    for (const { problem, kind, operation, pending } of failures.slice(0, 3)) {
      console.log(
        `  ${kind === 'power' ? 'the power fails' : 'it is killed'} at operation ${operation}: ${problem}`,
      );
      for (const { object, what, detail, fate } of pending)
        console.log(`    ${fate}: ${object} ${what} ${detail}`);
    }
  }
}
