/** The Lua that scripts run on, read from the package that brings it when the first script comes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { OpenScripts } from '../ports/scripts.ts';
import { luaScripts } from '../scripts/lua-machine.ts';
import { compileWasm } from '../scripts/wasm.ts';

export function lua(): OpenScripts {
  const module = 'lua-wasm-bindings/dist/glue/glue-lua-5.1.5.wasm';
  return luaScripts(() => compileWasm(readFileSync(createRequire(import.meta.url).resolve(module))));
}
