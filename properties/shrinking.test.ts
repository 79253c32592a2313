/**
 * A law that breaks is told in a few commands: with a bug planted, fast-check finds a scenario of dozens and shrinks it to
 * what it takes. Otherwise a failure of the laws beside this file would be a riddle.
 */
import fc from 'fast-check';
import { countCommands, runScenario } from 'lightsout/sim';
import type { Property, Scenario } from 'lightsout/sim';
import { expect, test } from 'vitest';
import { loadEngine } from '../sim/mutants/bundle.ts';
import { mutants } from '../sim/mutants/catalogue/index.ts';
import { law, Tried } from './runs.ts';
import type { Choices } from './runs.ts';

interface Planted {
  readonly id: string;
  readonly choices: Choices;
  readonly properties: readonly Property[];
  /** What is left of the commands, at most. */
  readonly commands: number;
  /** What must be among them. */
  readonly sent: RegExp;
}

const planted: readonly Planted[] = [
  {
    id: 'reply-before-fsync',
    choices: { persistences: ['aof'], appendfsyncs: ['always'], profiles: ['posix-strict'], faults: [] },
    properties: ['P1', 'P2', 'P4'],
    commands: 2,
    sent: /./,
  },
  {
    id: 'claim-not-logged',
    choices: { persistences: ['aof', 'hybrid'], faults: [], generations: [1, 2] },
    properties: ['P1', 'P2', 'P3', 'P4'],
    commands: 5,
    sent: /XADD.*XCLAIM|XADD.*XAUTOCLAIM/,
  },
];

function told({ generations }: Scenario): string {
  return generations.flatMap(({ steps }) => steps.map((step) => JSON.stringify(step))).join(' ');
}

test.each(planted.map((one) => [one.id, one] as const))(
  '%s is told in a few commands',
  async (id, { choices, properties, commands, sent }) => {
    const engineModule = await loadEngine(mutants.find((mutant) => mutant.id === id)!);
    const broken = law(choices, properties, new Tried(), engineModule);
    const { failed, counterexample, numShrinks } = await fc.check(broken, { seed: 5, numRuns: 500 });
    expect(failed).toBe(true);
    expect(numShrinks).toBeGreaterThan(3);
    const [scenario] = counterexample!;
    expect(told(scenario)).toMatch(sent);
    expect(countCommands(scenario), `of ${told(scenario)}`).toBeLessThanOrEqual(commands);
    // It is the bug, and not the scenario.
    expect((await runScenario(scenario)).violations).toEqual([]);
  },
);
