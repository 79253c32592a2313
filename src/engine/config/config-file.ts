/**
 * The configuration file on the disk: read and replaced as a whole.
 *
 * The order is that of every file that has to last (A.8): a temporary beside it is written and synced, gets the name, and
 * the directory is synced; only then is it told. A power cut leaves the old file or the new one. Of two rewrites at once
 * the later one is the last to get the name.
 */
import type { Host } from '../../ports/process.ts';
import { createSynced, readFile, sizeOf, syncDirectory, unlinkIfThere } from '../io.ts';
import { rewriteConfig, type RewriteHow } from './rewrite.ts';
import type { Settings } from './settings.ts';

export class ConfigFile {
  readonly path: string;
  readonly #host: Host;
  readonly #settings: Settings;
  #last: Promise<void> = Promise.resolve();

  /** @param path absolute */
  constructor(host: Host, settings: Settings, path: string) {
    this.#host = host;
    this.#settings = settings;
    this.path = path;
  }

  /** Resolves when the file says what the settings are, durably. @throws DiskError; the old file or the new one is there */
  rewrite(how: RewriteHow = {}): Promise<void> {
    const done = this.#last.then(() => this.#rewrite(how));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #rewrite(how: RewriteHow): Promise<void> {
    const { disk, process } = this.#host;
    const isThere = (await sizeOf(disk, this.path)) !== undefined;
    const old = isThere ? await readFile(disk, this.path) : new Uint8Array(0);
    const suffix = Array.from(process.entropy(6), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const temporary = `${this.path}.${suffix}`;
    try {
      await createSynced(disk, temporary, rewriteConfig(old, this.#settings, how));
    } catch (error) {
      await unlinkIfThere(disk, temporary);
      throw error;
    }
    await disk.rename(temporary, this.path);
    await syncDirectory(disk, this.path.slice(0, this.path.lastIndexOf('/')) || '/');
  }
}
