/**
 * Lua 5.1.5 as `lua-wasm-bindings` 0.5.3 brings it: the C library of PUC-Rio as a WebAssembly module, nothing of the
 * package's JavaScript. It is the Lua of Redis, down to the texts of its errors and the order of its tables.
 *
 * The module's names are what its linker made of them, so this file belongs to exactly that version; `scripts.test`
 * fails where another one comes along. Of the machine it would like to have time, files, an environment; it gets none:
 * what it must not ask for traps.
 */
import {
  instantiateWasm,
  type WasmFunction,
  type WasmMemory,
  type WasmModule,
  type WasmTable,
} from './wasm.ts';

/** A jump out of C code to where it said that errors go. Passes through JavaScript as an exception. */
class LongJump extends Error {}

export interface LuaLibrary {
  readonly memory: WasmMemory;
  readonly table: WasmTable;
  readonly newState: WasmFunction;
  readonly openLibraries: WasmFunction;
  readonly setTop: WasmFunction;
  /** (state, index, address of a length): the address of the bytes. */
  readonly toString: WasmFunction;
  /** (state, address of bytes that a zero ends). */
  readonly pushString: WasmFunction;
  /** (state, index, address of a name that a zero ends). */
  readonly getField: WasmFunction;
  readonly setField: WasmFunction;
  /** (state, arguments, results, handler): 0 where it went well. */
  readonly protectedCall: WasmFunction;
  /** (state, address, length, address of a name): 0 where it compiles. */
  readonly loadBuffer: WasmFunction;
  /** There is no `free`. */
  readonly allocate: WasmFunction;
}

const pageBytes = 65_536;

/** @param maxBytes what all tables and strings of the machine may take; beyond, a script fails for want of memory */
export function loadLua(module: WasmModule, maxBytes: number): LuaLibrary {
  const refuse: WasmFunction = () => {
    throw new Error('Lua asked for the machine that it runs on: it has none');
  };
  const imports: Record<string, WasmFunction> = {};
  for (const name of 'abcdefghijklmnopqrstuvwxyzABCDE') imports[name] = refuse;
  let highWord = 0;
  imports['e'] = () => highWord;
  imports['b'] = (word = 0) => (highWord = word | 0);
  imports['g'] = (target = 0, value = 0) => {
    threw(target, value === 0 ? 1 : value);
    throw new LongJump();
  };
  imports['l'] = (index = 0, first = 0, second = 0) => {
    const stack = stackSave();
    try {
      (table.get(index) as WasmFunction)(first, second);
    } catch (error) {
      if (!(error instanceof LongJump)) throw error;
      stackRestore(stack);
      threw(1, 0);
    }
    return 0;
  };
  imports['E'] = (to = 0, from = 0, length = 0) => {
    new Uint8Array(memory.buffer).copyWithin(to, from, from + length);
    return to;
  };
  imports['n'] = (wantedBytes = 0) => {
    const wanted = wantedBytes >>> 0;
    if (wanted > maxBytes) return 0;
    memory.grow(Math.ceil((wanted - memory.buffer.byteLength) / pageBytes));
    return 1;
  };
  // An environment of no variables, which the C library counts as it starts.
  imports['A'] = (countAt = 0, bytesAt = 0) => {
    const view = new DataView(memory.buffer);
    view.setUint32(countAt, 0, true);
    view.setUint32(bytesAt, 0, true);
    return 0;
  };
  imports['z'] = () => 0;
  const exports = instantiateWasm(module, 'a', imports);
  const f = (name: string): WasmFunction => exports[name] as WasmFunction;
  const memory = exports['F'] as WasmMemory;
  const table = exports['qa'] as WasmTable;
  const [stackSave, stackRestore, threw] = [f('la'), f('ma'), f('oa')];
  f('G')();
  return {
    memory,
    table,
    newState: f('$'),
    openLibraries: f('ga'),
    setTop: f('I'),
    toString: f('Q'),
    pushString: f('R'),
    getField: f('T'),
    setField: f('V'),
    protectedCall: f('X'),
    loadBuffer: f('Z'),
    allocate: f('pa'),
  };
}
