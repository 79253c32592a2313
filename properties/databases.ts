/**
 * Databases, drawn by fast-check: values of every type at sizes around those where Redis keeps them otherwise, elements of
 * every look, expiries far off, in any of the sixteen. A database is the commands that make it.
 */
import fc from 'fast-check';
import { seeded } from '../test/unit/commands/support/differential.ts';

export type Words = readonly string[];

type Draw = () => number;

/** What the elements of a value look like. */
const looks = ['integers', 'short', 'long', 'binary', 'mixed'] as const;
type Look = (typeof looks)[number];

const types = ['string', 'list', 'set', 'hash', 'zset', 'stream', 'hll', 'geo', 'bits'] as const;

export interface Key {
  readonly db: number;
  readonly name: string;
  readonly type: (typeof types)[number];
  /** Elements; of a string, bytes. */
  readonly size: number;
  readonly look: Look;
  readonly seed: number;
  /** Unix ms; -1: none. */
  readonly expireAtMs: number;
  /** Of a hash: some fields expire. Redis 7.0 knows none. */
  readonly fieldsExpire: boolean;
}

const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
  // Compact up to 128, 512, and with their neighbours: also the lengths of strings and streams' runs.
  {
    weight: 3,
    arbitrary: fc.constantFrom(20, 21, 44, 45, 63, 64, 65, 99, 100, 101, 127, 128, 129, 511, 512, 513),
  },
  { weight: 1, arbitrary: fc.integer({ min: 600, max: 2500 }) },
);

const integers = ['0', '-1', '127', '128', '-129', '32768', '2147483648', '-9223372036854775808'];

const name = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', '12', '-1', '\0', '\r\n', 'k'.repeat(70), ...integers),
  fc.string({ unit: 'binary', maxLength: 4 }),
);

export function databases(options: { readonly fieldsExpire: boolean }): fc.Arbitrary<readonly Key[]> {
  const key: fc.Arbitrary<Key> = fc.record({
    db: fc.oneof(fc.constant(0), fc.nat(15)),
    name: name.map((text) => Buffer.from(text).toString('latin1')),
    type: fc.constantFrom(...types),
    size,
    look: fc.constantFrom(...looks),
    seed: fc.nat(1_000_000),
    // Not before the tests of the next decades are over, nor beyond what a double holds.
    expireAtMs: fc.oneof(fc.constant(-1), fc.integer({ min: 4e12, max: 2 ** 53 - 1 })),
    fieldsExpire: options.fieldsExpire ? fc.boolean() : fc.constant(false),
  });
  return fc.uniqueArray(key, { maxLength: 14, selector: ({ db, name: text }) => `${db} ${text}` });
}

/** The commands that make the keys in an empty server: of no time but their own, nothing by chance. */
export function commandsOf(keys: readonly Key[]): Words[] {
  const commands: Words[] = [];
  for (const key of keys) {
    commands.push(['SELECT', String(key.db)], ...valueCommands(key, seeded(key.seed)));
    if (key.expireAtMs >= 0) commands.push(['PEXPIREAT', key.name, String(key.expireAtMs)]);
  }
  return [...commands, ['SELECT', '0']];
}

function below(draw: Draw, limit: number): number {
  return Math.floor(draw() * limit);
}

function element(draw: Draw, look: Look): string {
  switch (look) {
    case 'integers':
      return draw() < 0.2 ? integers[below(draw, integers.length)]! : String(below(draw, 70_000) - 35_000);
    case 'short':
      return `e${below(draw, 100_000)}`;
    case 'long':
      return 'abc'.repeat(below(draw, 60)) + String(below(draw, 1e9));
    case 'binary':
      return Array.from({ length: below(draw, 80) }, () => String.fromCharCode(below(draw, 256))).join('');
    case 'mixed':
      return draw() < 0.01
        ? 'x'.repeat(below(draw, 20_000))
        : element(draw, looks[below(draw, looks.length - 1)]!);
  }
}

