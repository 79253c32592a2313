/**
 * Function libraries: what FUNCTION LOAD has taken, by name, and the functions that FCALL finds in them.
 *
 * Sources are what lasts: an RDB and a log hold them, and everything else is made from them again. A library of a file
 * that does not load here (its Lua asks for more than there is, or there is no Lua) is kept and written back with no
 * function to call: nothing of a file is lost because we cannot run it.
 */
import { LightsoutError } from '../../errors.ts';
import { noScriptsHere, type Scripts } from './scripts.ts';
import { readLibraryHead } from './shebang.ts';

export interface LibraryFunction {
  readonly name: string;
  readonly description: string | undefined;
  /** In the order in which Redis lists them. */
  readonly flags: readonly string[];
}

export interface Library {
  /** By which the machine knows it. */
  readonly id: string;
  readonly name: string;
  /** With its first line. */
  readonly source: Uint8Array;
  readonly functions: readonly LibraryFunction[];
}

/** What FUNCTION RESTORE does with what is there. */
export type RestorePolicy = 'flush' | 'append' | 'replace';

interface Found {
  readonly library: Library;
  readonly function: LibraryFunction;
}

export class Libraries {
  readonly #scripts: Scripts;
  #byName = new Map<string, Library>();
  /** By their names in lower case. */
  #functions = new Map<string, Found>();

  constructor(scripts: Scripts) {
    this.#scripts = scripts;
  }

  get all(): readonly Library[] {
    return [...this.#byName.values()];
  }

  get sources(): readonly Uint8Array[] {
    return this.all.map(({ source }) => source);
  }

  get count(): number {
    return this.#byName.size;
  }

  get functionCount(): number {
    return this.#functions.size;
  }

  /** A function, by its name in whatever case. */
  find(name: string): Found | undefined {
    return this.#functions.get(name.toLowerCase());
  }

  /** @returns the library, or an error reply; nothing was changed then */
  load(source: Uint8Array, replace: boolean): Library | string {
    const library = this.#make(source, this.#byName, replace);
    if (typeof library === 'string') return library;
    return this.#join([library], replace) ?? library;
  }

  /** False where there is none of that name. */
  delete(name: string): boolean {
    const library = this.#byName.get(name);
    if (library === undefined) return false;
    this.#unlink(library);
    this.#scripts.dropLibrary(library);
    return true;
  }

  flush(): void {
    for (const { name } of this.all) this.delete(name);
  }

  /** Loads all of `sources` or none. @returns an error reply, or undefined */
  restore(sources: readonly Uint8Array[], policy: RestorePolicy): string | undefined {
    const made = new Map<string, Library>();
    const undo = (refusal: string): string => {
      for (const library of made.values()) this.#scripts.dropLibrary(library);
      return refusal;
    };
    for (const source of sources) {
      const library = this.#make(source, made, false);
      if (typeof library === 'string') return undo(library);
      const taken = library.functions.find(({ name }) =>
        [...made.values()].some(({ functions }) => functions.some((one) => isSame(one.name, name))),
      );
      made.set(library.name, library);
      if (taken !== undefined) return undo(functionExists(taken.name));
    }
    if (policy === 'flush') this.flush();
    const refusal = this.#join([...made.values()], policy === 'replace');
    return refusal === undefined ? undefined : undo(refusal);
  }

  /**
   * Takes a library of a file. One that does not load is kept all the same.
   *
   * @returns why its functions cannot be called, or undefined
   * @throws LightsoutError CORRUPT where it cannot be kept: it has no name, or one that is taken and not to be replaced
   */
  adopt(source: Uint8Array, replace = false): string | undefined {
    const head = readLibraryHead(source);
    if (typeof head === 'string')
      throw new LightsoutError('CORRUPT', `a function library cannot be kept: ${head.slice(4)}`);
    const { name } = head;
    if (this.#byName.has(name) && !replace)
      throw new LightsoutError('CORRUPT', `the function library '${name}' comes twice`);
    const library = this.#scripts.isPossible ? this.load(source, replace) : noScriptsHere;
    if (typeof library !== 'string') return undefined;
    this.delete(name);
    this.#byName.set(name, { id: this.#scripts.newLibraryId(), name, source: source.slice(), functions: [] });
    return `${name}: ${library.slice(4)}`;
  }

  #make(source: Uint8Array, beside: ReadonlyMap<string, Library>, replace: boolean): Library | string {
    const head = readLibraryHead(source);
    if (typeof head === 'string') return head;
    const { name } = head;
    if (beside.has(name) && !replace) return `ERR Library '${name}' already exists`;
    const id = this.#scripts.newLibraryId();
    const functions = this.#scripts.loadLibrary(id, source);
    if (typeof functions === 'string') return functions;
    const library = { id, name, source: source.slice(), functions };
    // A function's name is found in whatever case: two that differ in nothing else could not both be called.
    const twin = functions.find(({ name: one }, i) =>
      functions.slice(0, i).some((other) => isSame(other.name, one)),
    );
    if (functions.length > 0 && twin === undefined) return library;
    this.#scripts.dropLibrary(library);
    return twin === undefined ? 'ERR No functions registered' : functionExists(twin.name);
  }

  /** Puts libraries in the place of those of their names, where `replace`. @returns an error reply; nothing was changed then */
  #join(libraries: readonly Library[], replace: boolean): string | undefined {
    const old = libraries.flatMap(({ name }) => this.#byName.get(name) ?? []);
    const refuse = (refusal: string): string => {
      for (const library of libraries) this.#scripts.dropLibrary(library);
      return refusal;
    };
    if (old.length > 0 && !replace) return refuse(`ERR Library ${old[0]!.name} already exists`);
    for (const library of libraries)
      for (const { name } of library.functions) {
        const found = this.find(name);
        if (found !== undefined && !old.includes(found.library)) return refuse(functionExists(name));
      }
    for (const library of old) {
      this.#unlink(library);
      this.#scripts.dropLibrary(library);
    }
    for (const library of libraries) {
      this.#byName.set(library.name, library);
      for (const one of library.functions)
        this.#functions.set(one.name.toLowerCase(), { library, function: one });
    }
    return undefined;
  }

  #unlink(library: Library): void {
    this.#byName.delete(library.name);
    for (const { name } of library.functions) this.#functions.delete(name.toLowerCase());
  }
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function functionExists(name: string): string {
  return `ERR Function ${name} already exists`;
}
