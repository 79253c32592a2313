/**
 * What clients send: commands that show every gap, repetition and change of order.
 *
 * SETs of different keys would hide them all. So most commands depend on what is there already (INCR, APPEND, RPUSH, LPOP,
 * HINCRBY …), the keys are few and collide, some values are 5 to 20 KB so that a unit spans many sectors, keys are deleted
 * and renamed over each other, expire while nobody looks, and some units change a pair of keys that must never be seen
 * apart.
 */
import type { Stream } from '../draws/random.ts';
import type { Argument, Command } from './schema.ts';

/** What a seed's workload is made of. Weights of zero mask a family. */
export interface WorkloadStyle {
  readonly weights: {
    readonly strings: number;
    readonly lists: number;
    readonly sets: number;
    readonly hashes: number;
    readonly zsets: number;
    readonly streams: number;
    readonly keys: number;
    readonly expiry: number;
    readonly reads: number;
    readonly pairs: number;
  };
  /** Keys of a family. */
  readonly keysEach: number;
  /** Of those values that may be long, the share that is. */
  readonly longShare: number;
  readonly maxLongBytes: number;
  /** Expiries are decades away, where no jump of the wall reaches them. */
  readonly livesLong: boolean;
}

/** The expiry of a key that outlives every jump of the wall: forty years. */
const LONG_LIFE_SECONDS = 1_262_304_000;

export function drawStyle(draw: Stream): Omit<WorkloadStyle, 'livesLong'> {
  const masked = (weight: number): number => (draw.chance(0.15) ? 0 : weight);
  return {
    weights: {
      strings: 10,
      lists: masked(8),
      sets: masked(5),
      hashes: masked(6),
      zsets: masked(4),
      streams: masked(4),
      keys: masked(5),
      expiry: masked(4),
      reads: 5,
      pairs: masked(4),
    },
    keysEach: draw.pick([1, 2, 3, 3, 6]),
    longShare: draw.pick([0, 0.01, 0.03, 0.08]),
    maxLongBytes: draw.pick([5_000, 8_000, 20_000]),
  };
}

const families = [
  'strings',
  'lists',
  'sets',
  'hashes',
  'zsets',
  'streams',
  'keys',
  'expiry',
  'reads',
  'pairs',
] as const;
type Family = (typeof families)[number];

export class Workload {
  readonly #draw: Stream;
  readonly #style: WorkloadStyle;
  readonly #weights: readonly number[];
  #stamp = 0;

  constructor(draw: Stream, style: WorkloadStyle) {
    this.#draw = draw;
    this.#style = style;
    this.#weights = families.map((family) => style.weights[family]);
  }

  /** One command; a pair comes as a unit of its own, so several are possible. */
  next(): readonly Command[] {
    const family = families[this.#draw.weighted(this.#weights)]!;
    return family === 'pairs' ? this.#pair() : [this.#one(family)];
  }

  /** The commands of a MULTI, at most `most`. */
  unit(most: number): readonly Command[] {
    const commands: Command[] = [];
    const wanted = this.#draw.range(2, Math.max(2, Math.min(6, most)));
    while (commands.length < wanted) commands.push(...this.next());
    return commands.slice(0, most);
  }

  read(): Command {
    return this.#one('reads');
  }

  #one(family: Exclude<Family, 'pairs'>): Command {
    switch (family) {
      case 'strings':
        return this.#string();
      case 'lists':
        return this.#list();
      case 'sets':
        return this.#set();
      case 'hashes':
        return this.#hash();
      case 'zsets':
        return this.#zset();
      case 'streams':
        return this.#stream();
      case 'keys':
        return this.#keyCommand();
      case 'expiry':
        return this.#expiry();
      case 'reads':
        return this.#readCommand();
    }
  }

  /** Two keys that always change together, in one unit: a half unit shows as a sum that is not zero. */
  #pair(): readonly Command[] {
    const amount = String(this.#draw.range(1, 9));
    if (this.#draw.chance(0.5)) {
      return [
        ['DECRBY', 'pair:a', amount],
        ['INCRBY', 'pair:b', amount],
      ];
    }
    const value = this.#value();
    return [
      ['SET', 'twin:a', value],
      ['RPUSH', 'twin:list', value],
      ['SET', 'twin:b', value],
    ];
  }

