/** Workers give the same results as this thread, in the order of the seeds, and the watchdog ends what does not end. */
import { expect, test } from 'vitest';
import { runJobs } from '../../../../sim/cli/pool.ts';
import type { Finished } from '../../../../sim/cli/pool.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';

const jobs = Array.from({ length: 7 }, (_, i) => ({ seed: String(i + 1) }));
const filters = { commands: 30, generations: 1 };

async function collect(options: Partial<Parameters<typeof runJobs>[1]>): Promise<Finished[]> {
  const results: Finished[] = [];
  for await (const finished of runJobs(jobs, {
    jobs: 2,
    filters,
    doublecheck: false,
    narrate: false,
    ...options,
  }))
    results.push(finished);
  return results;
}

test('results come in the order of the jobs, the same as without workers, and run twice alike', async () => {
  const finished = await collect({ doublecheck: true });
  const expected = [];
  for (const { seed } of jobs) expected.push((await runScenario(generateScenario(seed, filters))).trace);
  expect(finished.map(({ result }) => result.trace)).toEqual(expected);
  expect(finished.map(({ second }) => second)).toEqual(
    expected.map((trace) => ({ trace, divergence: undefined })),
  );
});

test('what takes too long has failed, and the others go on', async () => {
  const finished = await collect({ watchdogMs: 1 });
  expect(finished.map(({ result }) => result.seed)).toEqual(jobs.map(({ seed }) => seed));
  expect(finished[0]!.result).toMatchObject({ verdict: 'fail', violations: [{ property: 'WATCHDOG' }] });
});