function valueCommands(key: Key, draw: Draw): Words[] {
  const { name: text, size: count, look } = key;
  const some = (wanted: number): string[] => Array.from({ length: wanted }, () => element(draw, look));
  switch (key.type) {
    case 'string':
      return [['SET', text, stringOf(draw, look, count)]];
    case 'list':
      return [
        ['RPUSH', text, ...some(count)],
        ...(count > 3 ? [['LSET', text, '1', element(draw, 'mixed')]] : []),
      ];
    case 'set':
      return [['SADD', text, ...some(count)]];
    case 'hash': {
      const pairs = Array.from({ length: count }, (_, i) => [
        `${element(draw, look)}:${i}`,
        element(draw, look),
      ]);
      const made = [['HSET', text, ...pairs.flat()]];
      const dated = key.fieldsExpire ? pairs.filter((_, i) => i % 3 === 0).map(([field]) => field!) : [];
      return [
        ...made,
        ...dated.map((field) => ['HPEXPIREAT', text, String(4e12 + below(draw, 1e13)), 'FIELDS', '1', field]),
      ];
    }
    case 'zset':
      return [['ZADD', text, ...some(count).flatMap((member) => [score(draw), member])]];
    case 'stream':
      return streamCommands(text, count, look, draw);
    case 'hll':
      // Some hundreds stay sparse, thousands become dense.
      return Array.from({ length: count > 500 ? 6 : 1 }, () => ['PFADD', text, ...some(count)]);
    case 'geo':
      return Array.from({ length: Math.min(count, 200) }, (_, i) => [
        'GEOADD',
        text,
        (draw() * 360 - 180).toFixed(6),
        (draw() * 170 - 85).toFixed(6),
        `p${i}`,
      ]);
    case 'bits':
      return Array.from({ length: Math.min(count, 50) }, () => [
        'SETBIT',
        text,
        String(below(draw, count * 40)),
        '1',
      ]);
  }
}

function stringOf(draw: Draw, look: Look, length: number): string {
  if (look === 'integers') return element(draw, look);
  if (look === 'long') return 'abcdefgh'.repeat(Math.ceil(length / 8)).slice(0, length);
  return Array.from({ length }, () => String.fromCharCode(below(draw, 256))).join('');
}

const scores = ['inf', '-inf', '0.1', '1e19', '-4611686018427387904', '5e-324', '1.7976931348623157e308'];

function score(draw: Draw): string {
  return draw() < 0.3 ? scores[below(draw, scores.length)]! : String(below(draw, 40) - 20);
}

/** Entries, some deleted; groups that have read some, of which some are acknowledged. What is pending is not deleted. */
function streamCommands(text: string, count: number, look: Look, draw: Draw): Words[] {
  const commands: Words[] = [];
  let ms = 1;
  const ids: string[] = [];
  for (let i = 0; i < Math.min(count, 600); i++) {
    ms += below(draw, 3);
    const id = `${ms}-${i}`;
    ids.push(id);
    const fields =
      draw() < 0.7 ? ['f', element(draw, look)] : [element(draw, look), '1', 'g', element(draw, look)];
    commands.push(['XADD', text, id, ...fields]);
  }
  for (let i = below(draw, 4); i > 0; i--) commands.push(['XDEL', text, ids[below(draw, ids.length)]!]);
  if (draw() < 0.2) commands.push(['XTRIM', text, 'MAXLEN', '~', String(below(draw, count))]);
  for (let group = below(draw, 3); group > 0; group--) {
    const groupName = `g${group}`;
    commands.push(['XGROUP', 'CREATE', text, groupName, draw() < 0.7 ? '0' : '$']);
    commands.push(['XGROUP', 'CREATECONSUMER', text, groupName, 'idle']);
    for (const consumer of ['one', '\0', 'one']) {
      const wanted = String(1 + below(draw, 20));
      commands.push(['XREADGROUP', 'GROUP', groupName, consumer, 'COUNT', wanted, 'STREAMS', text, '>']);
    }
    commands.push(['XACK', text, groupName, ids[0]!, ids.at(-1)!]);
  }
  return commands;
}
