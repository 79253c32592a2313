/**
 * A machine that runs Lua: one state of Lua 5.1.5, its prelude, and two doors for strings.
 *
 * In: `run` calls the prelude's `serve` with a request. Out: the prelude's `host` calls `ScriptHost`. The library has no
 * call that makes a string with a zero in it, so what is pushed is escaped (0 as 1 1, 1 as 1 2) and what Lua gives is
 * read where it lies. It has none either that makes a function of ours one of Lua's: `print`, which no script may have,
 * is a closure whose C function is an index in the module's table, and that place gets ours.
 */
import { latin1Bytes, latin1Text } from '../bytes/index.ts';
import type { OpenScripts, ScriptHost, ScriptMachine } from '../ports/scripts.ts';
import { loadLua, type LuaLibrary } from './lua-library.ts';
import { prelude } from './prelude.ts';
import { tableFunction, type WasmModule } from './wasm.ts';

const globalsIndex = -10_002;
const registryIndex = -10_000;
/** Where a closure of C keeps its function, behind the header of a collectable object, two counts and two addresses. */
const functionOffset = 16;

/** What all of Lua may hold. Redis would kill the server's neighbours first. */
const maxMachineBytes = 256 * 1024 * 1024;

export function luaScripts(compile: () => WasmModule): OpenScripts {
  return (host) => new LuaMachine(loadLua(compile(), maxMachineBytes), host);
}

class LuaMachine implements ScriptMachine {
  readonly #lua: LuaLibrary;
  readonly #state: number;
  /** Address of a length that `toString` fills in. */
  readonly #length: number;
  #room = 0;
  #roomBytes = 0;

  constructor(lua: LuaLibrary, host: ScriptHost) {
    this.#lua = lua;
    this.#state = lua.newState();
    this.#length = lua.allocate(8);
    lua.openLibraries(this.#state);
    this.#replacePrint((state) => {
      const request = this.#text(state, 1);
      const answer = host(request[0]!, request.subarray(1));
      this.#push(state, answer);
      return 1;
    });
    this.#execute(latin1Bytes(prelude), '=prelude');
  }

  get sizeBytes(): number {
    return this.#lua.memory.buffer.byteLength;
  }

  run(request: Uint8Array): Uint8Array {
    this.#lua.getField(this.#state, registryIndex, this.#zeroEnded(latin1Bytes('serve')));
    this.#push(this.#state, request);
    const failed = this.#lua.protectedCall(this.#state, 1, 1, 0) !== 0;
    const answer = this.#text(this.#state, -1);
    this.#lua.setTop(this.#state, 0);
    if (failed) throw new Error(`Lua: ${latin1Text(answer)}`);
    return answer;
  }

  #execute(source: Uint8Array, name: string): void {
    const { allocate, memory, loadBuffer, protectedCall } = this.#lua;
    const at = allocate(source.length);
    new Uint8Array(memory.buffer).set(source, at);
    const state = this.#state;
    const status = loadBuffer(state, at, source.length, this.#zeroEnded(latin1Bytes(name)));
    if (status !== 0 || protectedCall(state, 0, 0, 0) !== 0)
      throw new Error(`Lua: ${latin1Text(this.#text(state, -1))}`);
  }

  #replacePrint(f: (state: number) => number): void {
    const { getField, setTop, table, memory } = this.#lua;
    this.#execute(latin1Bytes('address = tostring(print)'), '=address');
    getField(this.#state, globalsIndex, this.#zeroEnded(latin1Bytes('address')));
    const address = Number.parseInt(latin1Text(this.#text(this.#state, -1)).replace('function: ', ''), 16);
    setTop(this.#state, 0);
    const place = new DataView(memory.buffer).getUint32(address + functionOffset, true);
    table.set(place, tableFunction(f));
  }

  /** A copy of the string at `index` of the stack. */
  #text(state: number, index: number): Uint8Array {
    const { toString, memory } = this.#lua;
    const at = toString(state, index, this.#length);
    if (at === 0) throw new Error('Lua: a string was expected on the stack');
    return new Uint8Array(memory.buffer).slice(
      at,
      at + new DataView(memory.buffer).getUint32(this.#length, true),
    );
  }

  #push(state: number, bytes: Uint8Array): void {
    let escapes = 0;
    for (const byte of bytes) if (byte <= 1) escapes++;
    if (escapes === 0) {
      this.#lua.pushString(state, this.#zeroEnded(bytes));
      return;
    }
    const escaped = new Uint8Array(bytes.length + escapes);
    let at = 0;
    for (const byte of bytes) {
      if (byte <= 1) escaped[at++] = 1;
      escaped[at++] = byte <= 1 ? byte + 1 : byte;
    }
    this.#lua.pushString(state, this.#zeroEnded(escaped));
  }

  /** Address of a copy of bytes that have no zero, and one behind them. Valid until the next. */
  #zeroEnded(bytes: Uint8Array): number {
    const { allocate, memory } = this.#lua;
    if (bytes.length + 1 > this.#roomBytes) {
      const wanted = Math.max(4096, 2 * (bytes.length + 1));
      const at = allocate(wanted);
      if (at === 0) throw new Error(`Lua: no room for ${bytes.length} bytes`);
      this.#room = at;
      this.#roomBytes = wanted;
    }
    const all = new Uint8Array(memory.buffer);
    all.set(bytes, this.#room);
    all[this.#room + bytes.length] = 0;
    return this.#room;
  }
}
