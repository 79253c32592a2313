/**
 * The generator: a seed and what the command line pins give a scenario. Pure.
 *
 * Each concern draws from a stream of its own, so that a longer workload or another filter leaves the rest as it was.
 */
import { Streams } from '../draws/random.ts';
import type { Seed, Stream } from '../draws/random.ts';
import { findProfile } from '../disk/index.ts';
import { WAITED_KEY } from './administrator.ts';
import { drawConfiguration, UNHURRIED_HZ } from './configuration.ts';
import type { Configuration, Filters } from './configuration.ts';
import { Crashes, planCrash } from './draw-crashes.ts';
import { Edits } from './draw-edits.ts';
import { edited } from './edit.ts';
import { drawBadStart, drawFamilies, drawStandingFaults, scatterFaults } from './draw-faults.ts';
import type { DrawnFaults, FaultFamily } from './draw-faults.ts';
import { Consumers } from './families/consumers.ts';
import { mayWait } from './families/queues.ts';
import { Rarities } from './families/rarities.ts';
import { Scripts } from './families/scripts.ts';
import { StreamQueues } from './families/stream-queues.ts';
import { logOf, SCENARIO_VERSION } from './schema.ts';
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
  readonly #admin: Stream;
  readonly #crashes: Crashes;
  readonly #waits: Stream;
  readonly #aim: Stream;
  readonly #backups: Stream;
  readonly #backupTimes: Stream;
  readonly #savePoints: Stream;
  readonly #policies: Stream;
  readonly #switches: Stream;
  /** How often the log is turned off, and later on again. */
  readonly #switchShare: number;
  /** It is off now. */
  #isOff = false;
  readonly #watches: Stream;
  /** How often a unit watches keys, from some steps before it on. */
  readonly #watchShare: number;
  readonly #watchedWords: Vocabulary;
  readonly #flushes: Stream;
  /** How often everything is flushed after a save, and nobody writes for a while. */
  readonly #flushShare: number;
  /** How often the policy of the log is made stricter, or looser again. */
  readonly #policyShare: number;
  /** The policy of the log was made stricter in this life. */
  #isTightened = false;
  /** As it is in the life that is being written. */
  #configuration: Configuration;
  readonly #workload: Workload;
  readonly #units: number;
  readonly #paceMs: number;
  readonly #adminShare: number;
  readonly #idleShare: number;
  /** How often somebody waits for the disk. */
  readonly #waitShare: number;
  /** How often a backup is begun, or ended. */
  readonly #backupShare: number;
  /** The client that only reads; -1 for none. */
  readonly #reader: number;

  constructor(streams: Streams, configuration: Configuration, { families, wall }: DrawnFaults) {
    const livesLong = wall === 'both';
    this.#draw = streams.stream('workload');
    this.#time = streams.stream('time');
    this.#admin = streams.stream('admin');
    this.#crashes = new Crashes(streams.stream('crash'), configuration.profile);
    this.#waits = streams.stream('waits');
    this.#aim = streams.stream('aim');
    this.#backups = streams.stream('backups');
    this.#backupTimes = streams.stream('backup times');
    this.#policies = streams.stream('policies');
    const mayTighten = logOf(configuration.persistence).appendonly && configuration.appendfsync !== 'always';
    this.#policyShare = mayTighten ? this.#policies.pick([0, 0, 0, 0.03]) : 0;
    this.#savePoints = streams.stream('save points');
    this.#watches = streams.stream('watched keys');
    this.#watchShare = this.#watches.pick([0, 0, 0.1, 0.4]);
    this.#flushes = streams.stream('flushes');
    const flushShare = this.#flushes.pick([0, 0, 0.01, 0.02]);
    this.#flushShare = configuration.persistence === 'rdb' ? flushShare : 0;
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
    this.#adminShare = this.#admin.pick([0, 0.02, 0.04, 0.08]);
    this.#waitShare = this.#waits.pick([0, 0, 0.01, 0.03]);
    const backupShare = this.#backups.pick([0, 0, 0, 0.03, 0.08]);
    // A backup tells what is durable, and so would judge that in place of a disk that loses nothing.
    this.#backupShare = findProfile(configuration.profile).losesPower ? backupShare : 0;
    this.#switches = streams.stream('log switches');
    const switchShare = this.#switches.pick([0, 0, 0.02, 0.05]);
    // A backup, WAITAOF and a stricter policy tell of a log that is on; a disk that errs may keep it from coming back.
    const mayBeOff =
      logOf(configuration.persistence).appendonly &&
      this.#backupShare + this.#waitShare + this.#policyShare === 0 &&
      !['errors', 'space', 'signals', 'memory'].some((family) => families.has(family as FaultFamily));
    this.#switchShare = mayBeOff ? switchShare : 0;
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
    this.#isTightened = this.#isOff = false;
    const steps: Step[] = [];
    const databases = Array.from({ length: this.#configuration.clients }, () => 0);
    let left = commands;
    while (left > 0) {
      if (this.#time.chance(this.#idleShare))
        steps.push({ kind: 'idle', ms: this.#time.pick([50, 500, 2500, 2500, 7000]) });
      if (left > 1 && this.#admin.chance(this.#adminShare)) left -= this.#administer(steps, left);
      if (left > 2 && this.#waits.chance(this.#waitShare)) left -= this.#wait(steps);
      if (left > 1 && this.#backups.chance(this.#backupShare)) left -= this.#backUp(steps);
      if (left > 1 && this.#policyShare > 0 && this.#policies.chance(this.#policyShare))
        left -= this.#changePolicy(steps);
      if (this.#switchShare > 0 && this.#switches.chance(this.#isOff ? 0.15 : this.#switchShare))
        this.#switchLog(steps);
      if (left > 3 && this.#flushShare > 0 && this.#flushes.chance(this.#flushShare))
        left -= this.#flush(steps);
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

  /** A command of the administrator, and often the question what became of it. Returns how many commands that were. */
  #administer(steps: Step[], most: number): number {
    const draw = this.#admin;
    const { rdb, appendonly } = logOf(this.#configuration.persistence);
    if (!rdb && !appendonly) return 0;
    const what = draw.weighted([rdb ? 6 : 1, rdb ? 3 : 0.5, appendonly ? 7 : 0, 0.5, 0.5]);
    const afterMs = this.#thinkMs();
    let command: readonly string[];
    if (what === 0) command = ['BGSAVE'];
    else if (what === 1) command = ['SAVE'];
    else if (what === 2) command = ['BGREWRITEAOF'];
    else if (what === 3) command = ['LASTSAVE'];
    else
      command = draw.pick([
        ['CONFIG', 'SET', 'rdbcompression', draw.pick(['yes', 'no'])],
        ['CONFIG', 'GET', 'appendonly'],
      ]);
    if (command[1] === 'GET' && this.#configuration.settings.save.length > 0 && this.#savePoints.chance(0.6))
      command = ['CONFIG', 'SET', 'save', this.#savePoints.pick(['1 1', '2 5', '10 1 2 3', '3600 1'])];
    steps.push({ kind: 'admin', afterMs, command });
    // Now and then nothing of what is being saved is worth it any more.
    if (what === 0 && rdb && most > 2 && this.#savePoints.chance(0.05)) {
      const flushed = { client: 0, afterMs: this.#savePoints.pick([0.1, 0.5, 2, 10]), command: ['FLUSHALL'] };
      steps.push({ kind: 'command', ...flushed });
      return 2;
    }
    if (what > 2 || most < 3 || !draw.chance(0.7)) return 1;
    steps.push({ kind: 'admin', afterMs: draw.pick([0.5, 5, 50]), command: ['INFO', 'persistence'] });
    return 2;
  }

  /** Everything was saved, and the last that anybody does for a while is to remove it. Returns how many commands that were. */
  #flush(steps: Step[]): number {
    const draw = this.#flushes;
    const afterMs = draw.pick([5, 50, 500]);
    const command = [draw.pick(['FLUSHDB', 'FLUSHDB', 'FLUSHALL'])];
    steps.push({ kind: 'admin', afterMs: 0, command: ['SAVE'] });
    steps.push({ kind: 'command', client: 0, afterMs, command });
    steps.push({ kind: 'idle', ms: draw.pick([50, 1500, 2500, 7000]) });
    steps.push({ kind: 'admin', afterMs: 0, command: ['INFO', 'persistence'] });
    return 3;
  }

  /** CONFIG SET appendonly: the other way, and now and then back at once. It comes on top of the commands that were asked for. */
  #switchLog(steps: Step[]): void {
    for (let left = this.#switches.chance(0.15) ? 2 : 1; left > 0; left--) {
      this.#isOff = !this.#isOff;
      const command = ['CONFIG', 'SET', 'appendonly', this.#isOff ? 'no' : 'yes'];
      steps.push({ kind: 'admin', afterMs: this.#switches.pick([0, 0, 0.5, 5]), command });
    }
  }

  /** CONFIG SET appendfsync: to `always` and, the next time, back. Returns how many commands that was. */
  #changePolicy(steps: Step[]): number {
    const { appendfsync } = this.#configuration;
    this.#isTightened = !this.#isTightened;
    const policy = this.#isTightened ? 'always' : appendfsync;
    steps.push({ kind: 'admin', afterMs: 0, command: ['CONFIG', 'SET', 'appendfsync', policy] });
    return 1;
  }

  /** A write, and WAITAOF: its answer promises more than the policy does. Returns how many commands that were. */
  #wait(steps: Step[]): number {
    if (!logOf(this.#configuration.persistence).appendonly) return 0;
    steps.push({ kind: 'admin', afterMs: 0, command: ['INCR', WAITED_KEY] });
    steps.push({ kind: 'admin', afterMs: 0, command: ['WAITAOF', '1', '0', '0'] });
    return 2;
  }

  /** A backup begins, or the one before ends. Returns how many commands that was. */
  #backUp(steps: Step[]): number {
    const isBegun = this.#backups.chance(0.7);
    const afterMs = this.#backups.pick([0, 0, 0.5, 5]);
    if (!logOf(this.#configuration.persistence).appendonly) return 0;
    const isShort = isBegun && this.#backupTimes.chance(0.4);
    const begin = ['BACKUP', 'BEGIN', ...(isShort ? [this.#backupTimes.pick(['1', '1', '3'])] : [])];
    steps.push({ kind: 'admin', afterMs, command: isBegun ? begin : ['BACKUP', 'END'] });
    return 1;
  }
}
