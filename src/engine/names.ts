/**
 * The names of all files in the directory, and of their temporaries.
 *
 * Final names are Redis's. A temporary lives in the directory of its target, so that no rename crosses directories, and
 * carries the pid and a nonce of this incarnation, so that neither an orphaned child of an earlier one nor a reused pid
 * can ever mean the same file.
 */
import { aofNames } from '../aof/index.ts';
import type { Process } from '../ports/process.ts';
import type { Settings } from './config/settings.ts';

export class Names {
  readonly #settings: Settings;
  readonly #incarnation: string;
  #ordinal = 0;

  constructor(settings: Settings, process: Pick<Process, 'pid' | 'entropy'>) {
    this.#settings = settings;
    let nonce = '';
    for (const byte of process.entropy(6)) nonce += (byte + 256).toString(16).slice(1);
    this.#incarnation = `${process.pid}-${nonce}`;
  }

  get dir(): string {
    return this.#settings.dir;
  }

  get appendDir(): string {
    return `${this.#settings.dir}/${this.#settings.appenddirname}`;
  }

  get dump(): string {
    return `${this.#settings.dir}/${this.#settings.dbfilename}`;
  }

  /** A log of Redis before 7: one file, not in a directory of its own. */
  get singleLog(): string {
    return `${this.#settings.dir}/${this.#settings.appendfilename}`;
  }

  get manifestName(): string {
    return aofNames.manifest(this.#settings.appendfilename);
  }

  inAppendDir(name: string): string {
    return `${this.appendDir}/${name}`;
  }

  /** A fresh temporary for the dump, a base or the manifest, as a whole path. */
  temporary(what: 'rdb' | 'base' | 'manifest'): string {
    const name = this.#temporary(what);
    return what === 'rdb' ? `${this.dir}/${name}` : this.inAppendDir(name);
  }

  /** A fresh temporary for what is put aside in `directory`, as a whole path. */
  temporaryQuarantine(directory: string): string {
    return `${directory}/${this.#temporary('quarantine')}`;
  }

  #temporary(what: string): string {
    return `temp-${this.#incarnation}-${++this.#ordinal}.${what}`;
  }

  /** True for the name of a temporary of any incarnation of ours, or of Redis. */
  isTemporary(name: string): boolean {
    const { appendfilename } = this.#settings;
    return (
      /^temp-\d+-[0-9a-f]{12}-\d+\.(rdb|base|manifest|quarantine)$/.test(name) ||
      /^temp-(\d+\.rdb|rewriteaof-(bg-)?\d+\.aof)$/.test(name) ||
      name === aofNames.temporaryManifest(appendfilename) ||
      name === aofNames.temporaryIncrement(appendfilename)
    );
  }

  /** True for the name that a base or an increment of this log has, whatever its number. */
  isLogFile(name: string): boolean {
    const { appendfilename } = this.#settings;
    return (
      name.startsWith(`${appendfilename}.`) &&
      /^\d{1,15}\.(incr\.aof|base\.(rdb|aof))$/.test(name.slice(appendfilename.length + 1))
    );
  }
}
