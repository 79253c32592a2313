/**
 * The null disk: where nothing is ever lost, what is wrong about durability is not wrong. These mutants die of lost power
 * and of nothing else, so it is the disk that kills them, and not luck or an oracle that complains about everything.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mutants } from '../../sim/mutants/catalogue/index.ts';
import { hunters } from './pool.ts';
import type { Hunters } from './pool.ts';

const range = { first: 1001, last: 1006 };
let pool: Hunters;

beforeAll(() => {
  pool = hunters(2);
});

afterAll(() => pool.close());

describe.concurrent('on a disk that never loses anything', () => {
  const durability = mutants.filter(({ needsPowerLoss }) => needsPowerLoss === true);

  test.each(durability.map(({ id }) => id))('%s survives', { timeout: 120_000 }, async (id) => {
    const { kill } = await pool.send({ kind: 'mutant', id, range, profile: 'proc-kill' });
    expect(kill?.violation.message).toBeUndefined();
  });
});
