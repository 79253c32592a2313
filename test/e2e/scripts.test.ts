/** What a script answers is what it answers in redis-server 7.0: values, errors, libraries, and what it leaves behind. */
import { describe, expect, test } from 'vitest';

import { besideRedis } from './support/beside.ts';
import { haveAll } from './support/programs.ts';

/** Bodies of EVAL, each with KEYS k1 k2 and ARGV 10, a and a word of every byte. */
const bodies: Record<string, readonly string[]> = {
  values: [
    'return 1',
    'return 3.99',
    'return -3.99',
    'return 2^53',
    'return 1e300',
    'return "text"',
    'return ARGV[3]',
    'return {1, 2, nil, 3}',
    'return {1, {2, {3}}, "x", false, true}',
    'return {ok = "fine"}',
    'return {err = "My error"}',
    'return {double = 3.5}',
    'return {1, 2, err = "x"}',
    'return {}',
    'return nil',
    'return true',
    'return false',
    'return function() end',
    'return #KEYS + #ARGV',
    'return KEYS',
    'return unpack(ARGV)',
    'return {map = {a = 1}}',
    'return {set = {a = true}}',
    'return cjson.null',
    'return {big_number = "123"}',
  ],
  'what is no script': [
    'x x',
    'return',
    'end',
    'return 1 return 2',
    'for i = 1 do end',
    'return "',
    'return [[',
    'local a = 08x',
    '#!lua\nreturn 5',
    '#!lua flags=no-writes\nreturn redis.call("set", "a", "1")',
    '#!lua flags=nonsense\nreturn 1',
    '#!lua name=x\nreturn 1',
    '#!js\nreturn 1',
    '#!lua\nerror("line two")',
  ],
  errors: [
    'error("a")',
    'error("ERR a b")',
    'error({err = "My"})',
    'error()',
    'foo = 1',
    'return foo',
    'string.x = 1',
    'redis.x = 1',
    'return tostring(nil .. 1)',
    'return nil + 1',
    'local t\nreturn t.x',
    'return ("x")()',
    'return string.rep()',
    'return print',
    'return os',
    'return getfenv',
    'return require',
    'return redis.nosuch()',
    'return {pcall(error, "x")}',
    'local ok, e = pcall(error, {err = "mine"}) return e',
    'local ok, e = pcall(function() return nil .. "x" end) return e',
    'local f = function() return f() + 1 end return f()',
    'local function deep() return 1 + deep() end return deep()',
  ],
  commands: [
    'return redis.call("set", KEYS[1], ARGV[1])',
    'return redis.call("incrby", KEYS[1], 5)',
    'return redis.call("set", KEYS[2], 0.1) and redis.call("get", KEYS[2])',
    'redis.call("set", KEYS[2], 3) return redis.call("get", KEYS[2])',
    'redis.call("set", KEYS[2], 1e15) return redis.call("get", KEYS[2])',
    'return redis.call("set", KEYS[2], ARGV[3]).ok .. #redis.call("get", KEYS[2])',
    'return redis.call("get", KEYS[2]) == ARGV[3]',
    'return redis.call("get", "nokey") == false',
    'return redis.call("lpush", KEYS[1], "x")',
    'return redis.pcall("lpush", KEYS[1], "x")',
    'return redis.pcall("lpush", KEYS[1], "x").err',
    'local ok, e = pcall(redis.call, "lpush", KEYS[1], "x") return {tostring(ok), e.err}',
    'return redis.call("nosuch")',
    'return redis.pcall("nosuch")',
    'return redis.call("get")',
    'return redis.pcall("pfdebug", "getreg", "nokey")',
    'return redis.pcall("xgroup", "foo")',
    'return redis.pcall("xgroup", "delconsumer", "a")',
    'return redis.call("multi")',
    'return redis.call("eval", "return 1", 0)',
    'return redis.call("blpop", "nolist", 0)',
    'return redis.call({})',
    'return redis.call()',
    'return redis.call("set", "a", true)',
    'return redis.call("ping")',
    'return redis.call("echo", "a\\0b\\1c")',
    'redis.call("select", 3) redis.call("set", "in3", "1") return redis.call("exists", "in3")',
    'return redis.call("exists", "in3")',
    'redis.call("hset", "h", "a", 1, "b", 2) return redis.call("hgetall", "h")',
    'redis.setresp(3) return redis.call("hgetall", "h")',
    'redis.setresp(3) return redis.call("hgetall", "h").map.a',
    'redis.setresp(3) return redis.call("get", "nokey") == nil',
    'redis.call("zadd", "z", 1.5, "m") redis.setresp(3) return redis.call("zscore", "z", "m")',
    'redis.setresp(3) return redis.call("zscore", "z", "m").double',
    'redis.setresp(3) redis.call("sadd", "s", "m") return redis.call("smembers", "s")',
    'redis.call("set", "half", "1") return redis.call("lpush", "half", "x")',
    'return redis.call("get", "half")',
    'redis.call("set", "t", "1", "px", 100000) return redis.call("pttl", "t") > 99000',
  ],
  'the table redis': [
    'return redis.error_reply("boo")',
    'return redis.error_reply("My Err")',
    'return redis.error_reply("-My Err")',
    'return redis.error_reply()',
    'return redis.status_reply("yo")',
    'return redis.sha1hex("")',
    'return redis.sha1hex("a\\0b")',
    'return redis.sha1hex()',
    'return redis.set_repl(99)',
    'return redis.set_repl(redis.REPL_ALL)',
    'return redis.setresp(4)',
    'return redis.replicate_commands()',
    'return redis.REDIS_VERSION',
    'return {redis.LOG_DEBUG, redis.LOG_WARNING, redis.REPL_ALL, redis.REPL_NONE, redis.REPL_REPLICA}',
    'return redis.log("x")',
    'return redis.log(redis.LOG_DEBUG, "x", 1)',
    'return redis.log(77, "x")',
  ],
  numbers: [
    'return string.format("%d %5d|%-8d|%08d|%+d", 12345678901, 7, -98765432109, 98765432109, 5e9)',
    'return string.format("%x %X %o %u", 4294967296, 255, 2^40, 2^33)',
    'return string.format("%5.1f %s %q %c %%", 3.14159, "a", "b\\n", 65)',
    'return string.format("%d", "3000000000")',
    'return tostring(2^31) .. " " .. tostring(1e15) .. " " .. 10 / 2 .. " " .. 0.1 .. " " .. 1e100',
    'return tonumber("ffffffffff", 16)',
    'return {tonumber("10", 2), tonumber("zz", 36), tonumber("0x10"), tonumber("1e2"), tonumber("8", 8) == nil}',
    'return {tonumber("  7f  ", 16), tonumber("0xff", 16), tonumber("", 16) == nil}',
    'return {math.floor(-1.5), math.fmod(7, 3), 7 % -3, math.max(1, 9), math.abs(-3)}',
    'math.randomseed(42) return {math.random(100), math.random(5, 9), tostring(math.random())}',
    'math.randomseed(7) return {math.random(1000000), math.random(1000000)}',
    'return math.random(0)',
    'return table.concat({1, 2.5, "x"}, ",")',
    'local t = {3, 1, 2} table.sort(t) return t',
    'return {("abc"):upper(), ("a,b"):find(",", 1, true), ("x1y2"):gsub("%d", "#")}',
    'return select("#", string.byte(ARGV[3], 1, -1))',
    'local t = {} for k in pairs({a = 1, b = 2, c = 3, d = 4, long_name = 5}) do t[#t + 1] = k end return t',
    'return {type(load), type(loadstring), type(coroutine.wrap), loadstring("return 7")()}',
    'return coroutine.wrap(function() coroutine.yield(7) end)()',
  ],
  cjson: [
    'return cjson.encode({a = 1, b = {1, 2, "x"}})',
    'return cjson.encode({1.5, 1e20, -0.1, 123456789012345678})',
    'return cjson.encode({})',
    'return cjson.encode({[1] = 1, [3] = 3})',
    'return cjson.encode("a\\"b\\\\c/d\\n\\t\\1\\127é")',
    'return cjson.encode(cjson.null) .. cjson.encode(true) .. cjson.encode(nil)',
    'return cjson.encode({[100] = 1})',
    'return cjson.encode(function() end)',
    'return cjson.encode(1 / 0)',
    'local t = cjson.decode(\'{"a":[1,2,{"b":null}],"c":"\\\\u00e9\\\\ud83d\\\\ude00","d":-1.5e3}\') return {t.a[1], t.a[2], t.a[3].b == cjson.null, t.c, t.d}',
    'return cjson.decode("[1,2")',
    'return cjson.decode("{1}")',
    'return cjson.decode("nope")',
    'return cjson.decode("")',
    'return cjson.decode("1 2")',
    'return cjson.encode(cjson.decode(\'{"x":{"y":[]}}\'))',
  ],
  cmsgpack: [
    'return cmsgpack.pack(1, -1, 127, 128, 255, 256, 65535, 65536, 2^32, -32, -33, -128, -129, -32769, -2^31 - 1)',
    'return cmsgpack.pack(1.5, 0.1, 1e300, "text", true, false, nil, {1, 2}, {a = 1}, {})',
    'return cmsgpack.pack(("x"):rep(31), ("x"):rep(32), ("x"):rep(256), ("x"):rep(65536))',
    'return {cmsgpack.unpack(cmsgpack.pack(1, -300, "a", {1, {b = 2}}, 70000))}',
    'return tostring(cmsgpack.unpack(cmsgpack.pack(0.1))) .. tostring(cmsgpack.unpack(cmsgpack.pack(-2^40)))',
    'return {cmsgpack.unpack_one(cmsgpack.pack(1, 2, 3))}',
    'return {cmsgpack.unpack_limit(cmsgpack.pack(1, 2, 3), 2)}',
    'return cmsgpack.unpack("\\220")',
    'return cmsgpack.pack()',
  ],
  struct: [
    'return struct.pack(">HIs", 1, 2, "x")',
    'return struct.pack("<bBhHiIlLfd", -1, 255, -2, 65535, -3, 4294967295, -4, 5, 1.5, -0.1)',
    'return struct.pack(">!4bi", 1, 2)',
    'return struct.pack("c3c0x", "abcdef", "xyz")',
    'return {struct.unpack(">HIs", struct.pack(">HIs", 1, 2, "x"))}',
    'return {struct.unpack("<bhil", struct.pack("<bhil", -1, -2, -3, -4))}',
    'return tostring(({struct.unpack(">d", struct.pack(">d", -0.1))})[1])',
    'return {struct.unpack("bc0", "\\3abc")}',
    'return struct.size(">HId")',
    'return struct.pack("i", "x")',
    'return struct.unpack("i", "x")',
    'return struct.pack("y", 1)',
  ],
  bit: [
    'return {bit.tobit(2^31), bit.bnot(0), bit.band(12, 10, 9), bit.bor(1, 2, 4), bit.bxor(5, 3, 1)}',
    'return {bit.lshift(1, 31), bit.rshift(-1, 28), bit.arshift(-256, 4), bit.rol(305419896, 12), bit.ror(305419896, 12)}',
    'return {bit.bswap(305419896), bit.tohex(-1), bit.tohex(255, 4), bit.tohex(255, -2), bit.tobit(-1.5)}',
  ],
};

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

