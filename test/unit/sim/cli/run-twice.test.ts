/** Nondeterminism is found, and named by its first event. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import * as engine from '../../../../src/index.ts';
import { main } from '../../../../sim/cli/program.ts';
import { runTwice } from '../../../../sim/cli/run-twice.ts';
import { writeScenarioFile } from '../../../../sim/cli/scenario-file.ts';
import { explainFailure } from '../../../../sim/report/failure.ts';
import { colours } from '../../../../sim/report/colours.ts';
import type { EngineModule } from '../../../../sim/scenario/engine-module.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';

const scenario = generateScenario('1', { commands: 20, generations: 1, faults: [] });

/** The engine, with a memory that outlives it: from its second life in this process on it asks for entropy first. */
function remembering(): EngineModule {
  let lives = 0;
  return {
    ...engine,
    openEngine(host, settings, options) {
      if (++lives > 2) host.process.entropy(8);
      return engine.openEngine(host, settings, options);
    },
  };
}

test('an engine that remembers an earlier run is named by the first event that is another', async () => {
  const { result, second } = await runTwice(scenario, { engineModule: remembering() });
  expect(second.trace).not.toBe(result.trace);
  const { divergence } = second;
  expect(divergence!.first).not.toEqual(divergence!.second);
  const text = explainFailure({ result, second, wallMs: 1, file: undefined }, '', colours(false));
  expect(text).toContain('NONDETERMINISM');
  expect(text).toContain(`second run:    12:00:00.`);
  expect(text).toContain(divergence!.second!.what);
});

test('the engine itself does the same again', async () => {
  const { result, second } = await runTwice(scenario, {});
  expect(second).toEqual({ trace: result.trace, divergence: undefined });
});

test('replay --strict says where a run leaves the recorded one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'lightsout-strict-'));
  const said: string[] = [];
  const hear = (text: string | Uint8Array): boolean => said.push(String(text)) > 0;
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  try {
    // Milestones that no run meets: the first event is another already.
    let events = 0;
    const result = await runScenario(scenario, { onTrace: (all) => void (events = all.length) });
    const path = writeScenarioFile(directory, scenario, {
      ...result,
      milestones: { every: 1, marks: Array.from({ length: events }, () => 0) },
    });
    const file = JSON.parse(readFileSync(path, 'utf8')) as { recorded: { trace: string } };
    expect(await main(['replay', '--strict', path])).toBe(0);
    file.recorded.trace = '0123456789abcdef';
    writeFileSync(path, JSON.stringify(file));
    expect(await main(['replay', '--strict', path])).toBe(3);
    expect(said.join('')).toContain(`expected 0123456789abcdef`);
    expect(said.join('')).toContain('the same for 0 events; the first that differs is\n  event 1: 12:00:00.');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
