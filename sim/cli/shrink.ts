/** `sim shrink`: from a scenario that fails to the shortest one that breaks the same property, as a file and as a test. */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadEngine } from '../mutants/bundle.ts';
import { colours } from '../report/colours.ts';
import { explainFailure } from '../report/failure.ts';
import { count, duration } from '../report/words.ts';
import { runScenario } from '../scenario/run.ts';
import { shrinkScenario, sizeOf } from '../shrink/shrink.ts';
import type { Shrunk } from '../shrink/shrink.ts';
import { describeScenario } from '../shrink/describe.ts';
import { EXIT } from './exit-status.ts';
import { onInterrupt } from './interruption.ts';
import { durationMs } from './options.ts';
import { readScenarioFile, writeScenarioFile } from './scenario-file.ts';
import { mutantOf } from './planted.ts';
import { pastedTest } from './pasted-test.ts';

export interface ShrinkFlags {
  readonly output?: string;
  readonly budget?: string;
  /** Shrinks on an engine with this bug of the catalogue planted. */
  readonly mutant?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const defaultBudget = '60s';

/** Shrinks the scenario in a file. Returns the exit status: 1 where it fails, as it should, 0 where it does not fail. */
export async function shrinkFile(path: string, flags: ShrinkFlags): Promise<number> {
  const { scenario } = readScenarioFile(path);
  const budgetMs = durationMs(flags.budget ?? defaultBudget);
  const engineModule = flags.mutant === undefined ? undefined : await loadEngine(mutantOf(flags.mutant));
  const startedAtMs = performance.now();
  const isTold = process.stderr.isTTY && flags.quiet !== true;
  const interruption = onInterrupt();
  const shrunk = await shrinkScenario(scenario, {
    run: (candidate) => runScenario(candidate, engineModule === undefined ? {} : { engineModule }),
    isOver: () => interruption.happened || performance.now() - startedAtMs >= budgetMs,
    onProgress: (best) => {
      if (isTold) process.stderr.write(`\r${sizeWords(best)}, ${best.runs} runs \u001b[K`);
    },
  });
  interruption.end();
  if (isTold) process.stderr.write('\r\u001b[K');
  if (shrunk === undefined) {
    process.stderr.write(`shrink: ${path}: got a scenario that passes, expected one that fails\n`);
    return EXIT.ok;
  }
  const wallMs = performance.now() - startedAtMs;
  const name = `${basename(path, '.json')}.shrunk`;
  const directory = flags.output ?? '.';
  const file = writeScenarioFile(directory, shrunk.scenario, shrunk.result, name);
  const test = join(directory, `${name}.test.ts`);
  writeFileSync(test, pastedTest(shrunk, basename(path)));
  if (flags.json === true) {
    const { lives, commands, faults } = sizeOf(shrunk);
    const { property, message } = shrunk.violation;
    process.stdout.write(
      `${JSON.stringify({ type: 'shrunk', property, message, lives, commands, faults, runs: shrunk.runs, wallMs: Math.round(wallMs), trace: shrunk.result.trace, file, test })}\n`,
    );
  } else if (flags.quiet !== true) tell(shrunk, wallMs, file, test, flags.mutant);
  return interruption.happened ? EXIT.interrupted : EXIT.violated;
}

function tell(shrunk: Shrunk, wallMs: number, file: string, test: string, mutant: string | undefined): void {
  const { stdout } = process;
  const c = colours(stdout.isTTY && process.env['NO_COLOR'] === undefined);
  const lines = [
    `${c.strong(sizeWords(shrunk))}, after ${count(shrunk.runs, 'run')} in ${duration(wallMs)}`,
    ...describeScenario(shrunk.scenario).map((line) => `  ${line}`),
    explainFailure(
      { result: shrunk.result, wallMs, second: undefined, file },
      mutant === undefined ? '' : ` --mutant ${mutant}`,
      c,
    ),
    `  as a test: ${c.strong(test)}`,
  ];
  stdout.write(`${lines.join('\n')}\n`);
}

function sizeWords(shrunk: Shrunk): string {
  const { lives, commands, faults } = sizeOf(shrunk);
  return `${count(lives, 'life', 'lives')}, ${count(commands, 'command')}, ${count(faults, 'fault')}`;
}
