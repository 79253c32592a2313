/**
 * Traces on a real directory: the same language as on SimDisk (test/unit/sim/disk/trace.ts), with a step of its own,
 * `writeback a`, after which the kernel is writing the file back.
 */
import fs from 'node:fs';
import path from 'node:path';
import { spelled } from '../../unit/sim/disk/trace.ts';

/** Plays steps in a directory; files stay open between them. */
export class Player {
  readonly #root: string;
  readonly #writeBack: (file: string) => void;
  readonly #fds = new Map<string, number>();

  constructor(root: string, writeBack: (file: string) => void) {
    this.#root = root;
    this.#writeBack = writeBack;
  }

  step(step: string): void {
    const [verb, name = '', first = '', second = ''] = step.trim().split(' ');
    const at = path.join(this.#root, name);
    switch (verb) {
      case 'given':
        for (const file of step.trim().split(' ').slice(1)) {
          const [inner = '', content = ''] = file.split('=');
          fs.writeFileSync(path.join(this.#root, inner), spelled(content));
        }
        break;
      case 'create':
        this.#fd(name);
        break;
      case 'append':
        fs.writeSync(this.#fd(name), spelled(first));
        break;
      case 'write': {
        const fd = fs.openSync(at, 'r+');
        fs.writeSync(fd, spelled(second), Number(first));
        fs.closeSync(fd);
        break;
      }
      case 'truncate':
        fs.ftruncateSync(this.#fd(name), Number(first));
        break;
      case 'rename':
        fs.renameSync(at, path.join(this.#root, first));
        break;
      case 'link':
        fs.linkSync(at, path.join(this.#root, first));
        break;
      case 'unlink':
        fs.unlinkSync(at);
        break;
      case 'mkdir':
        fs.mkdirSync(at);
        break;
      case 'close':
        fs.closeSync(this.#fd(name));
        this.#fds.delete(name);
        break;
      case 'sync':
        fs.fsyncSync(this.#fd(name));
        break;
      case 'datasync':
        fs.fdatasyncSync(this.#fd(name));
        break;
      case 'syncdir': {
        const fd = fs.openSync(at, 'r');
        fs.fsyncSync(fd);
        fs.closeSync(fd);
        break;
      }
      case 'writeback':
        this.#writeBack(at);
        break;
      default:
        throw new Error(`no step is called ${String(verb)}`);
    }
  }

  close(): void {
    for (const fd of this.#fds.values()) fs.closeSync(fd);
    this.#fds.clear();
  }

  /** The open file of a name, as long as the name leads to it. */
  #fd(name: string): number {
    const at = path.join(this.#root, name);
    const known = this.#fds.get(name);
    if (known !== undefined) {
      if (fs.existsSync(at) && fs.statSync(at).ino === fs.fstatSync(known).ino) return known;
      fs.closeSync(known);
    }
    const fd = fs.openSync(at, 'a+');
    this.#fds.set(name, fd);
    return fd;
  }
}
