/**
 * What things on a disk are called in the keys of choices: generation, role, ordinal among those of that role.
 *
 * Clones go on where their original stands, so that what both do is called the same.
 */
import { roleOf } from './paths.ts';

export class Keys {
  /** The life that new files belong to: part of their keys. */
  generation = 1;
  #nextId = 1;
  #ordinals = new Map<string, number>();
  /** The role of each name that was met: the same for all clones. */
  #roles = new Map<string, string>();

  /** The id of the next inode. */
  nextId(): number {
    return this.#nextId++;
  }

  /** The next ordinal under a key, from 1. */
  ordinal(key: string): number {
    const ordinal = (this.#ordinals.get(key) ?? 0) + 1;
    this.#ordinals.set(key, ordinal);
    return ordinal;
  }

  /** A key for a new name: generation, role, ordinal among those of its role. */
  forName(parentKey: string, name: string): string {
    let role = this.#roles.get(name);
    if (role === undefined) {
      role = roleOf(name);
      this.#roles.set(name, role);
    }
    const key = `${parentKey === '' ? '' : `${parentKey}/`}g${this.generation}.${role}`;
    return `${key}:${this.ordinal(key)}`;
  }

  continueFrom(other: Keys): void {
    this.generation = other.generation;
    this.#nextId = other.#nextId;
    this.#ordinals = new Map(other.#ordinals);
    this.#roles = other.#roles;
  }
}
