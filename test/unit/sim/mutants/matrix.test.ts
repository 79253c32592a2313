/** The kill matrix: what its figures mean, survivors first. */
import { describe, expect, test } from 'vitest';
import { inOrder, isUnexplained, rowOf } from '../../../../sim/mutants/matrix.ts';
import type { Chase } from '../../../../sim/mutants/matrix.ts';
import type { Mutant } from '../../../../sim/mutants/mutant.ts';
import type { Property } from '../../../../sim/oracle/violation.ts';
import { matrixAsJson, matrixAsMarkdown, matrixAsText } from '../../../../sim/report/matrix.ts';

const about = { bases: 4, mostSeeds: 500, budgetMs: 60_000, wallMs: 1000, leftOut: 2 };

function mutant(id: string, more: Partial<Mutant> = {}): Mutant {
  return {
    id,
    title: 'does something wrong',
    story: 'it happened',
    file: 'src/a.ts',
    find: 'a',
    replace: 'b',
    kills: ['P1'],
    profiles: ['posix-strict'],
    ...more,
  };
}

function chase(seeds: number, property?: Property): Chase {
  const violation = property === undefined ? undefined : { property, message: '', generation: 1, simMs: 0 };
  return {
    firstSeed: 1,
    seeds,
    spentMs: seeds * 10,
    kill: violation === undefined ? undefined : { seed: '1', violation },
  };
}

describe('a row', () => {
  test('has median and 95th percentile by nearest rank, and counts what killed', () => {
    const chases = Array.from({ length: 20 }, (_, i) => chase(i + 1, i < 15 ? 'P1' : 'P2'));
    const row = rowOf(mutant('a'), 'posix-strict', chases);
    expect(row.seeds).toEqual({ median: 10, p95: 19 });
    expect(row.seconds).toEqual({ median: 0.1, p95: 0.19 });
    expect(row.kills).toEqual([
      ['P1', 15],
      ['P2', 5],
    ]);
    expect(row.unexpected).toEqual(['P2']);
  });

  test('counts a chase that came to nothing as longer than all others', () => {
    const row = rowOf(mutant('a'), 'xfs', [chase(3, 'P1'), chase(500), chase(500), chase(4, 'P1')]);
    expect(row.survived).toBe(2);
    expect(row.seeds).toEqual({ median: 4, p95: Infinity });
  });
});

test('survivors stand first, then what was hard to kill; an explained one is no finding', () => {
  const easy = rowOf(mutant('easy'), 'xfs', [chase(1, 'P1')]);
  const hard = rowOf(mutant('hard'), 'xfs', [chase(90, 'P1')]);
  const alive = rowOf(mutant('alive'), 'xfs', [chase(500)]);
  const explained = rowOf(mutant('explained', { survives: 'nothing can' }), 'xfs', [chase(500)]);
  expect(inOrder([easy, explained, hard, alive]).map((row) => row.mutant.id)).toEqual([
    'alive',
    'explained',
    'hard',
    'easy',
  ]);
  expect([easy, hard, alive, explained].map(isUnexplained)).toEqual([false, false, true, false]);
  const text = matrixAsText(inOrder([easy, explained, hard, alive]), about);
  expect(text).toContain('alive survives, and nothing explains it');
  expect(text).toContain('explained survives: nothing can');
  expect(text).toContain('interrupted: 2 mutants left out');
  expect(matrixAsMarkdown([alive], about)).toContain('| alive |  | xfs | alive 1 of 1 | – | – | – | – |');
  expect(JSON.parse(matrixAsJson([alive]))).toMatchObject({ id: 'alive', survived: 1, medianSeeds: null });
});
