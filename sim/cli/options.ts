/** The command line's options: how each is read, and what is refused. */
import { availableParallelism } from 'node:os';
import type { AppendFsync, Persistence } from '../oracle/bounds.ts';
import { findProfile, ProfileError } from '../disk/index.ts';
import type { Filters } from '../scenario/configuration.ts';
import { faultFamilies } from '../scenario/draw-faults.ts';
import type { FaultFamily } from '../scenario/draw-faults.ts';
import { appendfsyncs, persistences } from '../scenario/schema.ts';
import { UsageError } from './exit-status.ts';
import { mutantOf } from './planted.ts';
import { checkOutput, reporterNames } from './reporters.ts';
import type { ReporterName } from './reporters.ts';

/** As commander gives them. */
export interface RawOptions {
  readonly seed?: string;
  readonly seeds?: string;
  readonly jobs?: string;
  readonly budget?: string;
  readonly profile?: string;
  readonly persistence?: string;
  readonly faults?: string;
  readonly appendfsync?: string;
  readonly generations?: string;
  readonly doublecheck?: boolean;
  readonly bail?: string | boolean;
  readonly shard?: string;
  readonly output?: string;
  readonly reporter?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly strict?: boolean;
  readonly mutant?: string;
  readonly states?: string;
  readonly samples?: string;
  readonly depth?: string;
  readonly again?: string;
  readonly protocol?: string;
  readonly images?: string;
}

export interface Options {
  /** One seed; or the numbers from first to last; last is Infinity when only the budget ends them. */
  readonly seeds: { readonly one: string } | { readonly first: number; readonly last: number };
  readonly shard: { readonly index: number; readonly count: number };
  readonly jobs: number;
  readonly budgetMs: number | undefined;
  readonly filters: Filters;
  readonly filtered: boolean;
  readonly doublecheck: boolean;
  /** Failures after which no more seeds are begun. */
  readonly bail: number;
  readonly output: string | undefined;
  readonly reporters: readonly ReporterName[];
  readonly quiet: boolean;
  readonly strict: boolean;
  /** A bug of the catalogue that is planted in the engine. */
  readonly mutant: string | undefined;
  /** The pinning options as typed, with a space before each: what reproduces a seed. */
  readonly pinned: string;
}

/** Seeds of a run that names none. */
const DEFAULT_SEEDS = { first: 1, last: 200 };

/** @throws UsageError */
export function readOptions(raw: RawOptions): Options {
  if (raw.seed !== undefined && raw.seeds !== undefined)
    throw new UsageError('--seed and --seeds: got both, expected one of them');
  const budgetMs = raw.budget === undefined ? undefined : durationMs(raw.budget);
  const seeds =
    raw.seed !== undefined
      ? { one: seed(raw.seed) }
      : raw.seeds !== undefined
        ? seedRange(raw.seeds)
        : budgetMs === undefined
          ? DEFAULT_SEEDS
          : { first: 1, last: Infinity };
  const filters = readFilters(raw);
  const reporters = readReporters(raw);
  checkOutput({ reporters, output: raw.output });
  return {
    seeds,
    shard: raw.shard === undefined ? { index: 1, count: 1 } : shard(raw.shard),
    jobs: raw.jobs === undefined ? availableParallelism() : whole('--jobs', raw.jobs, 1, 256),
    budgetMs,
    filters,
    filtered: Object.keys(filters).length > 0,
    doublecheck: raw.doublecheck === true,
    bail:
      raw.bail === undefined || raw.bail === false
        ? Infinity
        : raw.bail === true
          ? 1
          : whole('--bail', raw.bail, 1, 1_000_000),
    output: raw.output,
    reporters,
    quiet: raw.quiet === true,
    strict: raw.strict === true,
    mutant: raw.mutant === undefined ? undefined : mutantOf(raw.mutant).id,
    pinned: pinned(raw),
  };
}

function readFilters(raw: RawOptions): Filters {
  return {
    ...(raw.profile === undefined ? {} : { profiles: profileNames(raw.profile) }),
    ...(raw.persistence === undefined
      ? {}
      : {
          persistences: names(
            '--persistence',
            raw.persistence.replaceAll(/\b(aof|hybrid)\+rdb\b/g, 'rdb+$1'),
            persistences,
          ) as readonly Persistence[],
        }),
    ...(raw.appendfsync === undefined
      ? {}
      : { appendfsyncs: names('--appendfsync', raw.appendfsync, appendfsyncs) as readonly AppendFsync[] }),
    ...(raw.faults === undefined ? {} : { faults: families(raw.faults) }),
    ...(raw.generations === undefined ? {} : { generations: whole('--generations', raw.generations, 1, 50) }),
  };
}

/** The families of faults that every seed gets; 'none' for crashes alone. */
function families(text: string): readonly FaultFamily[] {
  return text === 'none' ? [] : (names('--faults', text, faultFamilies) as readonly FaultFamily[]);
}

function pinned(raw: RawOptions): string {
  const parts: string[] = [];
  for (const name of ['profile', 'persistence', 'appendfsync', 'faults', 'generations', 'mutant'] as const)
    if (raw[name] !== undefined) parts.push(` --${name} ${raw[name]}`);
  return parts.join('');
}

/** A seed: letters, digits, and - _ . ; `42` and `042` are two. */
function seed(text: string): string {
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(text))
    throw new UsageError(`--seed: got ${JSON.stringify(text)}, expected up to 64 letters, digits, or - _ .`);
  return text;
}

function seedRange(text: string): { readonly first: number; readonly last: number } {
  const match = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || first > last)
    throw new UsageError(
      `--seeds: got ${JSON.stringify(text)}, expected A..B with whole numbers A <= B, such as 1..1000`,
    );
  return { first, last };
}

function shard(text: string): { readonly index: number; readonly count: number } {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index < 1 || index > count)
    throw new UsageError(`--shard: got ${JSON.stringify(text)}, expected I/N with 1 <= I <= N, such as 1/4`);
  return { index, count };
}

/** @throws UsageError */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const value =
    Number(match?.[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] as 'ms' | 's' | 'm' | 'h'];
  if (match === null || !(value > 0))
    throw new UsageError(`--budget: got ${JSON.stringify(text)}, expected a time such as 60s, 5m or 500ms`);
  return value;
}

export function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(
      `${option}: got ${JSON.stringify(text)}, expected a whole number from ${least} to ${most}`,
    );
  return value;
}

export function names(option: string, text: string, known: readonly string[]): readonly string[] {
  const given = text.split(',');
  for (const name of given)
    if (!known.includes(name))
      throw new UsageError(
        `${option}: got ${JSON.stringify(name)}, expected one or more of ${known.join(', ')}`,
      );
  return given;
}

function profileNames(text: string): readonly string[] {
  const given = text.split(',');
  for (const name of given) {
    try {
      findProfile(name);
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
      throw new UsageError(`--profile: got ${JSON.stringify(name)}, expected ${error.expected}`);
    }
  }
  return given;
}

/** @throws UsageError */
export function readReporters(raw: Pick<RawOptions, 'json' | 'reporter'>): readonly ReporterName[] {
  const given = raw.reporter ?? (raw.json === true ? 'json' : 'line');
  const reporters = names('--reporter', given, reporterNames) as readonly ReporterName[];
  return raw.json === true && !reporters.includes('json') ? ['json', ...reporters] : reporters;
}
