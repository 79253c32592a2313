/**
 * What makes a scenario smaller: a shorter story first, then a gentler world, then plainer words.
 *
 * Every pass keeps a scenario well formed. None of them knows what failed.
 */
import { commandText } from '../scenario/argument.ts';
import { edited } from '../scenario/edit.ts';
import type {
  Argument,
  Command,
  CrashPlan,
  Generation,
  Moment,
  Scenario,
  ScenarioSettings,
  Step,
} from '../scenario/schema.ts';
import { eachOf, fewer, firstOf, inTurn, lower } from './shrinking.ts';
import type { Pass, Shrinking } from './shrinking.ts';

/** Worlds from the gentlest to the harshest. */
const gentleProfiles: readonly string[] = [
  'lossless',
  'proc-kill',
  'ext4-ordered',
  'xfs',
  'btrfs',
  'ext4-writeback',
  'lazyfs',
  'posix-strict',
];
const calmLatencies: readonly string[] = ['fast', 'usual', 'passing', 'slow', 'stuttering'];
const plainSettings: ScenarioSettings = {
  save: [],
  autoAofRewritePercentage: 0,
  autoAofRewriteMinSizeBytes: 4096,
  rdbcompression: false,
  activeExpire: false,
  hz: 10,
  databases: 4,
  aofChecksum: true,
};

/** All passes, in the order in which they pay. */
export const passes: readonly Pass<Scenario>[] = [
  fewerLives,
  noOtherStates,
  ...perLife(fewerSteps),
  ...perLife(fewerRecoveryCrashes),
  ...perLife(noEdit),
  gentlerWorld,
  fewerCommandsInUnits,
  ...perLife(fewerSteps),
  plainerSteps,
  plainerCrashes,
  plainerConfiguration,
  fewerClients,
];

/** Walks through all passes once. */
export function shrinks(from: Scenario): Shrinking<Scenario> {
  return inTurn(from, passes);
}

function withLife(scenario: Scenario, index: number, life: Generation): Scenario {
  return { ...scenario, generations: scenario.generations.with(index, life) };
}

function* fewerLives(from: Scenario): Shrinking<Scenario> {
  const { generations } = from;
  return yield* fewer(from, generations.length, (kept) => ({
    ...from,
    // A scenario has one life at least.
    generations: kept.length === 0 ? [generations.at(-1)!] : kept.map((index) => generations[index]!),
  }));
}

function* noOtherStates(from: Scenario): Shrinking<Scenario> {
  return yield* lower(from, from.crashStates, 0, (crashStates) => ({ ...from, crashStates }));
}

/** A pass over each life, the last one first: what came before may only be its beginning. */
function perLife(pass: (from: Scenario, index: number) => Shrinking<Scenario>): readonly Pass<Scenario>[] {
  return [
    function* everyLife(from) {
      let current = from;
      for (let index = from.generations.length - 1; index >= 0; index--)
        current = yield* pass(current, index);
      return current;
    },
  ];
}

/** Fewer steps; the crash stays armed after the same one. */
function* fewerSteps(from: Scenario, index: number): Shrinking<Scenario> {
  const life = from.generations[index]!;
  const { steps, crash } = life;
  return yield* fewer(from, steps.length, (kept) =>
    withLife(from, index, {
      ...life,
      steps: kept.map((at) => steps[at]!),
      crash: { ...crash, armedAfterSteps: kept.filter((at) => at < crash.armedAfterSteps).length },
    }),
  );
}

function* fewerRecoveryCrashes(from: Scenario, index: number): Shrinking<Scenario> {
  const life = from.generations[index]!;
  const { crashesInRecovery } = life;
  return yield* fewer(from, crashesInRecovery.length, (kept) =>
    withLife(from, index, { ...life, crashesInRecovery: kept.map((at) => crashesInRecovery[at]!) }),
  );
}

/** The configuration as it was before, or as it will be from the beginning. */
function* noEdit(from: Scenario, index: number): Shrinking<Scenario> {
  const { edit, ...life } = from.generations[index]!;
  if (edit === undefined) return from;
  const without = withLife(from, index, life);
  return yield* firstOf(from, [without, edited(without, edit)]);
}

function* gentlerWorld(from: Scenario): Shrinking<Scenario> {
  const profile = gentleProfiles.slice(0, Math.max(0, gentleProfiles.indexOf(from.profile)));
  const current = yield* firstOf(
    from,
    profile.map((name) => ({ ...from, profile: name })),
  );
  const latencies = calmLatencies.slice(0, Math.max(0, calmLatencies.indexOf(current.latency)));
  const calm = yield* firstOf(
    current,
    latencies.map((latency) => ({ ...current, latency })),
  );
  return yield* eachOf(calm, [
    ({ faults, ...rest }) => (faults === undefined ? undefined : rest),
    (world) =>
      world.generations.every(({ wallJumpMs }) => wallJumpMs === undefined)
        ? undefined
        : { ...world, generations: world.generations.map(({ wallJumpMs: _, ...life }) => life) },
    (world) =>
      world.generations.every(({ badStart }) => badStart === undefined)
        ? undefined
        : { ...world, generations: world.generations.map(({ badStart: _, ...life }) => life) },
  ]);
}

/** Fewer commands in each unit; a unit of one becomes that command. */
function* fewerCommandsInUnits(from: Scenario): Shrinking<Scenario> {
  let current = from;
  for (const [index, life] of from.generations.entries()) {
    for (const [at, step] of life.steps.entries()) {
      if (step.kind !== 'unit') continue;
      const whole = current;
      current = yield* fewer(whole, step.commands.length, (kept) =>
        kept.length === 0 ? undefined : withStep(whole, index, at, unitOf(step, kept)),
      );
    }
  }
  return current;
}

