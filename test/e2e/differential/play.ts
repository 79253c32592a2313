/** The same steps to two servers, and every observable compared as they go: replies, digests, changes. */
import { expect } from 'vitest';

import { compareReplies, leaves, type Same, shape } from '../../unit/commands/support/compare.ts';
import { frameOf } from '../../unit/commands/support/frame.ts';
import type { RealClient } from '../../unit/commands/support/real-redis.ts';
import { type Family, type Step, steps } from './families.ts';
import type { Libraries } from './programs.ts';
import type { Transplant } from './transplants.ts';
import { Waiters } from './waiters.ts';
import { type Wait, waiters } from './waiting.ts';

export interface Pair {
  readonly ours: RealClient;
  readonly theirs: RealClient;
}

type Words = readonly string[];

/** Asked after every step. */
const changesQuestion: Words = ['INFO', 'persistence'];

function changesOf(info: string): number {
  return Number(/rdb_changes_since_last_save:(\d+)/.exec(info)![1]);
}

/** Steps between two comparisons of digests. */
const batchSteps = 200;

/**
 * Plays at least so many commands of a family. Gives how many, and how many of the replies were errors.
 * @throws AssertionError with the seed, the command and what came before it
 */
export async function play(
  pair: Pair,
  family: Family,
  seed: number,
  commands: number,
): Promise<{ played: number; errors: number }> {
  const source = steps(family, seed);
  const player = new Player(pair, `family ${family}, seed ${seed}`);
  await player.begin();
  while (player.played < commands) {
    for (let i = 0; i < batchSteps; i++) await player.step(source.next().value);
    await player.finishBatch();
  }
  player.end();
  return { played: player.played, errors: player.errors };
}

class Player {
  played = 0;
  errors = 0;
  readonly #pair: Pair;
  readonly #what: string;
  #waiting: Words[] = [];
  /** The last commands, for whoever reads a failure. */
  #story: Words[] = [];

  constructor(pair: Pair, what: string) {
    this.#pair = pair;
    this.#what = what;
  }

  async begin(): Promise<void> {
    const [[ours], [theirs]] = await this.#both([changesQuestion]);
    this.#lead = changesOf(ours!) - changesOf(theirs!);
  }

