/**
 * Scripts: the cache of EVAL's sources, and the machine that runs them and the functions of libraries, which is opened by
 * the first of them.
 *
 * The machine is a cache, too: whatever it holds can be made again from sources, so one that has grown large is dropped,
 * and nothing that a script leaves behind in it is seen by another. What a library's functions share among themselves lasts
 * until then.
 */
import type { OpenScripts, ScriptMachine } from '../../ports/scripts.ts';
import { latin1Bytes, latin1Text } from '../../bytes/index.ts';
import { Sha1 } from '../../bytes/sha1.ts';
import { Argv, type ReplyWriter } from '../../resp/index.ts';
import { serverVersion } from '../admin/server-version.ts';
import type { Engine } from '../engine.ts';
import type { LogLevel } from '../log.ts';
import type { Session } from '../clients/session.ts';
import { frameWords, unframeWords } from './frame.ts';
import type { Library, LibraryFunction } from './libraries.ts';
import { maxPassedBytes, ScriptCall } from './script-call.ts';
import { bodyStartOf, readScriptHead } from './shebang.ts';

/** Beyond, the machine is dropped when a script has ended. */
const keptMachineBytes = 64 * 1024 * 1024;

export const noScriptsHere =
  'ERR scripts are not run here: this engine was opened without a Lua (EngineOptions.scripts)';

const plus = 0x2b;

const levels: readonly LogLevel[] = ['debug', 'verbose', 'notice', 'warning'];

export class Scripts {
  readonly #engine: Engine;
  readonly #open: OpenScripts | undefined;
  #machine: ScriptMachine | undefined;
  #call: ScriptCall | undefined;
  /** Millions of instructions that a library has run while it loads. */
  #loadMillions = 0;
  /** Ids of the libraries that the machine holds. */
  readonly #held = new Set<string>();
  #nextLibraryId = 1;
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
    // Without a first line it is a script as before 7.0, of which nobody knows what it does.
    const refusal = head.bodyStart > 0 ? this.#refusal(head.flags.has('no-writes'), readOnly) : undefined;
    if (refusal !== undefined) return reply.error(refusal);
    this.#run(session, reply, readOnly || head.flags.has('no-writes'), [
      'eval',
      digest,
      source.subarray(head.bodyStart),
      String(reply.protocol),
      ...words,
    ]);
  }

  /** By which the machine knows a library. */
  newLibraryId(): string {
    return String(this.#nextLibraryId++);
  }

  /**
   * Runs the code of a library once, for what it registers.
   *
   * @returns its functions, or an error reply
   */
  loadLibrary(id: string, source: Uint8Array): readonly LibraryFunction[] | string {
    if (source.length > maxPassedBytes)
      return `ERR a library of more than ${maxPassedBytes} bytes is too large`;
    this.#loadMillions = 0;
    const answer = this.#opened().run(frameWords(['load', id, source.subarray(bodyStartOf(source))]));
    if (answer[0] !== plus) return `ERR ${latin1Text(answer, 1, answer.length).replaceAll(/[\r\n]/g, ' ')}`;
    this.#held.add(id);
    const words = unframeWords(answer.subarray(1)).map((word) => latin1Text(word));
    const functions: LibraryFunction[] = [];
    for (let i = 0; i < words.length; i += 3)
      functions.push({
        name: words[i]!,
        description: words[i + 1] === '' ? undefined : words[i + 1]!.slice(1),
        flags: words[i + 2] === '' ? [] : words[i + 2]!.split(' '),
      });
    return functions;
  }

  /** The machine may forget a library. */
  dropLibrary({ id }: Pick<Library, 'id'>): void {
    if (this.#held.delete(id)) this.#machine?.run(frameWords(['drop', id]));
  }

  /**
   * FCALL.
   *
   * @param words the number of keys, the keys, the arguments
   */
  callFunction(
    session: Session,
    reply: ReplyWriter,
    { id, source }: Library,
    { name, flags }: LibraryFunction,
    words: readonly (Uint8Array | string)[],
    readOnly: boolean,
  ): void {
    const isReader = flags.includes('no-writes');
    const refusal = this.#refusal(isReader, readOnly);
    if (refusal !== undefined) return reply.error(refusal);
    if (!this.#held.has(id)) {
      const reloaded = this.loadLibrary(id, source);
      if (typeof reloaded === 'string') return reply.error(reloaded);
    }
    this.#run(session, reply, readOnly || isReader, ['fcall', id, name, String(reply.protocol), ...words]);
  }

  /** Why what says of itself whether it writes must not run. */
  #refusal(isReader: boolean, readOnly: boolean): string | undefined {
    if (isReader) return undefined;
    if (readOnly) return 'ERR Can not execute a script with write flag using *_ro command.';
    return this.#engine.isShuttingDown ? 'ERR The server is shutting down' : this.#engine.writeRefusal();
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
    if (machine.sizeBytes > keptMachineBytes) {
      this.#machine = undefined;
      this.#held.clear();
    }
  }

  /** Called every million instructions: why the script must end, or ''. */
  #tick(): string {
    if (this.#call !== undefined) return this.#call.tick();
    this.#loadMillions++;
    return this.#loadMillions > this.#engine.tuning.maxScriptMillions ? 'ERR FUNCTION LOAD timeout' : '';
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
        return latin1Bytes(this.#tick());
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
