/**
 * One generation's work: the clients that send the steps, the administrator, and the moment that ends it.
 *
 * What is sent is executed by the model (`model-side.ts`) and by the engine; who is late is judged in `lateness.ts`, what a
 * failing log takes and refuses in `log-laws.ts`, what the administrator is told in `administration.ts`.
 */
import { syncEverything } from '../disk/index.ts';
import type { Reply } from '../oracle/reply.ts';
import { Administration } from './administration.ts';
import type { Backups } from './backups.ts';
import { WAITED_KEY } from './administrator.ts';
import { commandText } from './argument.ts';
import { SimClient } from './client.ts';
import type { ClientSurroundings, Execution, Outstanding } from './client.ts';
import { isOfQueues, mayWait, QUEUES_DATABASE } from './families/queues.ts';
import { Lateness, RETRY_MS } from './lateness.ts';
import { LogLaws } from './log-laws.ts';
import { ModelSide } from './model-side.ts';
import type { Moment, Step } from './schema.ts';
import type { ServiceOptions } from './service-options.ts';
import { Trigger } from './trigger.ts';

/** How long the moment is waited for when all steps were taken. */
const GRACE_MS = 3000;
/** How long answers are waited for at the end. */
const ANSWERS_MS = 30_000;

/** How long answers are waited for where the disk has erred in between. */
const HEALING_MS = RETRY_MS + ANSWERS_MS;

/** Buffers of that size and more no delivery fills. */
const SMALL_BUFFER_BYTES = 100_000;

/** Clients that wait for what the client of queues pushes: two, who take turns. */
const WAITERS = 2;

/** The key that counts every unit, where a scenario asks for it. */
const WITNESS_KEY = 'witness';
/** Reads that stay reads: so clients that only read do. */
const neverWitnessed =
  /^(SELECT|GET|LRANGE|SMEMBERS|HGETALL|MGET|PTTL|EXISTS|TYPE|STRLEN|XPENDING|XREAD|XREVRANGE|EVAL_RO)$/;

export class Service implements ClientSurroundings {
  /** Commands that were executed. */
  commands = 0;
  /** Something in the simulator itself went wrong. */
  fault: unknown;
  readonly #o: ServiceOptions;
  readonly #trigger: Trigger;
  readonly #clients: SimClient[] = [];
  /** The one that pushes, and those who wait for it; none where nobody uses queues. */
  readonly #queues: SimClient[] = [];
  readonly #lateness: Lateness;
  readonly #laws: LogLaws;
  readonly #model: ModelSide;
  readonly #administration: Administration;
  readonly #administrator: SimClient;
  readonly #orders: (readonly string[])[] = [];
  #lastStepAtMs: number;
  #firedEarly = false;

