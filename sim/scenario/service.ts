/**
 * One generation's work: the clients that send the steps, the administrator, and the moment that ends it.
 *
 * The model executes a command in the same event in which the engine is fed its last byte, at the same wall time, before
 * the engine does. A unit is what one command or one EXEC changed.
 */
import { syncEverything } from '../disk/index.ts';
import { keepsLog } from '../oracle/bounds.ts';
import type { History, UnitOfHistory } from '../oracle/history.ts';
import { ModelClient } from '../oracle/model/client.ts';
import type { Outcome } from '../oracle/model/client.ts';
import { dataless } from '../oracle/model/table.ts';
import { isExpired } from '../oracle/record.ts';
import { isError, replyMatches } from '../oracle/reply.ts';
import type { Reply } from '../oracle/reply.ts';
import { numberOf, untruths } from '../oracle/status.ts';
import type { Known } from '../oracle/status.ts';
import type { Property } from '../oracle/violation.ts';
import type { World } from '../world/index.ts';
import { administratorExpects, WAITED_KEY } from './administrator.ts';
import { commandText, describeCommand } from './argument.ts';
import type { Adversity } from './adversity.ts';
import { SimClient } from './client.ts';
import type { ClientSurroundings, Execution, Outstanding } from './client.ts';
import { HeldBack } from './held-back.ts';
import type { LogWatch } from './log-watch.ts';
import { refusalOf } from './engine-module.ts';
import { PATIENCE_MS } from './reading.ts';
import { slowestSyncMs } from './schema.ts';
import type { Generation, Moment, Scenario, Step } from './schema.ts';
import type { Server } from './server.ts';
import type { SituationCounter } from './situations.ts';
import { Trigger } from './trigger.ts';

/** How long the moment is waited for when all steps were taken. */
const GRACE_MS = 3000;
/** How long answers are waited for at the end. */
const ANSWERS_MS = 30_000;

/** The longest that the engine waits before it tries again what the disk did not take. */
const RETRY_MS = 60_000;
/** How long answers are waited for where the disk has erred in between. */
const HEALING_MS = RETRY_MS + ANSWERS_MS;

/** How late the engine may notice that a unit has waited for too long. */
const LATE_REFUSAL_MS = 2000;

/** How late the engine may notice that its log works again. */
const LATE_TAKING_MS = 1000;

/** The key that counts every unit, where a scenario asks for it. */
export const WITNESS_KEY = 'witness';

export interface ServiceOptions {
  readonly world: World;
  readonly server: Server;
  readonly history: History;
  readonly watch: LogWatch;
  readonly scenario: Scenario;
  readonly generation: Generation;
  readonly situations: SituationCounter;
  readonly adversity: Adversity;
  /** How long a unit may wait for its sync under everysec until writes are refused. */
  readonly mostUnsyncedMs: number;
  report(property: Property, message: string): void;
}

/** False for what is answered without a look at the data: PING and its kin, and what is refused. */
function tellsOfData({ command, expected }: Outstanding): boolean {
  if (dataless.has(command[0]!.toUpperCase())) return false;
  return !(isError(expected) && /^MISCONF|shutting down$/.test(expected.error));
}

/** True where the engine may have nothing to log: it may have removed the expired keys before. */
function removesOnlyExpired({ changes }: UnitOfHistory, wallMs: number): boolean {
  return changes.every(
    ({ before, after }) => after === undefined && before !== undefined && isExpired(before.record, wallMs),
  );
}

export class Service implements ClientSurroundings {
  /** Commands that were executed. */
  commands = 0;
  /** Something in the simulator itself went wrong. */
  fault: unknown;
  readonly #o: ServiceOptions;
  readonly #trigger: Trigger;
  readonly #clients: SimClient[] = [];
  /** Units for which the log may hold nothing. */
  readonly #maybeUnlogged = new Set<UnitOfHistory>();
  readonly #models = new Map<SimClient, ModelClient>();
  readonly #numbers = new Map<SimClient, number>();
  readonly #administrator: SimClient;
  readonly #orders: (readonly string[])[] = [];
  readonly #startedAtMs: number;
  /** An error of the disk or a fork, or a shutdown, is an excuse for a command of the administrator that fails. */
  readonly #mayFail: boolean;
  #open = new Map<SimClient, number>();
  /** The newest unit of each client. */
  readonly #ownUnits = new Map<SimClient, number>();
  #savesSeen = 0;
  /** What was so when each INFO was executed that is not answered yet. */
  readonly #asked: Known[] = [];
  /** The unit that the administrator wrote last, in order to wait for it. */
  #waited = 0;
  #wasRefused = false;
  readonly #heldBack = new HeldBack();
  #lastStepAtMs = 0;
  #firedEarly = false;

