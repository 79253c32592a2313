/** The simulated disk's core as a subject of the conformance suite. */
import { SimDisk, SimDiskError, filesOf } from '../../../../../sim/disk/index.ts';
import type { OpenFile } from '../../../../../sim/disk/index.ts';
import { digest } from './operation.ts';
import type { Operation, Subject } from './operation.ts';

export class SimSubject implements Subject {
  readonly disk = new SimDisk();
  readonly #files: OpenFile[] = [];

  run(operation: Operation, bytes: Uint8Array): Promise<string> {
    try {
      return Promise.resolve(this.#perform(operation, bytes));
    } catch (error) {
      if (!(error instanceof SimDiskError)) throw error;
      return Promise.resolve(error.code);
    }
  }

  tree(): Promise<string> {
    const { disk } = this;
    const lines: string[] = [];
    const visit = (path: string): void => {
      for (const name of disk.readdir(`/${path}`)) {
        const inner = path === '' ? name : `${path}/${name}`;
        if (disk.stat(inner).kind === 'directory') {
          lines.push(`${inner}/`);
          visit(inner);
        } else {
          lines.push(`${inner}=${digest(filesOf(disk).get(`/${inner}`)!)}`);
        }
      }
    };
    visit('');
    return Promise.resolve(lines.join(' '));
  }

  #perform(operation: Operation, bytes: Uint8Array): string {
    const { disk } = this;
    if ('file' in operation) {
      if (this.#files.length === 0) return 'no file';
      const file = this.#files[operation.file % this.#files.length]!;
      return this.#performOn(file, operation, bytes);
    }
    switch (operation.do) {
      case 'open':
        this.#files.push(disk.open(operation.path, operation.flags));
        return 'ok';
      case 'rename':
      case 'link':
        disk[operation.do](operation.from, operation.to);
        return 'ok';
      case 'readdir':
        return disk.readdir(operation.path).join(' ');
      case 'openDir':
        disk.directory(operation.path, 'openDir');
        return 'ok';
      case 'stat': {
        const { kind, sizeBytes } = disk.stat(operation.path);
        return kind === 'file' ? `file ${sizeBytes}` : kind;
      }
      default:
        disk[operation.do](operation.path);
        return 'ok';
    }
  }

  #performOn(file: OpenFile, operation: Operation & { readonly file: number }, bytes: Uint8Array): string {
    const { disk } = this;
    switch (operation.do) {
      case 'write':
        return String(disk.write(file, bytes));
      case 'pwrite':
        return String(disk.pwrite(file, bytes, operation.at));
      case 'read': {
        const into = new Uint8Array(operation.length);
        return digest(into.subarray(0, disk.read(file, into, operation.at)));
      }
      case 'truncate':
      case 'allocate':
        disk[operation.do](file, operation.size);
        return 'ok';
      case 'sync':
        disk.syncEnd(file.inode, disk.syncBegin(file));
        return 'ok';
      case 'hintSync':
        if (!file.open) throw SimDiskError.of('EBADF', 'hintSync', file.path);
        return 'ok';
      default:
        disk.close(file);
        return 'ok';
    }
  }
}
