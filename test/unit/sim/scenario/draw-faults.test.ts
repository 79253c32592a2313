/** Which faults scenarios get: about half none, the others a few families, and the scenario beneath stays as it is. */
import { describe, expect, test } from 'vitest';
import { faultFamilies } from '../../../../sim/scenario/draw-faults.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { parseScenario } from '../../../../sim/scenario/parse.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';
import type { Scenario, Step } from '../../../../sim/scenario/schema.ts';
import { isOnTop } from './orders.ts';
import type { Situation } from '../../../../sim/scenario/situations.ts';

const ordinary = new Set<Step['kind']>(['command', 'unit', 'admin', 'idle']);
const isFault = ({ kind }: Step): boolean => !ordinary.has(kind);
/** Without the faults, what is asked of the log, the waiting for the answer, and what is put at a share of all steps. */
const beneath = (steps: readonly Step[]): readonly Step[] =>
  steps.filter((step) => !isFault(step) && !isOnTop(step) && !isMovable(step));
const isMovable = (step: Step): boolean =>
  step.kind === 'idle' || (step.kind === 'admin' && step.command[0] === 'BGREWRITEAOF');
/** A machine may be down for up to an hour, without any fault. */
const isDowntime = (ms: number): boolean => ms >= 0 && ms <= 3_600_000;
const hasFaults = ({ faults, generations }: Scenario): boolean =>
  faults !== undefined ||
  generations.some(({ steps, wallJumpMs = 0 }) => !isDowntime(wallJumpMs) || steps.some(isFault));

describe('faults by seed', () => {
  test('about half of the seeds have none', () => {
    let none = 0;
    for (let seed = 1; seed <= 400; seed++) if (!hasFaults(generateScenario(seed))) none++;
    expect(none).toBeGreaterThan(180);
    expect(none).toBeLessThan(280);
  });

  test('a seed without its faults is the same scenario', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const plain = generateScenario(seed, { faults: [] });
      expect(hasFaults(plain)).toBe(false);
      for (const family of ['stalls', 'children', 'errors', 'second'] as const) {
        const faulty = generateScenario(seed, { faults: [family] });
        for (const [index, { steps }] of faulty.generations.entries())
          expect(beneath(steps)).toEqual(beneath(plain.generations[index]!.steps));
      }
    }
  });

  test.each(faultFamilies)('%s: drawn, and read back from JSON', (family) => {
    let drawn = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const scenario = generateScenario(seed, { faults: [family] });
      if (hasFaults(scenario)) drawn++;
      expect(parseScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
    }
    expect(drawn).toBeGreaterThan(5);
  });

  test('where the wall may jump back no key is near its end', () => {
    const soon = 20 * 31_557_600_000;
    for (let seed = 1; seed <= 60; seed++) {
      const { generations } = generateScenario(seed, { faults: ['wall'] });
      const steps = generations.flatMap((life) => life.steps);
      const goesBack =
        steps.some((step) => step.kind === 'wall' && step.byMs < 0) ||
        generations.some(({ wallJumpMs = 0 }) => wallJumpMs < 0);
      if (!goesBack) continue;
      for (const step of steps)
        if (step.kind === 'command' && step.command[0] === 'PEXPIRE')
          expect(Number(step.command[2])).toBeGreaterThan(soon);
    }
  });
});

test.each<readonly [(typeof faultFamilies)[number], readonly Situation[]]>([
  ['wall', ['wall-jump', 'wall-jump-while-unsynced']],
  ['stalls', ['machine-paused', 'server-stopped']],
  ['children', ['fork-failed']],
  ['signals', ['signalled', 'shut-down-well']],
  ['second', ['second-server-refused']],
  ['space', ['log-write-failed', 'write-refused']],
])('%s befall the engine, which keeps its promises, the same way twice', async (family, situations) => {
  const met = new Set<string>();
  for (let seed = 1; seed <= 10; seed++) {
    const scenario = generateScenario(seed, { faults: [family], persistences: ['hybrid', 'rdb+aof'] });
    const result = await runScenario(scenario);
    expect([result.fault, result.violations]).toEqual([undefined, []]);
    for (const name of Object.keys(result.situations)) met.add(name);
    if (seed === 1) expect((await runScenario(scenario)).trace).toBe(result.trace);
  }
  expect(situations.filter((name) => !met.has(name))).toEqual([]);
});
