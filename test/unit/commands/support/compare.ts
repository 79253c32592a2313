/**
 * Whether two servers' replies to one command are the same, where what has no order, was drawn by chance or hangs on the
 * moment is allowed to differ as far as it may.
 */
import { canonical, frameOf, type Frame } from './frame.ts';

const anyOrder = new Set(['smembers', 'sinter', 'sunion', 'sdiff', 'keys', 'hkeys', 'hvals']);
const momentary = new Set(['ttl', 'pttl', 'expiretime', 'pexpiretime', 'object']);
const places = /^geo(radius|search)/;
const draws = new Set(['srandmember', 'hrandfield', 'zrandmember', 'randomkey']);

/** What hangs on the moment may differ by so much. */
export const slackMs = 300_000;

/** Fails where the two texts differ. */
export type Same = (ours: string, theirs: string, what?: string) => void;

/** A reply of chance: its strings are anybody's guess. */
export function isDraw(name: string): boolean {
  return draws.has(name);
}

export function compareReplies(words: readonly string[], ours: string, theirs: string, same: Same): void {
  if (ours === theirs) return;
  const name = words[0]!.toLowerCase();
  if (/^x(pending|info|add|claim|autoclaim)/.test(name))
    return same(timeless(ours, name), timeless(theirs, name));
  const ourFrame = frameOf(ours);
  const theirFrame = frameOf(theirs);
  if (anyOrder.has(name)) {
    same(canonical(ourFrame, 'sorted'), canonical(theirFrame, 'sorted'));
  } else if (name === 'hgetall') {
    same(canonical(ourFrame, 'pairs'), canonical(theirFrame, 'pairs'));
  } else if (name.endsWith('scan')) {
    // Any step of a scan that begins anywhere may give anything; from 0, and long enough, it gives all.
    if (ours[0] === '*' && theirs[0] === '*' && words[name === 'scan' ? 1 : 2] !== '0') return;
    const order = name === 'hscan' || name === 'zscan' ? 'pairs' : 'sorted';
    const parts = (frame: Frame) => (frame.items ?? [frame]).map((item) => canonical(item, order)).join(' ');
    same(parts(ourFrame), parts(theirFrame));
  } else if (momentary.has(name) && ours.startsWith(':') && theirs.startsWith(':')) {
    const scale = name === 'ttl' || name === 'expiretime' ? 1000 : 1;
    if (Math.abs(Number(ours.slice(1)) - Number(theirs.slice(1))) * scale > slackMs) same(ours, theirs);
  } else if (places.test(name) && hasStrangers(ourFrame)) {
    same(shape(ourFrame), shape(theirFrame));
  } else if (isDraw(name)) {
    same(shape(ourFrame), shape(theirFrame));
  } else if (name === 'object' && ourFrame.body === 'listpack' && theirFrame.body === 'skiplist') {
    // SORT of Redis leaves a small sorted set large.
    return;
  } else if (name === 'function') {
    // Functions of a library come in the order of a hash, and so does the first library that is there already.
    const one = words[1]?.toLowerCase() === 'restore' ? /^(-ERR Library )\w+/ : /^()$/;
    const lines = (reply: string) => reply.replace(one, '$1').split('\r\n').toSorted().join('\r\n');
    same(lines(ours), lines(theirs));
  } else if (/^(eval|evalsha|fcall)(_ro)?$/.test(name)) {
    same(withoutPlace(ours), withoutPlace(theirs));
  } else {
    same(ours, theirs);
  }
}

/**
 * Whether members were found that are no places, since a sorted set of other scores came to stand there: many of these are in
 * one place, and neither the order among them nor which of them COUNT gives is defined.
 */
function hasStrangers(found: Frame): boolean {
  const members = (found.items ?? []).map((item) => (item.items?.[0] ?? item).body ?? '');
  return members.some((member) => !/^p\d+$/.test(member));
}

/** After a tail call of redis.call or a library, which are functions of Lua with us, nothing is left of the line that called it. */
function withoutPlace(reply: string): string {
  return reply
    .replace(/( script: \w+), on @user_(script|function):\d+\./g, '$1.')
    .replaceAll(/user_(script|function):\d+: /g, '');
}

/** The reply of a command of streams without what hangs on the moment. */
export function timeless(reply: string, name: string): string {
  const nowMs = Date.now();
  // XCLAIM is told that an entry was idle for as long as this.
  const longIdleMs = 1_600_000_000_000;
  const isNear = (ms: number) => Math.abs(ms - nowMs) < 2 * slackMs;
  const near = (text: string) => isNear(Number(text)) || isNear(Number(text) + longIdleMs);
  let shown = reply.replace(/:(\d{12,13})\r\n/g, (whole, text: string) => (near(text) ? ':NOW\r\n' : whole));
  if (name === 'xpending') shown = shown.replace(/(\r\n):(\d{1,6})\r\n(:\d+\r\n)/g, '$1:IDLE\r\n$3');
  if (name === 'xpending') shown = shown.replace(/:(1\d{12}|1[67]\d{8}\d{2})\r\n(:\d+\r\n)/g, ':LONG\r\n$2');
  if (name === 'xinfo') shown = shown.replace(/(idle\r\n):\d+/g, '$1:IDLE');
  return shown;
}

/** How a reply is built, whatever its strings are. */
export function shape({ line, body, items }: Frame): string {
  if (items !== undefined) return `${line}(${items.map(shape).join()})`;
  if (line.startsWith(',')) return ',';
  return body === undefined ? line : '$';
}

/** The strings of a reply, wherever in it they stand; of pairs, `name=value`. */
export function leaves(frame: Frame, inPairs: boolean): string[] {
  const flat = (one: Frame): string[] =>
    one.items === undefined ? [one.body ?? one.line] : one.items.flatMap(flat);
  const all = flat(frame);
  return inPairs ? all.flatMap((part, i) => (i % 2 === 0 ? [`${part}=${all[i + 1]}`] : [])) : all;
}
