/**
 * What lightsout-check-aof does, to a log by its manifest or to one file.
 *
 * Nothing is changed before the directory's lock is had (a server that runs there has it), before a copy of what is cut is
 * durable, and where the damage is not at the end of the last file that holds anything.
 */
import { randomBytes } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';

import { parseManifest, type ReadManifest } from '../../aof/index.ts';
import { readFile, sizeOf } from '../../engine/io.ts';
import { ManifestStore } from '../../engine/journal/manifest-store.ts';
import { Names } from '../../engine/names.ts';
import type { Keeper } from '../../engine/recovery/quarantine.ts';
import { defaultSettings } from '../../engine/config/settings.ts';
import { LightsoutError } from '../../errors.ts';
import { NodeClock } from '../../node/clock.ts';
import { NodeDisk } from '../../node/disk.ts';
import type { Lock } from '../../ports/disk.ts';
import { type Cut, cutTail } from './cut.ts';
import { checkLogFile, type FileCheck } from './log-file.ts';
import { checkLog } from './log.ts';
import { laterThan } from './timestamp.ts';

export interface AofToolOptions {
  readonly say: (line: string) => void;
  readonly confirm: (question: string) => Promise<boolean>;
}

/** What was found: files in order, what may be cut, and what is wrong beside it. */
interface Found {
  readonly files: readonly FileCheck[];
  readonly cut: FileCheck | undefined;
  readonly problems: readonly string[];
}

export class AofTool {
  readonly #path: string;
  readonly #options: AofToolOptions;
  readonly #disk = new NodeDisk();
  readonly #clock = new NodeClock();
  readonly #names: Names;
  readonly #isManifest: boolean;
  /** The manifest, where one was given. */
  #log: { readonly manifest: ReadManifest; readonly store: ManifestStore } | undefined;
  #lockTaken: Lock | undefined;

  private constructor(path: string, isManifest: boolean, options: AofToolOptions) {
    this.#path = path;
    this.#isManifest = isManifest;
    this.#options = options;
    this.#names = namesFor(path);
  }

  /** @throws DiskError */
  static async open(path: string, options: AofToolOptions): Promise<AofTool> {
    const whole = resolve(path);
    return new AofTool(whole, await isManifest(new NodeDisk(), whole), options);
  }

