/**
 * The table "which omission is killable where" of A.4, cell by cell: the quick rows. `npx tsx test/mutants/table.ts` tries
 * all of them, and docs/fault-model.md has what it prints.
 */
import { describe, expect, test } from 'vitest';
import { profiles } from '../../sim/disk/index.ts';
import { checkEdit } from '../../sim/mutants/bundle.ts';
import { omissions } from './omissions.ts';
import { tryOmission } from './try-omission.ts';

describe('an omitted step', () => {
  test('every column is an honest profile', () => {
    for (const { fates } of omissions)
      for (const name of Object.keys(fates)) expect(profiles.get(name)?.honest).toBe(true);
  });

  test.each(omissions.map(({ step, edit }) => [step, edit] as const))(
    '%s fits the source as it is',
    async (_, edit) => {
      await expect(checkEdit(edit)).resolves.toBeUndefined();
    },
  );

  test.each(omissions.filter(({ quick }) => quick).map((omission) => [omission.step, omission] as const))(
    '%s is killed where the table says so, and survives every state elsewhere',
    { timeout: 120_000 },
    async (_, omission) => {
      const { cells, control } = await tryOmission(omission);
      expect(control).toEqual([]);
      const fates = cells.map(({ column, finding }) => [column, finding === undefined ? 'no' : 'yes']);
      expect(Object.fromEntries(fates)).toEqual(omission.fates);
      for (const { finding, wasCut } of cells) expect(finding !== undefined || !wasCut).toBe(true);
    },
  );
});
