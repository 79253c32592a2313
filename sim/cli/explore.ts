/** `sim explore`: explores the workloads of seeds, says what was tried and what was not, and decides the exit status. */
import { defaultLimits } from '../explore/image.ts';
import type { ExploreLimits } from '../explore/image.ts';
import { protocols } from '../explore/protocols.ts';
import { exploreScenario, mishapsLeftOut } from '../explore/workload.ts';
import { procKill, profiles } from '../disk/index.ts';
import { EXIT, UsageError } from './exit-status.ts';
import { onInterrupt } from './interruption.ts';
import { exploreAll } from './explore-pool.ts';
import type { Explored, ExploreTask, NamedFinding } from './explore-task.ts';
import { names, readOptions, whole } from './options.ts';
import type { Options, RawOptions } from './options.ts';
import { writeScenarioFile } from './scenario-file.ts';

const DEFAULT_SEEDS = '1..20';

interface Totals {
  seeds: number;
  failed: number;
  instants: number;
  complete: number;
  states: number;
  distinct: number;
  recoveries: number;
}

/** Explores seeds. Returns the exit status. */
export async function exploreSeeds(raw: RawOptions): Promise<number> {
  if (raw.protocol !== undefined && (raw.seed ?? raw.seeds) !== undefined)
    throw new UsageError('--protocol and --seed: got both, expected one of them');
  const named = raw.seed !== undefined || raw.seeds !== undefined || raw.budget !== undefined;
  const options = readOptions(named ? raw : { ...raw, seeds: DEFAULT_SEEDS });
  const unable = options.reporters.find((name) => name !== 'line' && name !== 'json');
  if (unable !== undefined)
    throw new UsageError(`explore --reporter: got ${JSON.stringify(unable)}, expected line or json`);
  const limits: ExploreLimits = {
    ...defaultLimits,
    ...(raw.protocol === undefined ? {} : { mostStates: 30_000, again: 0 }),
    ...(raw.states === undefined ? {} : { mostStates: whole('--states', raw.states, 1, 10_000_000) }),
    ...(raw.samples === undefined ? {} : { samples: whole('--samples', raw.samples, 0, 1_000_000) }),
    ...(raw.depth === undefined ? {} : { depth: whole('--depth', raw.depth, 0, 5) }),
    ...(raw.again === undefined ? {} : { again: whole('--again', raw.again, 0, 1_000_000) }),
  };
  const json = options.reporters.includes('json');
  const tell = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const planted = options.mutant === undefined ? '' : ` --mutant ${options.mutant}`;
  const totals: Totals = {
    seeds: 0,
    failed: 0,
    instants: 0,
    complete: 0,
    states: 0,
    distinct: 0,
    recoveries: 0,
  };
  const interruption = onInterrupt();
  let images = 0;
  const startedAtMs = performance.now();
  const goesOn = (): boolean =>
    !interruption.happened &&
    (options.budgetMs === undefined || performance.now() - startedAtMs < options.budgetMs);
  const tasks = tasksOf(raw, options, limits);
  const jobs = Math.min(options.jobs, countOf(raw, options));
  for await (const explored of exploreAll(takenWhile(tasks, goesOn), jobs)) {
    const { findings, explained, run, verdict } = explored;
    const { seed } = explored.task.scenario;
    images += explored.images;
    add(totals, explored);
    const leftOut = raw.protocol === undefined ? mishapsLeftOut(seed, options.filters) : {};
    if (json) process.stdout.write(`${JSON.stringify(lineOf(explored, leftOut))}\n`);
    if (!options.quiet || verdict === 'fail') tell(prose(explored, leftOut));
    for (const [index, { replayed, scenario: again, pending }] of explained.entries()) {
      tell(describeFinding(findings[index]!));
      for (const { object, what, detail, fate } of pending.slice(0, 20))
        tell(`    ${fate}: ${object} ${what} ${detail}`);
      if (replayed.verdict === 'pass') {
        tell('    only the exploration makes this state: a run of its scenario passes');
      } else if (options.output !== undefined) {
        const file = writeScenarioFile(options.output, again, replayed, `explore-${seed}-${index + 1}`);
        tell(`    again: npm run sim -- replay ${file}${planted}`);
      } else {
        tell(
          `    again: npm run sim -- explore --seed ${seed}${options.pinned} --output DIR, then replay what stands there`,
        );
      }
    }
    for (const { property, message } of run.violations) tell(`  the run itself: ${property} ${message}`);
    if (totals.failed >= options.bail) break;
  }
  interruption.end();
  const wallMs = Math.round(performance.now() - startedAtMs);
  if (json) process.stdout.write(`${JSON.stringify({ type: 'summary', ...totals, wallMs })}\n`);
  tell(summary(totals, wallMs));
  if (raw.images !== undefined) tell(`${images} images stand in ${raw.images}`);
  if (interruption.happened) return EXIT.interrupted;
  if (totals.seeds === 0) return EXIT.nothing;
  return totals.failed > 0 ? EXIT.violated : EXIT.ok;
}

