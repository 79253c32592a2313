/**
 * SORT: the elements of a list, a set or a sorted set, ordered by themselves or by what other keys say of them.
 *
 * Elements that compare as equal are ordered by their bytes (Redis leaves that to its sorting where ALPHA and BY come
 * together), so that a replay of SORT … STORE stores the same list.
 */
import { latin1Bytes } from '../bytes/index.ts';
import type { Entry } from '../data/index.ts';
import { expireBefore, find, findIn, touch } from './access.ts';
import { numberArgument, refuse } from './arguments.ts';
import { latin1 } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';
import { parseScore } from './scores.ts';

interface SortOptions {
  descending: boolean;
  alpha: boolean;
  start: number;
  /** Negative: all. */
  count: number;
  by: Pattern | 'themselves' | 'nothing';
  readonly get: Pattern[];
  /** The word that names the key for the result. */
  storeIndex: number;
}

/** `prefix*postfix` or `prefix*postfix->field`; undefined for what names no key. */
type Pattern =
  | { readonly prefix: Uint8Array; readonly postfix: Uint8Array; readonly field: Uint8Array | undefined }
  | '#'
  | undefined;

function parsePattern(bytes: Uint8Array): Pattern {
  const text = latin1(bytes);
  if (text === '#') return '#';
  // What follows a zero byte is no part of the pattern where Redis looks for these.
  const [seen = ''] = text.split('\0');
  const star = seen.indexOf('*');
  if (star < 0) return undefined;
  const arrow = seen.indexOf('->', star + 1);
  const hasField = arrow >= 0 && arrow + 2 < text.length && seen.length > arrow + 2;
  const postfixEnd = hasField ? arrow : text.length;
  return {
    prefix: latin1Bytes(text.slice(0, star)),
    postfix: latin1Bytes(text.slice(star + 1, postfixEnd)),
    field: hasField ? latin1Bytes(text.slice(arrow + 2)) : undefined,
  };
}

/** What the key that a pattern makes of an element holds; undefined where there is no such string or field. */
function lookUp(context: Context, pattern: Pattern, element: Uint8Array): Uint8Array | undefined {
  if (pattern === undefined) return undefined;
  if (pattern === '#') return element;
  const { prefix, postfix, field } = pattern;
  const key = new Uint8Array(prefix.length + element.length + postfix.length);
  key.set(prefix);
  key.set(element, prefix.length);
  key.set(postfix, prefix.length + element.length);
  const entry = findIn(context, context.dbIndex, key);
  if (field !== undefined) return entry?.type === 'hash' ? entry.hash().get(field) : undefined;
  return entry?.type === 'string' ? entry.stringBytes() : undefined;
}

function optionsOrReply(context: Context, mayStore: boolean): SortOptions | undefined {
  const { argv } = context;
  const options: SortOptions = {
    descending: false,
    alpha: false,
    start: 0,
    count: -1,
    by: 'themselves',
    get: [],
    storeIndex: 0,
  };
  for (let i = 2; i < argv.count; i++) {
    const left = argv.count - i - 1;
    if (argv.is(i, 'ASC')) options.descending = false;
    else if (argv.is(i, 'DESC')) options.descending = true;
    else if (argv.is(i, 'ALPHA')) options.alpha = true;
    else if (argv.is(i, 'LIMIT') && left >= 2) {
      const start = numberArgument(context, ++i);
      const count = numberArgument(context, ++i);
      if (start === undefined || count === undefined) return refuse(context, errors.notInteger);
      options.start = start;
      options.count = count;
    } else if (argv.is(i, 'STORE') && left >= 1 && mayStore) {
      options.storeIndex = ++i;
    } else if (argv.is(i, 'BY') && left >= 1) {
      const pattern = argv.bytes(++i);
      const isConstant = !latin1(pattern).split('\0')[0]!.includes('*');
      options.by = isConstant ? 'nothing' : parsePattern(pattern);
    } else if (argv.is(i, 'GET') && left >= 1) {
      options.get.push(parsePattern(argv.bytes(++i)));
    } else {
      return refuse(context, errors.syntax);
    }
  }
  return options;
}

/** In the order of a list or sorted set; of a set in any. */
function elementsOf(entry: Entry | undefined): Uint8Array[] {
  const elements: Uint8Array[] = [];
  if (entry?.type === 'list') entry.list().forEach((element) => void elements.push(element));
  if (entry?.type === 'set') entry.set().forEach((member) => void elements.push(member));
  if (entry?.type === 'zset') entry.zset().forEach((member) => void elements.push(member));
  return elements;
}