describe.skipIf(!haveAll('redis-server'))('scripts beside redis-server', () => {
  const { both } = besideRedis();

  for (const protocol of [2, 3]) {
    for (const [name, list] of Object.entries(bodies)) {
      test(`RESP${protocol}: ${name}`, async () => {
        await both('HELLO', protocol);
        for (const body of list) {
          const [ours, theirs] = await both('EVAL', body, 2, 'k1', 'k2', '10', 'a', everyByte);
          if (name === 'errors') expect.soft(ours, body).toEqual(theirs);
          else expect.soft(placeless(ours), body).toEqual(placeless(theirs));
        }
        const [ours, theirs] = await both('DEBUG', 'DIGEST');
        expect(ours).toEqual(theirs);
      });
    }
  }

  test('EVALSHA, SCRIPT and what is wrong with their words', async () => {
    await both('HELLO', 2);
    for (const words of [
      ['EVAL', 'return 1', '-1'],
      ['EVAL', 'return 1', 'x'],
      ['EVAL', 'return 1', '3'],
      ['EVAL', 'return 1'],
      ['EVALSHA', 'aaa', '0'],
      ['EVALSHA', 'E0E1F9FABFC9D4800C877A703B823AC0578FF8DB', '0'],
      ['EVAL', 'return 1', '0'],
      ['EVALSHA', 'E0E1F9FABFC9D4800C877A703B823AC0578FF8DB', '0'],
      ['EVALSHA_RO', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '0'],
      ['EVAL_RO', 'return redis.call("set", "a", "1")', '0'],
      ['EVAL_RO', 'return redis.pcall("set", "a", "1")', '0'],
      ['SCRIPT', 'LOAD', 'return 2'],
      ['SCRIPT', 'LOAD', 'x x'],
      ['SCRIPT', 'EXISTS', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', 'x'],
      ['SCRIPT', 'KILL'],
      ['SCRIPT', 'FOO'],
      ['SCRIPT', 'FLUSH', 'x'],
      ['SCRIPT', 'FLUSH', 'ASYNC'],
      ['SCRIPT', 'EXISTS', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db'],
      ['EVALSHA', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '0'],
      ['MULTI'],
      ['EVAL', 'return redis.call("incr", "n")', '0'],
      ['EVAL', 'return redis.call("lpush", "n", 1)', '0'],
      ['EVAL_RO', 'return redis.pcall("pfcount", "nothing")', '0'],
      ['EVAL_RO', 'return redis.pcall("xgroup", "help")', '0'],
      ['EVAL_RO', 'return redis.pcall("xgroup", "destroy", "s", "g")', '0'],
      ['EVAL', 'return redis.pcall("pfcount", "nothing")', '0'],
      ['EVAL', 'return redis.pcall("xRead", "BLOCK", "x", "STREAMS", "n", "0")', '0'],
      ['EVAL', 'return redis.pcall("xreadgroup", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "s", ">")', '0'],
      ['EXEC'],
      ['COMMAND', 'GETKEYS', 'EVAL', 'x', '2', 'a', 'b', 'c'],
    ]) {
      const [ours, theirs] = await both(...words);
      expect.soft(placeless(ours), words.join(' ')).toEqual(placeless(theirs));
    }
  });
});

/**
 * An error without its place in the script. Libraries are functions of Lua here and of C in Redis, and Lua forgets where a
 * function of its own was called from in `return f()`.
 */
function placeless(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(placeless);
  if (typeof reply !== 'string' || !reply.startsWith('-')) return reply;
  return reply.replace(/, on @user_script:\d+/, '').replace(/^-ERR user_script:\d+: /, '-ERR ');
}
