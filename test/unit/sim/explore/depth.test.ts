/** Crashes inside recoveries: a clean engine withstands them, and what breaks only there is found there. */
import { describe, expect, test } from 'vitest';
import * as engine from '../../../../src/index.ts';
import { posixStrict } from '../../../../sim/disk/index.ts';
import { explore } from '../../../../sim/explore/explore.ts';
import type { Exploration } from '../../../../sim/explore/explore.ts';
import { protocols } from '../../../../sim/explore/protocols.ts';
import { loadEngine } from '../../../../sim/mutants/bundle.ts';
import { mutants } from '../../../../sim/mutants/catalogue/index.ts';
import type { EngineModule } from '../../../../sim/scenario/engine-module.ts';

function exploreTo(depth: number, name: string, engineModule: EngineModule): Promise<Exploration> {
  const { scenario } = protocols.find((protocol) => protocol.name === name)!;
  const limits = { mostStates: 4, samples: 2, again: 0, depth };
  return explore(scenario, { engineModule, profiles: [posixStrict], limits });
}

describe('with a depth of one', () => {
  test('every operation of every recovery is crashed, and what is recovered then is what it would have been', async () => {
    const flat = await exploreTo(0, 'append', engine);
    const deep = await exploreTo(1, 'append', engine);
    expect(deep.findings).toEqual([]);
    expect(deep.counts.recoveries).toBeGreaterThan(5 * flat.counts.recoveries);
    expect(deep.run.trace).toBe(flat.run.trace);
  });

  test('what a recovery accepts and does not sync is lost by the next crash inside one', async () => {
    const id = 'recovery-does-not-sync-what-it-accepted';
    const mutant = await loadEngine(mutants.find((candidate) => candidate.id === id)!);
    const flat = await exploreTo(0, 'recover', mutant);
    const deep = await exploreTo(1, 'recover', mutant);
    expect(flat.findings.filter(({ inside }) => inside !== undefined)).toEqual([]);
    expect(deep.findings.some(({ inside }) => inside !== undefined)).toBe(true);
  });
});
