/**
 * The generator: a seed and what the command line pins give a scenario. Pure.
 *
 * Each concern draws from a stream of its own, so that a longer workload or another filter leaves the rest as it was.
 */
import { Streams } from '../draws/random.ts';
import type { Seed, Stream } from '../draws/random.ts';
import { drawConfiguration, UNHURRIED_HZ } from './configuration.ts';
import type { Configuration, Filters } from './configuration.ts';
import { Crashes, planCrash } from './draw-crashes.ts';
import { Edits } from './draw-edits.ts';
import { edited } from './edit.ts';
import { Orders } from './draw-orders.ts';
import { drawBadStart, drawFamilies, drawStandingFaults, scatterFaults } from './draw-faults.ts';
import type { DrawnFaults } from './draw-faults.ts';
import { Consumers } from './families/consumers.ts';
import { mayWait } from './families/queues.ts';
import { Rarities } from './families/rarities.ts';
import { Scripts } from './families/scripts.ts';
import { StreamQueues } from './families/stream-queues.ts';
import { SCENARIO_VERSION } from './schema.ts';
import type { CrashPlan, Delivery, Generation, Scenario, Step } from './schema.ts';
import { Vocabulary } from './vocabulary.ts';
import { drawStyle, Workload } from './workload.ts';

/** The standard scenario. */
const STANDARD_COMMANDS = 200;
const STANDARD_GENERATIONS = 3;
/** The number makes seed 42, which everybody tries first, one that tells its story in minutes and not in milliseconds. */
const CONFIGURATION_STREAM = 'configuration/9829';
/** Commands of an unhurried run are seconds apart. */
const UNHURRIED_PACE_MS = 5000;

export function generateScenario(seed: Seed, filters: Filters = {}): Scenario {
  const streams = new Streams(seed);
  const configuration = drawConfiguration(
    streams.stream(CONFIGURATION_STREAM),
    streams.stream('annotations'),
    filters,
  );
  const count = filters.generations ?? STANDARD_GENERATIONS;
  const commands = filters.commands ?? Math.round((STANDARD_COMMANDS * count) / STANDARD_GENERATIONS);
  const draw = streams.stream('faults');
  const writeBacks = streams.stream('write-back');
  const aims = streams.stream('errors of names');
  const policies = streams.stream('policies on a bad disk');
  const drawn = drawFamilies(draw, filters.faults);
  const faults = drawStandingFaults(draw, drawn);
  const writer = new Writer(streams, configuration, drawn);
  const edits = new Edits(streams.stream('edits'), streams.stream('edits of annotations'), filters);
  let inForce = configuration;
  const lives = shares(streams.stream('workload'), commands, count).map((share, index) => {
    const edit = edits.next(index, inForce);
    inForce = edited(inForce, edit);
    return { edit, inForce, generation: writer.generation(share, index, inForce) };
  });
  const badStarts = streams.stream('bad starts');
  const generations = lives.map(({ edit, inForce: itsOwn, generation }, index) => {
    const badStart = drawBadStart(badStarts, drawn, index);
    return {
      ...(edit === undefined ? {} : { edit }),
      ...(badStart === undefined ? {} : { badStart }),
      ...scatterFaults(draw, drawn, itsOwn, generation, writeBacks, aims, policies),
    };
  });
  return {
    version: SCENARIO_VERSION,
    seed: String(seed),
    ...configuration,
    ...(faults === undefined ? {} : { faults }),
    generations,
    // More seeds find more than more states of the same crash: most of the runs look at none beside their own.
    crashStates: streams.stream('crash states').pick([0, 0, 0, 1, 1]),
    choices: {},
  };
}

/** Divides a number of commands among the generations, none of them without. */
function shares(draw: Stream, total: number, count: number): number[] {
  const even = Math.floor(total / count);
  const out: number[] = [];
  let left = total;
  for (let i = count; i > 0; i--) {
    const share =
      i === 1
        ? left
        : Math.max(
            1,
            Math.min(left - (i - 1), even + draw.range(-Math.floor(even / 4), Math.floor(even / 4))),
          );
    out.push(share);
    left -= share;
  }
  return out;
}

class Writer {
  readonly #draw: Stream;
  readonly #time: Stream;
  readonly #crashes: Crashes;
  readonly #orders: Orders;
  readonly #aim: Stream;
  readonly #watches: Stream;
  /** How often a unit watches keys, from some steps before it on. */
  readonly #watchShare: number;
  readonly #watchedWords: Vocabulary;
  /** As it is in the life that is being written. */
  #configuration: Configuration;
  readonly #workload: Workload;
  readonly #units: number;
  readonly #paceMs: number;
  readonly #idleShare: number;
  /** The client that only reads; -1 for none. */
  readonly #reader: number;

