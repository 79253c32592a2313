/**
 * The longest stall that a client sees while a child works (BGSAVE, BGREWRITEAOF) and 50 clients write at pipeline 16
 * as fast as they can, with an append-only file under `everysec`. On two cores the parent, the child and the clients
 * compete; the notes say what the same load does without a child.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, alternate, discardBoth, onBoth, startBoth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { requestsASecond, writeOn } from '../harness/benchmark.ts';
import { Pinger } from '../harness/pinger.ts';
import { Server } from '../harness/server.ts';
import { StallRounds } from '../stalls.ts';

const logged = { appendonly: 'yes', appendfsync: 'everysec', 'auto-aof-rewrite-percentage': '0' };
const jobs = [
  { command: 'BGSAVE', busy: 'rdb_bgsave_in_progress' },
  { command: 'BGREWRITEAOF', busy: 'aof_rewrite_in_progress' },
] as const;
/** How long the load runs before anything is counted, and how long it is watched without a child. */
const warmMs = 300;
const childlessMs = 700;

export async function measureChild(bench: Bench): Promise<Figure[]> {
  const { plan } = bench;
  const overKeyspace = ['-r', `${plan.keys}`, '-t', 'set'];
  const servers = await startBoth(bench, logged);
  const idle = await Server.start(bench.redis);
  bench.progress('filling both');
  await onBoth((side) => requestsASecond(servers[side], 16, plan.keys * 2, overKeyspace));
  const pinger = await Pinger.start([servers.ours, servers.redis], idle);
  const figures: Figure[] = [];
  for (const { command, busy } of jobs) {
    const stalls = new StallRounds();
    const childless = new StallRounds();
    for (let round = 0; round < plan.rounds; round++) {
      await alternate(bench, round, servers, async (server, side) => {
        const line = side === 'ours' ? 0 : 1;
        const stopWriting = writeOn(server, 16, overKeyspace);
        await sleep(warmMs);
        const before = await pinger.during(() => sleep(childlessMs));
        const seen = await pinger.during(async () => {
          await server.client.ask(command);
          await server.untilIdle(busy);
        });
        await stopWriting();
        childless.add(side, before[line]!, before[2]!);
        stalls.add(side, seen[line]!, seen[2]!);
      });
    }
    const notes = [`the same load without a child: ${childless.describe(bench)}`];
    figures.push(...stalls.figures('child', `longest stall during ${command} under writes`, notes));
  }
  await pinger.stop();
  await discardBoth(servers);
  await idle.discard();
  return figures;
}
