/**
 * P22, TRANSITIONS: a change of policy at run time never makes less recoverable than was.
 *
 * One client sets k1, k2, …, one after the other, and changes the policy in between; the power fails at some instant. What
 * comes back is k1 to kj for some j (never a suffix), and j is at least what the policies had promised by then.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Settings } from '../src/engine/config/settings.ts';
import { Client, type Server, Stage, textOf } from '../test/unit/engine/support.ts';

const SEED = 22;
const MOST = 14;

/** How many of the keys are there; undefined where those that are there are not the first ones. */
function prefixOf(server: Server): number | undefined {
  const there = Array.from({ length: MOST }, (_, i) => server.get(`k${i + 1}`));
  const count = there.filter((value) => value !== undefined).length;
  return there.every((value, i) => value === (i < count ? 'v' : undefined)) ? count : undefined;
}

interface Life {
  /** What ran, in order, with whether it had been answered when the power failed. */
  readonly done: readonly { readonly command: string; readonly isAnswered: boolean }[];
  readonly recovered: number | undefined;
  readonly refusal: string | undefined;
}

/** Sends the commands `gapMs` apart, takes the power away, and starts again with the settings that were asked for. */
async function live(
  commands: readonly string[],
  how: { readonly seed: number; readonly gapMs: number; readonly lightsOutMs: number },
  first: Partial<Settings>,
  then: Partial<Settings>,
): Promise<Life> {
  const stage = new Stage({ seed: how.seed, settings: first });
  const server = await stage.start();
  const client = new Client(server);
  for (const [i, command] of commands.entries())
    server.process.after(i * how.gapMs, 'input', () => client.send(command));
  await stage.pass(how.lightsOutMs);
  expect(stage.world.machine.violations).toEqual([]);
  for (const { reply } of client.asked) if (reply !== undefined) expect(textOf(reply)).toBe('OK');
  stage.world.machine.powerOff();
  const next = await stage.start(then);
  return {
    done: client.asked.map(({ words, reply }) => ({
      command: words.join(' '),
      isAnswered: reply !== undefined,
    })),
    recovered: next.refusal === undefined ? prefixOf(next) : undefined,
    refusal: next.refusal?.message,
  };
}

const sets = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `SET k${from + i} v`);

const times = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  gapMs: fc.constantFrom(0, 0.1, 1, 10, 60),
  lightsOutMs: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 1500 })),
});

test('P22: while `appendonly yes` is under way the dump still counts, then the log does, and never a suffix', async () => {
  const commands = [...sets(1, 4), 'SAVE', 'CONFIG SET appendonly yes', ...sets(5, MOST)];
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(times, async (how) => {
      const first = { appendonly: false, appendfsync: 'always' } as const;
      const { done, recovered, refusal } = await live(commands, how, first, { appendonly: true });
      expect(refusal).toBeUndefined();
      expect(recovered, 'the first so many keys').toBeDefined();
      const isSaved = done.some(({ command, isAnswered }) => command === 'SAVE' && isAnswered);
      expect(recovered).toBeGreaterThanOrEqual(isSaved ? 4 : 0);
      seen.add(recovered!);
    }),
    { numRuns: 40, seed: SEED },
  );
  expect(
    [...seen].some((count) => count === 4),
    'the dump alone',
  ).toBe(true);
  expect(
    [...seen].some((count) => count > 4),
    'the log',
  ).toBe(true);
});

test('P22: the first answer under `always` means that the backlog of everysec is durable as well', async () => {
  const commands = [...sets(1, 8), 'CONFIG SET appendfsync always', ...sets(9, MOST)];
  let promised = 0;
  let lost = 0;
  await fc.assert(
    fc.asyncProperty(times, async (how) => {
      const { done, recovered, refusal } = await live(
        commands,
        how,
        { appendonly: true, appendfsync: 'everysec' },
        {},
      );
      expect(refusal).toBeUndefined();
      expect(recovered, 'the first so many keys').toBeDefined();
      const answered = done.filter(({ command, isAnswered }) => isAnswered && command.startsWith('SET'));
      const least = answered.length > 8 ? answered.length : 0;
      expect(recovered).toBeGreaterThanOrEqual(least);
      if (least > 0) promised++;
      if (recovered! < answered.length) lost++;
    }),
    { numRuns: 40, seed: SEED },
  );
  expect(promised, 'lives that ended under the tighter policy').toBeGreaterThan(5);
  expect(lost, 'lives that ended under the looser one, and lost something').toBeGreaterThan(0);
});
