/**
 * The scripts that the model knows. What a simulated client sends with EVAL is one of these, word for word.
 *
 * The model runs no Lua. Each script stands here twice: as the text that a server is given, and as what it does, in
 * commands of the model. All of it is one unit, what was done before an error included: Redis takes nothing back.
 */
import { isError } from '../reply.ts';
import type { Expectation } from '../reply.ts';

/** redis.call, and redis.pcall, which gives an error instead of ending the script with it. */
export interface ScriptRedis {
  readonly call: (...words: string[]) => Expectation;
  readonly pcall: (...words: string[]) => Expectation;
}

export interface ModelScript {
  readonly name: string;
  readonly text: string;
  /** Of which families its keys are, as workloads name them. */
  readonly keys: readonly string[];
  /** What its arguments are. */
  readonly args: readonly ('number' | 'word' | 'ms' | 'database')[];
  /** It changes nothing. */
  readonly isReader?: true;
  run(redis: ScriptRedis, keys: readonly string[], args: readonly string[]): Expectation;
}

const all: readonly ModelScript[] = [
  {
    name: 'transfer',
    text: `redis.call('DECRBY', KEYS[1], ARGV[1])
redis.call('RPUSH', KEYS[3], ARGV[2])
return redis.call('INCRBY', KEYS[2], ARGV[1])`,
    keys: ['n', 'n', 'l'],
    args: ['number', 'word'],
    run({ call }, [from, to, list], [amount, word]) {
      call('DECRBY', from!, amount!);
      call('RPUSH', list!, word!);
      return call('INCRBY', to!, amount!);
    },
  },
  {
    name: 'half of it fails',
    text: `redis.call('INCR', KEYS[1])
redis.call('LPUSH', KEYS[1], ARGV[1])
return 'never'`,
    keys: ['n'],
    args: ['word'],
    run({ call }, [key], [word]) {
      call('INCR', key!);
      call('LPUSH', key!, word!);
      return 'never';
    },
  },
  {
    name: 'goes on after an error',
    text: `local pushed = redis.pcall('RPUSH', KEYS[1], ARGV[1])
if type(pushed) == 'table' and pushed.err then
  redis.call('SET', KEYS[2], ARGV[1])
  return redis.error_reply('ELSEWHERE it stands in a string')
end
redis.call('APPEND', KEYS[2], pushed)
return pushed`,
    keys: ['x', 's'],
    args: ['word'],
    run({ call, pcall }, [key, other], [word]) {
      const pushed = pcall('RPUSH', key!, word!);
      if (isError(pushed)) {
        call('SET', other!, word!);
        return { error: 'ELSEWHERE it stands in a string' };
      }
      call('APPEND', other!, String(pushed as number));
      return pushed;
    },
  },
  {
    name: 'only reads',
    text: `return {redis.call('EXISTS', KEYS[1], KEYS[2]), redis.call('TYPE', KEYS[1]).ok, redis.call('PTTL', KEYS[2])}`,
    keys: ['s', 'h'],
    args: [],
    isReader: true,
    run: ({ call }, [one, other]) => [
      call('EXISTS', one!, other!),
      (call('TYPE', one!) as { readonly status: string }).status,
      call('PTTL', other!),
    ],
  },
  {
    name: 'passes on what was drawn',
    text: `local member = redis.call('SPOP', KEYS[1])
if member then redis.pcall('RPUSH', KEYS[2], member) end
return member`,
    keys: ['t', 'l'],
    args: [],
    // Only the reply tells what was drawn, so that no error may stand in its place.
    run({ call, pcall }, [set, list]) {
      const member = call('SPOP', set!);
      if (member !== null) pcall('RPUSH', list!, member as string);
      return member;
    },
  },
  {
    name: 'dates what it writes',
    text: `local now = redis.call('TIME')
redis.call('SET', KEYS[1], now[1] .. ':' .. now[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return now[1]`,
    keys: ['s'],
    args: ['ms'],
    run({ call }, [key], [ms]) {
      const [seconds, microseconds] = call('TIME') as readonly string[];
      call('SET', key!, `${seconds}:${microseconds}`);
      call('PEXPIRE', key!, ms!);
      return seconds!;
    },
  },
  {
    name: 'writes in two databases',
    text: `redis.call('INCR', KEYS[1])
redis.call('SELECT', ARGV[1])
redis.call('INCR', KEYS[1])
return redis.call('GET', KEYS[1])`,
    keys: ['n'],
    args: ['database'],
    run({ call }, [key], [database]) {
      call('INCR', key!);
      call('SELECT', database!);
      call('INCR', key!);
      return call('GET', key!);
    },
  },
  {
    name: 'writes again and again',
    text: `for i = 1, tonumber(ARGV[1]) do redis.call('RPUSH', KEYS[1], ARGV[2] .. i) end
return redis.call('LLEN', KEYS[1])`,
    keys: ['l'],
    args: ['number', 'word'],
    run({ call }, [key], [count, word]) {
      for (let i = 1; i <= Number(count); i++) call('RPUSH', key!, `${word}${i}`);
      return call('LLEN', key!);
    },
  },
  {
    name: 'moves what is there',
    text: `if redis.call('EXISTS', KEYS[1]) == 0 then return redis.status_reply('NONE') end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('PERSIST', KEYS[2])
return redis.status_reply('MOVED')`,
    keys: ['h', 'h'],
    args: [],
    run({ call }, [from, to]) {
      if (call('EXISTS', from!) === 0) return { status: 'NONE' };
      call('RENAME', from!, to!);
      call('PERSIST', to!);
      return { status: 'MOVED' };
    },
  },
  {
    name: 'remembers the id of an entry',
    text: `local id = redis.call('XADD', KEYS[1], '*', 'n', ARGV[1])
redis.call('HSET', KEYS[2], 'last', id)
return id`,
    keys: ['x', 'h'],
    args: ['word'],
    run({ call }, [stream, hash], [word]) {
      const id = call('XADD', stream!, '*', 'n', word!);
      call('HSET', hash!, 'last', id as string);
      return id;
    },
  },
];

/** By their texts. */
export const modelScripts: ReadonlyMap<string, ModelScript> = new Map(
  all.map((script) => [script.text, script]),
);
