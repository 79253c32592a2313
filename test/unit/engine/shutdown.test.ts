/** SHUTDOWN and SIGTERM at any moment: what was acknowledged is there afterwards, even where the power fails at once. */
import { describe, expect, test } from 'vitest';
import { Client, Stage } from './support.ts';

type Course = Readonly<Record<number, string>>;

const courses: Readonly<Record<string, { course: Course; appendonly: boolean; save?: boolean }>> = {
  'a rewrite': { appendonly: true, course: { 5: 'BGREWRITEAOF' } },
  'BGSAVE and a rewrite': {
    appendonly: true,
    save: true,
    course: { 3: 'BGSAVE', 5: 'BGREWRITEAOF', 20: 'BGSAVE' },
  },
  SAVE: { appendonly: false, save: true, course: { 5: 'SAVE', 8: 'BGSAVE', 15: 'SAVE' } },
  'turning the log on': { appendonly: false, course: { 5: 'CONFIG SET appendonly yes' } },
  'turning the log off and on': {
    appendonly: true,
    save: true,
    course: { 5: 'CONFIG SET appendonly no', 9: 'CONFIG SET appendonly yes' },
  },
};

describe('shutdown at any moment', () => {
  for (const [name, { course, appendonly, save }] of Object.entries(courses)) {
    test(`of ${name}`, async () => {
      for (let atMs = 1; atMs < 45; atMs += 1.9) {
        const stage = new Stage({
          seed: atMs,
          settings: { appendonly, save: save === true ? [{ seconds: 3600, changes: 1 }] : [] },
          tuning: { saveSliceBytes: 64 },
        });
        const server = await stage.start();
        const client = new Client(server);
        for (let n = 1; n <= 90; n++)
          server.process.after(n * 0.5, 'input', () => client.send(`SET k${n} ${n}`));
        for (const [when, command] of Object.entries(course))
          server.process.after(Number(when), 'input', () => new Client(server).send(command));
        // Again and again: it is refused while the first base is not written.
        let last = appendonly;
        const insist = (): void => {
          if (!server.engine!.isShuttingDown) {
            last = server.engine!.settings.appendonly;
            server.process.deliver('SIGTERM');
          }
          server.process.after(20, 'signal', insist);
        };
        server.process.after(atMs, 'signal', insist);
        await stage.world.run({ until: () => !server.process.alive, untilMs: stage.nowMs + 20_000 });
        expect([server.process.status, stage.world.machine.violations], `at ${atMs}`).toEqual([
          { code: 0, signal: null },
          [],
        ]);
        stage.world.machine.powerOff();
        // Without a log and without save points nothing was promised.
        if (!last && save !== true) continue;
        const next = await stage.start({ appendonly: last });
        const lost = client.asked
          .filter(({ words, reply }) => reply?.type === 'simple' && next.get(words[1]!) === undefined)
          .map(({ words }) => words[1]);
        expect([next.refusal?.message, ...lost], `at ${atMs}`).toEqual([undefined]);
      }
    });
  }
});

test('a second SIGINT does not wait for a disk that hangs', async () => {
  const stage = new Stage({
    settings: { appendfsync: 'everysec' },
    faults: { slowSyncChance: 1, slowSyncMs: 600_000 },
  });
  const server = stage.startSoon();
  await stage.world.run({ until: () => server.engine !== undefined });
  server.process.enter(() => new Client(server).send('SET k1 1'));
  server.process.after(10, 'signal', () => server.process.deliver('SIGINT'));
  await stage.pass(60_000);
  expect(server.process.alive).toBe(true);
  server.process.deliver('SIGINT');
  await stage.pass(10);
  expect(server.process.status).toEqual({ code: 1, signal: null });
});
