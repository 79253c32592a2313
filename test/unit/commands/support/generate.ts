/**
 * Random commands of every family: few keys, so that they meet; the wrong type now and then; arguments at the edges of
 * what is allowed; times far in the future or long past, so that no reply hangs on the moment.
 */

export type Draw = () => number;

/** What a command may be about. */
export type Family =
  | 'string'
  | 'bits'
  | 'hll'
  | 'sort'
  | 'list'
  | 'set'
  | 'hash'
  | 'zset'
  | 'geo'
  | 'generic';

export interface Profile {
  /** Whether keys may be set that are expired already. Then chance decides which of them RANDOMKEY removes, so: no RANDOMKEY. */
  readonly pastExpiries: boolean;
  /** Three commands of four are of this family. */
  readonly mostly?: Family;
}

const names: Readonly<Record<string, readonly string[]>> = {
  string: ['s0', 's1', 's2'],
  list: ['l0', 'l1'],
  set: ['e0', 'e1', 'e2'],
  hash: ['h0', 'h1'],
  bits: ['b0', 'b1', 's0'],
  zset: ['z0', 'z1', 'z2'],
  geo: ['g0', 'g1'],
};
/** Whose members all have one score: of others a range by member is not defined. */
const lexNames = ['y0', 'y1'];
/** Apart: what is written into them otherwise leaves a damaged one, which Redis changes without logging it. */
const hllNames = ['p0', 'p1', 'p2'];
const allNames = [...Object.values(names).flat(), 'none', '', 'x\r\n\x00\xff'];

const values = [
  'a',
  'b',
  'c',
  '0',
  '1',
  '-1',
  '10',
  '3',
  '',
  'hello world',
  '1.5',
  '-0.1',
  '3.0e3',
  ' 1',
  '01',
  '+1',
  '-0',
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '9007199254740993',
  'x'.repeat(70),
  '\r\n\xfe',
  '5',
  '7',
  '42',
  '100',
  'aab',
];
const integers = [
  '0',
  '1',
  '-1',
  '2',
  '3',
  '-2',
  '5',
  '-3',
  '10',
  '-10',
  '100',
  '9223372036854775807',
  '-9223372036854775807',
  '-9223372036854775808',
  '9007199254740992',
  '9223372036854775808',
  'abc',
  '',
  '1.0',
  ' 1',
  '+1',
  '00',
  '-0',
];
const smallIntegers = ['0', '1', '-1', '2', '3', '-2', '-3', '4', '100', '-100'];
const floats = [
  '1',
  '0.1',
  '-0.1',
  '3.14159',
  '1e3',
  '1e-3',
  '5.0e2',
  '1e17',
  '1e-17',
  '123456789.123456789',
  '-1.5',
  '0',
  '-0',
  '0.00000000000000001',
  '1e18',
  '1e300',
  '1e4932',
  '-1e4932',
  '1e5000',
  '1e-5000',
  'inf',
  '-inf',
  'nan',
  '+5',
  '.5',
  '5.',
  '0x10',
  '0x1.8p3',
  'abc',
  '',
  ' 1',
  '1 ',
  '1e',
  '18446744073709551615',
  '0.3333333333333333333333',
  '1e-4940',
];
const scores = [
  '0',
  '1',
  '2',
  '3',
  '-1',
  '1.5',
  '0.1',
  '-0',
  'inf',
  '-inf',
  '+inf',
  '5',
  '1e3',
  '3.14159265358979',
  '9007199254740993',
  '1e17',
  '123456789012345678',
];
const oddScores = [
  'nan',
  '',
  'abc',
  ' 1',
  '1 ',
  '1e400',
  '1e-400',
  '5e-324',
  '0x1.8p3',
  '0x',
  '.5',
  '5.',
  'infinity',
  '1e',
  '0x10',
];
const scoreBounds = ['-inf', '+inf', '(1', '(0', '1', '0', '2', '(2', '3', '-1', '(-inf', '(+inf', '1.5'];
const oddBounds = ['', '(', ' 1', '1 ', '(nan', 'x', '1e400', '1\0x', '((1', '0x1'];
const lexBounds = [
  '-',
  '+',
  '[a',
  '(a',
  '[b',
  '(b',
  '[c',
  '[',
  '(',
  '[0',
  '(5',
  '[hello world',
  '(x',
  '[aab',
];
const oddLexBounds = ['', 'a', '-x', '+\0', '1', '--'];
const patterns = [
  '*',
  '?',
  '??',
  's*',
  '*1',
  '[se]0',
  '[^s]*',
  '\\s0',
  '[a-z]?',
  '[z-a]0',
  'h[0-1',
  '',
  's\\',
  '**',
  '*?*',
  '[',
  '[]*',
];

export class Generator {
  readonly #draw: Draw;
  readonly #profile: Profile;

  constructor(draw: Draw, profile: Profile) {
    this.#draw = draw;
    this.#profile = profile;
  }

  #below(n: number): number {
    return Math.floor(this.#draw() * n);
  }

