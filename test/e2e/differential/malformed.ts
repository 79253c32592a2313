/**
 * Commands whose words are strewn: every command of keys, with too few words and too many, options in any order, twice, or of
 * another command, numbers where names belong. Most of them fail, and what counts is how; what fails not must do the same.
 * Those that would wait are asked inside of a transaction.
 */
import { keyspaceCommands } from '../../../src/commands/table.ts';
import type { Draw } from '../../unit/commands/support/generate.ts';

type Words = readonly string[];

/**
 * Not drawn: those of later versions, those that other families have by themselves since their replies hang on chance or on
 * what came before, and what PFDEBUG does to a value that nobody else may touch.
 */
const leftOut =
  /^(h?p?expire(at|time)?$|hp?expire|hp?ttl|hpersist|sort|pfdebug|pfselftest|spop|restore-asking|dump|flush|scan$)/;
const waits = /^(b[lrz](pop|move|mpop|poplpush|popmin|popmax)|xread)/;

const names = [...keyspaceCommands.keys()].filter((name) => !leftOut.test(name));

/** Keys by what mostly stands under them, and one that has another type, or none. */
const keysOf = (name: string): Words => {
  if (name.startsWith('pf')) return ['p0', 'p1', 'l0', 'none'];
  // Ranges by member are defined among equal scores alone.
  if (name.includes('lex')) return ['p0', 'absent'];
  if (name.startsWith('geo')) return ['g0', 'g1', 'l0', 'none'];
  if (name.startsWith('z') || name.startsWith('bz')) return ['z0', 'z1', 'z2', 'e0', 'l0', 'none'];
  if (name.startsWith('x')) return ['x0', 'x1', 'l0', 'none'];
  if (name.startsWith('h')) return ['h0', 'h1', 'l0', 'none'];
  if (/^s(inter|union|diff|add|rem|move|is|mis|mem|card|rand|scan)/.test(name))
    return ['e0', 'e1', 'e2', 'l0', 'none'];
  if (/^b?[lr](push|pop|len|range|trim|index|set|insert|rem|pos|move|mpop)/.test(name))
    return ['l0', 'l1', 'e0', 'none'];
  if (/^(set|get|append|str|incr|decr|mset|mget|psetex|bit|lcs|sub)/.test(name))
    return ['s0', 's1', 's2', 'l0', 'none'];
  return ['s0', 'l0', 'e0', 'h0', 'z0', 'x0', 'g0', 'none'];
};

const numbers = ['0', '1', '2', '3', '-1', '-2', '7', '10'];
const oddNumbers = [
  '',
  'x',
  ' 1',
  '1 ',
  '+1',
  '01',
  '1.5',
  '1e2',
  '0x10',
  'nan',
  'inf',
  '-inf',
  '(1',
  '[a',
  '-',
  '+',
  '$',
  '>',
  '=',
  '~',
  '*x',
  '4294967296',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775807',
  '18446744073709551615',
  '18446744073709551616',
  '1-',
  '-1-1',
  '1-1-1',
];
const texts = ['a', 'b', 'c', 'hello', 'f', 'v'];

