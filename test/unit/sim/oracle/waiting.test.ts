/** Who waits for keys is served in the order that Redis documents: tiny sessions of several clients. */
import { describe, expect, test } from 'vitest';
import { ModelClient } from '../../../../sim/oracle/model/client.ts';
import { ModelState } from '../../../../sim/oracle/model/state.ts';
import { waitOf, Waiters } from '../../../../sim/oracle/model/waiting.ts';
import type { Expectation } from '../../../../sim/oracle/reply.ts';

const NOW = 5000;

/** Runs lines of `client: command` and gives every reply with the client that has it, in their order. */
function session(lines: readonly string[]): (readonly [string, Expectation])[] {
  const state = new ModelState(4);
  const waiters = new Waiters(state);
  const clients = new Map<string, ModelClient>();
  const replies: (readonly [string, Expectation])[] = [];
  for (const line of lines) {
    const [name = '', words = ''] = line.split(': ');
    const client = clients.get(name) ?? new ModelClient(state);
    clients.set(name, client);
    const command = words.split(' ');
    const { expected } = client.execute(command, NOW);
    const wait = expected === null ? waitOf(command) : undefined;
    if (wait === undefined) {
      replies.push([name, expected]);
    } else {
      const served = (late: Expectation) => {
        replies.push([name, late]);
        return state.takeChanges();
      };
      waiters.add({ ...wait, client, command, served });
    }
    waiters.serve(state.takeChanges(), NOW);
  }
  return replies;
}

describe('clients that wait', () => {
  test('who finds something does not wait, and takes it from the first key that has it', () => {
    expect(session(['a: RPUSH q y z', 'b: BLPOP p q 0', 'b: BRPOP q p 0'])).toEqual([
      ['a', 2],
      ['b', ['q', 'y']],
      ['b', ['q', 'z']],
    ]);
  });

  test('who came first is served first, and only as many as there is something for', () => {
    expect(session(['b: BLPOP q 0', 'c: BLPOP q 0', 'a: RPUSH q x', 'a: LLEN q', 'a: RPUSH q y'])).toEqual([
      ['a', 1],
      ['b', ['q', 'x']],
      ['a', 0],
      ['a', 1],
      ['c', ['q', 'y']],
    ]);
  });

  test('what was pushed together is there together: BRPOP takes the last of it', () => {
    expect(session(['b: BRPOP q 0', 'a: RPUSH q x y z', 'a: LRANGE q 0 -1'])).toEqual([
      ['a', 3],
      ['b', ['q', 'z']],
      ['a', ['x', 'y']],
    ]);
  });

  test('what a move that waited puts elsewhere serves who waits there', () => {
    expect(session(['c: BLPOP r 0', 'b: BLMOVE q r LEFT RIGHT 0', 'a: RPUSH q x', 'a: EXISTS q r'])).toEqual([
      ['a', 1],
      ['b', 'x'],
      ['c', ['r', 'x']],
      ['a', 0],
    ]);
  });

  test('sorted sets give their least or their greatest, with its score', () => {
    expect(session(['b: BZPOPMAX z 0', 'a: ZADD z 1 x 2 y', 'c: BZPOPMIN z 0'])).toEqual([
      ['a', 2],
      ['b', ['z', 'y', '2']],
      ['c', ['z', 'x', '1']],
    ]);
  });

  test('a key of another database, and a value of another type, serve nobody', () => {
    expect(session(['b: BLPOP q 0', 'a: ZADD q 1 x', 'a: SELECT 1', 'a: RPUSH q x'])).toEqual([
      ['a', 1],
      ['a', { status: 'OK' }],
      ['a', 1],
    ]);
  });

  const added = (id: string): Expectation => [['s', [[id, ['f', 'v']]]]];

  test('who reads a stream waits for what comes behind the id it named, or behind now', () => {
    expect(
      session([
        'a: XADD s 5-0 f v',
        'b: XREAD BLOCK 0 STREAMS s 0',
        'b: XREAD BLOCK 0 STREAMS none s $ $',
        'c: XREAD COUNT 1 BLOCK 0 STREAMS s 7-0',
        'd: XREAD BLOCK 0 STREAMS t $',
        'a: XADD s 6-0 f v',
        'a: XADD s 7-1 f v',
        'a: XADD t MAXLEN 0 1-0 f v',
      ]),
    ).toEqual([
      ['a', '5-0'],
      ['b', added('5-0')],
      ['a', '6-0'],
      ['b', added('6-0')],
      ['a', '7-1'],
      ['c', added('7-1')],
      ['a', '1-0'],
    ]);
  });

  test('of a group who came first is given what is new, and a group that goes sends its readers away', () => {
    expect(
      session([
        'a: XGROUP CREATE s g $ MKSTREAM',
        'b: XREADGROUP GROUP g m0 BLOCK 0 STREAMS s >',
        'c: XREADGROUP GROUP g m1 BLOCK 0 STREAMS s >',
        'd: XREAD BLOCK 0 STREAMS s $',
        'a: XADD s 1-0 f v',
        'a: XPENDING s g',
        'a: XGROUP DESTROY s g',
        'a: XGROUP CREATE s g $',
        'b: XREADGROUP GROUP g m0 BLOCK 0 STREAMS s >',
        'a: DEL s',
        'a: RPUSH s x',
      ]),
    ).toEqual([
      ['a', { status: 'OK' }],
      ['a', '1-0'],
      ['b', added('1-0')],
      ['d', added('1-0')],
      ['a', [1, '1-0', '1-0', [['m0', '1']]]],
      ['a', 1],
      ['c', { error: 'NOGROUP the consumer group this client was blocked on no longer exists' }],
      ['a', { status: 'OK' }],
      ['a', 1],
      ['b', { error: 'UNBLOCKED the stream key no longer exists' }],
      ['a', 1],
    ]);
  });

  test('within a MULTI nobody waits', () => {
    expect(session(['a: MULTI', 'a: BLPOP q 0', 'a: EXEC'])).toEqual([
      ['a', { status: 'OK' }],
      ['a', { status: 'QUEUED' }],
      ['a', [null]],
    ]);
  });
});
