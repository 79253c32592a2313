/**
 * The null disk: where nothing is ever lost, what is wrong about durability is not wrong. These mutants die of lost power
 * and of nothing else, so it is the disk that kills them, and not luck or an oracle that complains about everything.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mutants } from '../../sim/mutants/catalogue/index.ts';
import { hunters } from '../../sim/cli/hunters.ts';
import type { Hunters } from '../../sim/cli/hunters.ts';

const order = { firstSeed: 1001, mostSeeds: 6, budgetMs: 60_000, profile: 'proc-kill' };
let pool: Hunters;

beforeAll(() => {
  pool = hunters(2);
});

afterAll(() => pool.close());

describe.concurrent('on a disk that never loses anything', () => {
  const durability = mutants.filter(({ needsPowerLoss }) => needsPowerLoss === true);

  test.each(durability.map((mutant) => [mutant.id, mutant] as const))(
    '%s survives',
    { timeout: 120_000 },
    async (_, mutant) => {
      const { kill } = await pool.send({ quarry: { kind: 'mutant', mutant }, ...order });
      expect(kill?.violation.message).toBeUndefined();
    },
  );
});
