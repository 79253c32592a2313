/**
 * What clients send: commands that show every gap, repetition and change of order.
 *
 * SETs of different keys would hide them all. So most commands depend on what is there already (INCR, APPEND, RPUSH, LPOP,
 * HINCRBY …), the keys are few and collide, some values are 5 to 20 KB so that a unit spans many sectors, keys are deleted
 * and renamed over each other, expire while nobody looks, and some units change a pair of keys that must never be seen
 * apart. Many are such that the log must say otherwise than they were sent: by a date, by what chance took, by what is left
 * out. `families` has them, by what they are about.
 *
 * Those that came later draw from streams of their own and step in between, so that what was there before stays as it was.
 */
import type { Stream } from '../draws/random.ts';
import type { Consumers } from './families/consumers.ts';
import { drawField } from './families/fields.ts';
import { drawHash } from './families/hashes.ts';
import { drawExpiry, drawKeyCommand } from './families/keys.ts';
import { drawList } from './families/lists.ts';
import { drawQueue } from './families/queues.ts';
import { drawRead } from './families/reads.ts';
import type { Rarities } from './families/rarities.ts';
import type { Scripts } from './families/scripts.ts';
import { drawSet } from './families/sets.ts';
import { drawStream } from './families/streams.ts';
import type { StreamQueues } from './families/stream-queues.ts';
import { drawString } from './families/strings.ts';
import { drawZset } from './families/zsets.ts';
import type { Command } from './schema.ts';
import { Vocabulary } from './vocabulary.ts';
import type { Manner } from './vocabulary.ts';

const families = {
  strings: drawString,
  lists: drawList,
  sets: drawSet,
  hashes: drawHash,
  fields: drawField,
  zsets: drawZset,
  streams: drawStream,
  keys: drawKeyCommand,
  expiry: drawExpiry,
  queues: drawQueue,
  reads: drawRead,
} as const;

type Family = keyof typeof families | 'pairs';

const names: readonly Family[] = [
  'strings',
  'lists',
  'sets',
  'hashes',
  'fields',
  'zsets',
  'streams',
  'keys',
  'expiry',
  'queues',
  'reads',
  'pairs',
];

/** What a seed's workload is made of. */
export interface WorkloadStyle extends Manner {
  /** How often each family is drawn. Zero masks it. */
  readonly weights: Readonly<Record<Family, number>>;
}

export function drawStyle(draw: Stream): Omit<WorkloadStyle, 'livesLong'> {
  const masked = (weight: number): number => (draw.chance(0.15) ? 0 : weight);
  return {
    weights: {
      strings: 10,
      lists: masked(8),
      sets: masked(5),
      hashes: masked(6),
      fields: masked(8),
      zsets: masked(4),
      streams: masked(4),
      keys: masked(5),
      expiry: masked(4),
      queues: masked(8),
      reads: 5,
      pairs: masked(4),
    },
    keysEach: draw.pick([1, 2, 3, 3, 6]),
    longShare: draw.pick([0, 0.01, 0.03, 0.08]),
    maxLongBytes: draw.pick([5_000, 8_000, 20_000]),
  };
}

/** Those that draw from streams of their own. */
export interface LaterFamilies {
  readonly consumers: Consumers;
  readonly scripts: Scripts;
  readonly streamQueues: StreamQueues;
  readonly rarities: Rarities;
}

export class Workload {
  readonly #draw: Stream;
  readonly #words: Vocabulary;
  readonly #weights: readonly number[];
  readonly #later: LaterFamilies;

  constructor(draw: Stream, style: WorkloadStyle, later: LaterFamilies) {
    this.#draw = draw;
    this.#later = later;
    this.#words = new Vocabulary(draw, style);
    this.#weights = names.map((family) => style.weights[family]);
  }

  /** One command; a pair comes as a unit of its own, so several are possible. */
  next(): readonly Command[] {
    const { consumers, scripts, streamQueues, rarities } = this.#later;
    if (consumers.isNext()) return consumers.next();
    if (scripts.isNext()) return scripts.next();
    if (streamQueues.isNext()) return streamQueues.next();
    if (rarities.isNext()) return rarities.next();
    const family = names[this.#draw.weighted(this.#weights)]!;
    return family === 'pairs' ? this.#pair() : [families[family](this.#words)];
  }

  /** The commands of a MULTI, at most `most`. */
  unit(most: number): readonly Command[] {
    const commands: Command[] = [];
    const wanted = this.#draw.range(2, Math.max(2, Math.min(6, most)));
    while (commands.length < wanted) commands.push(...this.next());
    return commands.slice(0, most);
  }

  read(): Command {
    const { consumers, scripts } = this.#later;
    if (consumers.isNext()) return consumers.read();
    return scripts.isNext() ? scripts.read() : drawRead(this.#words);
  }

  /** Two keys that always change together, in one unit: a half unit shows as a sum that is not zero. */
  #pair(): readonly Command[] {
    const amount = this.#words.number(1, 9);
    if (this.#draw.chance(0.5)) {
      return [
        ['DECRBY', 'pair:a', amount],
        ['INCRBY', 'pair:b', amount],
      ];
    }
    const value = this.#words.value();
    return [
      ['SET', 'twin:a', value],
      ['RPUSH', 'twin:list', value],
      ['SET', 'twin:b', value],
    ];
  }
}
