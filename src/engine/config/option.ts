/**
 * A directive: how its words are read, where its value goes, and when it may change.
 *
 * There are three sorts. A *real* one stands in `Settings` and does what its name says. A *kept* one changes nothing here
 * (how Redis compacts a small hash in memory, how it talks to replicas), so any value that Redis takes is taken and given
 * back by CONFIG GET. A *bound* one would change what the server does if it had any but one value, and the server does not
 * do that: every other value is refused, aloud, rather than accepted and ignored.
 */
import { type Kind, type Read, text } from './values.ts';
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
  /** The value as CONFIG GET gives it. */
  format(settings: Settings): string;
  /** Reads the words after the directive's name. Changes nothing yet. */
  read(words: readonly string[]): Read<Change>;
}

interface More {
  readonly aliases?: readonly string[];
  readonly isHidden?: boolean;
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
    read: (words) =>
      map(oneWord(words, kind), (value) => (settings) => {
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
    read: (words) => {
      const read = (kind as Kind<unknown>) === text ? kind.read(words.join(' ')) : oneWord(words, kind);
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
    read: (words) => {
      const read = (kind as Kind<unknown>) === text ? kind.read(words.join(' ')) : oneWord(words, kind);
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
): Pick<ConfigOption, 'name' | 'aliases' | 'changeable' | 'isHidden'> {
  return { name, aliases: more.aliases ?? [], changeable, isHidden: more.isHidden ?? false };
}

function oneWord<T>(words: readonly string[], kind: Kind<T>): Read<T> {
  const [word] = words;
  return word === undefined || words.length > 1
    ? { ok: false, why: 'wrong number of arguments' }
    : kind.read(word);
}

function map<T>(read: Read<T>, make: (value: T) => Change): Read<Change> {
  return read.ok ? { ok: true, value: make(read.value) } : read;
}
