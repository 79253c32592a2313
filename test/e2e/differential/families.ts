/**
 * Random commands by family, as they are sent to two servers at once. What the families of single keys cannot show has its
 * own: payloads of DUMP that change sides, scripts, transactions.
 */
import { seeded } from '../../unit/commands/support/differential.ts';
import { type Draw, Generator, type Profile } from '../../unit/commands/support/generate.ts';
import { StreamGenerator } from '../../unit/commands/support/generate-streams.ts';
import { large } from './large.ts';
import { malformed } from './malformed.ts';
import { type Libraries, programs } from './programs.ts';
import { script } from './scripts.ts';
import { sorting } from './sorting.ts';
import { keyOf, type Transplant, transplant } from './transplants.ts';
import { type Wait, waiting } from './waiting.ts';

/** One thing that happens to both: commands in a row, a value that one of them dumps and both restore, clients that wait. */
export type Step =
  | { readonly kind: 'commands'; readonly commands: readonly (readonly string[])[] }
  | Transplant
  | Libraries
  | Wait;

export const families = [
  'string',
  'bits',
  'hll',
  'sort',
  'list',
  'set',
  'hash',
  'zset',
  'geo',
  'generic',
  'stream',
  'dump',
  'script',
  'transaction',
  'limits',
  'large',
  'waiting',
  'malformed',
  'programs',
  'sorting',
] as const;
export type Family = (typeof families)[number];

/** Times long past are drawn in half of the seeds; in the others RANDOMKEY. Endless. */
export function* steps(family: Family, seed: number): globalThis.Generator<Step, never> {
  const next = drawer(family, seeded(seed), { pastExpiries: seed % 2 === 0 });
  for (;;) yield next();
}

function drawer(family: Family, draw: Draw, profile: Profile): () => Step {
  const streams = new StreamGenerator(draw, 2);
  if (family === 'stream') return () => one(streams.next());
  if (family === 'limits') return limits(draw, profile);
  if (family === 'waiting') return waiting(draw);
  if (family === 'malformed') {
    const next = malformed(draw);
    return () => ({ kind: 'commands', commands: next() });
  }
  if (family === 'programs') {
    const next = programs(draw);
    return () => {
      const step = next();
      return 'kind' in step ? step : one(step);
    };
  }
  if (family === 'sorting') {
    const next = sorting(draw);
    return () => one(next());
  }
  if (family === 'large') {
    const next = large(draw);
    return () => one(next());
  }
  if (family !== 'dump' && family !== 'script' && family !== 'transaction') {
    const source = comparable(new Generator(draw, { ...profile, mostly: family }), family);
    return () => one(source());
  }
  const source = comparable(new Generator(draw, profile));
  const next = (): string[] => (draw() < 0.15 ? streams.next() : source());
  if (family === 'dump') return () => (draw() < 0.7 ? one(next()) : transplant(draw));
  return () =>
    draw() < 0.4 ? one(next()) : family === 'script' ? one(script(draw, () => firm(next))) : unit(draw, next);
}

/**
 * SORT of Redis leaves a small sorted set large, and only a large one keeps the sign of a score -0: so there is either SORT
 * or, in the family of sorted sets, -0. And a distance that is stored as a score may differ from Redis's in its last bit.
 */
function comparable(source: Generator, family?: Family): () => string[] {
  const isLeftOut = (words: string[]): boolean =>
    (family === 'zset' ? /^sort/i.test(words[0]!) : /^z/i.test(words[0]!) && words.includes('-0')) ||
    // What SORT of Redis says to numbers hangs on the errno of any command before it.
    (/^sort/i.test(words[0]!) && !words.some((word) => /^alpha$/i.test(word))) ||
    words.some((word) => /^storedist$/i.test(word));
  const next = (): string[] => {
    const words = source.next();
    return isLeftOut(words) ? next() : words;
  };
  return next;
}

/**
 * Every family's commands, while what decides the form of values changes. Without -0, since it is kept as long as a sorted set
 * is a large one.
 */
function limits(draw: Draw, profile: Profile): () => Step {
  const streams = new StreamGenerator(draw, 2);
  const sources = (['hll', 'hash', 'zset', 'set', 'list', 'bits', 'string'] as const).map((mostly) =>
    comparable(new Generator(draw, { ...profile, mostly })),
  );
  const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)]!;
  return () => {
    if (draw() < 0.05) {
      const name = pick(formDirectives);
      const set = ['CONFIG', 'SET', name, pick(formValues)];
      // Redis 7.0.15 damages a run of entries that was begun under a higher limit of bytes, and ends when it reads it: no
      // stream of any database may be left.
      return {
        kind: 'commands',
        commands: name === 'stream-node-max-bytes' ? [['FLUSHALL'], set] : [set],
      };
    }
    return one(draw() < 0.1 ? streams.next() : pick(sources)());
  };
}

const formDirectives = [
  'hll-sparse-max-bytes',
  'hll-sparse-max-bytes',
  'hash-max-listpack-entries',
  'hash-max-ziplist-entries',
  'hash-max-listpack-value',
  'zset-max-listpack-entries',
  'zset-max-ziplist-value',
  'set-max-intset-entries',
  'list-max-listpack-size',
  'list-max-ziplist-size',
  'list-compress-depth',
  'stream-node-max-bytes',
  'stream-node-max-entries',
];
const formValues = [
  '0',
  '1',
  '2',
  '3',
  '5',
  '16',
  '64',
  '100',
  '3000',
  '4096',
  '15000',
  '-1',
  '-2',
  '-5',
  '-6',
  '1kb',
  'x',
];

function one(words: readonly string[]): Step {
  return { kind: 'commands', commands: [words] };
}

/** What answers by chance, or in any order, inside of another reply. */
const loose =
  /^(spop|srandmember|hrandfield|zrandmember|randomkey|smembers|sinter|sunion|sdiff|keys|hkeys|hvals|hgetall|[hsz]?scan|p?ttl|p?expiretime|object|xpending|xinfo|xclaim|xautoclaim|xadd)$/i;

function firm(next: () => string[]): string[] {
  for (;;) {
    const words = next();
    if (!loose.test(words[0]!)) return words;
  }
}

/** MULTI with a few commands and, mostly, EXEC; now and then a key is watched, and changed meanwhile or not. */
function unit(draw: Draw, next: () => string[]): Step {
  const commands: string[][] = [];
  if (draw() < 0.2) {
    commands.push(['WATCH', keyOf(draw), keyOf(draw)]);
    if (draw() < 0.5) commands.push(firm(next));
  }
  commands.push(['MULTI']);
  for (let left = Math.floor(draw() * 6); left > 0; left--) commands.push(firm(next));
  commands.push([draw() < 0.9 ? 'EXEC' : 'DISCARD']);
  // Whatever became of it, the next step finds no transaction open.
  commands.push(['UNWATCH']);
  return { kind: 'commands', commands };
}
