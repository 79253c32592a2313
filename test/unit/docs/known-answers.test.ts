/** The table of known answers in docs/fault-model.md names every one of V1 to V11, and nothing that is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutants } from '../../../sim/mutants/catalogue/index.ts';
import { knownAnswerMutants } from '../../../sim/mutants/catalogue/known-answers.ts';

const root = join(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'docs/fault-model.md'), 'utf8');
const rows = [...text.matchAll(/^\| (V\d+) \| .* \| `(.+)` \| `(.+)` \|$/gm)].map(
  ([, answer, where, mutant]) => [answer!, where!, mutant!] as const,
);

test('every known answer has a row', () => {
  const named = new Set(rows.map(([answer]) => answer));
  expect([...named]).toEqual(Array.from({ length: 11 }, (_, i) => `V${i + 1}`));
});

test.each(rows)('%s: %s is there, and tests %s', (_answer, where, mutant) => {
  if (where.endsWith('.json')) {
    expect(existsSync(join(root, 'test/regressions', where))).toBe(true);
    expect(mutants.map(({ id }) => id)).toContain(mutant);
    // The pair of scenario and mutant is run there.
    const pairs = readFileSync(join(root, 'test/unit/regressions.test.ts'), 'utf8');
    expect(pairs).toMatch(new RegExp(`'${where}': \\{[^}]*mutant: '${mutant}'`));
  } else {
    expect(where).toBe('known-answers.test.ts');
    expect(knownAnswerMutants.map(({ id }) => id)).toContain(mutant);
  }
});
