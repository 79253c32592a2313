/**
 * A file system in a file, mounted through a loop device, whose power can be cut.
 *
 * A copy of the backing file holds what had reached the device, and nothing of the page cache: mounted, it is what a
 * machine finds after a power cut. The copy counts only when the device was at rest while it was made.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export type FileSystem = 'ext4' | 'xfs' | 'btrfs';

const sizes: Record<FileSystem, number> = { ext4: 64, xfs: 320, btrfs: 128 };
const mkfs: Record<FileSystem, readonly string[]> = {
  ext4: ['mkfs.ext4', '-q', '-F', '-b', '4096'],
  xfs: ['mkfs.xfs', '-q', '-f'],
  btrfs: ['mkfs.btrfs', '-q', '-f'],
};

export class Image {
  readonly fileSystem: FileSystem;
  /** Where it is mounted. */
  readonly root: string;
  readonly #file: string;
  readonly #parent: string;
  #cuts = 0;

  /** Makes and mounts one below `parent`. */
  constructor(fileSystem: FileSystem, parent: string) {
    this.fileSystem = fileSystem;
    this.#parent = parent;
    this.#file = path.join(parent, `${fileSystem}.img`);
    this.root = path.join(parent, fileSystem);
    fs.closeSync(fs.openSync(this.#file, 'wx'));
    fs.truncateSync(this.#file, sizes[fileSystem] * 1024 * 1024);
    fs.mkdirSync(this.root);
    const [program, ...options] = mkfs[fileSystem];
    run(program!, ...options, this.#file);
    run('mount', '-o', 'loop', this.#file, this.root);
  }

  /** Makes everything durable that was done so far. */
  settle(): void {
    run('sync', '-f', this.root);
  }

  /** Has the kernel begin to write back a file, without waiting and without a word to the device's cache: posix_fadvise(DONTNEED). */
  writeBack(file: string): void {
    run('dd', `if=${file}`, 'of=/dev/null', 'iflag=nocache', 'count=0', 'status=none');
  }

  /** Cuts the power, has `look` see what is left below the root, and goes on as if nothing had happened. */
  cut<T>(look: (root: string) => T): T {
    const copy = path.join(this.#parent, `${this.fileSystem}.cut-${++this.#cuts}`);
    const at = `${copy}.mnt`;
    this.#copyAtRest(copy);
    fs.mkdirSync(at);
    try {
      run('mount', '-o', this.fileSystem === 'xfs' ? 'loop,nouuid' : 'loop', copy, at);
      try {
        return look(at);
      } finally {
        run('umount', at);
      }
    } finally {
      fs.rmdirSync(at);
      fs.rmSync(copy);
    }
  }

  /** Unmounts what is mounted, the loop device goes with it. */
  close(): void {
    run('umount', this.root);
    fs.rmSync(this.#file);
  }

  #copyAtRest(copy: string): void {
    for (let attempt = 0; attempt < 50; attempt++) {
      const before = this.#deviceState();
      run('cp', '--sparse=always', this.#file, copy);
      if (before.inFlight === 0 && this.#deviceState().text === before.text) return;
    }
    throw new Error(`${this.#file}: the loop device did not come to rest in 50 attempts to copy it`);
  }

  /** The counters of the loop device: unchanged ones mean that nothing was written in between. */
  #deviceState(): { text: string; inFlight: number } {
    const mounted = fs.readFileSync('/proc/mounts', 'utf8').split('\n');
    const device = mounted.map((line) => line.split(' ')).find((fields) => fields[1] === this.root)?.[0];
    if (device === undefined) throw new Error(`${this.root} is not mounted any more`);
    const stat = fs
      .readFileSync(`/sys/block/${path.basename(device)}/stat`, 'utf8')
      .trim()
      .split(/\s+/);
    return { text: [4, 6, 8, 11, 13, 15].map((i) => stat[i]).join(' '), inFlight: Number(stat[8]) };
  }
}

/** The capability that mount(2) asks for, by its bit. */
const CAP_SYS_ADMIN = 21n;

/** Why this machine cannot cut the power of a file system; undefined when it can. */
export function obstacle(fileSystem: FileSystem): string | undefined {
  if (process.platform !== 'linux') return 'it takes Linux';
  if (process.getuid?.() !== 0) return 'it takes root';
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (((BigInt(`0x${capabilities ?? '0'}`) >> CAP_SYS_ADMIN) & 1n) === 0n) return 'mounting is not allowed';
  if (!fs.existsSync('/dev/loop-control')) return 'there are no loop devices';
  if (!fs.readFileSync('/proc/filesystems', 'utf8').split(/\s+/).includes(fileSystem))
    return `the kernel has no ${fileSystem}`;
  for (const program of [mkfs[fileSystem][0]!, 'mount', 'umount', 'cp', 'dd', 'sync'])
    if (!isInstalled(program)) return `${program} is not installed`;
  return undefined;
}

function isInstalled(program: string): boolean {
  const places = ['/sbin', '/usr/sbin', ...(process.env['PATH'] ?? '').split(':')];
  return places.some((place) => fs.existsSync(path.join(place, program)));
}

function run(program: string, ...args: string[]): void {
  const { PATH = '' } = process.env;
  execFileSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `${PATH}:/sbin:/usr/sbin` },
  });
}
