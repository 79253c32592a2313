/** Shards, put together, are the sweep that they were cut from; what is no whole sweep is refused. */
import { beforeAll, describe, expect, test } from 'vitest';
import { jsonReporter } from '../../../../sim/report/json.ts';
import { mergeShards } from '../../../../sim/report/merge.ts';
import type { NamedShard } from '../../../../sim/report/merge.ts';
import type { Provenance, SeedReport } from '../../../../sim/report/reporter.ts';
import { readShard } from '../../../../sim/report/shard.ts';
import { Totals } from '../../../../sim/report/summary.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';

const whole: Provenance = { source: 'abc', pinned: '', filtered: false, shard: '1/1' };
const reports: SeedReport[] = [];

beforeAll(async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const ran = await runScenario(generateScenario(seed, { commands: 20, generations: 1 }));
    const result =
      seed !== 7
        ? ran
        : {
            ...ran,
            verdict: 'fail' as const,
            violations: [{ property: 'P2' as const, message: 'planted', generation: 1, simMs: 5 }],
          };
    reports.push({ result, wallMs: 2, second: undefined, file: undefined });
  }
});

/** What --json writes of some seeds. */
function written(some: readonly SeedReport[], provenance: Provenance): string {
  let text = '';
  const totals = new Totals();
  const reporter = jsonReporter((line) => void (text += line), provenance);
  for (const report of some) {
    totals.add(report);
    reporter.seed(report);
  }
  reporter.end(totals.summary({ wallMs: 10, filtered: provenance.filtered, interrupted: false }));
  return text;
}

function shard(index: number, total: number, changes: Partial<Provenance> = {}): NamedShard {
  const mine = reports.filter((_, at) => at % total === index - 1);
  const text = written(mine, { ...whole, shard: `${index}/${total}`, ...changes });
  return { name: `${index}.json`, ...readShard(text) };
}

test('three shards give what one sweep gives, in the order of the seeds', () => {
  const merged = mergeShards([shard(3, 3), shard(1, 3), shard(2, 3)]);
  const { wallMs: _, ...summary } = merged.summary;
  const { wallMs, ...expected } = mergeShards([shard(1, 1)]).summary;
  expect(summary).toEqual(expected);
  expect(wallMs).toBe(10);
  const totals = new Totals();
  for (const report of reports) totals.add(report);
  expect({ ...expected, wallMs: 30 }).toEqual(
    totals.summary({ wallMs: 30, filtered: false, interrupted: false }),
  );
  expect(merged.reports.map(({ result }) => result.seed)).toEqual(
    Array.from({ length: 12 }, (_, index) => String(index + 1)),
  );
  expect(merged.reports[6]!.result.violations).toMatchObject([{ property: 'P2', message: 'planted' }]);
  expect(merged.summary.failed).toBe(1);
});

test('COVERAGE is judged over the whole, though no shard is large enough', () => {
  const big = (index: number): NamedShard => {
    const { reports: some, ...rest } = shard(index, 2);
    return { ...rest, reports: some, summary: { ...rest.summary, seeds: 1000 } };
  };
  expect(big(1).summary.coverageCounts).toBe(false);
  expect(mergeShards([big(1), big(2)]).summary).toMatchObject({ seeds: 2000, coverageCounts: true });
  const filtered = (index: number): NamedShard => ({
    ...big(index),
    provenance: { ...big(index).provenance, filtered: true },
  });
  expect(mergeShards([filtered(1), filtered(2)]).summary.coverageCounts).toBe(false);
});

describe('refused is', () => {
  test('a sweep of which a shard is missing', () => {
    expect(() => mergeShards([shard(1, 3), shard(3, 3)])).toThrow('got 1/3, 3/3, expected 2/3 as well');
  });

  test('the same seed twice', () => {
    expect(() => mergeShards([shard(1, 1), shard(1, 1)])).toThrow('got seed 1, expected none that 1.json');
  });

  test('the same seed with another trace, which is nondeterminism', () => {
    const one = shard(1, 1);
    const other = reports.map((report) => ({ ...report, result: { ...report.result, trace: 'other' } }));
    const two: NamedShard = { ...one, name: '2.json', reports: other };
    expect(() => mergeShards([one, two])).toThrow(
      expect.objectContaining({ isNondeterminism: true, message: expect.stringContaining('seed 1,') }),
    );
  });

  test('what other sources or other options gave', () => {
    expect(() => mergeShards([shard(1, 2), shard(2, 2, { source: 'def' })])).toThrow(
      '2.json: got the sources def, expected abc as in 1.json',
    );
    expect(() => mergeShards([shard(1, 2), shard(2, 2, { pinned: ' --profile xfs' })])).toThrow(
      "got the options '--profile xfs', expected ''",
    );
  });

  test('a run that did not come to its summary, or whose lines were lost', () => {
    const text = written(reports, whole);
    const lines = text.trimEnd().split('\n');
    expect(() => readShard(lines.slice(0, -1).join('\n'))).toThrow('expected a summary');
    expect(() => readShard(lines.slice(1).join('\n'))).toThrow('line 12.seeds: got 12, expected 11');
    expect(() => readShard(text.replace('"events":', '"evnts":'))).toThrow('line 1.evnts');
    expect(() => readShard(`${text.slice(0, 50)}\n${text}`)).toThrow('line 1: got');
  });
});
