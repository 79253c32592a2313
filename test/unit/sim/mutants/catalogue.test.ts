import { describe, expect, test } from 'vitest';
import { checkEdit } from '../../../../sim/mutants/bundle.ts';
import { mutants, plantedMutants } from '../../../../sim/mutants/catalogue/index.ts';
import { checkMutant, parseMutants } from '../../../../sim/mutants/mutant.ts';

describe('the catalogue', () => {
  test.each(mutants.map((mutant) => [mutant.id, mutant] as const))(
    '%s fits the source as it is, and changes it',
    async (_, mutant) => {
      checkMutant(mutant);
      await expect(checkEdit(mutant)).resolves.toBeUndefined();
    },
  );

  test('ids are unique', () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  });

  test('seven are planted for every range of seeds', () => {
    expect(plantedMutants).toHaveLength(7);
  });

  test('survives being written as JSON', () => {
    const written = JSON.parse(JSON.stringify(mutants)) as unknown;
    expect(parseMutants(written).map(({ id, find, needs }) => ({ id, find, needs }))).toEqual(
      mutants.map(({ id, find, needs }) => ({ id, find, needs })),
    );
  });
});
