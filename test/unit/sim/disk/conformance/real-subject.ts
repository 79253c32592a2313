/**
 * A directory of the real file system as a subject of the conformance suite: through NodeDisk, and through node:fs where
 * the port has no such operation.
 */
import fs from 'node:fs';
import path from 'node:path';
import { NodeDisk } from '../../../../../src/node/disk.ts';
import { NodeDiskError } from '../../../../../src/node/disk-error.ts';
import type { File, OpenFlags } from '../../../../../src/ports/disk.ts';
import { digest } from './operation.ts';
import type { Operation, Subject } from './operation.ts';

/** A file that node:fs opened. */
interface RawFile {
  fd: number | undefined;
}

export class RealSubject implements Subject {
  readonly #root: string;
  readonly #disk = new NodeDisk({ onCallingThread: true });
  readonly #files: (File | RawFile)[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  async run(operation: Operation, bytes: Uint8Array): Promise<string> {
    try {
      return await this.#perform(operation, bytes);
    } catch (error) {
      if (error instanceof NodeDiskError) return error.code;
      if (error instanceof Error && 'syscall' in error && 'code' in error) return String(error.code);
      throw error;
    }
  }

  tree(): Promise<string> {
    const lines: string[] = [];
    const visit = (at: string): void => {
      for (const name of fs.readdirSync(this.#at(at)).sort()) {
        const inner = at === '' ? name : `${at}/${name}`;
        if (fs.statSync(this.#at(inner)).isDirectory()) {
          lines.push(`${inner}/`);
          visit(inner);
        } else {
          lines.push(`${inner}=${digest(fs.readFileSync(this.#at(inner)))}`);
        }
      }
    };
    visit('');
    return Promise.resolve(lines.join(' '));
  }

  async close(): Promise<void> {
    for (const file of this.#files) {
      if (!('fd' in file)) await file.close().catch(onlyClosed);
      else if (file.fd !== undefined) fs.closeSync(file.fd);
    }
  }

  /** No path.join: it would resolve '..' and drop trailing slashes, which are part of the question. */
  #at(inner: string): string {
    return `${this.#root}/${inner}`;
  }

  async #perform(operation: Operation, bytes: Uint8Array): Promise<string> {
    if ('file' in operation) {
      if (this.#files.length === 0) return 'no file';
      const file = this.#files[operation.file % this.#files.length]!;
      return 'fd' in file ? performRaw(file, operation, bytes) : performOnPort(file, operation, bytes);
    }
    const disk = this.#disk;
    switch (operation.do) {
      case 'open': {
        const at = this.#at(operation.path);
        this.#files.push(operation.raw ? openRaw(at, operation.flags) : await disk.open(at, operation.flags));
        return 'ok';
      }
      case 'rename':
        await disk.rename(this.#at(operation.from), this.#at(operation.to));
        return 'ok';
      case 'link':
        fs.linkSync(this.#at(operation.from), this.#at(operation.to));
        return 'ok';
      case 'rmdir':
        fs.rmdirSync(this.#at(operation.path));
        return 'ok';
      case 'readdir':
        return (await disk.readdir(this.#at(operation.path))).sort().join(' ');
      case 'openDir':
        await (await disk.openDir(this.#at(operation.path))).close();
        return 'ok';
      case 'stat': {
        const { kind, sizeBytes } = await disk.stat(this.#at(operation.path));
        return kind === 'file' ? `file ${sizeBytes}` : kind;
      }
      default:
        await disk[operation.do](this.#at(operation.path));
        return 'ok';
    }
  }
}

async function performOnPort(
  file: File,
  operation: Operation & { readonly file: number },
  bytes: Uint8Array,
): Promise<string> {
  switch (operation.do) {
    case 'write':
      return new Promise((resolve, reject) =>
        file.write(bytes, (error, written) => (error === undefined ? resolve(String(written)) : reject(error))),
      ); // prettier-ignore
    case 'read': {
      const into = new Uint8Array(operation.length);
      return digest(into.subarray(0, await file.read(into, operation.at!)));
    }
    case 'sync':
      return new Promise((resolve, reject) =>
        file.sync((error) => (error === undefined ? resolve('ok') : reject(error))),
      );
    case 'truncate':
    case 'allocate':
      await file[operation.do](operation.size);
      return 'ok';
    case 'hintSync':
    case 'close':
      await file[operation.do]();
      return 'ok';
    default:
      throw new Error(`the port has no ${operation.do}`);
  }
}

/** Node refuses a closed descriptor only by chance, since its number is soon another file's: the refusal is made here. */
class ClosedError extends NodeDiskError {
  constructor(operation: string) {
    super(operation, '', 'EBADF', 'no');
  }
}

function openRaw(at: string, flags: OpenFlags): RawFile {
  const c = fs.constants;
  if (flags.write !== true && fs.existsSync(at) && fs.statSync(at).isDirectory() && flags.create !== true)
    throw new NodeDiskError('open', at, 'EISDIR', 'no');
  const bits =
    (flags.write !== true ? c.O_RDONLY : flags.read === true ? c.O_RDWR : c.O_WRONLY) |
    (flags.create === true ? c.O_CREAT : 0) |
    (flags.exclusive === true ? c.O_EXCL : 0) |
    (flags.truncate === true ? c.O_TRUNC : 0) |
    (flags.append === true ? c.O_APPEND : 0);
  return { fd: fs.openSync(at, bits, 0o644) };
}

function performRaw(
  file: RawFile,
  operation: Operation & { readonly file: number },
  bytes: Uint8Array,
): string {
  const { fd } = file;
  if (fd === undefined) throw new ClosedError(operation.do);
  switch (operation.do) {
    case 'write':
      return String(fs.writeSync(fd, bytes, 0, bytes.length, null));
    case 'pwrite':
      return String(fs.writeSync(fd, bytes, 0, bytes.length, operation.at));
    case 'read': {
      const into = new Uint8Array(operation.length);
      return digest(into.subarray(0, fs.readSync(fd, into, 0, into.length, operation.at ?? null)));
    }
    case 'truncate':
      fs.ftruncateSync(fd, operation.size);
      return 'ok';
    case 'sync':
      fs.fsyncSync(fd);
      return 'ok';
    case 'close':
      fs.closeSync(fd);
      file.fd = undefined;
      return 'ok';
    default:
      throw new Error(`node:fs has no ${operation.do}`);
  }
}

function onlyClosed(error: unknown): void {
  if (!(error instanceof NodeDiskError) || error.code !== 'EBADF') throw error;
}

/** A new directory for one sequence, below `parent`. */
export function makeRoot(parent: string, ordinal: number): string {
  const root = path.join(parent, `run-${ordinal}`);
  fs.mkdirSync(root);
  return root;
}
