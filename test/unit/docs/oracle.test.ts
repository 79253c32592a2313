/** The example of docs/oracle.md: the oracle judges an engine that is not ours. */
import { expect, test } from 'vitest';
import { engines, tryCounters } from '../../../docs/examples/oracle.ts';

test('the engine that syncs before it answers keeps every promise under every crash', async () => {
  const { failures, complete, distinct } = await tryCounters(engines.Counters);
  expect(failures).toEqual([]);
  expect(complete).toBe(true);
  expect(distinct).toBeGreaterThan(50);
});

test('the one that answers before it syncs loses what was promised, and only when the power fails', async () => {
  const { failures } = await tryCounters(engines.HastyCounters);
  expect(failures.length).toBeGreaterThan(0);
  expect(failures.every(({ kind }) => kind === 'power')).toBe(true);
  expect(failures[0]!.problem).toBe(
    'it recovers S_0, and S_1 was promised (the last unit whose effect a client has seen (always)): visits is no such key, expected string "1"',
  );
});

test('the one that believes every line recovers a state that never was', async () => {
  const { failures } = await tryCounters(engines.SloppyCounters);
  expect(failures.some(({ problem }) => problem.startsWith('it recovers a state that never was'))).toBe(true);
});
