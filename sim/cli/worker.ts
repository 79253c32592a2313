/** A worker's work: runs scenarios one after the other and tells of each as it begins and ends. */
import { generateScenario } from '../scenario/generate.ts';
import { loadEngine } from '../mutants/bundle.ts';
import { runScenario } from '../scenario/run.ts';
import { mutantOf } from './planted.ts';
import { runTwice } from './run-twice.ts';
import type { Message, Task } from './task.ts';

export async function work({ jobs, filters, doublecheck, narrate, mutant, port }: Task): Promise<void> {
  const tell = (message: Message): void => port.postMessage(message);
  const engine = mutant === undefined ? {} : { engineModule: await loadEngine(mutantOf(mutant)) };
  for (const [index, job] of jobs.entries()) {
    tell({ kind: 'begin', index });
    const scenario = 'scenario' in job ? job.scenario : generateScenario(job.seed, filters);
    if (doublecheck) {
      tell({ kind: 'end', index, ...(await runTwice(scenario, { narrate, ...engine })) });
      continue;
    }
    const startedAtMs = performance.now();
    const result = await runScenario(scenario, { narrate, ...engine });
    const wallMs = performance.now() - startedAtMs;
    tell({ kind: 'end', index, result, wallMs, second: undefined });
  }
  port.close();
}
