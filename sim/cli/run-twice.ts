/** `--doublecheck`: a scenario run twice, and the first event in which the two runs differ. */
import type { SecondRun } from '../report/reporter.ts';
import type { RunResult } from '../scenario/result.ts';
import { runScenario } from '../scenario/run.ts';
import type { RunOptions } from '../scenario/run.ts';
import type { Scenario } from '../scenario/schema.ts';
import { findDivergence } from '../world/index.ts';
import type { TraceEvent } from '../world/index.ts';

export interface RunTwice {
  readonly result: RunResult;
  /** Real time of the first run. */
  readonly wallMs: number;
  readonly second: SecondRun;
}

export async function runTwice(scenario: Scenario, options: RunOptions): Promise<RunTwice> {
  const traces: (readonly TraceEvent[])[] = [];
  const recorded: RunOptions = { ...options, onTrace: (events) => void traces.push(events) };
  const startedAtMs = performance.now();
  const result = await runScenario(scenario, recorded);
  const wallMs = performance.now() - startedAtMs;
  const { trace } = await runScenario(scenario, recorded);
  const divergence = trace === result.trace ? undefined : findDivergence(traces[0]!, traces[1]!);
  return { result, wallMs, second: { trace, divergence } };
}
