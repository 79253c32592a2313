/**
 * The Lua of simulated engines: one machine a thread, which serves whoever runs a script.
 *
 * To open one takes as long as some scenarios (15 ms), and what it knows is no state of an engine: sources come with every
 * request, and no script sees anything of another. So engines and runs share it, and only where it asks for something is
 * told apart who asks. It holds no more than the scripts that the model knows (`oracle/model/scripts.ts`), none of which
 * shows an address or draws from math.random. Function libraries would outlive their engine: scenarios have none.
 */
import type { OpenScripts, ScriptHost, ScriptMachine } from '../../src/ports/scripts.ts';
import { lua } from '../../src/server/lua.ts';

/** Not state of a run: what is kept here is the same for all of them. */
const kept: { machine?: ScriptMachine | undefined; host?: ScriptHost | undefined } = {};

/** A script that grows the machine beyond this is the last that it runs. */
const KEPT_BYTES = 32 * 1024 * 1024;

export const sharedLua: OpenScripts = (host) => ({
  run(request) {
    const before = kept.host;
    kept.host = host;
    // Asked for something while it opens, too.
    const machine = (kept.machine ??= lua()((code, argument) => kept.host!(code, argument)));
    let isWhole = false;
    try {
      const answer = machine.run(request);
      isWhole = machine.sizeBytes <= KEPT_BYTES;
      return answer;
    } finally {
      kept.host = before;
      // What an exception has left inside of it nobody can tell.
      if (!isWhole) kept.machine = undefined;
    }
  },
  get sizeBytes() {
    return kept.machine?.sizeBytes ?? 0;
  },
});
