/**
 * What runs scripts for the engine, behind as little as possible: one string in, one string out, both ways.
 *
 * A machine knows the language and its libraries and nothing of keys; the engine knows commands and nothing of the
 * language. Everything is synchronous and decided by its input: no time, no chance, no files.
 */

/** Serves what a running script asks for: a code, then its argument. Synchronous. */
export type ScriptHost = (code: number, argument: Uint8Array) => Uint8Array;

export interface ScriptMachine {
  /**
   * Has the machine do something. What it can do, and how requests and answers look, says `src/scripts/lua/serve.ts`.
   * The answer belongs to the caller.
   *
   * @throws Error where the machine itself is broken; what a script does wrong is an answer
   */
  run(request: Uint8Array): Uint8Array;
  /** Bytes that the machine holds. They never shrink: who minds opens another. */
  readonly sizeBytes: number;
}

/** Opens a machine; the first call may take some milliseconds. */
export type OpenScripts = (host: ScriptHost) => ScriptMachine;