  constructor(streams: Streams, configuration: Configuration, { families, wall }: DrawnFaults) {
    const livesLong = wall === 'both';
    this.#draw = streams.stream('workload');
    this.#time = streams.stream('time');
    this.#crashes = new Crashes(streams.stream('crash'), configuration.profile);
    this.#aim = streams.stream('aim');
    this.#watches = streams.stream('watched keys');
    this.#watchShare = this.#watches.pick([0, 0, 0.1, 0.4]);
    this.#configuration = configuration;
    const style = { ...drawStyle(this.#draw), livesLong };
    this.#watchedWords = new Vocabulary(this.#watches, style);
    this.#workload = new Workload(this.#draw, style, {
      consumers: new Consumers(streams.stream('consumers')),
      scripts: new Scripts(streams.stream('scripts'), style),
      streamQueues: new StreamQueues(streams.stream('stream queues')),
      rarities: new Rarities(streams.stream('rarities'), style),
    });
    this.#units = this.#draw.pick([0.05, 0.15, 0.3]);
    this.#reader = configuration.clients > 1 && this.#draw.chance(0.7) ? configuration.clients - 1 : -1;
    const paceMs = this.#time.pick([0.2, 2, 2, 10, 60, 300]);
    this.#paceMs = configuration.settings.hz === UNHURRIED_HZ ? UNHURRIED_PACE_MS : paceMs;
    this.#idleShare = this.#time.pick([0, 0.01, 0.03, 0.05]);
    this.#orders = new Orders(streams, configuration, families, () => this.#thinkMs());
  }

  generation(commands: number, index: number, configuration: Configuration): Generation {
    this.#configuration = configuration;
    const crashesInRecovery = this.#crashes.insideRecovery(index);
    const downMs =
      index > 0 && this.#time.chance(0.2) ? this.#time.pick([2000, 60_000, 3_600_000]) : undefined;
    const crash = this.#crashes.next(configuration.persistence);
    const isAimed = crash.when.at === 'switched' && commands > 1;
    const steps = this.#steps(isAimed ? commands - 1 : commands);
    const plan = this.#aimed(planCrash(crash, steps.length), steps);
    const afterMs = this.#thinkMs();
    // What is aimed at must come about: somebody asks for the rewrite just before.
    if (isAimed) steps.splice(plan.armedAfterSteps, 0, { kind: 'admin', afterMs, command: ['BGREWRITEAOF'] });
    return {
      ...(downMs === undefined ? {} : { wallJumpMs: downMs }),
      crashesInRecovery,
      steps,
      crash: plan,
    };
  }

  /** Now and then where somebody waits for a key, the moment is that of being served. */
  #aimed(plan: CrashPlan, steps: readonly Step[]): CrashPlan {
    const isAimed = this.#aim.chance(0.2);
    const ordinal = this.#aim.pick([1, 1, 1, 2]);
    const which = this.#aim.float();
    const waits = [...steps.keys()].filter((at) => {
      const step = steps[at]!;
      return step.kind === 'command' && mayWait(step.command);
    });
    if (!isAimed || waits.length === 0) return plan;
    const armedAfterSteps = waits[Math.floor(which * waits.length)]!;
    return { ...plan, armedAfterSteps, when: { at: 'served', ordinal } };
  }

  #steps(commands: number): Step[] {
    this.#orders.begin(this.#configuration);
    const steps: Step[] = [];
    const databases = Array.from({ length: this.#configuration.clients }, () => 0);
    let left = commands;
    while (left > 0) {
      if (this.#time.chance(this.#idleShare))
        steps.push({ kind: 'idle', ms: this.#time.pick([50, 500, 2500, 2500, 7000]) });
      left -= this.#orders.next(steps, left);
      const client = this.#draw.int(this.#configuration.clients);
      const afterMs = this.#thinkMs();
      const timing = { client, afterMs, ...this.#delivery() };
      if (client === this.#reader) {
        steps.push({ kind: 'command', ...timing, command: this.#workload.read() });
        left--;
      } else if (this.#draw.chance(0.04)) {
        databases[client] = this.#draw.pick([0, 0, 1, 2]);
        steps.push({ kind: 'command', ...timing, command: ['SELECT', String(databases[client])] });
        left--;
      } else {
        const commandsOfStep = (
          left > 2 && this.#draw.chance(this.#units) ? this.#workload.unit(left) : this.#workload.next()
        ).slice(0, left);
        left -= commandsOfStep.length;
        if (commandsOfStep.length === 1)
          steps.push({ kind: 'command', ...timing, command: commandsOfStep[0]! });
        else {
          this.#watch(steps, client);
          steps.push({ kind: 'unit', ...timing, commands: commandsOfStep });
        }
      }
    }
    return steps;
  }

  /** Now and then a client watches keys before its unit, on top of the commands that were asked for. */
  #watch(steps: Step[], client: number): void {
    const draw = this.#watches;
    if (this.#watchShare === 0 || !draw.chance(this.#watchShare)) return;
    const keys = Array.from({ length: draw.range(1, 3) }, () => this.#watchedWords.anyKey());
    const at = Math.max(0, steps.length - draw.pick([0, 1, 2, 5, 10]));
    steps.splice(at, 0, { kind: 'command', client, afterMs: 0, command: ['WATCH', ...keys] });
  }

  /** Whole numbers of tenths of a millisecond; often none, so that commands meet in one turn. */
  #thinkMs(): number {
    if (this.#time.chance(0.35)) return 0;
    return Math.round(this.#time.float() * this.#paceMs * 20) / 10;
  }

  #delivery(): { readonly delivery?: Delivery } {
    const draw = this.#time;
    const kind = draw.weighted([85, 7, 8]);
    const atPermille = draw.range(1, 999);
    const restAfterMs = draw.pick([0, 0.1, 1, 5]);
    if (kind === 0) return {};
    return { delivery: kind === 1 ? { how: 'split', atPermille, restAfterMs } : { how: 'joined' } };
  }
}