  /** Gives whether the log is whole, by the end. @throws LightsoutError CORRUPT, LOCKED, CONFIG; DiskError */
  async check(fixes: boolean): Promise<boolean> {
    const { say } = this.#options;
    if (fixes) await this.#lock();
    const { cut, problems } = await this.#find();
    for (const problem of problems) say(problem);
    if (cut !== undefined && (!fixes || problems.length > 0)) {
      const { what, offset } = cut.damage!;
      say(`${cut.path}: ${what}, at offset ${offset}; valid up to offset ${cut.validBytes}`);
      if (!fixes) say(`AOF ${basename(cut.path)} is not valid. Use the --fix option to try fixing it.`);
      else say('Nothing is cut before the rest of the log is whole.');
    }
    if (problems.length > 0 || (cut !== undefined && !fixes)) return false;
    if (cut !== undefined && !(await this.#fix(cut))) return false;
    say(this.#isManifest ? 'All AOF files and manifest are valid' : `AOF ${basename(this.#path)} is valid`);
    return true;
  }

  /** Gives whether the log stands where it stood then. @throws LightsoutError CORRUPT, LOCKED, CONFIG; DiskError */
  async truncateTo(unixSec: number): Promise<boolean> {
    const { say } = this.#options;
    await this.#lock();
    const { files, cut, problems } = await this.#find();
    if (cut !== undefined || problems.length > 0) {
      for (const problem of problems) say(problem);
      say('The log is damaged: nothing is cut to a time before that is mended. See --fix.');
      return false;
    }
    for (const [i, file] of files.entries()) {
      const offset = await laterThan(this.#disk, file.path, unixSec, file.commandsFrom, file.validBytes);
      if (offset === undefined) continue;
      const name = basename(file.path);
      if (files.slice(i + 1).some(({ fileBytes }) => fileBytes > 0)) {
        say(
          `Failed to truncate AOF ${name} to timestamp ${unixSec} to offset ${offset} because it is not the last file.`,
        );
        say('Files behind it hold later commands: take them out of the manifest first, and keep them.');
        return false;
      }
      const why = `cut to where it stood at ${unixSec}`;
      const kept = await this.#cut({ path: file.path, fileBytes: file.fileBytes, offset, why });
      say(`Successfully truncated AOF ${name} to timestamp ${unixSec}; what was cut is in ${kept}`);
      return true;
    }
    say(`Truncate nothing in AOF ${basename(this.#path)} to timestamp ${unixSec}`);
    return true;
  }

  async close(): Promise<void> {
    await this.#lockTaken?.release();
  }

  async #find(): Promise<Found> {
    const { say } = this.#options;
    const nowMs = this.#clock.wallMs();
    if (!this.#isManifest) {
      const check = await checkLogFile(this.#disk, this.#path, {
        annotations: undefined,
        uncheckedBytes: 0,
        durableBytes: 0,
        nowMs,
        say,
      });
      const { damage, isRdbDamaged, validBytes, fileBytes } = check;
      if (damage !== undefined && (isRdbDamaged || validBytes === fileBytes))
        return { files: [check], cut: undefined, problems: [`${check.path}: ${damage.what}`] };
      return { files: [check], cut: damage === undefined ? undefined : check, problems: [] };
    }
    const found = await checkLog(this.#disk, this.#names, nowMs, say);
    const settings = settingsFor(this.#path);
    settings.aofChecksum = found.manifest.isSealed;
    this.#log = { manifest: found.manifest, store: new ManifestStore(this.#disk, this.#names, settings) };
    return found;
  }

  async #fix(check: FileCheck): Promise<boolean> {
    const { say, confirm } = this.#options;
    const { path, fileBytes, validBytes: offset } = check;
    const name = basename(path);
    say(
      `This will shrink the AOF ${name} from ${fileBytes} bytes, with ${fileBytes - offset} bytes, to ${offset} bytes`,
    );
    if (!(await confirm('Continue? [y/N]: '))) {
      say('Aborting...');
      return false;
    }
    const kept = await this.#cut({ path, fileBytes, offset, why: check.damage!.what });
    say(`Successfully truncated AOF ${name}; what was cut is in ${kept}`);
    return true;
  }

  #cut(cut: Cut): Promise<string> {
    const keeper: Keeper = { host: { disk: this.#disk, clock: this.#clock }, names: this.#names };
    return cutTail(keeper, cut, this.#log);
  }

  /** Keeps servers away: theirs is the lock of a single file's directory, or of the one above that of a log. */
  async #lock(): Promise<void> {
    const directory = dirname(this.#path);
    if (!this.#isManifest) await this.#refuseNamed(directory);
    const taken = this.#isManifest ? dirname(directory) : directory;
    const lock = await this.#disk.lock(taken);
    if (lock === undefined)
      throw new LightsoutError('LOCKED', `${taken} is in use by a server: stop that first`);
    this.#lockTaken = lock;
  }

  /** One file of a log is not cut without its manifest, which may know how long it has to be. */
  async #refuseNamed(directory: string): Promise<void> {
    const name = basename(this.#path);
    for (const other of (await this.#disk.readdir(directory)).sort()) {
      if (!other.endsWith('.manifest') || other.startsWith('temp-')) continue;
      const manifest = parseManifest(await readFile(this.#disk, `${directory}/${other}`), {
        accept: 'broken-seal',
      });
      const { base, increments } = manifest;
      if ([base, ...increments].some((file) => file?.name === name))
        throw new LightsoutError(
          'CONFIG',
          `${name} is a file of the log of ${other}: give ${directory}/${other} instead`,
        );
    }
  }
}

function settingsFor(manifestPath: string) {
  const directory = dirname(manifestPath);
  const settings = defaultSettings();
  settings.dir = dirname(directory);
  settings.appenddirname = basename(directory);
  settings.appendfilename = basename(manifestPath).replace(/\.manifest$/, '');
  return settings;
}

function namesFor(path: string): Names {
  return new Names(settingsFor(path), { pid: process.pid, entropy: (count) => randomBytes(count) });
}

/** As redis-check-aof tells: the first line that is no comment begins with "file". An empty file is what its name says. */
async function isManifest(disk: NodeDisk, path: string): Promise<boolean> {
  const bytes = (await sizeOf(disk, path)) ?? -1;
  const file = await disk.open(path, { read: true });
  try {
    const head = new Uint8Array(Math.min(Math.max(bytes, 0), 16 * 1024));
    const count = await file.read(head, 0);
    const text = Buffer.from(head.subarray(0, count)).toString('latin1');
    const line = text.split('\n').find((one) => !one.startsWith('#'));
    return line === undefined || line === '' ? path.endsWith('.manifest') : /^file\b/i.test(line);
  } finally {
    await file.close();
  }
}