  end(): void {
    for (const side of this.#waiters) side.close();
  }

  async step(step: Step): Promise<void> {
    if (step.kind === 'transplant') return this.#transplant(step);
    if (step.kind === 'libraries') return this.#exchange(step);
    if (step.kind === 'wait') return this.#wait(step);
    this.#waiting.push(...step.commands, changesQuestion);
    if (step.commands[0]![0]!.toLowerCase() === 'spop') await this.#spop();
  }

  async finishBatch(): Promise<void> {
    await this.#send();
    const [ours, theirs] = await this.#both([['DEBUG', 'DIGEST'], ['DBSIZE']]);
    if (ours[0] !== theirs[0]) await this.#nameDifferingKeys();
    this.#same(ours[0]!, theirs[0]!, 'digest');
    this.#same(ours[1]!, theirs[1]!, 'DBSIZE');
  }

  /** Puts the keys whose values differ, as dumps, where a failure shows them. Nothing can go on after it. */
  async #nameDifferingKeys(): Promise<void> {
    for (let db = 0; db < 16; db++) {
      const [, told] = await this.#both([
        ['SELECT', String(db)],
        ['KEYS', '*'],
      ]);
      for (const { body = '' } of frameOf(told[1]!).items!) {
        const [ours, theirs] = await this.#both([
          ['DEBUG', 'DIGEST-VALUE', body],
          ['DUMP', body],
        ]);
        if (ours[0] !== theirs[0]) this.#story.push([`differs in ${db}:`, body, ours[1]!, theirs[1]!]);
      }
    }
  }

  /** How many changes ours counts beyond theirs: what was before, and what was done to ours alone. */
  #lead = 0;

  async #both(commands: readonly Words[]): Promise<[string[], string[]]> {
    return Promise.all([this.#pair.ours.pipeline(commands), this.#pair.theirs.pipeline(commands)]);
  }

  async #send(): Promise<void> {
    const commands = this.#waiting;
    if (commands.length === 0) return;
    this.#waiting = [];
    const [ours, theirs] = await this.#both(commands);
    commands.forEach((words, i) => {
      if (words === changesQuestion) {
        const lead = changesOf(ours[i]!) - changesOf(theirs[i]!);
        return this.#same(String(lead), String(this.#lead), 'changes that ours counts beyond theirs');
      }
      this.#told(words, theirs[i]!);
      if (words[0]!.toLowerCase() !== 'spop') compareReplies(words, ours[i]!, theirs[i]!, this.#same);
    });
    const last = commands.findLastIndex((words) => words !== changesQuestion);
    this.#last = [ours[last]!, theirs[last]!];
  }

  /** The replies to the last command that was sent. */
  #last: readonly [ours: string, theirs: string] = ['', ''];

  #told(words: Words, theirs: string): void {
    this.#count(theirs);
    this.#story.push(words);
    if (this.#story.length > 600) this.#story = this.#story.slice(300);
  }

  #count(theirs: string): void {
    this.played++;
    if (theirs.startsWith('-')) this.errors++;
  }

  readonly #same: Same = (ours, theirs, what = 'reply') => {
    if (ours === theirs) return;
    const words = this.#story.at(-1) ?? [];
    const related = this.#story.filter((other) => other.slice(1).some((word) => words.includes(word)));
    const story = (related.length > 0 ? related : this.#story).slice(-20).map((one) => JSON.stringify(one));
    expect
      .soft(
        ours,
        `${this.#what}, command ${this.played}: ${what} (ours, theirs), after\n${story.join('\n')}\n`,
      )
      .toBe(theirs);
    throw new Error(`${this.#what}: ${what} differs`);
  };

  /** What either drew is put back into ours, and what the other drew is taken out, so that both go on alike. */
  async #spop(): Promise<void> {
    const words = this.#waiting.at(-2)!;
    await this.#send();
    const frames = this.#last.map(frameOf);
    this.#same(shape(frames[0]!), shape(frames[1]!));
    if (frames[1]!.line.startsWith('-')) return this.#same(...this.#last);
    const [ours, theirs] = frames.map((frame) =>
      leaves(frame, false).filter((text) => !/^([*~]\d+|[$*]-1|_)$/.test(text)),
    ) as [string[], string[]];
    this.#same(String(new Set(ours).size), String(ours.length), 'popped twice');
    const given = ours.filter((member) => !theirs.includes(member));
    const taken = theirs.filter((member) => !ours.includes(member));
    this.#same(String(given.length), String(taken.length), 'how many were popped');
    if (given.length === 0) return;
    const answers = await this.#pair.ours.pipeline([
      ['SADD', words[1]!, ...given],
      ['SREM', words[1]!, ...taken],
    ]);
    this.#lead += given.length + taken.length;
    this.#same(answers.join(''), `:${given.length}\r\n:${taken.length}\r\n`, 'putting back what was popped');
    // What is left of a great SPOP is laid out anew, and how that comes out hangs on what was drawn.
    const [[, form], [payload, theirForm]] = await this.#both([
      ['DUMP', words[1]!],
      ['OBJECT', 'ENCODING', words[1]!],
    ]);
    if (form === theirForm || frameOf(theirForm!).body !== 'intset') return;
    const [expireAtMs] = await this.#pair.ours.pipeline([['PEXPIRETIME', words[1]!]]);
    const timeToLive = expireAtMs!.startsWith(':-') ? '0' : expireAtMs!.slice(1).trim();
    const restore = ['RESTORE', words[1]!, timeToLive, frameOf(payload!).body!, 'REPLACE', 'ABSTTL'];
    this.#same((await this.#pair.ours.pipeline([restore])).join(''), '+OK\r\n', 'laying it out');
    this.#lead++;
  }

  /** Of either server; made when the first waits. */
  #waiters: readonly Waiters[] = [];

  async #wait({ waits, meanwhile, ends }: Wait): Promise<void> {
    await this.#send();
    if (this.#waiters.length === 0) {
      const { ours, theirs } = this.#pair;
      this.#waiters = await Promise.all([ours, theirs].map((client) => Waiters.beside(client, waiters)));
    }
    for (const words of waits) {
      await Promise.all(this.#waiters.map((side) => side.add(words)));
      this.#story.push(['(waits)', ...words]);
    }
    this.#waiting.push(...meanwhile.flat());
    await this.#send();
    const [ours, theirs] = await Promise.all(this.#waiters.map((side) => side.end(ends)));
    waits.forEach((words, i) => {
      this.#story.push(['(was answered)', ...words]);
      this.#count(theirs!.replies[i]!);
      compareReplies(words, ours!.replies[i]!, theirs!.replies[i]!, this.#same);
    });
    this.#same(ours!.sent.join(''), theirs!.sent.join(''), 'who was sent away');
    // Of most of those who had waited Redis does not count what they changed.
    await this.begin();
  }

  async #transplant({ from, to, ofOurs, damage, ttl, options }: Transplant): Promise<void> {
    await this.#send();
    const command = ['DUMP', from];
    const [[ours], [theirs]] = await this.#both([command]);
    const payload = frameOf((ofOurs ? ours : theirs)!).body;
    this.#told(command, theirs!);
    this.#same(shape(frameOf(ours!)), shape(frameOf(theirs!)));
    if (payload === undefined) return;
    this.#waiting.push(['RESTORE', to, ttl, damage(payload), ...options], ['DEBUG', 'DIGEST-VALUE', to]);
    await this.#send();
  }

  async #exchange({ ofOurs, policy, damage }: Libraries): Promise<void> {
    await this.#send();
    const [[ours], [theirs]] = await this.#both([['FUNCTION', 'DUMP']]);
    const payload = frameOf((ofOurs ? ours : theirs)!).body!;
    const names = ['lib0', 'lib1', 'lib2'];
    this.#waiting.push(['FUNCTION', 'RESTORE', damage(payload), ...policy]);
    for (const name of names) this.#waiting.push(['FUNCTION', 'LIST', 'LIBRARYNAME', name, 'WITHCODE']);
    await this.#send();
  }
}
