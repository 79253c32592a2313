/** What the administrator's questions and orders are answered, held against what was so when they were executed (P18). */
import { isError } from '../oracle/reply.ts';
import type { Reply } from '../oracle/reply.ts';
import { numberOf, untruths } from '../oracle/status.ts';
import type { Known } from '../oracle/status.ts';
import { Backups } from './backups.ts';
import { administratorExpects } from './administrator.ts';
import type { Execution } from './client.ts';
import type { ServiceOptions } from './service-options.ts';

export class Administration {
  readonly backups: Backups;
  readonly #o: ServiceOptions;
  readonly #saved: () => void;
  /** An error of the disk or a fork, or a shutdown, is an excuse for a command that fails. */
  readonly #mayFail: boolean;
  #savesSeen = 0;
  /** What was so when each INFO was executed that is not answered yet. */
  readonly #asked: Known[] = [];
  /** The unit that the administrator wrote last, in order to wait for it. */
  #waited = 0;

  /** `saved` is called when a save was reported. */
  constructor(options: ServiceOptions, saved: () => void) {
    this.#o = options;
    this.#saved = saved;
    this.backups = new Backups(options);
    this.#mayFail =
      options.scenario.faults !== undefined ||
      options.generation.steps.some(({ kind }) => kind === 'disk' || kind === 'space' || kind === 'signal');
  }

  /** The administrator has written, as any client, and will wait for it. */
  wrote(index: number): void {
    this.#waited = index;
  }

  execute(command: readonly string[]): Execution {
    if (command[0] === 'INFO') this.#asked.push(this.#known());
    if (command[0] === 'BACKUP') this.backups.ordered(command[1]!, command[2]);
    if (command[0] === 'CONFIG' && command[1] === 'SET' && command[2] === 'save')
      this.#o.savePoints.set(command[3]!);
    if (command[0] === 'CONFIG' && command[1] === 'SET' && command[2] === 'appendonly')
      this.#o.logSwitch.set(command[3] === 'yes');
    const expected = administratorExpects(command, this.#mayFail);
    if (command[2] === 'appendfsync' && command[3] === 'always') return this.#tighten(expected);
    if (command[0] === 'WAITAOF') return this.#waitForDisk(expected);
    const onReply = command[0] === 'SAVE' ? this.#save() : undefined;
    return { expected, dependsOn: 0, onReply, isDecided: true };
  }

  #waitForDisk(expected: Execution['expected']): Execution {
    const { situations, history, logSwitch } = this.#o;
    const dependsOn = this.#waited;
    const onReply = (): void => {
      situations.count('waited-for-the-disk');
      history.markDurable(logSwitch.covered(dependsOn));
    };
    return { expected, dependsOn, onReply, isDecided: true };
  }

  /** P22: under `always` the first answer, which is this one, means that all of before is durable as well. */
  #tighten(expected: Execution['expected']): Execution {
    const { history, situations, adversity, logSwitch } = this.#o;
    const covered = history.executed;
    const before = adversity.mayStopForItsLog;
    adversity.mayStopForItsLog = true;
    const onReply = (reply: Reply): void => {
      if (isError(reply)) {
        adversity.mayStopForItsLog = before;
        situations.count('policy-not-tightened');
        return;
      }
      situations.count('policy-tightened');
      history.markDurable(logSwitch.covered(covered));
    };
    // A refusal tells of nothing; what an OK tells of is durable.
    return { expected, dependsOn: 0, onReply, isDecided: true };
  }

  #save(): (reply: Reply) => void {
    const { history, watch } = this.#o;
    const index = history.executed;
    const savesBefore = watch.saves.length;
    return (reply) => {
      if (typeof reply !== 'object' || reply === null || !('status' in reply)) return;
      if (watch.saves.length === savesBefore)
        this.#o.report(
          'P18',
          'SAVE was answered with OK, and no dump has its name durably since it was asked for',
        );
      this.#reported(index);
    };
  }

  /** The administrator was told how saves stand. */
  heard(command: readonly string[], reply: Reply): void {
    if (command[0] === 'BACKUP' && command[1] === 'BEGIN') this.backups.heard(reply);
    if (command[0] !== 'INFO' || typeof reply !== 'string') return;
    const known = this.#asked.shift();
    if (known !== undefined) {
      this.#o.situations.count('status-compared');
      for (const untruth of untruths(reply, known)) this.#o.report('P18', untruth);
    }
    const saves = numberOf(reply, 'rdb_saves') ?? 0;
    const begun = this.#o.watch.saves;
    if (saves <= this.#savesSeen || saves > begun.length) return;
    this.#savesSeen = saves;
    this.#reported(begun[saves - 1]!);
  }

  #reported(index: number): void {
    this.#o.history.saveReported(index);
    this.#o.situations.count('save-reported');
    this.#saved();
  }

  /** What is so of persistence at this instant. */
  #known(): Known {
    const { history, watch, server } = this.#o;
    return {
      saves: watch.saves.length,
      unsaved: history.countLasting(watch.saves.at(-1) ?? history.base, server.wallMs),
      logIsBroken: watch.logIsBroken,
    };
  }
}
