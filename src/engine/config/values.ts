/**
 * The kinds of values that directives have: how each is read and how CONFIG GET writes it.
 *
 * The reasons for refusing one are Redis's own texts, since CONFIG SET puts them behind " - " in its reply.
 * Source: redis-server 7.0.15, asked.
 */

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export interface Kind<T> {
  read(word: string): Read<T>;
  format(value: T): string;
  /** As it stands in a file, where that is not as CONFIG GET gives it. */
  line?(value: T): string;
}

const good = <T>(value: T): Read<T> => ({ ok: true, value });
const bad = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

export const yesNo: Kind<boolean> = {
  read(word) {
    const folded = word.toLowerCase();
    if (folded === 'yes') return good(true);
    return folded === 'no' ? good(false) : bad("argument must be 'yes' or 'no'");
  },
  format: (value) => (value ? 'yes' : 'no'),
};

export const int32Max = 2147483647;
/** Redis's largest number, for options that have no limit but that. As a double it is one more. */
export const int64Max = 2 ** 63;

/** A whole number within [min, max]. What is beyond 2^53 is as good as its neighbours. */
export function integer(min: number, max: number = int32Max): Kind<number> {
  return {
    read(word) {
      const value = /^(0|-?[1-9]\d{0,18})$/.test(word) ? BigInt(word) : undefined;
      if (value === undefined || BigInt.asIntN(64, value) !== value)
        return bad("argument couldn't be parsed into an integer");
      return within(Number(value), min, max);
    },
    format: decimal,
  };
}

/** A number of permission bits, written in octal. */
export const octal: Kind<number> = {
  read: (word) =>
    /^[0-7]{1,4}$/.test(word)
      ? within(Number.parseInt(word, 8), 0, 0o777)
      : bad("argument couldn't be parsed into an integer"),
  format: (value) => value.toString(8),
};

/** Bytes, with a unit: 1k is 1000 bytes and 1kb is 1024, likewise m and mb, g and gb. */
export function memory(minBytes = 0, maxBytes: number = int64Max): Kind<number> {
  return {
    read(word) {
      const match = /^(\d+)(b|kb?|mb?|gb?)?$/i.exec(word);
      if (match === null) return bad('argument must be a memory value');
      const bytes = BigInt(match[1]!) * BigInt(unitBytes((match[2] ?? 'b').toLowerCase()));
      return within(bytes >= 1n << 63n ? Infinity : Number(bytes), minBytes, maxBytes);
    },
    format: decimal,
    line(value) {
      const unit = (['gb', 'mb', 'kb'] as const).find((one) => value > 0 && value % unitBytes(one) === 0);
      return unit === undefined || value >= int64Max ? decimal(value) : `${value / unitBytes(unit)}${unit}`;
    },
  };
}

function unitBytes(unit: string): number {
  switch (unit) {
    case 'k':
      return 1000;
    case 'kb':
      return 1024;
    case 'm':
      return 1_000_000;
    case 'mb':
      return 1024 * 1024;
    case 'g':
      return 1_000_000_000;
    case 'gb':
      return 1024 * 1024 * 1024;
    default:
      return 1;
  }
}

/** One of a few words, in any case. */
export function oneOf<T extends string>(...choices: readonly T[]): Kind<T> {
  return {
    read(word) {
      const folded = word.toLowerCase();
      for (const choice of choices) if (choice === folded) return good(choice);
      return bad(`argument(s) must be one of the following: ${choices.join(', ')}`);
    },
    format: (value) => value,
  };
}

/** Anything, as one word. */
export const text: Kind<string> = { read: good, format: (value) => value, line: quoted };

/** Anything, as words of a line: what is between them is one space. */
export const words: Kind<string> = {
  read: (given) =>
    good(
      given
        .split(/[ \t\r\n]+/)
        .filter((word) => word !== '')
        .join(' '),
    ),
  format: (value) => value,
  line: (value) =>
    value
      .split(' ')
      .map((word) => (/^[\w*:.,%@/[\]+-]+$/.test(word) ? word : quoted(word)))
      .join(' '),
};

/** A word as a configuration file has it: in quotes, with escapes for all that is not printable ASCII. */
function quoted(word: string): string {
  const escapes: Readonly<Record<number, string>> = {
    7: '\\a',
    8: '\\b',
    9: '\\t',
    10: '\\n',
    13: '\\r',
    34: '\\"',
    92: '\\\\',
  };
  const parts = Array.from(new TextEncoder().encode(word), (byte) => {
    const isPrintable = byte >= 0x20 && byte < 0x7f;
    return (
      escapes[byte] ?? (isPrintable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)
    );
  });
  return `"${parts.join('')}"`;
}

/** The name of a file in a directory that another directive names. */
export function fileName(directive: string, mayBeEmpty: boolean): Kind<string> {
  return {
    read(word) {
      if (word.includes('/') || word.includes('\\'))
        return bad(`${directive} can't be a path, just a filename`);
      if (word === '' && !mayBeEmpty) return bad(`${directive} can't be empty`);
      return good(word);
    },
    format: (value) => value,
    line: quoted,
  };
}

function within(value: number, min: number, max: number): Read<number> {
  return value < min || value > max
    ? bad(`argument must be between ${min} and ${decimal(max)} inclusive`)
    : good(value);
}

/** A number without an exponent; never more than 64 bits hold. */
function decimal(value: number): string {
  return value >= int64Max ? '9223372036854775807' : String(value);
}
