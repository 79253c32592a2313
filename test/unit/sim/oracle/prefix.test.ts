/** The prefix check passes what it must and fails what it must: hand-made histories. */
import { describe, expect, test } from 'vitest';
import { boundsNow, LogTimes } from '../../../../sim/oracle/bounds.ts';
import type { Bounds } from '../../../../sim/oracle/bounds.ts';
import { History } from '../../../../sim/oracle/history.ts';
import { ModelClient } from '../../../../sim/oracle/model/client.ts';
import type { Snapshot } from '../../../../sim/oracle/model/state.ts';
import { checkEmpty, checkPrefix } from '../../../../sim/oracle/prefix.ts';
import { NO_EXPIRY_MS } from '../../../../sim/oracle/record.ts';
import type { ModelRecord } from '../../../../sim/oracle/record.ts';

const NOW = 1_000_000;

/** A history of units, each one command or several in a MULTI. */
function historyOf(...units: (string | string[])[]): History {
  const history = new History(2);
  const client = new ModelClient(history.state);
  for (const [i, unit] of units.entries()) {
    for (const command of typeof unit === 'string' ? [unit] : ['MULTI', ...unit, 'EXEC'])
      client.execute(command.split(' '), NOW);
    history.commit({ atMs: i * 100, client: 0, command: [], commands: 1 });
  }
  return history;
}

function bounds(lower: number, upper: number, only?: readonly number[]): Bounds {
  return { lower, upper, only, because: 'the test says so' };
}

function holding(records: Record<string, ModelRecord>): Snapshot {
  return [new Map(Object.entries(records)), new Map()];
}

const text = (value: string, expireAtMs = NO_EXPIRY_MS): ModelRecord => ({
  type: 'string',
  value,
  expireAtMs,
});
const items = (...value: string[]): ModelRecord => ({ type: 'list', value, expireAtMs: NO_EXPIRY_MS });

describe('a prefix', () => {
  const history = historyOf('RPUSH l a', 'RPUSH l b', 'RPUSH l c', 'INCR n');

  test('is found at its index, whichever it is', () => {
    for (let k = 0; k <= 4; k++)
      expect(checkPrefix(history, history.snapshotAt(k), NOW, bounds(0, 4))).toMatchObject({
        ok: true,
        k,
        allK: [k],
      });
  });

  test('that lacks an acknowledged unit breaks the promise', () => {
    expect(checkPrefix(history, holding({ l: items('a', 'b') }), NOW, bounds(3, 4))).toMatchObject({
      ok: false,
      broken: 'promise',
      allK: [2],
      nearest: 3,
    });
  });

  test('with a gap is none', () => {
    expect(checkPrefix(history, holding({ l: items('a', 'c') }), NOW, bounds(0, 4))).toMatchObject({
      ok: false,
      broken: 'prefix',
      allK: [],
    });
  });

  test('with a unit twice is none', () => {
    const verdict = checkPrefix(history, holding({ l: items('a', 'b', 'b') }), NOW, bounds(0, 4));
    expect(verdict).toMatchObject({ ok: false, broken: 'prefix' });
    expect(verdict).toMatchObject({ difference: { key: 'l', database: 0 } });
  });

  test('in another order is none', () => {
    expect(checkPrefix(history, holding({ l: items('b', 'a') }), NOW, bounds(0, 4)).ok).toBe(false);
  });

  test('with an invented key is none', () => {
    expect(checkPrefix(history, holding({ l: items('a'), x: text('1') }), NOW, bounds(0, 4)).ok).toBe(false);
  });

  test('in another database is none', () => {
    const [first] = history.snapshotAt(2);
    expect(checkPrefix(history, [new Map(), first!], NOW, bounds(0, 4)).ok).toBe(false);
  });
});

test('half a unit is no prefix', () => {
  const history = historyOf('SET a 1', ['DECRBY x 5', 'INCRBY y 5'], 'SET a 2');
  const half = holding({ a: text('1'), x: text('-5') });
  expect(checkPrefix(history, half, NOW, bounds(0, 3))).toMatchObject({ ok: false, broken: 'prefix' });
});

