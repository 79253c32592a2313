/** Commands by way of scripts and functions: by their text, by their name, with the right to write or without. */
import { createHash } from 'node:crypto';
import type { Draw } from '../../unit/commands/support/generate.ts';

const callers = [
  'return redis.call(unpack(ARGV))',
  'return redis.pcall(unpack(ARGV))',
  'local r = redis.pcall(unpack(ARGV)) if type(r) == "table" and r.err then return r.err end return {type(r), r}',
  'redis.setresp(3) return redis.pcall(unpack(ARGV))',
];
const libraries = ['lib0', 'lib1', 'lib2'];

/** One step: a command that calls others, drawn from `next`, or one about scripts and libraries themselves. */
export function script(draw: Draw, next: () => string[]): string[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)]!;
  const kind = draw();
  if (kind < 0.35) return ['EVAL', pick(callers), '0', ...next()];
  if (kind < 0.6) return several(draw, next);
  if (kind < 0.65) return ['EVAL_RO', pick(callers), '0', ...next()];
  const name = (): string => createHash('sha1').update(pick(callers)).digest('hex');
  if (kind < 0.75) return [pick(['EVALSHA', 'EVALSHA', 'EVALSHA_RO']), name(), '0', ...next()];
  if (kind < 0.9) return [pick(['FCALL', 'FCALL', 'FCALL_RO']), pick(libraries), '0', ...next()];
  const library = pick(libraries);
  return pick([
    () => ['SCRIPT', 'LOAD', pick(callers)],
    () => ['SCRIPT', 'LOAD', pick(callers)],
    () => ['SCRIPT', 'EXISTS', name(), name(), 'x'],
    () => ['SCRIPT', 'FLUSH', ...pick([[], ['SYNC'], ['ASYNC'], ['FOO']])],
    () => [
      'FUNCTION',
      'LOAD',
      ...pick([[], ['REPLACE'], ['REPLACE']]),
      codeOf(library, pick(callers), draw() < 0.3),
    ],
    () => ['FUNCTION', 'LOAD', 'REPLACE', codeOf(library, pick(callers), draw() < 0.3)],
    () => ['FUNCTION', 'DELETE', library],
    () => ['FUNCTION', 'LIST', 'LIBRARYNAME', library, ...pick([[], ['WITHCODE']])],
    () => ['FUNCTION', 'FLUSH', ...pick([[], ['SYNC'], ['ASYNC'], ['FOO']])],
  ])();
}

/** A library of one function that bears its name. */
function codeOf(library: string, body: string, isReadOnly: boolean): string {
  const flags = isReadOnly ? ", flags = {'no-writes'}" : '';
  const callback = `function(keys, ARGV) ${body} end`;
  return `#!lua name=${library}\nredis.register_function{function_name = '${library}', callback = ${callback}${flags}}`;
}

/** Several commands, of which one may fail after others have changed something. */
function several(draw: Draw, next: () => string[]): string[] {
  const all = Array.from({ length: 1 + Math.floor(draw() * 4) }, next);
  const caller = draw() < 0.5 ? 'call' : 'pcall';
  const body = `local at, last = 1, nil
while at <= #ARGV do
  local n = tonumber(ARGV[at])
  last = redis.${caller}(unpack(ARGV, at + 1, at + n))
  at = at + n + 1
end
return last`;
  return ['EVAL', body, '0', ...all.flatMap((words) => [String(words.length), ...words])];
}