/** Words that mean something to a command of that kind, each with what should follow it, more or less. */
const options: readonly (readonly [pattern: RegExp, words: readonly Words[]])[] = [
  [
    /^(set|getex)$/,
    [
      ['NX'],
      ['XX'],
      ['GET'],
      ['KEEPTTL'],
      ['PERSIST'],
      ['EX', 'far'],
      ['PX', 'far'],
      ['EXAT', 'date'],
      ['PXAT', 'msdate'],
    ],
  ],
  [/^(l|b)?(l|z)?m?pop/, [['LEFT'], ['RIGHT'], ['COUNT', 'number'], ['MIN'], ['MAX']]],
  [/^b?lmove$/, [['LEFT'], ['RIGHT'], ['UP']]],
  [/^linsert$/, [['BEFORE'], ['AFTER']]],
  [
    /^lpos$/,
    [
      ['RANK', 'number'],
      ['COUNT', 'number'],
      ['MAXLEN', 'number'],
    ],
  ],
  [/^lcs$/, [['LEN'], ['IDX'], ['MINMATCHLEN', 'number'], ['WITHMATCHLEN']]],
  [/^bitop$/, [['AND'], ['OR'], ['XOR'], ['NOT']]],
  [/^bit(count|pos)$/, [['BIT'], ['BYTE']]],
  [
    /^bitfield/,
    [
      ['GET', 'type', 'offset'],
      ['SET', 'type', 'offset', 'number'],
      ['INCRBY', 'type', 'offset', 'number'],
      ['OVERFLOW', 'WRAP'],
      ['OVERFLOW', 'SAT'],
      ['OVERFLOW', 'FAIL'],
      ['OVERFLOW', 'FOO'],
    ],
  ],
  [/^sintercard|^zintercard/, [['LIMIT', 'number']]],
  [
    /scan$/,
    [
      ['MATCH', 'text'],
      ['COUNT', '1000'],
      ['TYPE', 'list'],
      ['COUNT', 'number'],
    ],
  ],
  [/^(h|z)randfield$|^zrandmember$/, [['WITHVALUES'], ['WITHSCORES']]],
  [
    /^zadd$/,
    [
      ['NX'],
      ['XX'],
      ['GT'],
      ['LT'],
      ['CH'],
      ['INCR'],
      ['number', 'text'],
      ['number', 'text'],
      ['number', 'text'],
    ],
  ],
  [/^z(rev)?range/, [['BYSCORE'], ['REV'], ['WITHSCORES'], ['LIMIT', 'number', 'number'], ['WITHSCORES']]],
  [
    /^z(union|inter|diff)/,
    [
      ['WEIGHTS', 'number'],
      ['WEIGHTS', 'number', 'number'],
      ['AGGREGATE', 'SUM'],
      ['AGGREGATE', 'MIN'],
      ['AGGREGATE', 'MAX'],
      ['AGGREGATE', 'FOO'],
      ['WITHSCORES'],
    ],
  ],
  [
    /^geo(search|radius)/,
    [
      ['FROMMEMBER', 'text'],
      ['FROMLONLAT', 'number', 'number'],
      ['BYRADIUS', 'number', 'unit'],
      ['BYBOX', 'number', 'number', 'unit'],
      ['ASC'],
      ['DESC'],
      ['COUNT', 'number'],
      ['WITHCOORD'],
      ['WITHDIST'],
      ['WITHHASH'],
      ['STORE', 'key'],
    ],
  ],
  [/^geo(add|dist|pos|hash)/, [['NX'], ['XX'], ['CH'], ['unit'], ['number', 'number', 'text']]],
  [
    /^x(add|trim)$/,
    [
      ['NOMKSTREAM'],
      ['MAXLEN', 'number'],
      ['MAXLEN', '~', 'number'],
      ['MAXLEN', '=', 'number'],
      ['MINID', 'id'],
      ['MINID', '~', 'id'],
      ['LIMIT', 'number'],
      ['id'],
      ['text', 'text'],
    ],
  ],
  [/^xsetid$/, [['ENTRIESADDED', 'number'], ['MAXDELETEDID', 'id'], ['id']]],
  [
    /^xread(group)?$/,
    [
      ['COUNT', 'number'],
      ['BLOCK', 'number'],
      ['GROUP', 'group', 'text'],
      ['NOACK'],
      ['STREAMS', 'key', 'id'],
      ['STREAMS', 'key', 'key', 'id', 'id'],
      ['STREAMS', 'key', '>'],
      ['STREAMS', 'key', '$'],
      ['STREAMS'],
    ],
  ],
  [
    /^xgroup$/,
    [
      ['CREATE', 'key', 'group', 'id'],
      ['CREATE', 'key', 'group', '$', 'MKSTREAM'],
      ['CREATE', 'key', 'group', 'id', 'ENTRIESREAD', 'number'],
      ['SETID', 'key', 'group', 'id'],
      ['DESTROY', 'key', 'group'],
      ['CREATECONSUMER', 'key', 'group', 'text'],
      ['DELCONSUMER', 'key', 'group', 'text'],
      ['MKSTREAM'],

      ['FOO'],
    ],
  ],
  [
    /^x(claim|autoclaim|pending|ack)$/,
    [
      ['group', 'text', '0', 'id'],
      ['group', '-', '+', 'number'],
      ['IDLE', '0', '-', '+', 'number'],
      ['group', 'id'],
      ['FORCE'],
      ['JUSTID'],
      ['RETRYCOUNT', 'number'],
      ['LASTID', 'id'],
      ['COUNT', 'number'],
    ],
  ],
  [
    /^xinfo$/,
    [
      ['STREAM', 'key'],
      ['STREAM', 'key', 'FULL'],
      ['GROUPS', 'key'],
      ['CONSUMERS', 'key', 'group'],
      ['FULL'],
      ['COUNT', 'number'],
    ],
  ],
  [
    /^xrange|^xrevrange/,
    [
      ['-', '+'],
      ['+', '-'],
      ['id', 'id'],
      ['COUNT', 'number'],
      ['(1', '+'],
    ],
  ],
  [/^copy$/, [['REPLACE'], ['DB', 'number']]],
  [/^restore$/, [['REPLACE'], ['ABSTTL'], ['IDLETIME', 'number'], ['FREQ', 'number']]],
];