test('a snapshot between two saves breaks the promise of RDB', () => {
  const history = historyOf('INCR n', 'INCR n', 'INCR n', 'INCR n');
  expect(checkPrefix(history, holding({ n: text('3') }), NOW, bounds(2, 4, [2, 4]))).toMatchObject({
    ok: false,
    broken: 'promise',
    allK: [3],
  });
  expect(checkPrefix(history, holding({ n: text('4') }), NOW, bounds(2, 4, [2, 4]))).toMatchObject({
    ok: true,
    k: 4,
  });
});

test('what has expired by the time of the reading counts on neither side', () => {
  const history = historyOf('SET a 1 PX 500', 'SET b 2');
  const gone = holding({ b: text('2') });
  expect(checkPrefix(history, gone, NOW + 501, bounds(2, 2))).toMatchObject({ ok: true, k: 2 });
  expect(checkPrefix(history, gone, NOW + 500, bounds(2, 2)).ok).toBe(false);
  const wrongTime = holding({ a: text('1', NOW + 400), b: text('2') });
  expect(checkPrefix(history, wrongTime, NOW, bounds(2, 2)).ok).toBe(false);
});

test('after a recovery at k the history goes on from there', () => {
  const history = historyOf('INCR n', 'INCR n', 'INCR n');
  history.recoveredAt(1);
  expect([history.base, history.executed, history.observed, history.durable]).toEqual([1, 1, 1, 1]);
  new ModelClient(history.state).execute(['INCRBY', 'n', '10'], NOW);
  history.commit({ atMs: 500, client: 0, command: [], commands: 1 });
  expect(checkPrefix(history, holding({ n: text('11') }), NOW, bounds(1, 2))).toMatchObject({
    ok: true,
    k: 2,
  });
  expect(checkPrefix(history, holding({ n: text('2') }), NOW, bounds(1, 2)).ok).toBe(false);
});

test('where nothing is kept, nothing may appear', () => {
  expect(checkEmpty(holding({})).ok).toBe(true);
  expect(checkEmpty(holding({ a: text('1') })).ok).toBe(false);
});

describe('bounds', () => {
  const promises = { persistence: 'aof', cronPeriodMs: 100 } as const;

  test('always: what was observed, under a kill and a power loss', () => {
    const history = historyOf('INCR n', 'INCR n', 'INCR n');
    history.observe(2, 250);
    for (const kind of ['kill', 'power'] as const) {
      expect(
        boundsNow(history, new LogTimes(), { ...promises, appendfsync: 'always' }, kind, 300),
      ).toMatchObject({ lower: 2, upper: 3 });
    }
  });

  test('everysec: what was synced, or is older than the window', () => {
    const history = historyOf('INCR n', 'INCR n', 'INCR n', 'INCR n');
    history.observe(4, 350);
    history.markDurable(1);
    const policy = { ...promises, appendfsync: 'everysec' } as const;
    expect(boundsNow(history, new LogTimes(), policy, 'power', 400).lower).toBe(1);
    expect(boundsNow(history, new LogTimes(), policy, 'kill', 400).lower).toBe(4);
    expect(boundsNow(history, new LogTimes(), policy, 'power', 1300).lower).toBe(3);
    const times = new LogTimes();
    times.begin('sync', 1000)(1200);
    expect(
      boundsNow(history, times, policy, 'power', 1300).lower,
      'a sync of 200 ms widens the window by 400',
    ).toBe(1);
  });

  test('no: only what was synced by the way', () => {
    const history = historyOf('INCR n', 'INCR n');
    history.observe(2, 250);
    expect(
      boundsNow(history, new LogTimes(), { ...promises, appendfsync: 'no' }, 'power', 90_000),
    ).toMatchObject({ lower: 0, upper: 2 });
  });

  test('rdb: one of the saves, none older than the last one reported', () => {
    const history = historyOf('INCR n', 'INCR n', 'INCR n', 'INCR n');
    for (const index of [1, 2, 4]) history.saveIssued(index);
    history.saveReported(2);
    expect(
      boundsNow(
        history,
        new LogTimes(),
        { persistence: 'rdb', appendfsync: 'no', cronPeriodMs: 100 },
        'power',
        0,
      ),
    ).toMatchObject({ lower: 2, upper: 4, only: [2, 4] });
  });
});
