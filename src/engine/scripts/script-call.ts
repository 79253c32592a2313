/**
 * One run of a script: what it asks of the server while it runs.
 *
 * Its commands run at the moment of the command that started it, and their effects gather in that command's unit: a
 * recovery sees all that a script has written, or nothing of it.
 */
import type { Command } from '../../commands/context.ts';
import { mayWrite } from '../../commands/index.ts';
import { ByteWriter } from '../../bytes/index.ts';
import { Argv, ReplyWriter } from '../../resp/index.ts';
import type { AdminCommand } from '../admin/types.ts';
import type { Engine } from '../engine.ts';
import type { Session } from '../clients/session.ts';
import { namedBy } from '../subcommand.ts';
import { unframeWords } from './frame.ts';

/** As Redis names the sender of what a script runs. */
const ofAScript = { address: '?:0', name: '' };

/** What of one command or one reply may go through the machine. */
export const maxPassedBytes = 16 * 1024 * 1024;

export class ScriptCall {
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #readOnly: boolean;
  readonly #output = new ByteWriter(256);
  readonly #reply = new ReplyWriter(this.#output);
  #millions = 0;
  #hasWritten = false;

  constructor(engine: Engine, session: Session, readOnly: boolean) {
    this.#engine = engine;
    this.#session = session;
    this.#readOnly = readOnly;
  }

  /** redis.call: the protocol that the script speaks, then the words. The answer is valid until the next. */
  command(request: Uint8Array): Uint8Array {
    this.#output.clear();
    this.#reply.protocol = request[0] === 0x33 ? 3 : 2;
    const argv = Argv.of(unframeWords(request.subarray(1)));
    const command = this.#engine.command(argv);
    const refusal = this.#refusal(command, argv);
    if (refusal !== undefined) this.#reply.error(refusal);
    else this.#perform(command!, argv);
    if (this.#output.length > maxPassedBytes) {
      this.#output.clear();
      this.#reply.error(`ERR a reply of more than ${maxPassedBytes} bytes is too large for a script`);
    }
    return this.#output.view();
  }

  #refusal(command: Command | AdminCommand | undefined, argv: Argv): string | undefined {
    if (command === undefined) return 'ERR Unknown Redis command called from script';
    const named = namedBy(command, argv);
    if (named === undefined) return 'ERR Unknown Redis command called from script';
    const { flags } = command;
    const { arity } = named;
    if (arity >= 0 ? argv.count !== arity : argv.count < -arity)
      return 'ERR Wrong number of args calling Redis command from script';
    // PFDEBUG has the flag of administrators, too, and Redis lets a script call it.
    const isAdministrative =
      !('run' in command) &&
      (flags.includes('admin') || flags.includes('no_multi') || 'subcommands' in command);
    if (flags.includes('noscript') || isAdministrative)
      return 'ERR This Redis command is not allowed from script';
    const isWrite = mayWrite(named);
    if (this.#readOnly && (isWrite || ('run' in command && command.notesWhatItFinds === true)))
      return 'ERR Write commands are not allowed from read-only scripts.';
    if (!isWrite) return undefined;
    return this.#engine.isShuttingDown ? 'ERR The server is shutting down' : this.#engine.writeRefusal();
  }

  #perform(command: Command | AdminCommand, argv: Argv): void {
    const { execution, stats, slowlog } = this.#engine;
    stats.commands++;
    const startedMonoMs = slowlog.begin(command, argv.count);
    if ('run' in command) {
      execution.runForScript(command, argv, this.#session.dbIndex, this.#reply);
      this.#hasWritten ||= !execution.unit.isEmpty;
      slowlog.took(startedMonoMs, command, argv, ofAScript);
      return;
    }
    const done = command.administer({
      engine: this.#engine,
      session: this.#session,
      argv,
      reply: this.#reply,
      nowMs: execution.nowMs,
      inExec: true,
    });
    if (done instanceof Promise)
      throw new Error(`'${command.name}' would answer a script later: it needs the flag noscript`);
  }

  /**
   * Called every million instructions. Why the script must end; '' where it may go on. One that has written goes on, as in
   * Redis: half of it must not stay.
   */
  tick(): string {
    const maxMillions = this.#engine.tuning.maxScriptMillions;
    this.#millions++;
    if (this.#millions === maxMillions + 1 && this.#hasWritten)
      this.#engine.log(
        'warning',
        'A script that has written does not end: it cannot be stopped without losing half of it',
      );
    if (this.#millions <= maxMillions || this.#hasWritten) return '';
    return `ERR Error running script: it was stopped after ${maxMillions} million instructions`;
  }
}
