/**
 * One unit of the log: the effects of what must be atomic (one command, one EXEC, one expiry), as they will stand in the
 * append-only file.
 *
 * A unit of one effect is that command alone; a unit of several is wrapped in MULTI and EXEC, unless each of them stands for
 * itself (`apart`). `SELECT` is put before an
 * effect whose database is not the one that the log stands at: before MULTI for the first effect, inside for later ones.
 * The bytes are made while the command runs, so that a large argument is copied once.
 */
import type { EffectPart, Effects } from '../../commands/context.ts';
import { ByteWriter } from '../../bytes/writer.ts';
import { encodeCommand } from '../../resp/index.ts';
import type { Argv } from '../../resp/index.ts';

/** Room for effects that is kept from one unit to the next. */
const keptBytes = 1024 * 1024;

export class Unit implements Effects {
  /** Effects back to back, with SELECTs between those of different databases; without a first that is still `#raw`. */
  readonly #body = new ByteWriter(512);
  #count = 0;
  /** Effects that need the others no more than the others need them. */
  #apart = 0;
  /** Database of the first and of the last effect. */
  #firstDb = 0;
  #lastDb = 0;
  #argv: Argv | undefined;
  #dbIndex = 0;
  /** The first effect is #argv's raw bytes, not copied yet: most units are one command as it came, and are copied once. */
  #raw: Argv | undefined;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** The command whose effects are named next. Whatever was named before outlives the words of its own command from here on. */
  enter(argv: Argv, dbIndex: number): void {
    this.#settleRaw();
    this.#argv = argv;
    this.#dbIndex = dbIndex;
  }

  verbatim(): void {
    this.#select();
    const argv = this.#argv!;
    if (argv.rawStart >= 0) {
      if (this.#count === 1) this.#raw = argv;
      else this.#body.bytes(argv.buffer, argv.rawStart, argv.rawEnd);
      return;
    }
    const parts: Uint8Array[] = [];
    for (let i = 0; i < argv.count; i++) parts.push(argv.bytes(i));
    encodeCommand(this.#body, parts);
  }

  command(...parts: readonly EffectPart[]): void {
    this.#select();
    encodeCommand(this.#body, parts);
  }

  apart(...parts: readonly EffectPart[]): void {
    this.command(...parts);
    this.#apart++;
  }

  #select(): void {
    this.#settleRaw();
    if (this.#count === 0) this.#firstDb = this.#dbIndex;
    else if (this.#lastDb !== this.#dbIndex) encodeCommand(this.#body, ['SELECT', this.#dbIndex]);
    this.#lastDb = this.#dbIndex;
    this.#count++;
  }

  #settleRaw(): void {
    const raw = this.#raw;
    if (raw === undefined) return;
    this.#raw = undefined;
    this.#body.bytes(raw.buffer, raw.rawStart, raw.rawEnd);
  }

  /**
   * Writes the unit to a log that stands at database `loggedDb` (-1: nowhere yet) and empties it.
   * @returns the database that the log stands at afterwards
   */
  seal(into: ByteWriter, loggedDb: number): number {
    if (loggedDb !== this.#firstDb) encodeCommand(into, ['SELECT', this.#firstDb]);
    const raw = this.#raw;
    if (raw !== undefined) {
      into.bytes(raw.buffer, raw.rawStart, raw.rawEnd);
    } else {
      const several = this.#count > 1 && this.#apart < this.#count;
      if (several) into.latin1('*1\r\n$5\r\nMULTI\r\n');
      into.bytes(this.#body.buffer, 0, this.#body.length);
      if (several) into.latin1('*1\r\n$4\r\nEXEC\r\n');
    }
    this.discard();
    return this.#lastDb;
  }

  /** Empties the unit without logging it. */
  discard(): void {
    this.#count = this.#apart = 0;
    this.#raw = undefined;
    this.#body.clear();
    // One huge effect must not be remembered for ever by the room it took.
    if (this.#body.buffer.length > keptBytes) this.#body.buffer = new Uint8Array(1024);
  }
}