  #chance(p: number): boolean {
    return this.#draw() < p;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)]!;
  }

  #some(from: () => string, most = 4): string[] {
    return Array.from({ length: 1 + this.#below(most) }, from);
  }

  #key(type?: string): string {
    return type !== undefined && this.#chance(0.9) ? this.#pick(names[type]!) : this.#pick(allNames);
  }

  #value = (): string => this.#pick(values);

  #index(): string {
    return this.#chance(0.8) ? this.#pick(smallIntegers) : this.#pick(integers);
  }

  /** RANK -2^63 cannot be negated in 64 bits: Redis 7.0 takes it for -1, by accident; later ones refuse it. */
  #rank(): string {
    const index = this.#index();
    return index === '-9223372036854775808' ? '-2' : index;
  }

  #case(word: string): string {
    return this.#chance(0.2) ? word.toLowerCase() : word;
  }

  /** Seconds or milliseconds, relative or not, each far from every other so that comparisons are not races. */
  #time(unit: 'EX' | 'PX' | 'EXAT' | 'PXAT'): string {
    // Beyond a double, and mostly beyond 64 bits, too.
    const far = {
      EX: ['9223372036854775', '9223372036854776', '9223372036854775807'],
      PX: ['9223372036854775807'],
      EXAT: ['9223372036854775', '9223372036854776', '9223372036854775807'],
      PXAT: ['9007199254740993', '9223372036854775806', '9223372036854775807'],
    }[unit];
    if (this.#chance(0.06))
      return this.#pick(['0', '-1', '-9223372036854775808', 'abc', '', '1.5', '-9223372036854776', ...far]);
    if (this.#profile.pastExpiries && unit.endsWith('AT') && this.#chance(0.4))
      return this.#pick(['1', '1000', '1500000000']);
    const seconds = 1_000_000 + this.#below(1_000_000) * 600 + (unit.endsWith('AT') ? 4_000_000_000 : 0);
    return String(unit.startsWith('PX') ? seconds * 1000 : seconds);
  }

  #expiryOption(): string[] {
    const unit = this.#pick(['EX', 'PX', 'EXAT', 'PXAT'] as const);
    return [this.#case(unit), this.#time(unit)];
  }

  next(): string[] {
    const words = this.#any();
    if (this.#chance(0.02)) words.pop();
    else if (this.#chance(0.01)) words.push(this.#value());
    if (words.length === 0) return ['DBSIZE'];
    words[0] = this.#case(words[0]!);
    return words;
  }

  #of(family: Family): string[] {
    switch (family) {
      case 'string':
        return this.#string();
      case 'bits':
        return this.#bits();
      case 'hll':
        return this.#hll();
      case 'sort':
        return this.#sort();
      case 'list':
        return this.#list();
      case 'set':
        return this.#set();
      case 'hash':
        return this.#hash();
      case 'zset':
        return this.#zset();
      case 'geo':
        return this.#geo();
      case 'generic':
        return this.#generic();
    }
  }

  #any(): string[] {
    const { mostly } = this.#profile;
    if (mostly !== undefined && this.#chance(0.75)) return this.#of(mostly);
    const family = this.#draw();
    if (family < 0.12) return this.#string();
    if (family < 0.18) return this.#bits();
    if (family < 0.22) return this.#hll();
    if (family < 0.25) return this.#sort();
    if (family < 0.38) return this.#list();
    if (family < 0.56) return this.#set();
    if (family < 0.72) return this.#hash();
    if (family < 0.84) return this.#zset();
    if (family < 0.89) return this.#geo();
    return this.#generic();
  }

  #string(): string[] {
    const key = () => this.#key('string');
    switch (this.#below(26)) {
      case 0:
      case 1:
        return ['SET', key(), this.#value()];
      case 2:
      case 3: {
        const options: string[] = [];
        for (let i = this.#below(3); i >= 0; i--) {
          const pick = this.#below(6);
          if (pick < 2) options.push(...this.#expiryOption());
          else
            options.push(
              this.#case(
                this.#pick(
                  ['NX', 'XX', 'GET', 'KEEPTTL', 'PERSIST', 'EX'].slice(0, this.#chance(0.8) ? 4 : 6),
                ),
              ),
            );
        }
        return ['SET', key(), this.#value(), ...options];
      }
      case 4:
        return ['SETNX', key(), this.#value()];
      case 5:
        return ['SETEX', key(), this.#time('EX'), this.#value()];
      case 6:
        return ['PSETEX', key(), this.#time('PX'), this.#value()];
      case 7:
        return ['GETSET', key(), this.#value()];
      case 8:
        return ['GETDEL', key()];
      case 9:
      case 10: {
        const option = this.#below(4);
        return ['GETEX', key(), ...(option === 0 ? [] : option === 1 ? ['PERSIST'] : this.#expiryOption())];
      }
      case 11:
        return ['MGET', ...this.#some(() => this.#key('string'))];
      case 12:
        return ['MSET', ...this.#some(key, 3).flatMap((k) => [k, this.#value()])];
      case 13:
        return ['MSETNX', ...this.#some(key, 2).flatMap((k) => [k, this.#value()])];
      case 14:
        return ['APPEND', key(), this.#value()];
      case 15:
        return ['STRLEN', key()];
      case 16:
        return [this.#pick(['INCR', 'DECR']), key()];
      case 17:
        return [this.#pick(['INCRBY', 'DECRBY']), key(), this.#pick(integers)];
      case 18:
      case 19:
        return ['INCRBYFLOAT', key(), this.#pick(floats)];
      case 20:
        return [this.#pick(['GETRANGE', 'SUBSTR']), key(), this.#index(), this.#index()];
      case 21:
        return [
          'SETRANGE',
          key(),
          this.#pick(['0', '1', '5', '20', '-1', 'x', '536870912', '9223372036854775807', '']),
          this.#value(),
        ];
      case 22: {
        const options = this.#pick([
          [],
          ['LEN'],
          ['IDX'],
          ['IDX', 'WITHMATCHLEN'],
          ['IDX', 'MINMATCHLEN', '2'],
          ['LEN', 'IDX'],
          ['FOO'],
          ['MINMATCHLEN'],
        ]);
        return ['LCS', key(), key(), ...options];
      }
      case 23:
        return ['SET', key(), this.#pick(floats)];
      default:
        return ['GET', key()];
    }
  }

  #bitOffset(): string {
    return this.#chance(0.9)
      ? String(this.#below(this.#chance(0.8) ? 40 : 400))
      : this.#pick(['4294967296', '-1', 'x', '', '01', '9223372036854775807']);
  }

  #bits(): string[] {
    const key = () => this.#key('bits');
    const unit = (): string[] =>
      this.#chance(0.5) ? [this.#case(this.#chance(0.95) ? this.#pick(['BYTE', 'BIT']) : 'WORD')] : [];
    switch (this.#below(14)) {
      case 0:
      case 1:
      case 2:
        return [
          'SETBIT',
          key(),
          this.#bitOffset(),
          this.#chance(0.95) ? this.#pick(['0', '1']) : this.#pick(['2', '-1', 'x']),
        ];
      case 3:
        return ['GETBIT', key(), this.#bitOffset()];
      case 4:
      case 5:
        return this.#chance(0.2)
          ? ['BITCOUNT', key(), ...(this.#chance(0.2) ? ['1'] : [])]
          : ['BITCOUNT', key(), this.#index(), this.#index(), ...unit()];
      case 6:
      case 7: {
        const range = this.#pick([[], [this.#index()], [this.#index(), this.#index(), ...unit()]]);
        return [
          'BITPOS',
          key(),
          this.#chance(0.95) ? this.#pick(['0', '1']) : this.#pick(['2', 'x']),
          ...range,
        ];
      }
      case 8:
      case 9: {
        const operation = this.#pick(['AND', 'OR', 'XOR', 'NOT', 'XOR', 'NAND']);
        return [
          'BITOP',
          this.#case(operation),
          key(),
          ...(operation === 'NOT' && this.#chance(0.9) ? [key()] : this.#some(key, 3)),
        ];
      }
      default:
        return [
          this.#pick(['BITFIELD', 'BITFIELD', 'BITFIELD', 'BITFIELD_RO']),
          key(),
          ...this.#bitfieldWords(),
        ];
    }
  }

  #bitfieldWords(): string[] {
    const type = () =>
      this.#chance(0.95)
        ? this.#pick(['u1', 'i1', 'u2', 'i3', 'u8', 'i8', 'u16', 'i16', 'u63', 'i64', 'i63', 'u7', 'i33'])
        : this.#pick(['u64', 'i65', 'u0', 'x8', 'u', '', 'u08']);
    const offset = () => (this.#chance(0.3) ? `#${this.#below(9)}` : this.#bitOffset());
    const operand = () =>
      this.#pick(
        this.#chance(0.7) ? smallIntegers : integers.filter((one) => !one.startsWith('-9223372036854775')),
      );
    const words: string[] = [];
    for (let i = this.#below(4); i >= 0; i--) {
      const kind = this.#below(10);
      if (kind < 3) words.push(this.#case('GET'), type(), offset());
      else if (kind < 6) words.push(this.#case('SET'), type(), offset(), operand());
      else if (kind < 8) words.push(this.#case('INCRBY'), type(), offset(), operand());
      else if (kind < 9) words.push('OVERFLOW', this.#case(this.#pick(['WRAP', 'SAT', 'SAT', 'BEND'])));
      // A string that only operations that fail have let grow is not logged by Redis; this one grows it.
      else words.push('SET', 'u1', '800', '1', 'OVERFLOW', 'FAIL', 'INCRBY', type(), offset(), operand());
    }
    if (this.#chance(0.02)) words.push('FOO');
    return words;
  }

  #hll(): string[] {
    const key = () => (this.#chance(0.9) ? this.#pick(hllNames) : this.#key());
    // Never another: bits of that are changed by others, and what becomes of a damaged one is nobody's business.
    const own = () => this.#pick(hllNames);
    if (this.#chance(0.03))
      return this.#pick([
        ['SET', own(), 'x'],
        ['RPUSH', own(), 'x'],
        ['DEL', own()],
        ['DEL', ...hllNames],
      ]);
    const element = () => (this.#chance(0.5) ? this.#value() : `m${this.#below(500_000)}`);
    switch (this.#below(10)) {
      case 0:
      case 1:
      case 2:
        return ['PFADD', own(), ...this.#some(element, 6)];
      case 3:
        // Many, so that some become dense.
        return ['PFADD', own(), ...Array.from({ length: 900 }, element)];
      case 4:
        return ['PFADD', own()];
      case 5:
        return ['PFCOUNT', key()];
      case 6:
        return ['PFCOUNT', ...this.#some(key, 3)];
      case 7:
        return ['PFMERGE', own(), ...this.#some(key, 3).slice(1)];
      case 8:
        return ['PFDEBUG', this.#pick(['ENCODING', 'DECODE', 'TODENSE', 'GETREG', 'FOO']), key()];
      default:
        return ['GET', key()];
    }
  }

  #sort(): string[] {
    // SORT leaves a small sorted set large, and then ZSCAN writes its scores otherwise: those whose scores are all 0.
    const wrong = () => this.#pick(['s0', 'h0', 'none', '']);
    const key = () =>
      this.#chance(0.1)
        ? wrong()
        : this.#chance(0.2)
          ? this.#pick(lexNames)
          : this.#pick([...names['list']!, ...names['set']!]);
    const pattern = () =>
      this.#pick(['*', 's*', 's*', 'nothing', '#', 'h*->f', 'h*->1', 'h*->', 's*x', 'none*', '->*', '*->f']);
    // Numbers are sort.test.ts's: what SORT of Redis says to them hangs on the errno of any command before it.
    const options = [this.#case('ALPHA')];
    if (this.#chance(0.4)) options.push(this.#case(this.#pick(['ASC', 'DESC'])));
    if (this.#chance(0.4)) options.push(this.#case('LIMIT'), this.#index(), this.#index());
    const gets = this.#chance(0.3);
    if (gets) options.push(...this.#some(pattern, 2).flatMap((one) => [this.#case('GET'), one]));
    if (this.#chance(0.03)) options.push('FOO');
    // A value with a zero byte must not get into a list: without STORE, Redis looks no further than that.
    if (!gets && this.#chance(0.4))
      options.push(this.#case('STORE'), this.#key(this.#chance(0.7) ? 'list' : undefined));
    const name = this.#chance(0.8) ? 'SORT' : 'SORT_RO';
    return [name, key(), ...options];
  }

  #end(): string {
    return this.#case(this.#chance(0.95) ? this.#pick(['LEFT', 'RIGHT']) : 'MIDDLE');
  }

  #list(): string[] {
    const key = () => this.#key('list');
    switch (this.#below(18)) {
      case 0:
      case 1:
      case 2:
        return [
          this.#pick(['LPUSH', 'RPUSH', 'LPUSH', 'RPUSH', 'LPUSHX', 'RPUSHX']),
          key(),
          ...this.#some(this.#value),
        ];
      case 3:
        return [this.#pick(['LPOP', 'RPOP']), key()];
      case 4:
        return [
          this.#pick(['LPOP', 'RPOP']),
          key(),
          this.#chance(0.8) ? this.#pick(['0', '1', '2', '3']) : this.#pick(integers),
        ];
      case 5:
        return ['LLEN', key()];
      case 6:
      case 7:
        return ['LRANGE', key(), this.#index(), this.#index()];
      case 8:
        return ['LINDEX', key(), this.#index()];
      case 9:
        return ['LSET', key(), this.#index(), this.#value()];
      case 10:
        return [
          'LINSERT',
          key(),
          this.#case(this.#pick(['BEFORE', 'AFTER', 'BEFORE', 'AFTER', 'NEAR'])),
          this.#value(),
          this.#value(),
        ];
      case 11:
        return ['LREM', key(), this.#index(), this.#value()];
      case 12:
        return [
          'LTRIM',
          key(),
          this.#pick(['0', '1', '-3', '-5', 'x', '-9223372036854775808']),
          this.#pick(['-1', '-2', '3', '5', '0', '9223372036854775807']),
        ];
      case 13:
      case 14: {
        const options: string[] = [];
        for (let i = this.#below(3); i > 0; i--)
          options.push(
            this.#case(this.#pick(['RANK', 'COUNT', 'MAXLEN', 'RANK', 'COUNT', 'FOO'])),
            this.#rank(),
          );
        return ['LPOS', key(), this.#value(), ...options];
      }
      case 15:
        return ['LMOVE', key(), key(), this.#end(), this.#end()];
      case 16:
        return ['RPOPLPUSH', key(), key()];
      default: {
        const keys = this.#some(key, 3);
        const count = this.#below(3);
        const numkeys = this.#chance(0.9) ? String(keys.length) : this.#pick(integers);
        return [
          'LMPOP',
          numkeys,
          ...keys,
          this.#end(),
          ...(count === 0 ? [] : [this.#case('COUNT'), count === 1 ? '2' : this.#index()]),
        ];
      }
    }
  }

  #set(): string[] {
    const key = () => this.#key('set');
    switch (this.#below(17)) {
      case 0:
      case 1:
      case 2:
        return ['SADD', key(), ...this.#some(this.#value, 6)];
      case 3:
        return ['SREM', key(), ...this.#some(this.#value)];
      case 4:
        return ['SISMEMBER', key(), this.#value()];
      case 5:
        return ['SMISMEMBER', key(), ...this.#some(this.#value)];
      case 6:
        return ['SMEMBERS', key()];
      case 7:
        return ['SCARD', key()];
      case 8:
        return ['SPOP', key()];
      case 9:
        return [
          'SPOP',
          key(),
          this.#chance(0.8)
            ? this.#pick(['0', '1', '2', '3', '5'])
            : this.#pick(['-1', 'x', '9223372036854775807', '9223372036854775808']),
        ];
      case 10:
        return [
          'SRANDMEMBER',
          key(),
          ...(this.#chance(0.3)
            ? []
            : [
                this.#pick([
                  '0',
                  '1',
                  '2',
                  '3',
                  '-3',
                  '-7',
                  '100',
                  'x',
                  '-9223372036854775808',
                  '9223372036854775807',
                ]),
              ]),
        ];
      case 11:
        return ['SMOVE', key(), key(), this.#value()];
      case 12:
      case 13:
        return [this.#pick(['SINTER', 'SUNION', 'SDIFF']), ...this.#some(key, 3)];
      case 14:
        return [this.#pick(['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE']), key(), ...this.#some(key, 3)];
      case 15: {
        const keys = this.#some(key, 3);
        const numkeys = this.#chance(0.9) ? String(keys.length) : this.#pick(integers);
        return [
          'SINTERCARD',
          numkeys,
          ...keys,
          ...(this.#chance(0.5) ? [] : [this.#case('LIMIT'), this.#index()]),
        ];
      }
      default:
        return [
          'SSCAN',
          key(),
          this.#chance(0.9) ? '0' : this.#pick(['x', '', '-1', ' 1', '1 ', '18446744073709551616']),
          'COUNT',
          '1000',
          ...this.#scanOptions(),
        ];
    }
  }

  #scanOptions(): string[] {
    const options: string[] = [];
    if (this.#chance(0.4)) options.push(this.#case('MATCH'), this.#pick([...patterns, 'a*', '[0-9]*', 'b']));
    if (this.#chance(0.05)) options.push('COUNT', this.#pick(['0', '-1', 'x', '500']));
    if (this.#chance(0.03)) options.push('FOO', 'x');
    return options;
  }

  #hash(): string[] {
    const key = () => this.#key('hash');
    const field = () => this.#pick(['f', 'g', 'h', '', '1', 'n']);
    switch (this.#below(18)) {
      case 0:
      case 1:
      case 2:
        return [
          this.#pick(['HSET', 'HSET', 'HMSET']),
          key(),
          ...this.#some(field).flatMap((f) => [f, this.#value()]),
        ];
      case 3:
        return ['HSETNX', key(), field(), this.#value()];
      case 4:
        return ['HGET', key(), field()];
      case 5:
        return ['HMGET', key(), ...this.#some(field)];
      case 6:
        return ['HGETALL', key()];
      case 7:
        return ['HDEL', key(), ...this.#some(field)];
      case 8:
        return ['HLEN', key()];
      case 9:
        return ['HSTRLEN', key(), field()];
      case 10:
        return [this.#pick(['HKEYS', 'HVALS']), key()];
      case 11:
        return ['HEXISTS', key(), field()];
      case 12:
      case 13:
        return ['HINCRBY', key(), field(), this.#pick(integers)];
      case 14:
        return ['HINCRBYFLOAT', key(), field(), this.#pick(floats)];
      case 15:
        return [
          'HRANDFIELD',
          key(),
          ...(this.#chance(0.3)
            ? []
            : [
                this.#pick([
                  '0',
                  '1',
                  '2',
                  '3',
                  '-3',
                  '-7',
                  '100',
                  'x',
                  '-9223372036854775808',
                  '9223372036854775807',
                  '4611686018427387904',
                  '4611686018427387903',
                ]),
              ]),
        ];
      case 16: {
        const withValues = this.#chance(0.9) ? 'WITHVALUES' : 'WITH';
        return [
          'HRANDFIELD',
          key(),
          this.#pick([
            '0',
            '1',
            '2',
            '-3',
            '100',
            'x',
            '-9223372036854775808',
            '9223372036854775807',
            '4611686018427387904',
          ]),
          this.#case(withValues),
        ];
      }
      default:
        return [
          'HSCAN',
          key(),
          this.#chance(0.9) ? '0' : this.#pick(['x', '', '-1', ' 1', '1 ', '18446744073709551616']),
          'COUNT',
          '1000',
          ...this.#scanOptions(),
        ];
    }
  }

  #score = (): string => (this.#chance(0.96) ? this.#pick(scores) : this.#pick(oddScores));

  #scoreBound = (): string => (this.#chance(0.96) ? this.#pick(scoreBounds) : this.#pick(oddBounds));

  #lexBound = (): string => (this.#chance(0.96) ? this.#pick(lexBounds) : this.#pick(oddLexBounds));

  #limit(): string[] {
    return this.#chance(0.3) ? [this.#case('LIMIT'), this.#index(), this.#index()] : [];
  }

  /** Ranges by member, of keys that nothing else is done with: a string now and then, for the wrong type. */
  #lex(): string[] {
    const key = () => this.#pick(lexNames);
    if (this.#chance(0.03))
      return this.#pick([
        ['SET', key(), 'x'],
        ['DEL', ...lexNames],
      ]);
    const bounds = [this.#lexBound(), this.#lexBound()];
    switch (this.#below(9)) {
      case 0:
      case 1:
      case 2:
        return ['ZADD', key(), ...this.#some(this.#value, 6).flatMap((member) => ['0', member])];
      case 3:
        return ['ZREMRANGEBYLEX', key(), ...bounds];
      case 4:
        return ['ZLEXCOUNT', key(), ...bounds];
      case 5:
        return [this.#pick(['ZRANGEBYLEX', 'ZREVRANGEBYLEX']), key(), ...bounds, ...this.#limit()];
      case 6: {
        const options = [
          this.#case('BYLEX'),
          ...(this.#chance(0.4) ? [this.#case('REV')] : []),
          ...this.#limit(),
        ];
        return ['ZRANGESTORE', this.#key('zset'), key(), ...bounds, ...options];
      }
      default: {
        const options = [
          this.#case('BYLEX'),
          ...(this.#chance(0.4) ? [this.#case('REV')] : []),
          ...this.#limit(),
        ];
        if (this.#chance(0.05)) options.push(this.#pick(['WITHSCORES', 'BYSCORE', 'FOO']));
        return ['ZRANGE', key(), ...bounds, ...options];
      }
    }
  }

  #zset(): string[] {
    const key = () => this.#key('zset');
    const add = (): string[] => {
      const options: string[] = [];
      if (this.#chance(0.4))
        options.push(
          ...this.#some(() => this.#case(this.#pick(['NX', 'XX', 'GT', 'LT', 'CH', 'CH', 'INCR'])), 2),
        );
      const pairs = options.some((option) => /incr/i.test(option)) ? 1 : 5;
      const score = this.#chance(0.3) ? () => '0' : this.#score;
      return ['ZADD', key(), ...options, ...this.#some(this.#value, pairs).flatMap((m) => [score(), m])];
    };
    switch (this.#below(30)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return add();
      case 5:
        return ['ZINCRBY', key(), this.#score(), this.#value()];
      case 6:
        return ['ZREM', key(), ...this.#some(this.#value)];
      case 7:
        return this.#pick([
          ['ZREMRANGEBYRANK', key(), this.#index(), this.#index()],
          ['ZREMRANGEBYSCORE', key(), this.#scoreBound(), this.#scoreBound()],
        ]);
      case 8:
      case 9:
      case 10: {
        const byScore = this.#chance(0.5);
        const options = byScore ? [this.#case('BYSCORE')] : [];
        const bounds = byScore ? [this.#scoreBound(), this.#scoreBound()] : [this.#index(), this.#index()];
        if (this.#chance(0.4)) options.push(this.#case('REV'));
        if (this.#chance(0.5)) options.push(this.#case('WITHSCORES'));
        if (this.#chance(0.03)) options.push('FOO');
        if (byScore || this.#chance(0.1)) options.push(...this.#limit());
        return ['ZRANGE', key(), ...bounds, ...options];
      }
      case 11: {
        const byScore = this.#chance(0.5);
        const options = byScore ? [this.#case('BYSCORE'), ...this.#limit()] : [];
        const bounds = byScore ? [this.#scoreBound(), this.#scoreBound()] : [this.#index(), this.#index()];
        if (this.#chance(0.3)) options.push(this.#case('REV'));
        if (this.#chance(0.05)) options.push('WITHSCORES');
        return ['ZRANGESTORE', key(), key(), ...bounds, ...options];
      }
      case 12:
      case 13: {
        const withScores = this.#chance(0.5) ? [this.#case('WITHSCORES')] : [];
        const name = this.#pick(['ZRANGEBYSCORE', 'ZREVRANGEBYSCORE']);
        return [name, key(), this.#scoreBound(), this.#scoreBound(), ...withScores, ...this.#limit()];
      }
      case 14:
      case 18:
        return this.#lex();
      case 15: {
        const withScores = this.#chance(0.5) ? [this.#case('WITHSCORES')] : [];
        return ['ZREVRANGE', key(), this.#index(), this.#index(), ...withScores];
      }
      case 16:
        return ['ZCARD', key()];
      case 17:
        return ['ZCOUNT', key(), this.#scoreBound(), this.#scoreBound()];
      case 19:
        return this.#chance(0.5)
          ? ['ZSCORE', key(), this.#value()]
          : ['ZMSCORE', key(), ...this.#some(this.#value)];
      case 20:
        return [this.#pick(['ZRANK', 'ZREVRANK']), key(), this.#value()];
      case 21: {
        const count = this.#chance(0.8) ? this.#pick(['0', '1', '2', '3']) : this.#pick(integers);
        return [this.#pick(['ZPOPMIN', 'ZPOPMAX']), key(), ...(this.#chance(0.5) ? [] : [count])];
      }
      case 22: {
        const keys = this.#some(key, 3);
        const numkeys = this.#chance(0.9) ? String(keys.length) : this.#pick(integers);
        const count = this.#chance(0.5) ? [] : [this.#case('COUNT'), this.#chance(0.7) ? '2' : this.#index()];
        return [
          'ZMPOP',
          numkeys,
          ...keys,
          this.#case(this.#pick(['MIN', 'MAX', 'MIN', 'MAX', 'MID'])),
          ...count,
        ];
      }
      case 23: {
        const count = this.#pick([
          '0',
          '1',
          '2',
          '-3',
          '100',
          'x',
          '-9223372036854775808',
          '4611686018427387904',
        ]);
        const withScores = this.#case(this.#chance(0.9) ? 'WITHSCORES' : 'WITH');
        return ['ZRANDMEMBER', key(), ...this.#pick([[], [count], [count, withScores]])];
      }
      case 24:
        return [
          'ZSCAN',
          key(),
          this.#chance(0.9) ? '0' : this.#pick(['x', '', '-1', ' 1', '1 ', '18446744073709551616']),
          'COUNT',
          '1000',
          ...this.#scanOptions(),
        ];
      default:
        return this.#zsetAlgebra();
    }
  }

  #zsetAlgebra(): string[] {
    const key = () => (this.#chance(0.15) ? this.#key('set') : this.#key('zset'));
    const name = this.#pick([
      'ZUNION',
      'ZINTER',
      'ZDIFF',
      'ZUNIONSTORE',
      'ZINTERSTORE',
      'ZDIFFSTORE',
      'ZINTERCARD',
    ]);
    const keys = this.#some(key, 3);
    const numkeys = this.#chance(0.95) ? String(keys.length) : this.#pick(integers);
    const options: string[] = [];
    if (name === 'ZINTERCARD') {
      if (this.#chance(0.5)) options.push(this.#case('LIMIT'), this.#index());
    } else {
      const mayWeigh = !name.startsWith('ZDIFF') || this.#chance(0.05);
      if (mayWeigh && this.#chance(0.4)) {
        const weight = () =>
          this.#pick(
            ['1', '2', '-1', '0.5', '0', 'inf', '-inf', '3', 'x', '1e3'].slice(
              0,
              this.#chance(0.95) ? 8 : 10,
            ),
          );
        options.push(this.#case('WEIGHTS'), ...keys.map(weight));
      }
      if (mayWeigh && this.#chance(0.4))
        options.push(
          this.#case('AGGREGATE'),
          this.#case(this.#pick(['SUM', 'MIN', 'MAX', 'MIN', 'MAX', 'AVG'])),
        );
      if (this.#chance(name.endsWith('STORE') ? 0.03 : 0.6)) options.push(this.#case('WITHSCORES'));
    }
    return [name, ...(name.endsWith('STORE') ? [this.#key('zset')] : []), numkeys, ...keys, ...options];
  }

  #coordinates(): string[] {
    if (this.#chance(0.03))
      return this.#pick([
        ['180', (this.#draw() * 85).toFixed(6)],
        ['-180', (this.#draw() * -85).toFixed(6)],
        [(this.#draw() * 180).toFixed(6), '85.05112878'],
        [(this.#draw() * -180).toFixed(6), '-85.05112878'],
        ['181', '0'],
        ['0', '-86'],
        ['x', '0'],
        ['0', ''],
        ['nan', '0'],
        ['inf', '1'],
      ]);
    // Many in one town, so that small circles hold some; the rest anywhere.
    const isNear = this.#chance(0.6);
    const longitude = isNear ? 13 + this.#draw() * 0.2 : -180 + this.#draw() * 360;
    const latitude = isNear ? 52 + this.#draw() * 0.2 : -85 + this.#draw() * 170;
    // Never twice the same place: which of two equally far ones COUNT leaves out is anybody's guess.
    return [longitude.toFixed(5 + this.#below(3)), latitude.toFixed(5 + this.#below(3))];
  }

  #radius(): string {
    if (this.#chance(0.03)) return this.#pick(['-1', 'x', '', 'inf', '1e300', '-0']);
    return (10 ** this.#below(5) * this.#draw()).toFixed(3);
  }

  #unit(): string {
    return this.#chance(0.97) ? this.#pick(['m', 'km', 'KM', 'ft', 'mi', 'km', 'km']) : 'mm';
  }

  #geoOptions(mayStore: boolean): string[] {
    const options: string[] = [];
    for (const name of ['WITHDIST', 'WITHHASH', 'WITHCOORD'])
      if (this.#chance(mayStore ? 0.03 : 0.3)) options.push(this.#case(name));
    if (this.#chance(0.4)) options.push(this.#pick(['ASC', 'DESC']));
    if (this.#chance(0.3))
      options.push(
        this.#case('COUNT'),
        this.#chance(0.9) ? this.#pick(['1', '2', '3', '100']) : this.#index(),
      );
    if (this.#chance(0.1)) options.push('ANY');
    return options;
  }

  #geo(): string[] {
    const key = () => this.#key('geo');
    const member = () => `p${this.#below(12)}`;
    switch (this.#below(12)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const options = this.#chance(0.3) ? [this.#case(this.#pick(['NX', 'XX', 'CH', 'CH', 'GT']))] : [];
        return [
          'GEOADD',
          key(),
          ...options,
          ...this.#some(member, 3).flatMap((m) => [...this.#coordinates(), m]),
        ];
      }
      case 4:
        return [this.#pick(['GEOPOS', 'GEOHASH']), key(), ...this.#some(member)];
      case 5:
      case 6:
        return ['GEODIST', key(), member(), member(), ...(this.#chance(0.6) ? [this.#unit()] : [])];
      case 7: {
        const isStored = this.#chance(0.3);
        const options = this.#geoOptions(isStored);
        if (isStored) options.push(this.#case(this.#pick(['STORE', 'STOREDIST'])), this.#key('zset'));
        return [
          this.#pick(['GEORADIUS', 'GEORADIUS', 'GEORADIUS_RO']),
          key(),
          ...this.#coordinates(),
          this.#radius(),
          this.#unit(),
          ...options,
        ];
      }
      case 8: {
        const isStored = this.#chance(0.3);
        const options = this.#geoOptions(isStored);
        if (isStored) options.push(this.#case(this.#pick(['STORE', 'STOREDIST'])), this.#key('zset'));
        return [
          this.#pick(['GEORADIUSBYMEMBER', 'GEORADIUSBYMEMBER_RO']),
          key(),
          member(),
          this.#radius(),
          this.#unit(),
          ...options,
        ];
      }
      default: {
        const isStored = this.#chance(0.25);
        const from = this.#chance(0.5) ? ['FROMMEMBER', member()] : ['FROMLONLAT', ...this.#coordinates()];
        const by = this.#chance(0.5)
          ? ['BYRADIUS', this.#radius(), this.#unit()]
          : ['BYBOX', this.#radius(), this.#radius(), this.#unit()];
        const options = [...from, ...by, ...this.#geoOptions(isStored)];
        if (this.#chance(0.03))
          options.push(...this.#pick([from, by, ['FOO'], ['STOREDIST'], ['STORE', 'x']]));
        if (!isStored) return ['GEOSEARCH', key(), ...options];
        if (this.#chance(0.4)) options.push(this.#case('STOREDIST'));
        return ['GEOSEARCHSTORE', this.#key('zset'), key(), ...options];
      }
    }
  }

  #generic(): string[] {
    const key = () => this.#key();
    switch (this.#below(28)) {
      case 0:
        return [this.#pick(['DEL', 'UNLINK']), ...this.#some(key, 2)];
      case 1:
        return [this.#pick(['EXISTS', 'TOUCH']), ...this.#some(key)];
      case 2:
        return ['TYPE', key()];
      case 3:
        return ['KEYS', this.#pick(patterns)];
      case 4:
        return [
          'SCAN',
          this.#chance(0.8) ? '0' : this.#pick(['x', '', ' 1', '1 ', '18446744073709551616']),
          'COUNT',
          '1000',
          ...this.#scanOptions(),
          ...(this.#chance(0.3)
            ? ['TYPE', this.#pick(['string', 'list', 'SET', 'hash', 'zset', 'foo'])]
            : []),
        ];
      case 5:
        return this.#profile.pastExpiries ? ['DBSIZE'] : ['RANDOMKEY'];
      case 6:
      case 7:
        return [this.#pick(['RENAME', 'RENAMENX']), key(), key()];
      case 8:
      case 9: {
        const options: string[] = [];
        if (this.#chance(0.5)) options.push(this.#case('REPLACE'));
        if (this.#chance(0.4))
          options.push(
            this.#case('DB'),
            this.#pick(['0', '1', '2', '1', '2', '16', '-1', 'x', '99999999999']),
          );
        if (this.#chance(0.03)) options.push('FOO');
        return ['COPY', key(), key(), ...options];
      }
      case 10:
        return ['MOVE', key(), this.#pick(['0', '1', '2', '1', '2', '16', '-1', 'x', '99999999999'])];
      case 11:
        return ['DBSIZE'];
      case 12:
        return this.#chance(0.1)
          ? [this.#pick(['FLUSHDB', 'FLUSHALL']), ...this.#pick([[], ['ASYNC'], ['SYNC'], ['FOO']])]
          : ['DBSIZE'];
      case 13:
        return [
          'SWAPDB',
          this.#pick(['0', '1', '2', '16', '-1', 'x', '99999999999']),
          this.#pick(['0', '1', '2', '16', 'y']),
        ];
      case 14:
        return [
          'OBJECT',
          this.#pick(['IDLETIME', 'ENCODING', 'encoding', 'FREQ', 'FOO', 'encoding|x']),
          ...this.#some(key, 1),
        ];
      case 15:
      case 16:
      case 17:
      case 18: {
        const unit = this.#pick(['EX', 'PX', 'EXAT', 'PXAT'] as const);
        const name = { EX: 'EXPIRE', PX: 'PEXPIRE', EXAT: 'EXPIREAT', PXAT: 'PEXPIREAT' }[unit];
        const options = this.#chance(0.5)
          ? this.#some(() => this.#case(this.#pick(['NX', 'XX', 'GT', 'LT'])), 2)
          : [];
        if (this.#chance(0.03)) options.push('FOO');
        return [name, key(), this.#time(unit), ...options];
      }
      case 19:
      case 20:
        return [this.#pick(['TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME']), key()];
      case 21:
        return ['PERSIST', key()];
      case 22:
      case 23:
        return ['SELECT', this.#pick(['0', '0', '0', '1', '2'])];
      default:
        return ['EXISTS', key()];
    }
  }
}
