/**
 * A window that moves over a file: the bytes that a reader is looking at, and where they stand.
 *
 * `bytes[start, end)` are the bytes of the file from `offset` on. What lies before `start` is done with; `fill` reads
 * on, so memory holds what is being looked at and one slice more.
 */
import type { File } from '../../ports/disk.ts';

export class FileWindow {
  bytes: Uint8Array;
  start = 0;
  end = 0;
  /** Where bytes[start] stands in the file. */
  offset: number;
  readonly file: Pick<File, 'read'>;
  readonly #sliceBytes: number;
  readonly #fileBytes: number;

  /** Begins at byte `offset` of a file of `fileBytes`. */
  constructor(file: Pick<File, 'read'>, offset: number, fileBytes: number, sliceBytes: number) {
    this.file = file;
    this.offset = offset;
    this.#fileBytes = fileBytes;
    this.#sliceBytes = Math.min(sliceBytes, Math.max(64, fileBytes - offset));
    this.bytes = new Uint8Array(this.#sliceBytes);
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Says that `count` bytes from `start` on are done with. */
  take(count: number): void {
    this.start += count;
    this.offset += count;
  }

  /** Reads one more slice. False at the end of the file. @throws DiskError */
  async fill(): Promise<boolean> {
    if (this.offset + this.length >= this.#fileBytes) return false;
    if (this.start === this.end) this.start = this.end = 0;
    if (this.bytes.length - this.end < this.#sliceBytes) {
      const needed = this.length + this.#sliceBytes;
      const target =
        needed <= this.bytes.length && this.start > 0
          ? this.bytes
          : new Uint8Array(Math.max(needed, this.bytes.length * 2));
      target.set(this.bytes.subarray(this.start, this.end));
      this.end -= this.start;
      this.start = 0;
      this.bytes = target;
    }
    const count = await this.file.read(
      this.bytes.subarray(this.end, this.end + this.#sliceBytes),
      this.offset + this.length,
    );
    this.end += count;
    return count > 0;
  }

  /** Reads on until there are `count` bytes. False where the file ends before. @throws DiskError */
  async ensure(count: number): Promise<boolean> {
    while (this.length < count) if (!(await this.fill())) return false;
    return true;
  }
}
