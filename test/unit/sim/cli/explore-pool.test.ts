/** Workers explore as this thread does, and tell of it in the order of the workloads. */
import { expect, test } from 'vitest';
import { exploreAll } from '../../../../sim/cli/explore-pool.ts';
import type { Explored, ExploreTask } from '../../../../sim/cli/explore-task.ts';
import { defaultLimits } from '../../../../sim/explore/image.ts';
import { exploreScenario, mishapsLeftOut } from '../../../../sim/explore/workload.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';

const limits = { ...defaultLimits, mostStates: 4, samples: 1 };
const tasks = [3, 4].map((seed): ExploreTask => {
  const scenario = exploreScenario(seed, {
    commands: 5,
    generations: 1,
    persistences: ['hybrid'],
    appendfsyncs: ['always'],
  });
  const images = undefined;
  return { scenario, profiles: undefined, limits, images, mutant: 'reply-before-fsync' };
});

async function collect(jobs: number): Promise<Omit<Explored, 'wallMs'>[]> {
  const found: Omit<Explored, 'wallMs'>[] = [];
  for await (const { wallMs: _, ...explored } of exploreAll(tasks, jobs)) found.push(explored);
  return found;
}

test('two workers find what one finds, in the same order', async () => {
  const alone = await collect(1);
  expect(alone.map(({ task }) => task.scenario.seed)).toEqual(['3', '4']);
  expect(alone.some(({ findings }) => findings.length > 0)).toBe(true);
  expect(await collect(2)).toEqual(alone);
}, 60_000);

test('what befalls a scenario and not its exploration is counted', () => {
  const seeds = Array.from({ length: 30 }, (_, i) => i + 1);
  const disturbed = seeds.filter((seed) => {
    const { faults, generations } = generateScenario(seed, { generations: 2, commands: 60 });
    return faults !== undefined || generations.some(({ crashesInRecovery }) => crashesInRecovery.length > 0);
  });
  expect(disturbed.length).toBeGreaterThan(0);
  for (const seed of disturbed) expect(Object.keys(mishapsLeftOut(seed)), `seed ${seed}`).not.toEqual([]);
});
