/**
 * A directive: how its words are read, where its value goes, and when it may change.
 *
 * There are three sorts. A *real* one stands in `Settings` and does what its name says. A *kept* one changes nothing here
 * (how Redis compacts a small hash in memory, how it talks to replicas), so any value that Redis takes is taken and given
 * back by CONFIG GET. A *bound* one would change what the server does if it had any but one value, and the server does not
 * do that: every other value is refused, aloud, rather than accepted and ignored.
 */
import { type Kind, type Read, text, words } from './values.ts';
import type { Settings } from './settings.ts';

/** When a value may change: at any time, with `enable-protected-configs` only, or only at the start. */
export type Changeable = 'live' | 'protected' | 'start';

/** Puts a value that was read into its place. */
export type Change = (settings: Settings) => void;

export interface ConfigOption {
  readonly name: string;
  /** Older names of the same directive. */
  readonly aliases: readonly string[];
  readonly changeable: Changeable;
  /** Not shown by CONFIG GET with a pattern. */
  readonly isHidden: boolean;
  /** Meant for one start: CONFIG REWRITE does not add it. */
  readonly isForOnce: boolean;
  /** The value as CONFIG GET gives it. */
  format(settings: Settings): string;
  /** What stands behind the name in a file: one line, of some several. Empty: there is nothing to say. */
  lines(settings: Settings): readonly string[];
  /** Reads the words after the directive's name. Changes nothing yet. */
  read(words: readonly string[]): Read<Change>;
}

interface More {
  readonly aliases?: readonly string[];
  readonly isHidden?: boolean;
  readonly isForOnce?: boolean;
}

/** A directive whose value is a field of Settings. */
export function real<K extends keyof Settings>(
  name: string,
  changeable: Changeable,
  key: K,
  kind: Kind<Settings[K]>,
  more: More = {},
): ConfigOption {
  return {
    ...common(name, changeable, more),
    format: (settings) => kind.format(settings[key]),
    lines: (settings) => [kind.line?.(settings[key]) ?? kind.format(settings[key])],
    read: (given) =>
      map(oneWord(given, kind), (value) => (settings) => {
        settings[key] = value;
      }),
  };
}

/** A directive that is only remembered. Its words are kept as one text where its kind takes text. */
export function kept<T>(
  name: string,
  changeable: Changeable,
  kind: Kind<T>,
  initial: string,
  more: More = {},
): ConfigOption {
  return {
    ...common(name, changeable, more),
    format: (settings) => keptValues(settings).get(name) ?? initial,
    lines: (settings) => [lineOf(kind, keptValues(settings).get(name) ?? initial)],
    read: (given) => {
      const read = takesWords(kind) ? kind.read(given.join(' ')) : oneWord(given, kind);
      return map(read, (value) => (settings) => void keptValues(settings).set(name, kind.format(value)));
    },
  };
}

/** A directive that may only have one value: `lacking` says what the server does not have. */
export function bound<T>(
  name: string,
  changeable: Changeable,
  kind: Kind<T>,
  only: string,
  lacking: string,
  more: More = {},
): ConfigOption {
  return {
    ...common(name, changeable, more),
    format: () => only,
    lines: () => [lineOf(kind, only)],
    read: (given) => {
      const read = takesWords(kind) ? kind.read(given.join(' ')) : oneWord(given, kind);
      if (!read.ok) return read;
      if (kind.format(read.value) === only) return { ok: true, value: () => undefined };
      return { ok: false, why: `lightsout has ${lacking}: the only value is '${only}'` };
    },
  };
}

/** Values of directives that no field of Settings stands for. They live and die with their Settings. */
export function keptValues(settings: Settings & { kept?: Map<string, string> }): Map<string, string> {
  settings.kept ??= new Map();
  return settings.kept;
}

function common(
  name: string,
  changeable: Changeable,
  more: More,
): Pick<ConfigOption, 'name' | 'aliases' | 'changeable' | 'isHidden' | 'isForOnce'> {
  const { aliases = [], isHidden = false, isForOnce = false } = more;
  return { name, aliases, changeable, isHidden, isForOnce };
}

function takesWords<T>(kind: Kind<T>): boolean {
  return (kind as Kind<unknown>) === text || (kind as Kind<unknown>) === words;
}

/** A value that CONFIG GET gives as `formatted`, as it stands in a file. */
function lineOf<T>(kind: Kind<T>, formatted: string): string {
  const read = kind.read(formatted);
  return read.ok && kind.line !== undefined ? kind.line(read.value) : formatted;
}

function oneWord<T>(given: readonly string[], kind: Kind<T>): Read<T> {
  const [word] = given;
  return word === undefined || given.length > 1
    ? { ok: false, why: 'wrong number of arguments' }
    : kind.read(word);
}

function map<T>(read: Read<T>, make: (value: T) => Change): Read<Change> {
  return read.ok ? { ok: true, value: make(read.value) } : read;
}
