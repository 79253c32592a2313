/** The Lua that runs before any script, in the order in which its parts need each other. */
import { bitLua } from './lua/bit.ts';
import { cjsonLua } from './lua/cjson.ts';
import { cmsgpackLua } from './lua/cmsgpack.ts';
import { functionsLua } from './lua/functions.ts';
import { numbersLua } from './lua/numbers.ts';
import { redisLua } from './lua/redis.ts';
import { respLua } from './lua/resp.ts';
import { sandboxLua } from './lua/sandbox.ts';
import { serveLua } from './lua/serve.ts';
import { structLua } from './lua/struct.ts';
import { wordsLua } from './lua/words.ts';

/** Parts share `local L`, one table: Lua allows no more than 200 locals, and scripts see none of it. */
export const prelude = [
  'local L = {}',
  ...[
    wordsLua,
    numbersLua,
    respLua,
    redisLua,
    bitLua,
    cjsonLua,
    cmsgpackLua,
    structLua,
    sandboxLua,
    functionsLua,
    serveLua,
  ].map((part) => `do ${part} end`),
].join('\n');