function* tasksOf(raw: RawOptions, options: Options, limits: ExploreLimits): Generator<ExploreTask> {
  const { images } = raw;
  const { mutant } = options;
  if (raw.protocol === undefined) {
    for (const seed of seedsOf(options))
      yield {
        scenario: exploreScenario(seed, options.filters),
        profiles: undefined,
        limits,
        images,
        mutant,
      };
    return;
  }
  const given = options.filters.profiles ?? [...profiles.keys()].filter((name) => profiles.get(name)!.honest);
  const losing = given.filter((name) => profiles.get(name)!.losesPower);
  for (const { name, scenario } of protocols)
    if (protocolsOf(raw.protocol).includes(name))
      yield { scenario, profiles: [procKill.name, ...losing], limits, images, mutant };
}

function protocolsOf(wanted: string): readonly string[] {
  const known = protocols.map(({ name }) => name);
  return wanted === 'all' ? known : names('--protocol', wanted, known);
}

/** At most so many workloads there will be. */
function countOf(raw: RawOptions, { seeds, shard }: Options): number {
  if (raw.protocol !== undefined) return protocolsOf(raw.protocol).length;
  return 'one' in seeds ? 1 : Math.ceil((seeds.last - seeds.first + 1) / shard.count);
}

function* takenWhile<T>(items: Iterable<T>, goesOn: () => boolean): Generator<T> {
  for (const item of items) {
    if (!goesOn()) return;
    yield item;
  }
}

function* seedsOf({ seeds, shard }: Options): Generator<string> {
  if ('one' in seeds) {
    yield seeds.one;
    return;
  }
  for (let seed = seeds.first + shard.index - 1; seed <= seeds.last; seed += shard.count) yield String(seed);
}

function add(totals: Totals, { counts, verdict }: Explored): void {
  totals.seeds++;
  if (verdict === 'fail') totals.failed++;
  totals.instants += counts.instants;
  totals.complete += counts.complete;
  totals.states += counts.states;
  totals.distinct += counts.distinct;
  totals.recoveries += counts.recoveries;
}

/** The JSON object of a seed. */
function lineOf(
  { task, verdict, counts, findings, explained, run, wallMs }: Explored,
  leftOut: Readonly<Record<string, number>>,
) {
  const { seed, profile, persistence, appendfsync } = task.scenario;
  return {
    type: 'explored',
    seed,
    verdict,
    trace: run.trace,
    profile,
    persistence,
    appendfsync,
    commands: run.commands,
    instants: counts.instants,
    instantsEnumerated: counts.complete,
    crashStates: counts.states,
    distinctCrashStates: counts.distinct,
    recoveries: counts.recoveries,
    leftOut,
    wallMs,
    violations: [
      ...findings.map((finding, index) => ({
        ...finding,
        replays: explained[index] === undefined ? undefined : explained[index].replayed.verdict === 'fail',
      })),
      ...run.violations,
    ],
  };
}

function prose({ task, verdict, counts, run }: Explored, leftOut: Readonly<Record<string, number>>): string {
  const { seed, profile, persistence, appendfsync } = task.scenario;
  const mishaps = Object.entries(leftOut).map(([what, count]) => `${what} × ${count}`);
  const cut = counts.instants - counts.complete;
  return (
    `seed ${seed} ${verdict}: ${persistence}, appendfsync ${appendfsync}, ${profile}; ${run.commands} commands, ` +
    `${counts.instants} instants, ${counts.states} crash states, ${counts.distinct} distinct, ${counts.recoveries} recovered` +
    (cut === 0 ? '; every state of every instant' : `; ${cut} instants had too many states to try all`) +
    (mishaps.length === 0 ? '' : `; mishaps of the seed left out: ${mishaps.join(', ')}`)
  );
}

function describeFinding({
  property,
  message,
  kind,
  profile,
  simMs,
  event,
  serving,
  inside,
}: NamedFinding): string {
  const what = kind === 'power' ? `POWER LOSS (${profile})` : 'KILL';
  const where = serving ? '' : ' while the engine starts';
  const more =
    inside === undefined ? '' : `, and once more inside the recovery, at its operation ${inside.operation}`;
  return `  ${property}: ${what} at ${simMs} ms, after event ${event}${where}${more}: ${message}`;
}

function summary(totals: Totals, wallMs: number): string {
  const { seeds, failed, instants, complete, states, distinct, recoveries } = totals;
  const perSecond = Math.round((states * 1000) / Math.max(1, wallMs));
  return (
    `${failed === 0 ? 'passed' : `${failed} FAILED`} of ${seeds} workloads: ${states} crash states at ${instants} instants, ` +
    `${distinct} distinct, ${recoveries} recovered, in ${(wallMs / 1000).toFixed(1)} s (${perSecond} states/s)\n` +
    `not enumerated: ${instants - complete} of ${instants} instants had more states than were tried (corners and samples there)`
  );
}
