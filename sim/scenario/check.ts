/** Small checks of unknown JSON, each of which says what, got and expected in one line. */

/** A value is not what it must be; the message is one line for people. */
export class FormError extends Error {
  constructor(what: string, got: unknown, expected: string) {
    super(`${what}: got ${show(got)}, expected ${expected}`);
    this.name = 'FormError';
  }
}

export type Check<T> = (value: unknown, what: string) => T;

export function text(value: unknown, what: string): string {
  return typeof value === 'string' ? value : refuse(what, value, 'a text');
}

export function flag(value: unknown, what: string): boolean {
  return typeof value === 'boolean' ? value : refuse(what, value, 'true or false');
}

/** A finite number of at least `least`. */
export function number(least: number): Check<number> {
  return (value, what) =>
    typeof value === 'number' && Number.isFinite(value) && value >= least
      ? value
      : refuse(what, value, `a number from ${least}`);
}

/** A whole number of at least `least`. */
export function whole(least: number): Check<number> {
  return (value, what) =>
    Number.isSafeInteger(value) && (value as number) >= least
      ? (value as number)
      : refuse(what, value, `a whole number from ${least}`);
}

/** A whole number of either sign. */
export function integer(value: unknown, what: string): number {
  return Number.isSafeInteger(value) ? (value as number) : refuse(what, value, 'a whole number');
}

export function oneOf<const T extends string>(...names: readonly T[]): Check<T> {
  return (value, what) =>
    names.find((name) => name === value) ??
    refuse(what, value, names.map((name) => `'${name}'`).join(' or '));
}

export function list<T>(item: Check<T>, least = 0): Check<readonly T[]> {
  return (value, what) => {
    if (!Array.isArray(value) || value.length < least)
      return refuse(what, value, least === 0 ? 'a list' : `a list of at least ${least}`);
    return value.map((element, index) => item(element, `${what}[${index}]`));
  };
}

/** An object with exactly these members; those whose name ends in `?` may be missing. */
export function shape(members: Readonly<Record<string, Check<unknown>>>): Check<Record<string, unknown>> {
  const known = new Map(
    Object.entries(members).map(([name, check]) => [
      name.replace('?', ''),
      { check, optional: name.endsWith('?') },
    ]),
  );
  return (value, what) => {
    if (!isObject(value)) return refuse(what, value, 'an object');
    for (const name of Object.keys(value))
      if (!known.has(name))
        refuse(
          `${what}.${name}`,
          value[name],
          `nothing by that name; known are ${[...known.keys()].join(', ')}`,
        );
    const out: Record<string, unknown> = {};
    for (const [name, { check, optional }] of known) {
      if (optional && value[name] === undefined) continue;
      out[name] = check(value[name], `${what}.${name}`);
    }
    return out;
  };
}

/** An object that is told apart by one member. */
export function variant(member: string, kinds: Readonly<Record<string, Check<unknown>>>): Check<unknown> {
  return (value, what) => {
    if (!isObject(value)) return refuse(what, value, 'an object');
    const kind = value[member];
    const check = typeof kind === 'string' ? kinds[kind] : undefined;
    return check === undefined
      ? refuse(
          `${what}.${member}`,
          kind,
          Object.keys(kinds)
            .map((name) => `'${name}'`)
            .join(' or '),
        )
      : check(value, what);
  };
}

/** An object from any names to values of one kind. */
export function record<T>(item: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, what) => {
    if (!isObject(value)) return refuse(what, value, 'an object');
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, item(member, `${what}.${name}`)]),
    );
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function refuse(what: string, got: unknown, expected: string): never {
  throw new FormError(what, got, expected);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}