  constructor(options: ServiceOptions) {
    this.#o = options;
    this.#mayFail =
      options.scenario.faults !== undefined ||
      options.generation.steps.some(({ kind }) => kind === 'disk' || kind === 'space' || kind === 'signal');
    this.#startedAtMs = options.world.scheduler.nowMs;
    this.#lastStepAtMs = this.#startedAtMs;
    for (let number = 0; number < options.scenario.clients; number++)
      this.#clients.push(this.#connect(`client ${number + 1}`, number));
    this.#administrator = this.#connect('administrator', options.scenario.clients);
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
    this.#schedule(0);
  }

  end(): void {
    this.#o.watch.trigger = undefined;
    for (const client of [...this.#clients, this.#administrator]) client.detach();
  }

  /** What must be so at the end of a generation, whatever befell it. */
  checkEnd(): void {
    const { adversity, server, situations, world } = this.#o;
    if (adversity.endedWell) situations.count('shut-down-well');
    const { signalledAtMs } = adversity;
    if (signalledAtMs === undefined || !server.alive) return;
    const patientMs = PATIENCE_MS + this.#lateMs(signalledAtMs);
    const refused = server.log.some((line) => /shutdown failed|can't exit/.test(line));
    if (world.scheduler.nowMs - signalledAtMs > patientMs && !refused)
      this.#o.report(
        'P21',
        `the server was told to end ${Math.round(patientMs)} ms ago; it neither has nor said why not`,
      );
  }

  /** How much of the time since then the server may put down to the machine and its disk. */
  #lateMs(sinceMs: number): number {
    const { watch, scenario, adversity } = this.#o;
    if (adversity.diskErrs) return Infinity;
    const { healedAtMs } = adversity;
    const healingMs = healedAtMs === undefined ? 0 : Math.max(0, healedAtMs + RETRY_MS - sinceMs);
    return healingMs + this.#stalledMs(sinceMs) + 2 * watch.longestSyncMs(sinceMs) + slowestSyncMs(scenario);
  }

  /** How much of the time since then the server was kept from running. */
  #stalledMs(sinceMs: number): number {
    const { world, watch } = this.#o;
    return world.machine.stalls.within(watch.serverPid, sinceMs, this.nowMs());
  }

