/** COVERAGE: a sweep whose crashes leave recovery no choice has shown little, and says so. */
import { expect, test } from 'vitest';
import { Totals } from '../../../../sim/report/summary.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';

test('crashes without room between what must and what may survive are missed coverage', async () => {
  const result = await runScenario(generateScenario(1, { commands: 12, generations: 1 }));
  const missed = (slack: readonly number[]): readonly string[] => {
    const totals = new Totals();
    const one = { ...result, slack, kept: slack };
    totals.add({ result: one, wallMs: 1, second: undefined, file: undefined });
    return totals.summary({ wallMs: 1, filtered: false, interrupted: false }).missed;
  };
  expect(missed([0, 0, 0, 3])).not.toContain('room-between-bounds');
  expect(missed(Array.from({ length: 20 }, (_, i) => (i === 7 ? 1 : 0)))).toContain('room-between-bounds');
});