  #string(): Command {
    const draw = this.#draw;
    const [counter, text] = [this.#key('n'), this.#key('s')];
    switch (draw.weighted([8, 2, 2, 6, 4, 1, 1, 1, 1, 1, 2, 0.5, 1])) {
      case 0:
        return ['INCR', counter];
      case 1:
        return ['INCRBY', counter, String(draw.range(-50, 5000))];
      case 2:
        return ['DECR', counter];
      case 3:
        return ['APPEND', text, this.#value()];
      case 4:
        return ['SET', text, this.#value()];
      case 5:
        return ['SETRANGE', text, String(draw.range(0, 40)), this.#word()];
      case 6:
        return ['GETSET', text, this.#word()];
      case 7:
        return ['SETNX', text, this.#word()];
      case 8:
        return ['MSET', text, this.#word(), counter, String(draw.range(0, 99))];
      case 9:
        return ['GETDEL', text];
      case 10:
        // Often a zero behind the end: the string grows, and no bit changes.
        return ['SETBIT', this.#key('b'), String(draw.range(0, 300)), draw.pick(['0', '0', '1'])];
      case 11:
        return ['BITOP', draw.pick(['AND', 'OR', 'XOR']), this.#key('b'), this.#key('b'), this.#key('b')];
      default:
        return ['SET', text, this.#word(), draw.pick(['NX', 'XX', 'GET', 'KEEPTTL'])];
    }
  }

  #list(): Command {
    const draw = this.#draw;
    const key = this.#key('l');
    switch (draw.weighted([8, 4, 3, 3, 1, 1, 1, 1, 1, 0.5, 1])) {
      case 0:
        return ['RPUSH', key, this.#value()];
      case 1:
        return ['LPUSH', key, this.#word(), this.#word()];
      case 2:
        return ['LPOP', key];
      case 3:
        return ['RPOP', key];
      case 4:
        return ['LSET', key, String(draw.range(-3, 3)), this.#word()];
      case 5:
        return ['LTRIM', key, String(draw.range(0, 1)), String(draw.range(-3, 8))];
      case 6:
        return ['RPOPLPUSH', key, this.#key('l')];
      case 7:
        return ['LINSERT', key, draw.pick(['BEFORE', 'AFTER']), this.#member(), this.#member()];
      case 8:
        return ['LREM', key, String(draw.range(-1, 1)), this.#member()];
      case 9:
        return [
          'SORT',
          this.#key(draw.pick(['l', 't', 'z'])),
          'ALPHA',
          draw.pick(['ASC', 'DESC']),
          'STORE',
          key,
        ];
      default:
        return ['RPUSH', key, this.#member(), this.#member(), String(draw.range(-200, 70_000))];
    }
  }

  #set(): Command {
    const draw = this.#draw;
    const key = this.#key('t');
    switch (draw.weighted([8, 4, 1, 1, 1, 1])) {
      case 0:
        return ['SADD', key, this.#member(), this.#member()];
      case 1:
        return ['SREM', key, this.#member()];
      case 2:
        return ['SMOVE', key, this.#key('t'), this.#member()];
      case 3:
        return ['SPOP', key, '1000'];
      case 4:
        return ['SUNIONSTORE', key, this.#key('t'), this.#key('t')];
      default:
        return ['SADD', this.#key('i'), String(draw.range(-40_000, 40_000)), String(draw.range(0, 30))];
    }
  }

  #hash(): Command {
    const draw = this.#draw;
    const key = this.#key('h');
    switch (draw.weighted([6, 5, 3, 1, 1])) {
      case 0:
        return ['HINCRBY', key, this.#member(), String(draw.range(-5, 9))];
      case 1:
        return ['HSET', key, this.#member(), String(draw.range(0, 9))];
      case 2:
        return ['HDEL', key, this.#member()];
      case 3:
        return ['HSET', key, `text:${draw.int(3)}`, this.#value()];
      default:
        return ['HSETNX', key, this.#member(), '1'];
    }
  }

  #zset(): Command {
    const draw = this.#draw;
    const key = this.#key('z');
    const score = (): string => draw.pick([String(draw.range(-3, 12)), '0.5', '-2.25', '4503599627370497']);
    switch (draw.weighted([6, 4, 2, 2, 1, 1, 1, 1, 1, 1])) {
      case 0:
        return ['ZADD', key, score(), this.#member(), score(), this.#member()];
      case 1:
        return ['ZINCRBY', key, score(), this.#member()];
      case 2:
        return ['ZREM', key, this.#member(), this.#member()];
      case 3:
        return ['ZADD', key, draw.pick(['NX', 'XX', 'GT', 'LT']), 'CH', score(), this.#member()];
      case 4:
        return [draw.pick(['ZPOPMIN', 'ZPOPMAX']), key, String(draw.range(1, 3))];
      case 5:
        return ['ZREMRANGEBYRANK', key, String(draw.range(-3, 2)), String(draw.range(-1, 4))];
      case 6:
        return ['ZREMRANGEBYSCORE', key, `(${score()}`, score()];
      case 7: {
        const name = draw.pick(['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE']);
        return [name, key, '2', this.#key('z'), draw.chance(0.2) ? this.#key('t') : this.#key('z')];
      }
      case 8:
        return ['ZRANGESTORE', key, this.#key('z'), String(draw.range(-4, 2)), String(draw.range(-2, 5))];
      default:
        return ['ZADD', key, score(), this.#value()];
    }
  }

  #stream(): Command {
    const draw = this.#draw;
    const key = this.#key('x');
    const group = `g${draw.int(2)}`;
    switch (draw.weighted([8, 2, 1, 1, 2, 5, 2, 0.5, 1])) {
      case 0:
        return ['XADD', key, '*', this.#member(), this.#value()];
      case 1:
        return ['XADD', key, 'MAXLEN', String(draw.range(0, 8)), '*', 'f', this.#word(), 'g', this.#member()];
      case 2:
        return ['XTRIM', key, 'MAXLEN', String(draw.range(0, 5))];
      case 3:
        return ['XADD', key, `${draw.range(1, 9)}-${draw.range(1, 9)}`, 'f', this.#word()];
      case 4:
        return ['XGROUP', 'CREATE', key, group, draw.pick(['$', '0']), 'MKSTREAM'];
      case 5: {
        const count = draw.chance(0.5) ? ['COUNT', String(draw.range(1, 3))] : [];
        return ['XREADGROUP', 'GROUP', group, this.#member(), ...count, 'STREAMS', key, '>'];
      }
      case 6:
        return ['XDEL', key, `${draw.range(1, 9)}-${draw.range(1, 9)}`];
      case 7:
        return ['XGROUP', 'DESTROY', key, group];
      default:
        return ['XACK', key, group, `${draw.range(1, 9)}-${draw.range(1, 9)}`];
    }
  }

  #keyCommand(): Command {
    const draw = this.#draw;
    switch (draw.weighted([6, 2, 2, 1, 1, 2, 0.4, 0.1, 0.3])) {
      case 0:
        return ['DEL', this.#anyKey()];
      case 1:
        return ['UNLINK', this.#anyKey(), this.#anyKey()];
      case 2:
        return ['RENAME', this.#anyKey(), this.#anyKey()];
      case 3:
        return ['RENAMENX', this.#anyKey(), this.#anyKey()];
      case 4:
        return ['COPY', this.#anyKey(), this.#anyKey(), 'REPLACE'];
      case 5:
        return ['MOVE', this.#anyKey(), String(draw.int(3))];
      case 6:
        return ['FLUSHDB'];
      case 7:
        return ['FLUSHALL'];
      default:
        return ['SWAPDB', '0', '1'];
    }
  }

  #expiry(): Command {
    const draw = this.#draw;
    const key = this.#anyKey();
    const longer = this.#style.livesLong ? LONG_LIFE_SECONDS : 0;
    const ms = String(
      draw.pick([draw.range(5, 60), draw.range(100, 3000), draw.range(3000, 100_000)]) + longer * 1000,
    );
    switch (draw.weighted([5, 2, 2, 1, 1, 1])) {
      case 0:
        return ['PEXPIRE', key, ms];
      case 1:
        return ['SET', this.#key('s'), this.#word(), 'PX', ms];
      case 2:
        return ['PERSIST', key];
      case 3:
        return ['EXPIRE', key, String(draw.range(1, 20) + longer)];
      case 4:
        return ['PEXPIRE', key, ms, draw.pick(['NX', 'XX', 'GT', 'LT'])];
      default:
        return ['EXPIRE', key, '-1'];
    }
  }

  #readCommand(): Command {
    const draw = this.#draw;
    switch (draw.weighted([4, 2, 2, 2, 1, 1, 1, 1, 1, 1])) {
      case 0:
        return ['GET', draw.chance(0.5) ? this.#key('n') : this.#key('s')];
      case 1:
        return ['LRANGE', this.#key('l'), '0', '-1'];
      case 2:
        return ['SMEMBERS', this.#key('t')];
      case 3:
        return ['HGETALL', this.#key('h')];
      case 4:
        return ['MGET', 'pair:a', 'pair:b', 'twin:a', 'twin:b'];
      case 5:
        return ['PTTL', this.#anyKey()];
      case 6:
        return ['EXISTS', this.#anyKey(), this.#anyKey()];
      case 7:
        return ['TYPE', this.#anyKey()];
      case 8:
        return this.#zsetRead();
      default:
        return ['STRLEN', this.#key('s')];
    }
  }

  #zsetRead(): Command {
    const draw = this.#draw;
    const key = this.#key('z');
    switch (draw.int(5)) {
      case 4:
        return draw.chance(0.5) ? ['XLEN', this.#key('x')] : ['XRANGE', this.#key('x'), '-', '+'];
      case 0:
        return ['ZRANGE', key, '0', '-1', 'WITHSCORES'];
      case 1:
        return ['ZRANGE', key, '+inf', '(0', 'BYSCORE', 'REV'];
      case 2:
        return ['ZRANK', key, this.#member()];
      default:
        return ['ZCOUNT', key, '-1', '(4'];
    }
  }

  #key(family: string): string {
    return `${family}:${this.#draw.int(this.#style.keysEach)}`;
  }

  #anyKey(): string {
    return this.#key(this.#draw.pick(['n', 's', 's', 'b', 'l', 't', 'i', 'h', 'z', 'x']));
  }

  #member(): string {
    return `m${this.#draw.int(6)}`;
  }

  /** A short text that no other command sends. */
  #word(): string {
    return `w${++this.#stamp}`;
  }

  /** A word, or a long value. */
  #value(): Argument {
    const draw = this.#draw;
    if (!draw.chance(this.#style.longShare)) return this.#word();
    return { lengthBytes: draw.range(5_000, this.#style.maxLongBytes), salt: ++this.#stamp };
  }
}
