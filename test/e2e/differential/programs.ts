/**
 * Scripts that are written at random: commands over several types whose outcomes are carried on, what Lua's libraries make of
 * values, errors on the way, and at the end a value of any shape, which comes as a reply of RESP2 or RESP3. And libraries of
 * functions, whose dumps change sides.
 */
import type { Draw } from '../../unit/commands/support/generate.ts';

/** A dump of one server's libraries, which both restore. */
export interface Libraries {
  readonly kind: 'libraries';
  readonly ofOurs: boolean;
  readonly policy: readonly string[];
  readonly damage: (payload: string) => string;
}

const keys = ['s0', 's1', 'l0', 'e0', 'h0', 'z0', 'x0', 'none'];
const texts = ['', 'a', 'b', '10', '3.5', 'hello', '\\0\\255', '-1', '1e3', 'x y', '\\r\\nq\\n'];
const numbers = [
  '0',
  '1',
  '-1',
  '2',
  '3.7',
  '-3.7',
  '1e15',
  '1e17',
  '2^53',
  '2^53+1',
  '-2^63',
  '1/3',
  '-0',
  '1e300',
  '0.1',
  '100',
];

export function programs(draw: Draw): () => readonly string[] | Libraries {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)]!;
  const below = (limit: number): number => Math.floor(draw() * limit);
  const several = (most: number, make: () => string): string =>
    Array.from({ length: below(most + 1) }, make).join(', ');
  const text = (): string => `'${pick(texts)}'`;
  const variable = (): string => pick(['a', 'b', 'c']);
  const key = (): string => (draw() < 0.8 ? `'${pick(keys)}'` : 'KEYS[1]');

  function value(depth = 2): string {
    if (depth > 0 && draw() < 0.45) {
      return pick([
        () => `{${several(4, () => value(depth - 1))}}`,
        () => `{${several(3, () => value(depth - 1))}}`,
        () => `{ok = ${value(0)}}`,
        () => `{err = ${value(0)}}`,
        () => `{double = ${value(0)}}`,
        () => `{map = {[${value(0)} or 1] = ${value(depth - 1)}}}`,
        () => `{set = {[${value(0)} or 1] = true}}`,
        () => `{big_number = ${pick(["'12345678901234567890'", value(0)])}}`,
        () => `{verbatim_string = {format = 'txt', string = ${text()}}}`,
        () => `redis.status_reply(${value(0)})`,
        () => `redis.error_reply(${value(0)})`,
        () => `{${value(0)}, nil, ${value(0)}}`,
        () => `{x = ${value(0)}, ${value(0)}}`,
        () => library(depth - 1),
        () => library(depth - 1),
        () => call(),
        () => call(),
      ])();
    }
    return pick([
      () => pick(numbers),
      text,
      text,
      variable,
      () => pick(['true', 'false', 'nil']),
      () => pick(['KEYS[1]', 'ARGV[1]', 'ARGV[2]', '#ARGV', '#KEYS']),
    ])();
  }

  /** What needs no order of a table and no clock, and does not tell where in the text it failed. */
  function library(depth: number): string {
    const some = (): string => value(depth);
    return pick([
      () => `tostring(tonumber(${some()}))`,
      () => `tonumber(${text()}, ${pick(['2', '10', '16', '36'])})`,
      () => `type(${some()})`,
      () => `cjson.encode(${pick(['{1, 2, 3}', '{}', '{{}, {1}}', some()])})`,
      () =>
        `cjson.decode(${pick([`'[1,2.5,"x",null,true,{"a":[]}]'`, `'{"a":1}'`, `'1e5'`, `'"\\\\u00e4"'`, `'[1,'`, text()])})`,
      () => `cjson.encode(cjson.decode('[1,2.5,[],{},null,"\\\\u20ac",1e20]'))`,
      () => `cmsgpack.pack(${pick(['{1, 2, 3}', '{a = 1}', some()])})`,
      () => `(cmsgpack.unpack(cmsgpack.pack(${some()}, ${some()})))`,
      () => `(cmsgpack.unpack(${pick([text(), "'\\147\\1\\2\\3'"])}))`,
      () =>
        `struct.pack(${pick([`'>I2'`, `'<i4'`, `'b'`, `'d'`, `'f'`, `'>I3I1'`, `'s'`, `'c3'`, `'!4bi4'`, `'q'`])}, ${some()})`,
      () => `struct.size('${pick(['>I2', '!8bd', 'i4i4', 's', 'x'])}')`,
      () => `(struct.unpack('${pick(['>I2', '<i1', 'b', 'c1'])}', ${text()}))`,
      () =>
        `bit.${pick(['band', 'bor', 'bxor', 'lshift', 'rshift', 'arshift', 'rol'])}(${pick(numbers)}, ${pick(numbers)})`,
      () => `bit.tohex(${pick(numbers)})`,
      () => `string.format('${pick(['%d', '%5.2f', '%s', '%q', '%x', '%g', '%%', '%i'])}', ${some()})`,
      () => `string.rep(${text()}, ${pick(['0', '3', '-1', '2.7'])})`,
      () => `string.sub(${text()}, ${pick(['1', '-2', '0', '3'])})`,
      () =>
        `string.gsub(${text()}, '${pick(['.', '%d', 'l+', '^a', '(h)(e)'])}', '${pick(['', 'X', '%0%0'])}')`,
      () => `{string.find(${text()}, '${pick(['l', '%d+', '[a-c]', '('])}')}`,
      () => `{string.byte(${text()}, 1, -1)}`,
      () => `string.upper(string.reverse(${text()}))`,
      () => `table.concat({${several(3, () => pick([text(), pick(numbers)]))}}, ${text()})`,
      () => `select('#', ${some()}, ${some()})`,
      () => `math.${pick(['floor', 'ceil', 'abs', 'sqrt'])}(${pick(numbers)})`,
      () => `math.max(${pick(numbers)}, ${pick(numbers)})`,
      () => `redis.sha1hex(${some()})`,
      () => `{pcall(error, ${some()})}`,
      () => `{pcall(redis.call, ${text()}, ${some()})}`,
      () => `redis.${pick(['REDIS_VERSION', 'REDIS_VERSION_NUM', 'LOG_WARNING', 'REPL_ALL', 'REPL_NONE'])}`,
      () => `redis.acl_check_cmd('get', ${text()})`,
      () => `(${some()} == ${some()})`,
      () => `(${pick(numbers)} ${pick(['+', '-', '*', '/', '%', '^'])} ${pick([text(), pick(numbers)])})`,
      () => `(${text()} .. ${pick([text(), pick(numbers)])})`,
      () => `#${pick([text(), '{1, 2, nil, 4}'])}`,
      () => `(loadstring('return ' .. ${pick(["'1'", text()])}) or tostring)(1)`,
    ])();
  }

  let lastId = 0;
  /** A command of Redis, with arguments that Lua gives it. */
  function call(): string {
    const argument = (): string => pick([text, text, () => pick(numbers), variable])();
    const words = pick([
      () => ['SET', key(), argument()],
      () => ['GET', key()],
      () => ['INCRBY', key(), pick(numbers)],
      () => ['INCRBYFLOAT', key(), pick(numbers)],
      () => ['APPEND', key(), argument()],
      () => ['RPUSH', key(), argument(), argument()],
      () => ['LPOP', key()],
      () => ['LRANGE', key(), '0', '-1'],
      () => ['SADD', key(), argument()],
      () => ['SISMEMBER', key(), argument()],
      () => ['HSET', key(), argument(), argument()],
      () => ['HGET', key(), argument()],
      () => ['HMGET', key(), text(), text()],
      () => ['ZADD', key(), pick(['0', '1', '2.5', '-1']), argument()],
      () => ['ZSCORE', key(), argument()],
      () => ['ZRANGE', key(), '0', '-1', "'WITHSCORES'"],
      () => ['ZINCRBY', key(), pick(['0.1', '1', '1/3']), argument()],
      () => ['ZPOPMIN', key()],
      () => ['XADD', key(), `'${++lastId}-1'`, argument(), argument()],
      () => ['XRANGE', key(), "'-'", "'+'"],
      () => ['XLEN', key()],
      () => ['DEL', key(), key()],
      () => ['RENAME', key(), key()],
      () => ['COPY', key(), key()],
      () => ['TYPE', key()],
      () => ['EXISTS', key()],
      () => ['PEXPIREAT', key(), '4000000000000'],
      () => ['PERSIST', key()],
      () => ['SELECT', pick(['0', '0', '1', "'x'"])],
      () => ['SORT', key(), "'ALPHA'", "'GET'", "'#'"],
      () => ['PING', argument()],
      () => ['ECHO', argument()],
      () => ['BLPOP', key(), '0'],
      () => ['MULTI'],
      () => ['NOSUCH', argument()],
      () => ['GET'],
      () => [],
    ])();
    const [name, ...rest] = words;
    const caller = draw() < 0.6 ? 'redis.pcall' : 'redis.call';
    return `${caller}(${[...(name === undefined ? [] : [`'${name}'`]), ...rest].join(', ')})`;
  }

  function statement(depth = 1): string {
    return pick([
      () => `${variable()} = ${call()}`,
      () => `${variable()} = ${call()}`,
      () => `${variable()} = ${value()}`,
      call,
      call,
      () => `if ${value(1)} then ${depth > 0 ? statement(depth - 1) : call()} end`,
      () => `for i = 1, ${below(4)} do ${depth > 0 ? statement(depth - 1) : call()} end`,
      () => `redis.setresp(${pick(['2', '3', '3', '4'])})`,
      () => `redis.set_repl(redis.REPL_ALL)`,
      () => `redis.replicate_commands()`,
      () => `pcall(function() ${call()} error(${value(1)}) end)`,
      () => `if type(a) == 'table' and a.err then b = a.err end`,
      () => `if type(c) == 'table' then b = #c end`,
      () =>
        pick([
          'error({err = "MY error"})',
          'error("x", 0)',
          'local d = nil + 1',
          'undefined()',
          'e = 1',
          'return nil',
        ]).replace(/^return nil$/, 'do return 7 end'),
    ])();
  }

  function body(): string {
    const statements = Array.from({ length: 1 + below(4) }, () => statement());
    return ['local a, b, c', ...statements, `return ${value(3)}`].join(' ');
  }

  const libraries = ['lib0', 'lib1', 'lib2'];
  const flags = (): string =>
    draw() < 0.4 ? `, flags = {'${pick(['no-writes', 'allow-oom', 'no-cluster', 'allow-stale'])}'}` : '';
  function code(name: string): string {
    const functions = Array.from(
      { length: 1 + below(2) },
      (_, i) =>
        `redis.register_function{function_name = '${name}_${i}', callback = function(KEYS, ARGV) ${body()} end${flags()}}`,
    );
    return `#!lua name=${name}\n${functions.join('\n')}`;
  }
  const called = (): string[] =>
    pick([['1', pick(keys), 'a', '2'], ['0', 'x'], ['0'], ['2', 's0', 's1', '7'], ['-1'], ['x'], ['3', 'a']]);

  return () => {
    const kind = draw();
    if (kind < 0.6) return ['EVAL', body(), ...called()];
    if (kind < 0.68) {
      const head = `#!lua${pick(['', ' flags=no-writes', ' flags=allow-oom', ' flags=foo', ' flags=no-writes,allow-stale', ' x'])}\n`;
      return [pick(['EVAL', 'EVAL_RO']), head + body(), ...called()];
    }
    if (kind < 0.72) return ['EVAL_RO', body(), ...called()];
    if (kind < 0.86)
      return [pick(['FCALL', 'FCALL', 'FCALL_RO']), `${pick(libraries)}_${below(2)}`, ...called()];
    if (kind < 0.93) return ['FUNCTION', 'LOAD', ...(draw() < 0.7 ? ['REPLACE'] : []), code(pick(libraries))];
    if (kind < 0.95)
      return pick([
        ['FUNCTION', 'DELETE', pick(libraries)],
        ['FUNCTION', 'LIST', 'LIBRARYNAME', pick(libraries), 'WITHCODE'],
        ['FUNCTION', 'FLUSH'],
      ]);
    if (kind < 0.97) return ['DEL', pick(keys)];
    const share = draw();
    return {
      kind: 'libraries',
      ofOurs: draw() < 0.5,
      policy: pick([[], ['FLUSH'], ['APPEND'], ['REPLACE'], ['REPLACE'], ['FOO']]),
      damage:
        draw() < 0.8
          ? (payload) => payload
          : (payload) => payload.slice(0, Math.floor(share * payload.length)),
    };
  };
}
