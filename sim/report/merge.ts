/** Shards of one sweep put together: what they must agree on, and what they must not share. */
import type { Provenance, SeedReport, Summary } from './reporter.ts';
import type { Shard } from './shard.ts';
import { Totals } from './summary.ts';

/** Shards that are no shards of one sweep. One line: what, got, expected. */
export class MergeError extends Error {
  /** True where the same seed gave two traces: not a mistake of whoever merges. */
  readonly isNondeterminism: boolean;

  constructor(message: string, isNondeterminism = false) {
    super(message);
    this.name = 'MergeError';
    this.isNondeterminism = isNondeterminism;
  }
}

export interface NamedShard extends Shard {
  readonly name: string;
}

export interface Merged {
  /** In the order of the seeds. */
  readonly reports: readonly SeedReport[];
  readonly summary: Summary;
  readonly provenance: Provenance;
}

/** Merges one shard or more. @throws MergeError */
export function mergeShards(shards: readonly NamedShard[]): Merged {
  const [first] = shards;
  if (first === undefined) throw new MergeError('shards: got none, expected one at least');
  for (const shard of shards) checkSame(first, shard);
  checkComplete(shards);
  const totals = new Totals();
  for (const { summary } of shards) totals.merge(summary);
  const { filtered, source, pinned } = first.provenance;
  return {
    reports: inOrder(shards),
    summary: totals.summary({
      wallMs: shards.reduce((sum, { summary }) => sum + summary.wallMs, 0),
      filtered,
      interrupted: shards.some(({ summary }) => summary.interrupted),
    }),
    provenance: { source, pinned, filtered, shard: '1/1' },
  };
}

function checkSame(first: NamedShard, { name, provenance }: NamedShard): void {
  const { source, pinned } = first.provenance;
  if (provenance.source !== source)
    throw new MergeError(
      `${name}: got the sources ${provenance.source}, expected ${source} as in ${first.name}: other sources give other traces`,
    );
  if (provenance.pinned !== pinned)
    throw new MergeError(
      `${name}: got the options '${provenance.pinned.trim()}', expected '${pinned.trim()}' as in ${first.name}`,
    );
}

/** A sweep that was cut into N is not whole before all N are there. */
function checkComplete(shards: readonly NamedShard[]): void {
  const given = shards.map(({ provenance }) => provenance.shard);
  for (const shard of given) {
    const [, total] = shard.split('/');
    const missing = Array.from({ length: Number(total) }, (_, index) => `${index + 1}/${total}`).filter(
      (name) => !given.includes(name),
    );
    if (missing.length > 0)
      throw new MergeError(`shards: got ${given.join(', ')}, expected ${missing.join(', ')} as well`);
  }
}

/** @throws MergeError where two shards have run the same seed */
function inOrder(shards: readonly NamedShard[]): readonly SeedReport[] {
  const seen = new Map<string, { readonly name: string; readonly report: SeedReport }>();
  for (const { name, reports } of shards)
    for (const report of reports) {
      const { seed, trace } = report.result;
      const other = seen.get(seed);
      if (other === undefined) seen.set(seed, { name, report });
      else if (other.report.result.trace === trace)
        throw new MergeError(`${name}: got seed ${seed}, expected none that ${other.name} has as well`);
      else
        throw new MergeError(
          `${name}: got the trace ${trace} for seed ${seed}, expected ${other.report.result.trace} as in ${other.name}: this is nondeterminism`,
          true,
        );
    }
  return [...seen.values()]
    .map(({ report }) => report)
    .toSorted((a, b) => bySeed(a.result.seed, b.result.seed));
}

function bySeed(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