/** As C reads a double, white space before it allowed; nothing at all is 0. */
function weightOf(bytes: Uint8Array): number | undefined {
  const [text = ''] = latin1(bytes).split('\0');
  return text === '' ? 0 : parseScore(latin1Bytes(text.replace(/^[ \t\n\v\f\r]+/, '')));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** The elements in order; undefined where one has no number and needs one. */
function ordered(context: Context, elements: Uint8Array[], options: SortOptions): Uint8Array[] | undefined {
  const { by, alpha, descending } = options;
  const keyed = elements.map((element) => ({
    element,
    by: by === 'themselves' || by === 'nothing' ? element : lookUp(context, by, element),
  }));
  const sign = descending ? -1 : 1;
  if (alpha) {
    // What has nothing to be compared by comes first.
    keyed.sort((a, b) => {
      if (a.by === undefined || b.by === undefined)
        return (
          sign *
          (Number(a.by !== undefined) - Number(b.by !== undefined) || compareBytes(a.element, b.element))
        );
      return sign * (compareBytes(a.by, b.by) || compareBytes(a.element, b.element));
    });
    return keyed.map(({ element }) => element);
  }
  const weighed: { element: Uint8Array; weight: number }[] = [];
  for (const { element, by: text } of keyed) {
    const weight = text === undefined ? 0 : weightOf(text);
    if (weight === undefined) return undefined;
    weighed.push({ element, weight });
  }
  weighed.sort((a, b) => {
    if (a.weight !== b.weight) return a.weight > b.weight ? sign : -sign;
    return sign * compareBytes(a.element, b.element);
  });
  return weighed.map(({ element }) => element);
}

/** What LIMIT leaves, with positions outside brought to the ends as Redis does. */
function limited(elements: Uint8Array[], { start, count }: SortOptions): Uint8Array[] {
  const from = Math.max(0, start);
  return elements.slice(from, count < 0 ? undefined : from + count);
}

const sortable: ReadonlySet<string> = new Set(['list', 'set', 'zset']);

function sort(mayStore: boolean): (context: Context) => void {
  return (context) => {
    const { reply } = context;
    const options = optionsOrReply(context, mayStore);
    if (options === undefined) return;
    const entry = find(context, 1);
    if (entry !== undefined && !sortable.has(entry.type)) return reply.error(errors.wrongType);
    // A set has no order of its own that could be stored.
    if (options.by === 'nothing' && entry?.type === 'set' && options.storeIndex > 0) {
      options.by = 'themselves';
      options.alpha = true;
    }
    const isSet = entry?.type === 'set';
    let elements: Uint8Array[] | undefined = elementsOf(entry);
    if (options.by !== 'nothing') elements = ordered(context, elements, options);
    else if (options.descending && !isSet) elements.reverse();
    if (elements === undefined) return reply.error(errors.sortNotNumber);
    const chosen = limited(elements, options);
    if (options.storeIndex > 0) return storeResult(context, options, chosen);
    reply.array(chosen.length * Math.max(1, options.get.length));
    for (const element of chosen) {
      if (options.get.length === 0) reply.bulk(element);
      for (const pattern of options.get) {
        const value = lookUp(context, pattern, element);
        if (value === undefined) reply.nil();
        else reply.bulk(value);
      }
    }
  };
}

function storeResult(
  context: Context,
  { get, storeIndex }: SortOptions,
  chosen: readonly Uint8Array[],
): void {
  const { argv, db, reply, effects } = context;
  const result =
    get.length === 0
      ? chosen
      : chosen.flatMap((element) =>
          get.map((pattern) => lookUp(context, pattern, element) ?? new Uint8Array(0)),
        );
  const key = argv.bytes(storeIndex);
  if (result.length > 0) expireBefore(context, storeIndex);
  const wasThere = db.remove(key);
  if (result.length > 0) {
    const list = db.list(key, true)!;
    for (const element of result) list.pushTail(element);
  } else if (!wasThere) {
    return reply.integer(0);
  }
  touch(context, storeIndex, Math.max(1, result.length));
  effects.verbatim();
  reply.integer(result.length);
}

export const sortCommands: readonly Command[] = [
  define('sort', -2, 'write denyoom movablekeys', oneKey, sort(true)),
  define('sort_ro', -2, 'readonly movablekeys', oneKey, sort(false)),
];
