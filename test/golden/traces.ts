/** Golden traces: twenty seeds whose traces are the same on every machine and every Node, at the same sources. */
import { generateScenario, runScenario } from '../../sim/index.ts';

export const goldenPath = new URL('traces.json', import.meta.url);

const SEEDS = Array.from({ length: 20 }, (_, index) => String(index + 1));

/** Runs them: seed to trace. Throws where the simulator itself is at fault. */
export async function takeTraces(): Promise<Readonly<Record<string, string>>> {
  const traces: Record<string, string> = {};
  for (const seed of SEEDS) {
    const { trace, fault } = await runScenario(generateScenario(seed));
    if (fault !== undefined) throw new Error(`seed ${seed}: a fault of the simulator: ${fault}`);
    traces[seed] = trace;
  }
  return traces;
}
