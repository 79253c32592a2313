/** `sim explore`: explores the workloads of seeds, says what was tried and what was not, and decides the exit status. */
import { explainFinding } from '../explore/finding-scenario.ts';
import type { Explained } from '../explore/finding-scenario.ts';
import { explore } from '../explore/explore.ts';
import type { Exploration } from '../explore/explore.ts';
import { defaultLimits } from '../explore/image.ts';
import type { ExploreLimits } from '../explore/image.ts';
import type { Finding } from '../explore/judge.ts';
import { protocols } from '../explore/protocols.ts';
import { exploreScenario } from '../explore/workload.ts';
import { procKill, profiles } from '../disk/index.ts';
import type { Profile } from '../disk/index.ts';
import type { EngineModule } from '../scenario/engine-module.ts';
import type { Scenario } from '../scenario/schema.ts';
import { EXIT, UsageError } from './exit-status.ts';
import { writeImages } from './explore-images.ts';
import { names, readOptions, whole } from './options.ts';
import type { Options, RawOptions } from './options.ts';
import { writeScenarioFile } from './scenario-file.ts';

const DEFAULT_SEEDS = '1..20';
/** So many findings of a workload are explained: the others are counted. */
const EXPLAINED = 3;

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
    ...(raw.protocol === undefined ? {} : { mostStates: 30_000, again: false }),
    ...(raw.states === undefined ? {} : { mostStates: whole('--states', raw.states, 1, 10_000_000) }),
    ...(raw.samples === undefined ? {} : { samples: whole('--samples', raw.samples, 0, 1_000_000) }),
    ...(raw.depth === undefined ? {} : { depth: whole('--depth', raw.depth, 0, 5) }),
  };
  const json = options.reporters.includes('json');
  const tell = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const module: EngineModule = await import('../../src/index.ts');
  const totals: Totals = {
    seeds: 0,
    failed: 0,
    instants: 0,
    complete: 0,
    states: 0,
    distinct: 0,
    recoveries: 0,
  };
  const interruption = { happened: false };
  const interrupt = (): void => {
    if (interruption.happened) process.exit(EXIT.interrupted);
    interruption.happened = true;
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let images = 0;
  const startedAtMs = performance.now();
  for (const { scenario, profiles: under } of workloadsOf(raw, options)) {
    const { seed } = scenario;
    const wallMs = performance.now() - startedAtMs;
    if (interruption.happened || (options.budgetMs !== undefined && wallMs >= options.budgetMs)) break;
    const begunAtMs = performance.now();
    const exploration = await explore(scenario, {
      engineModule: module,
      limits,
      ...(under === undefined ? {} : { profiles: under }),
      ...(raw.images === undefined
        ? {}
        : { onLife: (life) => void (images += writeImages(raw.images!, scenario, life)) }),
    });
    const explained: Explained[] = [];
    for (const finding of exploration.findings.slice(0, EXPLAINED))
      explained.push(await explainFinding(finding, scenario, module, limits));
    add(totals, exploration);
    const took = Math.round((performance.now() - begunAtMs) * 10) / 10;
    if (json) process.stdout.write(`${JSON.stringify(lineOf(exploration, explained, took))}\n`);
    if (!options.quiet || exploration.verdict === 'fail') tell(prose(exploration));
    for (const [index, { replayed, scenario: again, pending }] of explained.entries()) {
      const finding = exploration.findings[index]!;
      tell(describeFinding(finding));
      for (const { object, what, detail, fate } of pending.slice(0, 20))
        tell(`    ${fate}: ${object} ${what} ${detail}`);
      if (replayed.verdict === 'pass') {
        tell('    only the exploration makes this state: a run of its scenario passes');
      } else if (options.output !== undefined) {
        const file = writeScenarioFile(options.output, again, replayed, `explore-${seed}-${index + 1}`);
        tell(`    again: npm run sim -- replay ${file}`);
      } else {
        tell(
          `    again: npm run sim -- explore --seed ${seed}${options.pinned} --output DIR, then replay what stands there`,
        );
      }
    }
    for (const { property, message } of exploration.run.violations)
      tell(`  the run itself: ${property} ${message}`);
    if (totals.failed >= options.bail) break;
  }
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  const wallMs = Math.round(performance.now() - startedAtMs);
  if (json) process.stdout.write(`${JSON.stringify({ type: 'summary', ...totals, wallMs })}\n`);
  tell(summary(totals, wallMs));
  if (raw.images !== undefined) tell(`${images} images stand in ${raw.images}`);
  if (interruption.happened) return EXIT.interrupted;
  if (totals.seeds === 0) return EXIT.nothing;
  return totals.failed > 0 ? EXIT.violated : EXIT.ok;
}

interface Workload {
  readonly scenario: Scenario;
  /** Several share one run. Missing: the scenario's own. */
  readonly profiles?: readonly Profile[];
}

function* workloadsOf(raw: RawOptions, options: Options): Generator<Workload> {
  if (raw.protocol === undefined) {
    for (const seed of seedsOf(options)) yield { scenario: exploreScenario(seed, options.filters) };
    return;
  }
  const known = protocols.map(({ name }) => name);
  const wanted = raw.protocol === 'all' ? known : names('--protocol', raw.protocol, known);
  const given = options.filters.profiles ?? [...profiles.keys()].filter((name) => profiles.get(name)!.honest);
  const losing = given.map((name) => profiles.get(name)!).filter(({ losesPower }) => losesPower);
  for (const { name, scenario } of protocols)
    if (wanted.includes(name)) yield { scenario, profiles: [procKill, ...losing] };
}

function* seedsOf({ seeds, shard }: Options): Generator<string> {
  if ('one' in seeds) {
    yield seeds.one;
    return;
  }
  for (let seed = seeds.first + shard.index - 1; seed <= seeds.last; seed += shard.count) yield String(seed);
}

function add(totals: Totals, { counts, verdict }: Exploration): void {
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
  { scenario, verdict, counts, findings, run }: Exploration,
  explained: readonly Explained[],
  wallMs: number,
) {
  const { seed, profile, persistence, appendfsync } = scenario;
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
    wallMs,
    violations: [
      ...findings.map(({ profile: under, ...finding }, index) => ({
        ...finding,
        profile: under.name,
        replays: explained[index] === undefined ? undefined : explained[index].replayed.verdict === 'fail',
      })),
      ...run.violations,
    ],
  };
}

function prose({ scenario, verdict, counts, run }: Exploration): string {
  const { seed, profile, persistence, appendfsync } = scenario;
  const cut = counts.instants - counts.complete;
  return (
    `seed ${seed} ${verdict}: ${persistence}, appendfsync ${appendfsync}, ${profile}; ${run.commands} commands, ` +
    `${counts.instants} instants, ${counts.states} crash states, ${counts.distinct} distinct, ${counts.recoveries} recovered` +
    (cut === 0 ? '; every state of every instant' : `; ${cut} instants had too many states to try all`)
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
}: Finding): string {
  const what = kind === 'power' ? `POWER LOSS (${profile.name})` : 'KILL';
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
