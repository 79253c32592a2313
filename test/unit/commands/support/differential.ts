/**
 * The same random commands to a real Redis and to ours, and every observable compared: replies to the byte, the count of
 * changes, and what was logged.
 *
 * What has no order is compared sorted. What is drawn by chance is checked for being possible; then our keyspace and log
 * are given what the real server drew, so that both go on alike. What hangs on the moment may differ by a few minutes.
 */
import { expect } from 'vitest';
import { formatDouble17 } from '../../../../src/bytes/index.ts';
import type { Keyspace } from '../../../../src/data/index.ts';
import type { Protocol } from '../../../../src/resp/index.ts';
import { compareReplies, isDraw, leaves, shape, slackMs, type Same } from './compare.ts';
import { frameOf } from './frame.ts';
import { Generator, type Profile } from './generate.ts';
import type { RealClient, RealRedis } from './real-redis.ts';
import { bytesOf, latin1, Runner, type Unit } from './runner.ts';

export interface Run {
  readonly seed: number;
  readonly commands: number;
  readonly profile: Profile;
  readonly protocol: Protocol;
}

export function seeded(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Plays one run; throws with what differed first. */
export async function differ(
  real: RealRedis,
  client: RealClient,
  keyspace: Keyspace,
  run: Run,
): Promise<Runner> {
  const { seed, protocol } = run;
  await client.pipeline([
    ['HELLO', String(protocol)],
    ['DEBUG', 'SET-ACTIVE-EXPIRE', '0'],
    ['FLUSHALL'],
    ['SELECT', '0'],
  ]);
  const unitsBefore = unitsOf(real.readLog()).length;
  const generator = new Generator(seeded(seed), run.profile);
  const commands = Array.from({ length: run.commands }, () => generator.next());
  const runner = new Runner(keyspace, { nowMs: Date.now(), seed, protocol });
  const changesBefore = changesOf(await client.call('INFO', 'persistence'));

  for (let from = 0; from < commands.length; from += 250) {
    const batch = commands.slice(from, from + 250);
    const replies = await client.pipeline(batch.flatMap((words) => [words, ['INFO', 'persistence']]));
    batch.forEach((words, i) => {
      const theirs = replies[2 * i]!;
      const theirChanges = changesOf(replies[2 * i + 1]!) - changesBefore;
      const where = () => {
        const key = words[1] ?? '';
        const recent = commands
          .slice(Math.max(0, from + i - 400), from + i)
          .filter((other) => other.includes(key));
        const story = recent.slice(-12).map((other) => `  ${JSON.stringify(other)}`);
        return `seed ${seed}, RESP${protocol}, command ${from + i}: ${JSON.stringify(words)}\nbefore it, with the same key:\n${story.join('\n')}\n`;
      };
      step(runner, words, theirs, where);
      expect(runner.changes, `${where()}changes`).toBe(theirChanges);
    });
  }
  compareLogs(
    unitsOf(real.readLog()).slice(unitsBefore),
    unitsOf(asLog(runner.units)),
    `seed ${seed}, RESP${protocol}`,
  );
  return runner;
}

function changesOf(info: string): number {
  return Number(/rdb_changes_since_last_save:(\d+)/.exec(info)?.[1]);
}

export function step(runner: Runner, words: readonly string[], theirs: string, where: () => string): void {
  const name = words[0]!.toLowerCase();
  if (name === 'select') {
    if (theirs === '+OK\r\n') runner.select(Number(words[1]));
    return;
  }
  const same: Same = (a, b, what = 'reply') => {
    if (a !== b) expect(a, `${where()}${what} (ours, theirs)`).toBe(b);
  };
  if (name === 'spop') return stepSpop(runner, words, theirs, same);
  const members = drawnFrom(runner, name, words);
  const ours = runner.run(...words);
  compareReplies(words, ours, theirs, same);
  if (members === undefined || ours === theirs) return;
  for (const frame of [frameOf(ours), frameOf(theirs)]) {
    const drawn = leaves(frame, words.length === 4);
    for (const one of drawn)
      if (!members.has(one)) same(one, [...members].join(), 'a draw that was not there');
    if (Number(words[2] ?? 1) > 0) same(String(new Set(drawn).size), String(drawn.length), 'drawn twice');
  }
}

/** What the reply of a command of chance is drawn from, before it runs: members, fields with values, keys. */
function drawnFrom(runner: Runner, name: string, words: readonly string[]): Set<string> | undefined {
  const all = new Set<string>();
  if (name === 'randomkey') {
    runner.db.forEach((entry) => void all.add(latin1(entry.key())));
    return all;
  }
  if (!isDraw(name)) return undefined;
  const entry = runner.db.find(bytesOf(words[1] ?? ''));
  if (entry?.type === 'set') entry.set().forEach((member) => void all.add(latin1(member)));
  if (entry?.type === 'zset') {
    const withScores = words.length === 4;
    const mark = runner.reply.protocol === 3 ? ',' : '';
    entry.zset().forEach((member, score) => {
      all.add(latin1(member) + (withScores ? `=${mark}${formatDouble17(score)}` : ''));
    });
  }
  if (entry?.type === 'hash') {
    const withValues = words.length === 4;
    entry
      .hash()
      .forEach((field, value) => void all.add(latin1(field) + (withValues ? `=${latin1(value)}` : '')));
  }
  return all;
}

/** Pops, checks that the log says what the reply says, then puts back ours and takes theirs. */
function stepSpop(runner: Runner, words: readonly string[], theirs: string, same: Same): void {
  const key = bytesOf(words[1] ?? '');
  const before = new Set<string>();
  const found = runner.db.find(key);
  const expireAtMs = found?.expireAtMs ?? -1;
  if (found?.type === 'set') found.set().forEach((member) => void before.add(latin1(member)));
  const unitsBefore = runner.units.length;
  const ours = runner.run(...words);
  same(shape(frameOf(ours)), shape(frameOf(theirs)));
  if (before.size === 0 || ours[0] === '-' || (expireAtMs >= 0 && expireAtMs < runner.nowMs))
    return same(ours, theirs);
  const popped = leaves(frameOf(ours), false).filter((member) => before.has(member));
  const theirPopped = leaves(frameOf(theirs), false).filter((member) => before.has(member));
  same(String(new Set(popped).size), String(popped.length), 'popped twice');
  same(String(theirPopped.length), String(popped.length), 'how many were popped');
  const unit = runner.units[unitsBefore];
  if (unit === undefined || unit.effects[0]![0] === 'DEL') return;
  same(
    JSON.stringify(unit.effects),
    JSON.stringify(popped.map((member) => ['SREM', words[1], member])),
    'logged for SPOP',
  );
  theirPopped.forEach((member, i) => (unit.effects[i] = ['SREM', words[1]!, member]));
  if (runner.db.find(key) === undefined) return;
  for (const member of theirPopped) before.delete(member);
  // What is left of a great SPOP is laid out anew, and how that comes out hangs on what was drawn.
  if (words.length === 3 && before.size * 5 <= theirPopped.length) {
    runner.db.remove(key);
    for (const member of before) runner.db.set(key, true)!.add(bytesOf(member));
    if (expireAtMs >= 0) runner.db.setExpiry(key, expireAtMs);
    return;
  }
  const set = runner.db.set(key, false)!;
  for (const member of popped) set.add(bytesOf(member));
  for (const member of theirPopped) set.remove(bytesOf(member));
}

/** Units as they stand in an append-only file. */
export function asLog(units: readonly Unit[]): string[][] {
  const log: string[][] = [];
  let at = -1;
  for (const { dbIndex, effects } of units) {
    if (dbIndex !== at) log.push(['SELECT', String(dbIndex)]);
    at = dbIndex;
    log.push(...(effects.length > 1 ? [['MULTI'], ...effects, ['EXEC']] : effects));
  }
  return log;
}

type LoggedUnit = { dbIndex: number; words: string[] }[];

/** The units of a log: SELECT is taken into account, MULTI and EXEC are taken away. */
function unitsOf(log: readonly string[][]): LoggedUnit[] {
  const units: LoggedUnit[] = [];
  let dbIndex = 0;
  let open: LoggedUnit | undefined;
  for (const words of log) {
    if (words[0] === 'SELECT') {
      dbIndex = Number(words[1]);
    } else if (words[0] === 'MULTI') {
      open = [];
    } else if (words[0] === 'EXEC') {
      units.push(open!);
      open = undefined;
    } else if (open === undefined) {
      units.push([{ dbIndex, words }]);
    } else {
      open.push({ dbIndex, words });
    }
  }
  return units;
}

function compareLogs(theirs: LoggedUnit[], ours: LoggedUnit[], where: string): void {
  for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
    const [a, b] = [ours[i] ?? [], theirs[i] ?? []];
    // Several keys that one SCAN found expired: in the order of the walk, which is nobody's business.
    if (a.length > 1 && a.every(({ words }) => words[0] === 'DEL')) {
      for (const unit of [a, b]) unit.sort((x, y) => (x.words.join() < y.words.join() ? -1 : 1));
    }
    if (a.length === b.length && a.every((effect, j) => sameEffect(effect, b[j]!))) continue;
    const about = ours
      .slice(Math.max(0, i - 3), i)
      .map((unit) => JSON.stringify(unit))
      .join('\n');
    expect(a, `${where}: logged unit ${i} (ours, theirs), after\n${about}\n`).toEqual(b);
  }
}

function sameEffect(a: LoggedUnit[number], b: LoggedUnit[number]): boolean {
  if (a.dbIndex !== b.dbIndex || a.words.length !== b.words.length) return false;
  const at = { SET: 4, PEXPIREAT: 2 }[a.words[0]!];
  return a.words.every((word, i) => {
    if (word === b.words[i]) return true;
    const isTime = i === at && (a.words[0] !== 'SET' || a.words[3] === 'PXAT');
    return isTime && Math.abs(Number(word) - Number(b.words[i])) <= slackMs;
  });
}
