/** What a rewrite may remove: nothing that a manifest names which a loss of power may leave. */
import { expect, test } from 'vitest';
import { Client, type Saboteur, Stage } from '../support.ts';

/** Calls `then` at the nth of these operations. */
function at(operation: string, ending: string, nth: number, then: () => void): Saboteur {
  let seen = 0;
  return (name, path) => {
    if (name === operation && path.endsWith(ending) && ++seen === nth) then();
    return undefined;
  };
}

test('history is not swept before it is sure which manifest is the live one', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const stage = new Stage({ seed, settings: { appendfsync: 'always', autoAofRewritePercentage: 0 } });
    const first = await stage.start();
    const writer = new Client(first);
    await stage.ask(writer, first, 'SET a 1');
    // A rewrite's second manifest has its name, and the process dies before that is durable.
    stage.saboteur = at('rename', '.manifest', 2, () => {
      stage.saboteur = at('openDir', '', 1, () => stage.world.machine.kill(first.process.pid));
    });
    first.process.enter(() => void writer.send('BGREWRITEAOF'));
    await stage.pass(1000);
    expect(first.process.alive).toBe(false);

    // The next one has its log off, reads that manifest for a rewrite, and cannot fork.
    stage.saboteur = (operation) => (operation === 'fork' ? { code: 'ENOMEM', when: 'before' } : undefined);
    const second = await stage.start({ appendonly: false });
    const { rewriter } = second.engine!;
    await stage.ask(new Client(second), second, 'BGREWRITEAOF');
    await stage.pass(50);
    expect(rewriter.lastStatusOk).toBe(false);
    expect(rewriter.store.current.history).not.toEqual([]);
    // The power fails when all of the history is gone from the cache.
    let isOff = false;
    stage.saboteur = at('unlink', '', rewriter.store.current.history.length, () => {
      stage.saboteur = at('openDir', '', 1, () => {
        isOff = true;
        stage.world.machine.powerOff();
      });
    });
    rewriter.isSweepDue = true;
    await stage.pass(1000);
    expect(isOff).toBe(true);
    const third = await stage.start();
    expect(third.refusal?.message).toBeUndefined();
    expect(third.get('a')).toBe('1');
  }
});