  /** Commands that have waited for longer than that, in words. */
  unanswered(patienceMs: number): string[] {
    const late: string[] = [];
    const now = this.nowMs();
    if (!this.#o.server.alive) return late;
    for (const client of [...this.#clients, this.#administrator]) {
      const first = client.waiting[0];
      if (first === undefined) continue;
      const { sentAtMs } = first;
      // Who is told nothing of the data waits for no disk, but for those before it on its connection. What arrived together
      // may be answered together.
      const together = client.waiting.filter((other) => other.sentAtMs === sentAtMs);
      const waitsForDisk =
        first.followsOthers || client === this.#administrator || together.some(tellsOfData);
      const lateMs = waitsForDisk ? this.#lateMs(sentAtMs) : this.#stalledMs(sentAtMs);
      if (now - sentAtMs < patienceMs + lateMs) continue;
      late.push(
        `${client.name}: ${describeCommand(first.command)} was not answered for ${Math.round(now - first.sentAtMs)} ms`,
      );
    }
    return late;
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
    const client = this.#clients[step.client % this.#clients.length]!;
    client.send(this.#commandsOf(step), step.delivery);
  }

  #commandsOf(step: Extract<Step, { readonly kind: 'command' | 'unit' }>): readonly (readonly string[])[] {
    const commands = step.kind === 'command' ? [commandText(step.command)] : step.commands.map(commandText);
    const single = step.kind === 'command';
    const witnessed =
      this.#o.scenario.witness &&
      !(
        single && /^(SELECT|GET|LRANGE|SMEMBERS|HGETALL|MGET|PTTL|EXISTS|TYPE|STRLEN)$/.test(commands[0]![0]!)
      );
    if (single && !witnessed) return commands;
    return [['MULTI'], ...commands, ...(witnessed ? [['INCR', WITNESS_KEY]] : []), ['EXEC']];
  }

  /** All steps were taken: the moment is waited for a little longer, and the answers, then it ends anyway. */
  #stepsTaken(): void {
    for (const client of this.#clients) client.flush();
    this.#trigger.arm();
    const { when } = this.#o.generation.crash;
    const { adversity } = this.#o;
    // Nobody can wait for a disk that nobody repairs.
    const deadlineMs = adversity.diskErrs
      ? 0
      : this.nowMs() + (adversity.diskErred ? HEALING_MS : ANSWERS_MS);
    const stop = (): void => {
      const waiting = [...this.#clients, this.#administrator].some((client) => client.waiting.length > 0);
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
      if (client !== this.#administrator) return this.#executeModel(client, command);
      if (command[1] !== WAITED_KEY) return this.#administer(command);
      const executed = this.#executeModel(client, command);
      this.#waited = executed.dependsOn;
      return executed;
    } catch (error) {
      this.fault ??= error;
      this.#o.world.scheduler.stop();
      throw error;
    }
  }

  delivering(): void {
    this.#o.watch.deliveryFrom = this.#o.history.executed;
  }

  delivered(): void {
    this.#o.watch.deliveryFrom = undefined;
    this.#o.adversity.grown();
  }

  mayExecute(later: () => void): boolean {
    return this.#heldBack.mayExecute(later);
  }

  nowMs(): number {
    return this.#o.world.scheduler.nowMs;
  }

  after(delayMs: number, run: () => void): void {
    this.#o.server.process.after(delayMs, 'client', run);
  }

  replied(client: SimClient, outstanding: Outstanding, reply: Reply): void {
    if (this.#o.watch.logFailedAtMs !== undefined) this.#judgeAcknowledged(outstanding);
    this.#o.history.observe(outstanding.dependsOn, this.nowMs());
    if (client === this.#administrator) {
      this.#heard(outstanding.command, reply);
      this.after(0, () => this.#nextOrder());
    }
    this.#trigger.replied();
  }

  wrong(client: SimClient, message: string): void {
    this.#o.report('P21', `${client.name}: ${message}`);
  }

  #executeModel(client: SimClient, command: readonly string[]): Execution {
    const { history, server } = this.#o;
    const refusal = refusalOf(server.engine!);
    const prediction = this.#models.get(client)!.execute(command, server.wallMs, refusal);
    const { expected, observes, outcomes } = prediction;
    const name = command[0]!;
    if (name === 'MULTI') this.#open.set(client, 0);
    else if (this.#open.has(client)) this.#open.set(client, this.#open.get(client)! + 1);
    const commands = name === 'EXEC' ? (this.#open.get(client) ?? 1) - 1 : 1;
    if (name === 'EXEC' || name === 'DISCARD') this.#open.delete(client);
    if (refusal !== undefined && isError(expected)) {
      this.#wasRefused = true;
      this.#o.situations.count('write-refused');
      this.#judgeRefused(refusal);
    }
    const unit = history.commit({
      atMs: this.nowMs(),
      client: this.#numbers.get(client)!,
      command,
      commands,
      ...(outcomes === undefined ? {} : { alternatives: outcomes.slice(1).map(({ changes }) => changes) }),
    });
    if (unit !== undefined) {
      if (removesOnlyExpired(unit, server.wallMs)) this.#maybeUnlogged.add(unit);
      this.#judgeTaken();
      this.#ownUnits.set(client, unit.index);
    }
    if (!observes) return { expected, dependsOn: 0, onReply: undefined, isDecided: true };
    // While the log takes nothing reads go on, and what they tell is promised to nobody but who wrote it.
    const isStuck =
      this.#o.scenario.appendfsync !== 'always' && refusal?.startsWith('MISCONF Errors writing') === true;
    const dependsOn = isStuck ? (this.#ownUnits.get(client) ?? 0) : history.executed;
    if (isStuck) this.#o.situations.count('read-while-the-log-is-stuck');
    const onReply = outcomes === undefined || unit === undefined ? undefined : this.#waitFor(unit, outcomes);
    return { expected, dependsOn, onReply, isDecided: onReply === undefined };
  }

  /** Holds everything back until the reply tells which of the outcomes it was. */
  #waitFor(unit: UnitOfHistory, outcomes: readonly Outcome[]): (reply: Reply) => void {
    this.#heldBack.hold();
    this.#o.situations.count('decided-by-chance');
    return (reply) => {
      const outcome = outcomes.find(({ expected }) => replyMatches(expected, reply));
      this.#o.history.settle(unit, outcome?.changes ?? unit.changes);
      this.#heldBack.decide();
      this.after(0, () => this.#heldBack.resume());
    };
  }

  /** P14: with a log that cannot be believed no write is taken. */
  #judgeTaken(): void {
    const { watch, situations } = this.#o;
    if (this.#wasRefused) situations.count('writes-taken-after-refusal');
    this.#wasRefused = false;
    if (watch.logIsBroken)
      this.#o.report('P14', 'a write was taken, and a sync of the log has failed with nothing to replace it');
    this.#judgeWindow();
  }

  /** P21: no write is refused for a log that has taken everything and is at rest. */
  #judgeRefused(refusal: string): void {
    const { watch, scenario, situations } = this.#o;
    const { quietSinceMs } = watch;
    if (!refusal.startsWith('MISCONF Errors writing to the AOF') || watch.logSyncFailed) return;
    situations.count('refused-for-the-log');
    if (quietSinceMs === undefined) return;
    const quietMs = this.nowMs() - quietSinceMs - this.#stalledMs(quietSinceMs);
    if (quietMs > LATE_TAKING_MS + 2000 / scenario.settings.hz)
      this.#o.report(
        'P21',
        `a write was refused with '${refusal}', ${Math.round(quietMs)} ms after the log had taken all that it was given`,
      );
  }

  /** P3: where the disk keeps the log waiting, the window stays as narrow as was said: writes are refused. */
  #judgeWindow(): void {
    const { history, watch, world, scenario, situations, mostUnsyncedMs } = this.#o;
    if (scenario.appendfsync !== 'everysec' || !keepsLog(scenario.persistence)) return;
    // After an error it may be a base that holds them: no sync of an increment tells of that.
    if (watch.logFailedAtMs !== undefined) return;
    if (watch.everythingIsSynced) return;
    const oldest = history.units
      .slice(history.durable - history.base)
      .find((unit) => !this.#maybeUnlogged.has(unit));
    if (oldest === undefined) return;
    const now = this.nowMs();
    const waitedMs = now - oldest.executedAtMs;
    if (waitedMs <= mostUnsyncedMs / 2) return;
    situations.count('write-taken-in-a-wide-window');
    const stalledMs = world.machine.stalls.within(watch.serverPid, oldest.executedAtMs, now);
    const mostMs = mostUnsyncedMs + LATE_REFUSAL_MS + 1000 / scenario.settings.hz + stalledMs;
    if (waitedMs > mostMs)
      this.#o.report(
        'P3',
        `a write was taken, and unit ${oldest.index} has been waiting for its sync for ${Math.round(waitedMs)} ms, of at most ${Math.round(mostMs)}`,
      );
  }

  /** P14: under `always` nothing is acknowledged that was executed after the log had failed. */
  #judgeAcknowledged({ dependsOn }: Outstanding): void {
    const { watch, history, scenario } = this.#o;
    const failedAtMs = watch.logFailedAtMs;
    if (failedAtMs === undefined || scenario.appendfsync !== 'always' || watch.rewrites > 0) return;
    const unit = history.unit(dependsOn);
    if (unit !== undefined && unit.executedAtMs > failedAtMs)
      this.#o.report(
        'P14',
        `unit ${unit.index} was acknowledged, and it was executed after the log had failed`,
      );
  }

  #administer(command: readonly string[]): Execution {
    const index = this.#o.history.executed;
    const savesBefore = this.#o.watch.saves.length;
    if (command[0] === 'INFO') this.#asked.push(this.#known());
    const { situations, history } = this.#o;
    const waited = this.#waited;
    if (command[0] === 'WAITAOF')
      return {
        expected: administratorExpects(command, this.#mayFail),
        dependsOn: waited,
        isDecided: true,
        onReply: () => {
          situations.count('waited-for-the-disk');
          history.markDurable(waited);
        },
      };
    const onReply = (reply: Reply): void => {
      if (command[0] !== 'SAVE' || typeof reply !== 'object' || reply === null || !('status' in reply))
        return;
      if (this.#o.watch.saves.length === savesBefore)
        this.#o.report(
          'P18',
          'SAVE was answered with OK, and no dump has its name durably since it was asked for',
        );
      this.#o.history.saveReported(index);
      this.#o.situations.count('save-reported');
      this.#trigger.saved();
    };
    const mayFail = this.#mayFail;
    const expected = administratorExpects(command, mayFail);
    return { expected, dependsOn: 0, onReply, isDecided: true };
  }

  /** What is so of persistence at this instant. */
  #known(): Known {
    const { history, watch } = this.#o;
    return {
      saves: watch.saves.length,
      unsaved: history.countLasting(watch.saves.at(-1) ?? history.base, this.#o.server.wallMs),
      logIsBroken: watch.logIsBroken,
    };
  }

  /** The administrator was told how saves stand. */
  #heard(command: readonly string[], reply: Reply): void {
    if (command[0] !== 'INFO' || typeof reply !== 'string') return;
    const known = this.#asked.shift();
    if (known !== undefined) for (const untruth of untruths(reply, known)) this.#o.report('P18', untruth);
    const saves = numberOf(reply, 'rdb_saves') ?? 0;
    const begun = this.#o.watch.saves;
    if (saves <= this.#savesSeen || saves > begun.length) return;
    this.#savesSeen = saves;
    this.#o.history.saveReported(begun[saves - 1]!);
    this.#o.situations.count('save-reported');
    this.#trigger.saved();
  }

  #connect(name: string, number: number): SimClient {
    const client = new SimClient(name, this);
    const { trace } = this.#o.world;
    const { send, close } = client.transport;
    this.#models.set(client, new ModelClient(this.#o.history.state));
    this.#numbers.set(client, number);
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
