/**
 * Scripts: the cache of EVAL's sources, and the machine that runs them, which is opened by the first script.
 *
 * The machine is a cache, too: whatever it holds can be made again from sources, so one that has grown large is dropped,
 * and nothing that a script leaves behind in it is seen by another.
 */
import type { OpenScripts, ScriptMachine } from '../../ports/scripts.ts';
import { latin1Bytes, latin1Text } from '../../bytes/index.ts';
import { Sha1 } from '../../bytes/sha1.ts';
import { Argv, type ReplyWriter } from '../../resp/index.ts';
import { serverVersion } from '../admin/server-version.ts';
import type { Engine } from '../engine.ts';
import type { LogLevel } from '../log.ts';
import type { Session } from '../session.ts';
import { frameWords } from './frame.ts';
import { maxPassedBytes, ScriptCall } from './script-call.ts';
import { readScriptHead } from './shebang.ts';

/** Beyond, the machine is dropped when a script has ended. */
const keptMachineBytes = 64 * 1024 * 1024;

export const noScriptsHere =
  'ERR scripts are not run here: this engine was opened without a Lua (EngineOptions.scripts)';

const levels: readonly LogLevel[] = ['debug', 'verbose', 'notice', 'warning'];

export class Scripts {
  readonly #engine: Engine;
  readonly #open: OpenScripts | undefined;
  #machine: ScriptMachine | undefined;
  #call: ScriptCall | undefined;
  readonly #sources = new Map<string, Uint8Array>();

  constructor(engine: Engine, open: OpenScripts | undefined) {
    this.#engine = engine;
    this.#open = open;
  }

  get isPossible(): boolean {
    return this.#open !== undefined;
  }

  get count(): number {
    return this.#sources.size;
  }

  has(digest: string): boolean {
    return this.#sources.has(digest);
  }

  source(digest: string): Uint8Array | undefined {
    return this.#sources.get(digest);
  }

  /** SCRIPT FLUSH. */
  forget(): void {
    this.#sources.clear();
    this.#machine?.run(frameWords(['forget']));
  }

  /** Compiles and keeps a script. @returns an error reply, or undefined */
  load(digest: string, source: Uint8Array): string | undefined {
    if (this.#sources.has(digest)) return undefined;
    const head = readScriptHead(source);
    if (typeof head === 'string') return head;
    if (source.length > maxPassedBytes)
      return `ERR a script of more than ${maxPassedBytes} bytes is too large`;
    const failure = this.#opened().run(frameWords(['compile', digest, source.subarray(head.bodyStart)]));
    if (failure.length > 0) return latin1Text(failure, 1, failure.length - 2);
    this.#sources.set(digest, source.slice());
    return undefined;
  }

  /**
   * Runs a script that was loaded.
   *
   * @param words the number of keys, the keys, the arguments
   */
  evaluate(
    session: Session,
    reply: ReplyWriter,
    digest: string,
    words: readonly (Uint8Array | string)[],
    readOnly: boolean,
  ): void {
    const source = this.#sources.get(digest)!;
    const head = readScriptHead(source);
    if (typeof head === 'string') return reply.error(head);
    this.#run(session, reply, readOnly || head.flags.has('no-writes'), [
      'eval',
      digest,
      source.subarray(head.bodyStart),
      String(reply.protocol),
      ...words,
    ]);
  }

  #run(
    session: Session,
    reply: ReplyWriter,
    readOnly: boolean,
    request: readonly (Uint8Array | string)[],
  ): void {
    const lengthBytes = request.reduce((sum, { length }) => sum + length, 0);
    if (lengthBytes > maxPassedBytes)
      return reply.error(
        `ERR keys and arguments of more than ${maxPassedBytes} bytes are too large for a script`,
      );
    const { dbIndex, lastCommand } = session;
    const machine = this.#opened();
    this.#call = new ScriptCall(this.#engine, session, readOnly);
    reply.writer.bytes(machine.run(frameWords(request)));
    this.#call = undefined;
    // What it selected was its own choice.
    session.dbIndex = dbIndex;
    session.lastCommand = lastCommand;
    if (machine.sizeBytes > keptMachineBytes) this.#machine = undefined;
  }

  #opened(): ScriptMachine {
    return (this.#machine ??= this.#open!((code, argument) => this.#serve(code, argument)));
  }

  /** What the machine asks for: the codes of `src/scripts/lua`. */
  #serve(code: number, argument: Uint8Array): Uint8Array {
    switch (String.fromCharCode(code)) {
      case 'c':
        return this.#call!.command(argument);
      case 'b':
        return latin1Bytes(this.#call?.tick() ?? '');
      case 's':
        return latin1Bytes(digestOf(argument));
      case 'l':
        this.#engine.log(levels[argument[0]! - 0x30]!, latin1Text(argument, 1, argument.length));
        return new Uint8Array(0);
      case 'd':
        return latin1Bytes(integerText(latin1Text(argument)));
      case 'k':
        return latin1Bytes(this.#engine.command(Argv.of([argument]))?.name ?? '');
      case 'v':
        return latin1Bytes(serverVersion);
      case 'r':
        return latin1Bytes(String(Math.floor(this.#engine.randomness.draw() * 2 ** 32)));
      default:
        throw new Error(`a script machine asks for ${code}, which nothing serves`);
    }
  }
}

/** The hexadecimal digits by which a script goes. */
export function digestOf(source: Uint8Array): string {
  return Buffer.from(Sha1.of(source)).toString('hex');
}

/** An integer of 64 bits as printf writes it; `request` is the conversion, then its decimal digits. */
function integerText(request: string): string {
  const value = BigInt.asIntN(64, BigInt(request.slice(1)));
  const unsigned = BigInt.asUintN(64, value);
  switch (request[0]) {
    case 'x':
      return unsigned.toString(16);
    case 'X':
      return unsigned.toString(16).toUpperCase();
    case 'o':
      return unsigned.toString(8);
    case 'u':
      return unsigned.toString();
    default:
      return value.toString();
  }
}
