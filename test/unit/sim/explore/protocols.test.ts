/** The protocols of A.8: every state that any honest profile allows at any instant of them holds what was promised. */
import { describe, expect, test } from 'vitest';
import * as engine from '../../../../src/index.ts';
import { procKill, profiles } from '../../../../sim/disk/index.ts';
import { explore } from '../../../../sim/explore/explore.ts';
import { protocols } from '../../../../sim/explore/protocols.ts';

/** The small ones; `npm run sim -- explore --protocol all` tries all of them. */
const small = ['start', 'save-fresh', 'save-over', 'bgsave', 'recover'];
const losing = [...profiles.values()].filter(({ honest, losesPower }) => honest && losesPower);

describe('enumerated in full, under every profile', () => {
  test.each(
    protocols
      .filter(({ name }) => small.includes(name))
      .map((protocol) => [protocol.name, protocol] as const),
  )('%s keeps its promises', { timeout: 60_000 }, async (_, { scenario }) => {
    const limits = {
      mostStates: 30_000,
      samples: 0,
      again: 0,
      fromGeneration: scenario.generations.length,
    };
    const { findings, counts, run } = await explore(scenario, {
      engineModule: engine,
      limits,
      profiles: [procKill, ...losing],
    });
    expect(run.violations).toEqual([]);
    expect(findings).toEqual([]);
    expect(counts.cut).toEqual({});
    expect(counts.complete).toBe(counts.instants);
    expect(counts.instants).toBeGreaterThan(8);
    expect(counts.distinct).toBeGreaterThan(100);
  });
});
