/**
 * One workload for servers of any make: units, each of which changes the data, with what they hold after each; and between
 * them what an administrator asks for.
 *
 * Values have lengths on both sides of sectors and pages, so that records begin and end everywhere.
 */
import { Stream } from '../../sim/draws/index.ts';
import { ModelClient } from '../../sim/oracle/model/client.ts';
import { ModelState } from '../../sim/oracle/model/state.ts';
import type { Contents } from '../e2e/support/contents.ts';

export type Command = readonly string[];

export interface Step {
  /** One command, or MULTI to EXEC; none where only an administrator acts. */
  readonly unit: readonly Command[];
  readonly admin: Command | undefined;
}

const LENGTHS_BYTES = [3, 40, 300, 600, 3000];

/** So many units, with an administrator's command (one of `admin`, in turns) after every `every`-th. */
export function workload(seed: string, units: number, admin: readonly Command[], every: number): Step[] {
  const draws = new Stream(seed, 'comparison');
  const steps: Step[] = [];
  for (let i = 1; i <= units; i++) {
    const value = `${i}:${'abcdefghij'[i % 10]!.repeat(draws.pick(LENGTHS_BYTES))}`;
    const place = String(draws.int(5));
    const one = (): Command =>
      [
        ['SET', `string:${place}`, value],
        ['RPUSH', 'list', value],
        ['HSET', `hash:${place}`, 'field', value],
      ][draws.int(3)]!;
    const unit: Command[] = draws.chance(0.25)
      ? [['MULTI'], ['SET', 'twin:a', value], one(), ['SET', 'twin:b', value], ['EXEC']]
      : [one()];
    const turn = i % every === 0 ? i / every - 1 : undefined;
    steps.push({ unit, admin: turn === undefined ? undefined : admin[turn % admin.length] });
  }
  return steps;
}

/** What a server holds, as text: two that hold the same have the same. */
export function textOf(contents: Iterable<readonly [key: string, value: unknown]>): string {
  return JSON.stringify([...contents].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a server that was asked said it holds. */
export function textOfServer(contents: Contents): string {
  return textOf([...contents].map(([key, { value }]) => [key, value] as const));
}

/** What is held before the first unit, and after each: S_0 to S_n. */
export function statesOf(steps: readonly Step[]): string[] {
  const state = new ModelState(1);
  const client = new ModelClient(state);
  const now = (): string => textOf(state.rawKeys(0).map((key) => [`0 ${key}`, valueOf(state, key)] as const));
  const states = [now()];
  for (const { unit } of steps) {
    for (const command of unit) client.execute(command, 0);
    states.push(now());
  }
  return states;
}

function valueOf(state: ModelState, key: string): unknown {
  const record = state.raw(0, key)!;
  return record.value instanceof Map
    ? [...record.value].toSorted(([a], [b]) => (a < b ? -1 : 1))
    : record.value;
}
