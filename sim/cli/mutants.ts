/** `sim mutants`: hunts every mutant from many places to begin, and prints what it took. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { mutants as catalogue } from '../mutants/catalogue/index.ts';
import { inOrder, isUnexplained, rowOf } from '../mutants/matrix.ts';
import type { Row } from '../mutants/matrix.ts';
import { BadMutantError, parseMutants } from '../mutants/mutant.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { matrixAsJson, matrixAsMarkdown, matrixAsText } from '../report/matrix.ts';
import { EXIT, UsageError } from './exit-status.ts';
import { hunters, StoppedError } from './hunters.ts';
import { onInterrupt } from './interruption.ts';
import { durationMs, whole } from './options.ts';

export interface MutantsFlags {
  readonly only?: string;
  readonly file?: string;
  readonly bases?: string;
  readonly seeds?: string;
  readonly budget?: string;
  readonly jobs?: string;
  readonly profile?: string;
  readonly clean?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly list?: boolean;
  readonly output?: string;
}

/** Of a mutant that says why it survives only that is asked, from as many places at the most. */
const PLACES_OF_A_SURVIVOR = 3;

/** Seeds of different chases lie that far apart. */
const STRIDE = 10_000;

/** Returns the exit status: 1 where a mutant survived and its entry does not say why, or the clean engine failed. */
export async function huntMutants(flags: MutantsFlags): Promise<number> {
  const hunted = chosen(flags);
  if (flags.list === true) {
    for (const { id, zoo, title } of hunted)
      process.stdout.write(`${id.padEnd(44)} ${(zoo ?? '').padEnd(5)} ${title}\n`);
    return EXIT.ok;
  }
  const bases = flags.bases === undefined ? 30 : whole('--bases', flags.bases, 1, 10_000);
  const mostSeeds = flags.seeds === undefined ? 500 : whole('--seeds', flags.seeds, 1, STRIDE);
  const budgetMs = durationMs(flags.budget ?? '60s');
  const jobs = flags.jobs === undefined ? availableParallelism() : whole('--jobs', flags.jobs, 1, 256);
  const pool = hunters(jobs);
  const interruption = onInterrupt();
  void interruption.promise.then(() => pool.stop());
  const startedAtMs = performance.now();
  const rows: Row[] = [];
  const faults: string[] = [];
  let done = 0;
  try {
    await Promise.all(
      hunted.map(async (mutant) => {
        const profile = flags.profile ?? mutant.profiles[0]!;
        const places = mutant.survives === undefined ? bases : Math.min(bases, PLACES_OF_A_SURVIVOR);
        try {
          const chases = await Promise.all(
            Array.from({ length: places }, (_, base) =>
              pool.send({
                quarry: flags.clean === true ? { kind: 'clean', mutant } : { kind: 'mutant', mutant },
                firstSeed: (base + 1) * STRIDE + 1,
                mostSeeds,
                budgetMs,
                profile,
              }),
            ),
          );
          rows.push(rowOf(mutant, profile, chases));
        } catch (error) {
          if (error instanceof StoppedError) return;
          faults.push(`${mutant.id}: ${(error as Error).message}`);
        }
        done++;
        if (process.stderr.isTTY && flags.quiet !== true)
          process.stderr.write(`\r${done} of ${hunted.length} mutants\u001b[K`);
      }),
    );
  } finally {
    interruption.end();
    await pool.close();
    if (process.stderr.isTTY && flags.quiet !== true) process.stderr.write('\r\u001b[K');
  }
  const ordered = inOrder(rows);
  const leftOut = hunted.length - rows.length - faults.length;
  const about = { bases, mostSeeds, budgetMs, wallMs: performance.now() - startedAtMs, leftOut };
  for (const fault of faults) process.stderr.write(`mutants: ${fault}\n`);
  if (flags.output !== undefined) writeFileSync(flags.output, matrixAsMarkdown(ordered, about));
  if (flags.json === true) process.stdout.write(matrixAsJson(ordered));
  else process.stdout.write(matrixAsText(ordered, about));
  if (faults.length > 0) return EXIT.fault;
  if (interruption.happened) return EXIT.interrupted;
  const findings =
    flags.clean === true ? rows.filter(({ kills }) => kills.length > 0) : rows.filter(isUnexplained);
  return findings.length > 0 ? EXIT.violated : EXIT.ok;
}

/** @throws UsageError */
function chosen({ only, file }: MutantsFlags): readonly Mutant[] {
  const known = file === undefined ? catalogue : readMutants(file);
  if (only === undefined) return known;
  return only.split(',').map((id) => {
    const mutant = known.find((candidate) => candidate.id === id || candidate.zoo === id);
    if (mutant === undefined)
      throw new UsageError(`--only: got ${JSON.stringify(id)}, expected one that --list names`);
    return mutant;
  });
}

/** @throws UsageError */
function readMutants(path: string): readonly Mutant[] {
  try {
    return parseMutants(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof BadMutantError) throw new UsageError(`${path}: ${error.message}`);
    throw new UsageError(
      `${path}: got ${error instanceof SyntaxError ? 'what is no JSON' : (error as Error).message}, expected an array of mutants`,
    );
  }
}