/** Gives one command, or those of a transaction around one that would wait. */
export function malformed(draw: Draw): () => Words[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)]!;
  const number = (): string => pick(draw() < 0.8 ? numbers : oddNumbers);

  /** Times to live are long, so that nothing ends between one server's answer and the other's. */
  const fill = (word: string, keys: Words): string => {
    switch (word) {
      case 'far':
        return pick(['5000000', '90000000', ...oddNumbers.slice(0, 12), '0', '-1', '9223372036854775807']);
      case 'date':
        return pick(['4000000000', '5000000000', '1', '0', '-1', 'x', '1.5', '9223372036854775807']);
      case 'msdate':
        return pick(['4000000000000', '5000000000000', '1', '0', '-1', 'x', '1.5', '9223372036854775807']);
      case 'number':
        return number();
      case 'text':
        return pick(texts);
      case 'key':
        return pick(keys);
      case 'group':
        return pick(['g', 'g', 'h']);
      case 'id':
        return pick(['0', '1', '5-1', '7-7', '7-*', '12', '20-1', '-', '+', '$', '0-0', 'x', '1-x', '']);
      case 'unit':
        return pick(['m', 'km', 'ft', 'mi', 'KM', 'x']);
      case 'type':
        return pick(['u8', 'i8', 'u1', 'i64', 'u63', 'u64', 'i65', 'u0', 'x', 'i']);
      case 'offset':
        return pick(['0', '1', '7', '#1', '#3', '100', '-1', 'x', '#', '#x']);
      default:
        return word;
    }
  };
  const cased = (word: string): string => (draw() < 0.1 ? word.toLowerCase() : word);

  function words(name: string): string[] {
    const keys = keysOf(name);
    const known = options.filter(([pattern]) => pattern.test(name)).flatMap(([, all]) => all);
    const takesTime = /^(psetex|setex|restore)$/.test(name);
    const any = (): string[] => {
      const kind = draw();
      if (known.length > 0 && kind < 0.5) return pick(known).map((word) => cased(fill(word, keys)));
      if (kind < 0.75) return [takesTime ? fill('far', keys) : number()];
      if (kind < 0.85) return [pick(keys)];
      if (kind < 0.98) return [pick(texts)];
      return pick(pick(options)[1]).map((word) => (word === 'number' && takesTime ? 'x' : fill(word, keys)));
    };
    const { arity, keys: positions } = keyspaceCommands.get(name)!;
    const least = Math.abs(arity) - 1;
    const more = arity < 0 && draw() < 0.7 ? Math.floor(draw() * 6) : 0;
    const wanted = draw() < 0.05 ? Math.floor(draw() * 6) : least + more;
    const told: string[] = [];
    while (told.length < wanted) {
      const at = told.length + 1;
      const [first, last] = positions;
      // Where their number stands before the keys, it is mostly right.
      if (/^(b?[lz]mpop|[sz]intercard|z(union|inter|diff))$/.test(name) && at === 1 && draw() < 0.8) {
        const several = Array.from({ length: 1 + Math.floor(draw() * 2) }, () => pick(keys));
        if (name.startsWith('b')) told.push(pick(['0', '0.1', 'x']));
        told.push(String(several.length), ...several);
      } else if (first > 0 && at >= first && (last < 0 ? draw() < 0.7 : at <= last) && draw() < 0.97) {
        told.push(pick(keys));
      } else told.push(...any());
    }
    return [cased(name.toUpperCase()), ...told];
  }

  return () => {
    const name = pick(names);
    const told = words(name);
    // Which of several in one place COUNT takes is not defined, and it would be stored.
    const stores = /^geo\S*store$/.test(name) || told.some((word) => /^store$/i.test(word));
    if (stores && told.some((word) => /^count$/i.test(word))) return [['TYPE', told[1]!]];
    if (!waits.test(name)) return [told];
    return [['MULTI'], told, ['EXEC']];
  };
}
