/**
 * Null engines: engines that do nothing, or nothing of use, and keep every promise that nobody tests.
 *
 * Each stands for a way in which a suite can be empty. One that always refuses loses nothing and tells no lie; one that
 * begins anew at every start never holds anything wrong; one that keeps all that was synced and nothing else survives
 * every loss of power; one that never answers has promised nothing. They must all fail (properties.md, D.2).
 */
import { LightsoutError } from '../../src/index.ts';
import type { Dir, Disk, DiskError, File, SyncDone, WriteDone } from '../../src/ports/disk.ts';
import type { Host } from '../../src/ports/process.ts';
import type { EngineModule } from '../scenario/engine-module.ts';

export interface NullEngine {
  readonly id: string;
  readonly title: string;
  /** Makes it from the real one. */
  make(real: EngineModule): EngineModule;
}

export const nullEngines: readonly NullEngine[] = [
  {
    id: 'always-refuses',
    title: 'refuses every start',
    make: (real) => ({
      ...real,
      openEngine: () =>
        Promise.reject(
          new LightsoutError('CORRUPT', 'nothing is ever good enough, at offset 0 of everything'),
        ),
    }),
  },
  {
    id: 'always-empty',
    title: 'begins every life with nothing',
    make: (real) => ({
      ...real,
      async openEngine(host, settings, options) {
        await removeFiles(host.disk, `${settings.dir}/${settings.appenddirname}`);
        await removeFiles(host.disk, settings.dir);
        return real.openEngine(host, settings, options);
      },
    }),
  },
  {
    id: 'loses-all-unsynced',
    title: 'after a kill holds only what was synced, as if the power had failed',
    make: (real) => ({
      ...real,
      openEngine: (host, settings, options) => real.openEngine(hoarding(host), settings, options),
      childMains: new Map(
        [...real.childMains].map(([name, main]) => [
          name,
          (host, image, args) => main(hoarding(host), image, args),
        ]),
      ),
    }),
  },
  {
    id: 'never-answers',
    title: 'executes everything and never answers',
    make: (real) => ({
      ...real,
      async openEngine(host, settings, options) {
        const engine = await real.openEngine(host, settings, options);
        return { connect: () => engine.connect({ send: () => undefined, close: () => undefined }) };
      },
    }),
  },
];

/** Removes the plain files of a directory, if there is one. */
async function removeFiles(disk: Disk, directory: string): Promise<void> {
  const names = await disk.readdir(directory).catch((): string[] => []);
  for (const name of names.sort()) {
    const path = `${directory}/${name}`;
    if ((await disk.stat(path)).kind === 'file') await disk.unlink(path);
  }
}

/** A host whose page cache is in the process itself: what was written reaches the machine with its sync, and not before. */
function hoarding(host: Host): Host {
  return { clock: host.clock, process: host.process, disk: new HoardingDisk(host.disk) };
}

class HoardingDisk implements Disk {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async open(path: string, flags: Parameters<Disk['open']>[1]): Promise<File> {
    return new HoardingFile(await this.#disk.open(path, flags));
  }

  openDir(path: string): Promise<Dir> {
    return this.#disk.openDir(path);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#disk.rename(from, to);
  }

  unlink(path: string): Promise<void> {
    return this.#disk.unlink(path);
  }

  mkdir(path: string): Promise<void> {
    return this.#disk.mkdir(path);
  }

  readdir(path: string): Promise<string[]> {
    return this.#disk.readdir(path);
  }

  stat(path: string): ReturnType<Disk['stat']> {
    return this.#disk.stat(path);
  }

  statfs(path: string): ReturnType<Disk['statfs']> {
    return this.#disk.statfs(path);
  }

  lock(directory: string): ReturnType<Disk['lock']> {
    return this.#disk.lock(directory);
  }
}

class HoardingFile implements File {
  readonly #file: File;
  #hoard: Uint8Array[] = [];

  constructor(file: File) {
    this.#file = file;
  }

  write(bytes: Uint8Array, done: WriteDone): void {
    this.#hoard.push(bytes.slice());
    done(undefined, bytes.length);
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#file.read(into, position);
  }

  pwrite(bytes: Uint8Array, position: number): Promise<number> {
    return this.#file.pwrite(bytes, position);
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#file.truncate(sizeBytes);
  }

  sync(done: SyncDone): void {
    this.#flush((error) => (error === undefined ? this.#file.sync(done) : done(error)));
  }

  datasync(done: SyncDone): void {
    this.#flush((error) => (error === undefined ? this.#file.datasync(done) : done(error)));
  }

  hintSync(): Promise<void> {
    return Promise.resolve();
  }

  allocate(sizeBytes: number): Promise<void> {
    return this.#file.allocate(sizeBytes);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #flush(done: (error: DiskError | undefined) => void): void {
    const hoard = this.#hoard;
    this.#hoard = [];
    const step = (index: number, start: number): void => {
      const bytes = hoard[index];
      if (bytes === undefined) done(undefined);
      else if (start === bytes.length) step(index + 1, 0);
      else {
        this.#file.write(bytes.subarray(start), (error, written) =>
          error === undefined ? step(index, start + written) : done(error),
        );
      }
    };
    step(0, 0);
  }
}
