/** DEBUG LOADAOF on a disk that fails, and in the way of a shutdown: nothing that was acknowledged is lost by it. */
import { describe, expect, test } from 'vitest';
import { Client, type Saboteur, Stage } from '../support.ts';

const sound: Saboteur = () => undefined;

async function begin(saved = false) {
  const save = saved ? [{ seconds: 3600, changes: 1 }] : [];
  const stage = new Stage({
    settings: { enableDebugCommand: true, appendfsync: 'always', save },
    tuning: { loadSliceBytes: 64 },
  });
  const server = await stage.start();
  const client = new Client(server);
  await stage.ask(client, server, ...Array.from({ length: 20 }, (_, i) => `SET k${i} ${i}`), 'BGREWRITEAOF');
  await stage.pass(1000);
  await stage.ask(client, server, 'SET k0 later', 'SET last 1');
  return { stage, server, client };
}

describe('DEBUG LOADAOF', () => {
  test('where any operation of the disk fails: refused with everything there, or the end of the process', async () => {
    const told = { loaded: 0, refused: 0, ended: 0 };
    for (let failing = 0; told.loaded === 0; failing++) {
      const { stage, server, client } = await begin();
      let count = 0;
      stage.saboteur = () => (count++ === failing ? { code: 'EIO', when: 'before' } : undefined);
      const reply = await stage.ask(client, server, 'DEBUG LOADAOF');
      stage.saboteur = sound;
      if (server.process.alive) {
        if (count <= failing) told.loaded++;
        else told.refused++;
        expect([failing, reply]).toEqual([
          failing,
          count <= failing ? 'OK' : expect.stringMatching(/^-ERR .*EIO/),
        ]);
        expect([failing, server.get('k0'), server.get('last')]).toEqual([failing, 'later', '1']);
      } else {
        told.ended++;
        expect(server.log.at(-1)).toMatch(/Error loading the append only file, exiting: .*EIO/);
      }
      stage.world.machine.powerOff();
      const next = await stage.start();
      expect([failing, next.refusal, next.get('k0'), next.get('k19'), next.get('last')]).toEqual([
        failing,
        undefined,
        'later',
        '19',
        '1',
      ]);
    }
    expect(told.refused).toBeGreaterThan(5);
    expect(told.ended).toBeGreaterThan(5);
  });

  test('a shutdown that comes meanwhile saves no half of it', async () => {
    const met = new Set<boolean>();
    for (let steps = 0; steps < 90; steps += 3) {
      const { stage, server, client } = await begin(true);
      server.process.enter(() => client.send('DEBUG LOADAOF'));
      let left = steps;
      await stage.world.run({ until: () => left-- <= 0 });
      const isLoading = server.engine!.isLoading;
      server.process.deliver('SIGTERM');
      await stage.world.run({ until: () => !server.process.alive, untilMs: stage.nowMs + 20_000 });
      expect(server.process.status).toEqual({ code: 0, signal: null });
      stage.world.machine.powerOff();
      const next = await stage.start();
      expect([next.get('k0'), next.get('last')]).toEqual(['later', '1']);
      stage.world.machine.powerOff();
      const dump = await stage.start({ appendonly: false });
      expect([steps, dump.get('k19'), dump.get('last')]).toEqual(
        isLoading ? [steps, undefined, undefined] : [steps, '19', '1'],
      );
      met.add(isLoading);
    }
    expect(met.size).toBe(2);
  });
});