function unitOf(step: Step & { readonly kind: 'unit' }, kept: readonly number[]): Step {
  const commands = kept.map((index) => step.commands[index]!);
  if (commands.length !== 1) return { ...step, commands };
  const { client, afterMs } = step;
  return { kind: 'command', client, afterMs, command: commands[0]! };
}

function withStep(scenario: Scenario, index: number, at: number, step: Step): Scenario {
  const life = scenario.generations[index]!;
  return withLife(scenario, index, { ...life, steps: life.steps.with(at, step) });
}

/** No waiting, no split delivery, short words. */
function* plainerSteps(from: Scenario): Shrinking<Scenario> {
  let current = from;
  for (const [index, life] of from.generations.entries())
    for (const at of life.steps.keys()) current = yield* plainerStep(current, index, at);
  return current;
}

function* plainerStep(from: Scenario, index: number, at: number): Shrinking<Scenario> {
  const stepOf = (scenario: Scenario): Step => scenario.generations[index]!.steps[at]!;
  const put = (scenario: Scenario, step: Step): Scenario => withStep(scenario, index, at, step);
  const step = stepOf(from);
  if (step.kind === 'idle') return yield* lower(from, step.ms, 0, (ms) => put(from, { ...step, ms }));
  let current = yield* eachOf(from, [
    (scenario) => {
      const { delivery, ...whole } = stepOf(scenario) as Step & { readonly delivery?: unknown };
      return delivery === undefined ? undefined : put(scenario, whole as Step);
    },
    (scenario) => {
      const timed = stepOf(scenario);
      return 'afterMs' in timed && timed.afterMs > 0 ? put(scenario, { ...timed, afterMs: 0 }) : undefined;
    },
  ]);
  const plain = stepOf(current);
  if (plain.kind !== 'command') return current;
  for (const [word, argument] of plain.command.entries()) {
    if (word === 0) continue;
    current = yield* firstOf(
      current,
      plainerArguments(argument).map((shorter) => {
        const now = stepOf(current) as Step & { readonly command: Command };
        return put(current, { ...now, command: now.command.with(word, shorter) } as Step);
      }),
    );
  }
  return current;
}

/** Shorter forms of an argument: the shortest first. */
function plainerArguments(argument: Argument): readonly Argument[] {
  if (typeof argument === 'string') {
    // A word that is a number or an option keeps its meaning only whole.
    return argument.length > 8 && !/^-?[\d.]+$/.test(argument) ? [argument.slice(0, 4)] : [];
  }
  const [text] = commandText([argument]);
  const lengths = [1, 16, 600, 5000].filter((length) => length < argument.lengthBytes);
  return lengths.map((length) =>
    length <= 16 ? text!.slice(0, length) : { ...argument, lengthBytes: length },
  );
}

/** Lights that go out at simpler moments. */
function* plainerCrashes(from: Scenario): Shrinking<Scenario> {
  let current = from;
  for (const [index, { crash }] of from.generations.entries()) {
    const put = (plan: CrashPlan): Scenario =>
      withLife(current, index, { ...current.generations[index]!, crash: plan });
    current = yield* firstOf(
      current,
      plainerMoments(crash.when).map((when) => put({ ...crash, when })),
    );
    const settled = current.generations[index]!.crash;
    if (settled.kind === 'power') {
      const killed = put({ ...settled, kind: 'kill' });
      if (yield killed) current = killed;
    }
  }
  return current;
}

function plainerMoments(moment: Moment): readonly Moment[] {
  const simplest: Moment = { at: 'end', afterMs: 0 };
  if (moment.at === 'end' || moment.at === 'time') {
    const sooner = [0, 1, 20].filter((ms) => ms < moment.afterMs);
    return [
      ...(moment.at === 'time' ? [simplest] : []),
      ...sooner.map((afterMs): Moment => ({ ...moment, afterMs })),
    ];
  }
  if (moment.at === 'child') return [simplest, { ...moment, operations: 1 }];
  if (moment.at === 'switched')
    return moment.replies > 0 ? [simplest, { ...moment, replies: 0 }] : [simplest];
  return moment.ordinal > 1 ? [simplest, { ...moment, ordinal: 1 }] : [simplest];
}

function* plainerConfiguration(from: Scenario): Shrinking<Scenario> {
  const settings = Object.entries(plainSettings) as [keyof ScenarioSettings, unknown][];
  return yield* eachOf(from, [
    (current) => ({ ...current, tuning: {} }),
    ...Object.keys(from.tuning).map((name) => (current: Scenario) => {
      const { [name]: gone, ...tuning } = current.tuning;
      return gone === undefined ? undefined : { ...current, tuning };
    }),
    (current) => (current.witness ? { ...current, witness: false } : undefined),
    ...settings.map(([name, value]) => (current: Scenario) => {
      const same = JSON.stringify(current.settings[name]) === JSON.stringify(value);
      return same ? undefined : { ...current, settings: { ...current.settings, [name]: value } };
    }),
  ]);
}

/** All commands by one client. */
function* fewerClients(from: Scenario): Shrinking<Scenario> {
  return yield* lower(from, from.clients, 1, (clients) => ({
    ...from,
    clients,
    generations: from.generations.map((life) => ({
      ...life,
      steps: life.steps.map((step) => ('client' in step ? { ...step, client: step.client % clients } : step)),
    })),
  }));
}
