/**
 * The suite is not empty: each planted bug and each null engine fails in every one of three disjoint ranges of 200 seeds,
 * and the engine itself passes all of them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plantedMutants } from '../../sim/mutants/catalogue/index.ts';
import { huntingGrounds } from '../../sim/mutants/hunt.ts';
import type { Chase } from '../../sim/mutants/matrix.ts';
import { nullEngines } from '../../sim/mutants/null-engines.ts';
import { hunters } from '../../sim/cli/hunters.ts';
import type { Hunters } from '../../sim/cli/hunters.ts';
import type { Quarry } from '../../sim/cli/hunter.ts';

const timeoutMs = 240_000;
let pool: Hunters;
const table: string[] = [];

beforeAll(() => {
  pool = hunters(2);
});

afterAll(async () => {
  await pool.close();
  console.log(
    `seeds to kill in ${huntingGrounds.map(({ first, last }) => `${first}..${last}`).join(', ')}\n${table.toSorted().join('\n')}`,
  );
});

function everywhere(quarry: Quarry): Promise<Chase[]> {
  return Promise.all(
    huntingGrounds.map(({ first, last }) =>
      pool.send({ quarry, firstSeed: first, mostSeeds: last - first + 1, budgetMs: 120_000 }),
    ),
  );
}

function note(id: string, hunts: readonly Chase[]): void {
  const fates = hunts.map(({ seeds, kill }) =>
    (kill === undefined ? `alive after ${seeds}` : `${seeds} (${kill.violation.property})`).padEnd(12),
  );
  table.push(`${id.padEnd(36)} ${fates.join(' ')}`.trimEnd());
}

describe.concurrent('in three disjoint ranges of 200 seeds', () => {
  test('the engine itself passes', { timeout: timeoutMs }, async () => {
    const hunts = await everywhere({ kind: 'clean' });
    for (const { kill } of hunts) expect(kill).toBeUndefined();
  });

  test.each(plantedMutants.map((mutant) => [mutant.id, mutant] as const))(
    '%s dies in each',
    { timeout: timeoutMs },
    async (id, mutant) => {
      const { kills } = mutant;
      const hunts = await everywhere({ kind: 'mutant', mutant });
      note(id, hunts);
      for (const { kill } of hunts)
        expect(kills, `${id}: ${kill?.violation.message ?? 'alive'}`).toContain(kill?.violation.property);
    },
  );

  test.each(nullEngines.map(({ id, title }) => [id, title] as const))(
    'the null engine %s fails in each (%s)',
    { timeout: timeoutMs },
    async (id) => {
      const hunts = await everywhere({ kind: 'null', id });
      note(id, hunts);
      for (const { kill } of hunts) expect(kill, `${id} is alive`).toBeDefined();
    },
  );
});
