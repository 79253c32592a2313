/**
 * A second reader of append-only files: RESP commands and `#` lines between them, applied to a model of their own. It
 * judges the bases that `aof-use-rdb-preamble no` writes. Strict: anything that is not whole is an error.
 */
import type { Expectation } from './reply.ts';
import { LOG_TIME_MS } from './model/call.ts';
import { ModelClient } from './model/client.ts';
import { ModelState } from './model/state.ts';
import type { Snapshot } from './model/state.ts';
import { textOf } from './text.ts';

const CR = 13;
const LF = 10;

/** The file is not a row of whole commands. */
export class AofDecodeError extends Error {
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`${what} at offset ${offset}`);
    this.name = 'AofDecodeError';
    this.offset = offset;
  }
}

/** The commands of a file, each with the offset where it begins. @throws AofDecodeError */
export function* decodeCommands(
  bytes: Uint8Array,
): Generator<{ readonly offset: number; readonly command: readonly string[] }> {
  let at = 0;
  const line = (): string => {
    const start = at;
    while (at < bytes.length && bytes[at] !== LF) at++;
    if (at >= bytes.length || bytes[at - 1] !== CR) throw new AofDecodeError('a line without an end', start);
    at++;
    return textOf(bytes, start, at - 2);
  };
  const count = (mark: string): number => {
    const start = at;
    const text = line();
    const value = Number(text.slice(1));
    if (text[0] !== mark || !Number.isInteger(value) || value < 0)
      throw new AofDecodeError(`${JSON.stringify(text)}, expected ${mark}number`, start);
    return value;
  };
  while (at < bytes.length) {
    if (bytes[at] === 35) {
      line();
      continue;
    }
    const offset = at;
    const command: string[] = [];
    for (let left = count('*'); left > 0; left--) {
      const length = count('$');
      if (at + length + 2 > bytes.length || bytes[at + length] !== CR)
        throw new AofDecodeError('a string without an end', at);
      command.push(textOf(bytes, at, at + length));
      at += length + 2;
    }
    yield { offset, command };
  }
}

/** The state that a file's commands lead to from nothing, nothing expiring on the way. @throws AofDecodeError */
export function decodeAof(bytes: Uint8Array, databases: number): Snapshot {
  const state = new ModelState(databases);
  applyAof(bytes, new ModelClient(state));
  return state.snapshot();
}

/** Executes a file's commands, nothing expiring on the way. @throws AofDecodeError */
export function applyAof(bytes: Uint8Array, client: ModelClient): void {
  for (const { offset, command } of decodeCommands(bytes)) {
    const { expected, outcomes } = client.execute(command, LOG_TIME_MS);
    if (outcomes !== undefined)
      throw new AofDecodeError(`${command[0]} leaves to chance what it does, at every load anew`, offset);
    if (fails(expected)) throw new AofDecodeError(`${command[0]} fails`, offset);
  }
}

/** True when a command, or one of those of an EXEC, would be answered with an error. */
function fails(expected: Expectation): boolean {
  if (typeof expected !== 'object' || expected === null) return false;
  if ('error' in expected) return true;
  return Symbol.iterator in expected && [...expected].some(fails);
}
