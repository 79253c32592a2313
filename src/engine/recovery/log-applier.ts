/** Applies the commands of a log to the keyspace: what EXEC and dispatch are to a client, without replies or effects. */
import { lookup } from '../../commands/index.ts';
import { ByteWriter, latin1Text } from '../../bytes/index.ts';
import { LightsoutError } from '../../errors.ts';
import { type Argv, ReplyWriter } from '../../resp/index.ts';
import type { LoadTarget } from './load-target.ts';
import type { Applier } from './replay.ts';
import { replayFunction } from '../scripts/replay-function.ts';

const minus = 0x2d;

export class LogApplier implements Applier {
  readonly #engine: LoadTarget;
  readonly #file: string;
  readonly #output = new ByteWriter(256);
  readonly #reply = new ReplyWriter(this.#output);
  #dbIndex = 0;

  /** @param file its name, for messages */
  constructor(engine: LoadTarget, file: string) {
    this.#engine = engine;
    this.#file = file;
  }

  apply(argv: Argv, offset: number): void {
    const { execution, settings } = this.#engine;
    if (argv.is(0, 'select')) {
      const index = argv.count === 2 ? Number(argv.text(1)) : -1;
      if (!Number.isInteger(index) || index < 0 || index >= settings.databases) {
        throw new LightsoutError(
          'CORRUPT',
          `SELECT of database '${argv.count > 1 ? argv.text(1) : ''}' at offset ${offset} of the append only file ${this.#file}; there are ${settings.databases} (option databases)`,
        );
      }
      this.#dbIndex = index;
      return;
    }
    if (
      argv.is(0, 'function') &&
      replayFunction(this.#engine, argv, `offset ${offset} of the append only file ${this.#file}`)
    )
      return;
    const command = lookup(argv);
    if (command === undefined)
      throw new LightsoutError(
        'CORRUPT',
        `Unknown command '${argv.text(0)}' reading the append only file ${this.#file}, at offset ${offset}`,
      );
    const { arity } = command;
    if (arity >= 0 ? argv.count !== arity : argv.count < -arity) {
      throw new LightsoutError(
        'CORRUPT',
        `command '${command.name}' with ${argv.count - 1} arguments at offset ${offset} of the append only file ${this.#file}`,
      );
    }
    this.#output.clear();
    execution.replaying = true;
    execution.nowMs = 0;
    execution.run(command, argv, this.#dbIndex, this.#reply);
    execution.unit.discard();
    execution.replaying = false;
    if (this.#output.buffer[0] === minus && this.#output.length > 0) {
      this.#engine.log(
        'warning',
        `== CRITICAL == This server is sending an error to its AOF-loading-client: '${latin1Text(this.#output.buffer, 1, this.#output.length).trimEnd()}' after processing the command '${command.name}'`,
      );
    }
  }
}
