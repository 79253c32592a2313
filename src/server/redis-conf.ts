/**
 * What the server was told: redis.conf and the command line, read the way redis-server reads them, as one ordered list
 * of directives. What a directive means is not known here; of two that contradict each other the later one counts.
 *
 *     lightsout-server [FILE] [-] [--DIRECTIVE VALUE…]…
 *
 * FILE is read first, then standard input (where `-` stands first or last), then the arguments, so that the command line
 * wins. A line is a comment (#), blank, or a directive with its values; `include PATTERN` puts other files in its place.
 * An argument that begins with `--` names a directive, unless the directive before it has no value yet: then it is that
 * value. Two special cases as in Redis: `--save` without a value means `--save ""`, and one argument may hold a
 * directive with its values ("--save 900 1").
 *
 * Source of truth: redis-server 7.0 (its behaviour) and the redis.conf that it comes with.
 */
import type { Origin } from './conf-origin.ts';
import { confError } from './conf-origin.ts';
import { splitWords } from '../engine/config/conf-words.ts';

export interface Directive {
  /** In lower case. */
  readonly directive: string;
  readonly args: readonly string[];
  readonly origin: Origin;
}

export interface Configuration {
  /** The file on the command line, as it was given. */
  readonly configFile: string | undefined;
  /** In the order in which they take effect. */
  readonly directives: readonly Directive[];
}

/** Where the texts come from. What throws here is told as a fault of the place that asked for it. */
export interface ConfSource {
  readFile(path: string): string;
  readStdin(): string;
  /** The files that a pattern with * ? [ names, sorted; none is not an error. */
  expand(pattern: string): readonly string[];
}

/** Reads all that `argv` (without the program's name) says and leads to. @throws LightsoutError CONFIG */
export function readConfiguration(argv: readonly string[], source: ConfSource): Configuration {
  const hasFile = argv[0] !== undefined && !argv[0].startsWith('-');
  const configFile = hasFile ? argv[0] : undefined;
  const fromArguments = parseArguments(argv, hasFile ? 1 : 0);
  const directives: Directive[] = [];
  if (configFile !== undefined) directives.push(...readFile(configFile, undefined, [], source));
  if (fromArguments.stdin) {
    directives.push(...parseConf(source.readStdin(), (line) => ({ kind: 'stdin', line }), source));
  }
  directives.push(...followIncludes(fromArguments.directives, [], source));
  return { configFile, directives };
}

/**
 * Reads the text of a configuration file.
 *
 * @param originOf the origin of a line, counted from 1
 * @param including the files that led here, outermost first: one that includes itself is refused
 * @throws LightsoutError CONFIG
 */
export function parseConf(
  text: string,
  originOf: (line: number) => Origin,
  source: ConfSource,
  including: readonly string[] = [],
): Directive[] {
  const directives: Directive[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^[ \t\r]+|[ \t\r]+$/g, '');
    if (line === '' || line.startsWith('#')) continue;
    directives.push(parseDirective(line, originOf(i + 1)));
  }
  return followIncludes(directives, including, source);
}

function parseDirective(line: string, origin: Origin): Directive {
  const split = splitWords(line);
  if (!split.ok) throw confError(origin, { what: split.what, got: `'${line}'`, expected: split.expected });
  const [name = '', ...args] = split.words;
  if (name === '') {
    throw confError(origin, {
      what: 'a directive has no name',
      got: `'${line}'`,
      expected: 'the name of a directive first',
    });
  }
  return { directive: name.toLowerCase(), args, origin };
}

function followIncludes(
  directives: readonly Directive[],
  including: readonly string[],
  source: ConfSource,
): Directive[] {
  return directives.flatMap((one) => (one.directive === 'include' ? include(one, including, source) : [one]));
}

function include({ args, origin }: Directive, including: readonly string[], source: ConfSource): Directive[] {
  const [pattern] = args;
  if (pattern === undefined || args.length !== 1) {
    throw confError(origin, {
      what: 'include takes one file',
      got: `${args.length}`,
      expected: 'include PATH',
    });
  }
  const paths = /[*?[]/.test(pattern) ? source.expand(pattern) : [pattern];
  return paths.flatMap((path) => readFile(path, origin, including, source));
}

function readFile(
  path: string,
  origin: Origin | undefined,
  including: readonly string[],
  source: ConfSource,
): Directive[] {
  const chain = [...including, path];
  if (including.includes(path)) {
    throw confError(origin, {
      what: 'a file includes itself',
      got: chain.join(' -> '),
      expected: 'includes that come to an end',
    });
  }
  let text: string;
  try {
    text = source.readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw confError(origin, {
      what: `cannot read '${path}'`,
      got: reason,
      expected: 'a configuration file that can be read',
      cause: error,
    });
  }
  return parseConf(text, (line) => ({ kind: 'file', path, line }), source, chain);
}

interface Arguments {
  readonly stdin: boolean;
  readonly directives: readonly Directive[];
}

function parseArguments(argv: readonly string[], start: number): Arguments {
  const directives: { directive: string; args: string[]; origin: Origin }[] = [];
  let stdin = false;
  for (let i = start; i < argv.length; i++) {
    const argument = argv[i] as string;
    const last = directives.at(-1);
    if (argument === '-' && (i === 0 || i === argv.length - 1)) {
      stdin = true;
    } else if (argument.startsWith('--') && !wantsValue(last)) {
      const { directive, args, origin } = parseDirective(argument.slice(2), {
        kind: 'argument',
        index: i + 1,
      });
      directives.push({ directive, args: [...args], origin });
    } else if (last === undefined) {
      throw confError(
        { kind: 'argument', index: i + 1 },
        {
          what: 'a value without a directive',
          got: `'${argument}'`,
          expected: '[FILE] [-] [--DIRECTIVE VALUE…]…',
        },
      );
    } else {
      last.args.push(argument);
    }
  }
  for (const one of directives) if (one.directive === 'save' && one.args.length === 0) one.args.push('');
  return { stdin, directives };
}

/** Whether the next argument is this directive's value, whatever it looks like. */
function wantsValue(last: Directive | undefined): boolean {
  return last !== undefined && last.args.length === 0 && last.directive !== 'save';
}
