/** Exclusive locks of directories: held by processes, gone with them. */
export class Locks {
  /** By the inode of the directory, the process that holds it. */
  readonly #owners = new Map<number, number>();

  /** False when it is taken, also by the same process. */
  take(id: number, pid: number): boolean {
    if (this.#owners.has(id)) return false;
    this.#owners.set(id, pid);
    return true;
  }

  release(id: number, pid: number): void {
    if (this.#owners.get(id) === pid) this.#owners.delete(id);
  }

  /** A process has ended. */
  releaseAll(pid: number): void {
    for (const [id, owner] of this.#owners) if (owner === pid) this.#owners.delete(id);
  }
}