  constructor(options: ServiceOptions) {
    this.#o = options;
    this.#lateness = new Lateness(options);
    this.#laws = new LogLaws(options, this.#lateness);
    this.#model = new ModelSide(options, this.#laws);
    this.#administration = new Administration(options, () => this.#trigger.saved());
    this.#lastStepAtMs = options.world.scheduler.nowMs;
    for (let number = 0; number < options.scenario.clients; number++)
      this.#clients.push(this.#connect(`client ${number + 1}`, number));
    this.#administrator = this.#connect('administrator', options.scenario.clients);
    if (options.generation.steps.some((step) => step.kind === 'command' && isOfQueues(step.command))) {
      for (let i = 0; i <= WAITERS; i++)
        this.#queues.push(this.#connect(`client of queues ${i + 1}`, options.scenario.clients + 1 + i));
    }
    const stop = (): void => {
      this.#firedEarly = true;
      options.world.scheduler.stop();
    };
    this.#trigger = new Trigger(options.generation.crash.when, {
      after: (delayMs, run) => this.after(delayMs, run),
      fire: stop,
    });
    options.watch.trigger = this.#trigger;
  }

  /** More virtual time than this generation can take. */
  get longestMs(): number {
    let total = GRACE_MS + HEALING_MS + 60_000;
    for (const step of this.#o.generation.steps) {
      total += step.kind === 'idle' ? step.ms : step.afterMs;
      if (step.kind === 'pause' || step.kind === 'stop') total += step.forMs;
    }
    return total;
  }

  /** Backups that were begun, as they were copied. */
  get backups(): Backups {
    return this.#administration.backups;
  }

  get moment(): Moment['at'] {
    return this.#o.generation.crash.when.at;
  }

  /** True when the moment of the plan came about, false when the steps were over first. */
  get firedEarly(): boolean {
    return this.#firedEarly;
  }

  /** So many events of the run are over; true when that was the moment. */
  reached(events: number): boolean {
    this.#trigger.happened(events);
    return this.#trigger.fired;
  }

  get idledMs(): number {
    return this.#o.world.scheduler.nowMs - this.#lastStepAtMs;
  }

  start(): void {
    if (this.#o.generation.crash.armedAfterSteps === 0) this.#trigger.arm();
    for (const client of this.#queues) client.send([['SELECT', String(QUEUES_DATABASE)]]);
    this.#schedule(0);
  }

  end(): void {
    this.#o.watch.trigger = undefined;
    if (this.#queues.some(({ waitsForKey }) => waitsForKey))
      this.#o.situations.count('crash-while-a-client-waits');
    for (const client of this.#everyone) client.detach();
  }

  /** What must be so at the end of a generation, whatever befell it. */
  checkEnd(): void {
    if (this.#o.adversity.endedWell) this.#o.situations.count('shut-down-well');
    this.#lateness.checkSignalled();
    if (!this.#o.server.alive) return;
    this.#o.savePoints.check();
    this.#o.cadence.check();
  }

  /** Commands that have waited for longer than that, in words. */
  unanswered(patienceMs: number): string[] {
    return this.#lateness.unanswered(this.#everyone, this.#administrator, patienceMs);
  }

  get #everyone(): readonly SimClient[] {
    return [...this.#clients, ...this.#queues, this.#administrator];
  }

  // Steps ------------------------------------------------------------------------------------------------------------

  #schedule(index: number): void {
    const { steps, crash } = this.#o.generation;
    const step = steps[index];
    if (step === undefined) {
      this.#stepsTaken();
      return;
    }
    this.after(step.kind === 'idle' ? step.ms : step.afterMs, () => {
      this.#lastStepAtMs = this.nowMs();
      this.#take(step);
      if (index + 1 >= crash.armedAfterSteps) this.#trigger.arm();
      this.#schedule(index + 1);
    });
  }

  #take(step: Step): void {
    if (step.kind === 'idle') return;
    if (step.kind === 'sync') {
      syncEverything(this.#o.world.machine.disk);
      return;
    }
    if (step.kind === 'admin') {
      this.#orders.push(step.command);
      this.#nextOrder();
      return;
    }
    if (step.kind !== 'command' && step.kind !== 'unit') {
      this.#o.adversity.take(step);
      return;
    }
    const client = this.#senderOf(step);
    client.send(this.#commandsOf(step), step.delivery);
  }

  #senderOf(step: Extract<Step, { readonly kind: 'command' | 'unit' }>): SimClient {
    if (step.kind === 'command' && isOfQueues(step.command))
      return this.#queues[mayWait(step.command) ? 1 + (step.client % WAITERS) : 0]!;
    return this.#clients[step.client % this.#clients.length]!;
  }

  #commandsOf(step: Extract<Step, { readonly kind: 'command' | 'unit' }>): readonly (readonly string[])[] {
    const commands = step.kind === 'command' ? [commandText(step.command)] : step.commands.map(commandText);
    const single = step.kind === 'command';
    const [name] = commands[0]!;
    const witnessed =
      this.#o.scenario.witness && !(single && (mayWait(commands[0]!) || neverWitnessed.test(name!)));
    if (single && !witnessed) return commands;
    return [['MULTI'], ...commands, ...(witnessed ? [['INCR', WITNESS_KEY]] : []), ['EXEC']];
  }

  /** All steps were taken: the moment is waited for a little longer, and the answers, then it ends anyway. */
  #stepsTaken(): void {
    for (const client of [...this.#clients, ...this.#queues]) client.flush();
    this.#trigger.arm();
    const { when } = this.#o.generation.crash;
    const { adversity } = this.#o;
    // Nobody can wait for a disk that nobody repairs.
    const deadlineMs = adversity.diskErrs
      ? 0
      : this.nowMs() + (adversity.diskErred ? HEALING_MS : ANSWERS_MS);
    const stop = (): void => {
      const waiting = this.#everyone.some((client) => client.waiting.length > 0);
      if (waiting && this.nowMs() < deadlineMs) this.after(20, stop);
      else this.#o.world.scheduler.stop();
    };
    this.after(when.at === 'end' ? when.afterMs : GRACE_MS, stop);
  }

  #nextOrder(): void {
    if (!this.#administrator.idle) return;
    const order = this.#orders.shift();
    if (order !== undefined) this.#administrator.send([order]);
  }

  // What clients ask of the run ----------------------------------------------------------------------------------------

  execute(client: SimClient, command: readonly string[]): Execution {
    try {
      if (command[0] !== 'MULTI' && command[0] !== 'EXEC' && command[1] !== WITNESS_KEY) this.commands++;
      this.#o.savePoints.asked(command);
      const isOrder = client === this.#administrator && command[1] !== WAITED_KEY;
      if (isOrder) return this.#administration.execute(command);
      const executed = this.#model.execute(client, command);
      if (client === this.#administrator) this.#administration.wrote(executed.dependsOn);
      return executed;
    } catch (error) {
      this.fault ??= error;
      this.#o.world.scheduler.stop();
      throw error;
    }
  }

  get feedsOneByOne(): boolean {
    return (this.#o.scenario.tuning.bufferBytes ?? Infinity) < SMALL_BUFFER_BYTES;
  }

  delivering(): void {
    this.#o.watch.deliveryFrom = this.#o.history.executed;
  }

  delivered(): void {
    this.#o.watch.deliveryFrom = undefined;
    this.#o.adversity.grown();
  }

  mayExecute(later: () => void): boolean {
    return this.#model.mayExecute(later);
  }

  nowMs(): number {
    return this.#o.world.scheduler.nowMs;
  }

  after(delayMs: number, run: () => void): void {
    this.#o.server.process.after(delayMs, 'client', run);
  }

  replied(client: SimClient, outstanding: Outstanding, reply: Reply): void {
    this.#o.situations.count('reply-compared');
    this.#laws.acknowledged(outstanding.dependsOn);
    this.#o.history.observe(outstanding.dependsOn, this.nowMs());
    if (client === this.#administrator) {
      this.#administration.heard(outstanding.command, reply);
      this.after(0, () => this.#nextOrder());
    }
    if (outstanding.hasWaited) this.#trigger.served();
    this.#trigger.replied();
  }

  wrong(client: SimClient, message: string): void {
    this.#o.report('P21', `${client.name}: ${message}`);
  }

  #connect(name: string, number: number): SimClient {
    const client = new SimClient(name, this);
    const { trace } = this.#o.world;
    const { send, close } = client.transport;
    this.#model.connect(client, number);
    this.#o.server.process.enter(() => {
      client.attach(
        this.#o.server.engine!.connect({
          send: (bytes) => {
            trace.bytes('reply', bytes, number);
            send(bytes);
          },
          close,
        }),
      );
    });
    return client;
  }
}
