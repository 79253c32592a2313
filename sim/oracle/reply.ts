/**
 * A reply as a client reads it, and what the model expects of one.
 *
 * An expectation is usually a reply; where the order or the choice is the engine's own it says what is legal instead.
 */

export type Reply =
  | number
  | string
  | null
  | readonly Reply[]
  | { readonly status: string }
  | { readonly error: string };

export type Expectation =
  | Reply
  | readonly Expectation[]
  /** These texts in any order. */
  | { readonly unordered: readonly string[] }
  /** These field and value pairs in any order of the pairs. */
  | { readonly pairs: readonly (readonly [string, string])[] }
  /** One of these texts. */
  | { readonly oneOf: readonly string[] }
  /** What one of these expects. */
  | { readonly eitherOf: readonly Expectation[] }
  /** Any reply that is no error; `why` is for the reader. */
  | { readonly anything: string }
  /** A status among these, or an error that begins with one of `errors`. */
  | { readonly statuses: readonly string[]; readonly errors: readonly string[] };

export const OK: Reply = { status: 'OK' };
/** What a command that waits is answered as long as nothing serves it. */
export const NOTHING_YET: Expectation = { eitherOf: [] };
export const QUEUED: Reply = { status: 'QUEUED' };

export function isError(reply: Reply | Expectation): reply is { readonly error: string } {
  return typeof reply === 'object' && reply !== null && 'error' in reply;
}

/** True when the reply is one that the model allows. */
export function replyMatches(expected: Expectation, got: Reply): boolean {
  if (typeof expected !== 'object' || expected === null) return expected === got;
  if (isList(expected)) {
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((item, i) => replyMatches(item, got[i] as Reply))
    );
  }
  if ('status' in expected) return isPlain(got) && 'status' in got && got.status === expected.status;
  if ('error' in expected) return isPlain(got) && 'error' in got && got.error === expected.error;
  if ('unordered' in expected) {
    const texts = textsOf(got);
    if (texts === undefined || texts.length !== expected.unordered.length) return false;
    texts.sort();
    return expected.unordered.toSorted().every((text, i) => text === texts[i]);
  }
  if ('pairs' in expected) {
    if (!Array.isArray(got) || got.length !== expected.pairs.length * 2) return false;
    const found = new Map<Reply, Reply>();
    for (let i = 0; i < got.length; i += 2) found.set(got[i] as Reply, got[i + 1] as Reply);
    return (
      found.size === expected.pairs.length &&
      expected.pairs.every(([field, value]) => found.get(field) === value)
    );
  }
  if ('oneOf' in expected) return typeof got === 'string' && expected.oneOf.includes(got);
  if ('eitherOf' in expected) return expected.eitherOf.some((one) => replyMatches(one, got));
  if ('statuses' in expected) {
    if (!isPlain(got)) return false;
    return 'status' in got
      ? expected.statuses.includes(got.status)
      : expected.errors.some((start) => got.error.startsWith(start));
  }
  return !isError(got);
}

/** A reply or an expectation in redis-cli's manner, shortened. */
export function describeReply(reply: Expectation | undefined): string {
  if (reply === undefined) return 'no reply';
  if (reply === null) return '(nil)';
  if (typeof reply === 'number') return `(integer) ${reply}`;
  if (typeof reply === 'string')
    return reply.length > 40 ? `"${reply.slice(0, 24)}…" (${reply.length} bytes)` : JSON.stringify(reply);
  if (isList(reply))
    return `[${reply.slice(0, 6).map(describeReply).join(', ')}${reply.length > 6 ? ', …' : ''}]`;
  if ('status' in reply) return reply.status;
  if ('error' in reply) return `(error) ${reply.error}`;
  if ('unordered' in reply) return `in any order ${describeReply(reply.unordered)}`;
  if ('pairs' in reply) return `pairs ${describeReply(reply.pairs.flat())}`;
  if ('oneOf' in reply) return `one of ${describeReply(reply.oneOf)}`;
  if ('eitherOf' in reply && reply.eitherOf.length === 0) return 'nothing yet';
  if ('eitherOf' in reply)
    return `${describeReply(reply.eitherOf[0])}, or as chance has it one of ${reply.eitherOf.length - 1} others`;
  if ('statuses' in reply) return `one of ${[...reply.statuses, ...reply.errors].join(' | ')}`;
  return `anything (${reply.anything})`;
}

/** The items of a list of texts, as a list of one's own. */
function textsOf(reply: Reply): string[] | undefined {
  if (typeof reply !== 'object' || reply === null || 'status' in reply || 'error' in reply) return undefined;
  const texts = reply.filter((item) => typeof item === 'string');
  return texts.length === reply.length ? texts : undefined;
}

function isList(value: Expectation): value is readonly Expectation[] {
  return Array.isArray(value);
}

function isPlain(reply: Reply): reply is { readonly status: string } | { readonly error: string } {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply);
}
