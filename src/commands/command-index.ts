/**
 * Finds a command by the bytes of its name, in any case, without making a string.
 *
 * An open-addressing table over a small hash of the folded bytes, at most a quarter full, built once.
 */
import type { Argv } from '../resp/index.ts';

interface Slot<T> {
  readonly name: Uint8Array;
  readonly command: T;
}

export class CommandIndex<T extends { readonly name: string }> {
  readonly #slots: (Slot<T> | undefined)[];
  readonly #mask: number;

  /** Names are lower case ASCII, each once. */
  constructor(commands: Iterable<T>) {
    const all = [...commands];
    let capacity = 16;
    while (capacity < all.length * 4) capacity *= 2;
    this.#mask = capacity - 1;
    this.#slots = Array.from({ length: capacity }, () => undefined);
    for (const command of all) {
      const name = Uint8Array.from(command.name, (character) => character.charCodeAt(0));
      let at = hashFolded(name, 0, name.length) & this.#mask;
      while (this.#slots[at] !== undefined) at = (at + 1) & this.#mask;
      this.#slots[at] = { name, command };
    }
  }

  /** The command that argument `index` (the first word, unless said) names. */
  lookup(argv: Argv, index = 0): T | undefined {
    return this.find(argv.buffer, argv.start(index), argv.end(index));
  }

  /** The command that bytes[start, end) name. */
  find(bytes: Uint8Array, start: number, end: number): T | undefined {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let at = hashFolded(bytes, start, end) & mask; ; at = (at + 1) & mask) {
      const slot = slots[at];
      if (slot === undefined) return undefined;
      if (equalsFolded(slot.name, bytes, start, end)) return slot.command;
    }
  }
}

/** Setting bit 5 folds letters and confuses a few others, which only costs a comparison. */
function hashFolded(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i]! | 0x20), 0x01000193);
  return hash ^ (hash >>> 15);
}

function equalsFolded(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i]!;
    if (name[i] !== (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)) return false;
  }
  return true;
}
