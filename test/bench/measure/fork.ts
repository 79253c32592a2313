/**
 * The fork: for how long BGSAVE stops the loop of a server that holds two million keys and is otherwise idle. Inside,
 * by `latest_fork_usec` of INFO; from outside, as the longest answer to a PING a millisecond around the fork.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, alternate, discardBoth, emptyRounds, onBoth, startBoth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { feed } from '../harness/dataset.ts';
import { Pinger } from '../harness/pinger.ts';
import { Server } from '../harness/server.ts';
import { StallRounds } from '../stalls.ts';

/** How long the PINGs go on after the fork. */
const watchedMs = 150;

export async function measureFork(bench: Bench): Promise<Figure[]> {
  const data = bench.dataset(bench.plan.manyKeys);
  const servers = await startBoth(bench, {});
  bench.progress('feeding both');
  await onBoth((side) => feed(servers[side], data));
  const idle = await Server.start(bench.redis);
  const pinger = await Pinger.start([servers.ours, servers.redis], idle);
  const inside = emptyRounds();
  const outside = new StallRounds();
  for (let round = 0; round < bench.plan.rounds; round++) {
    await alternate(bench, round, servers, async (server, side) => {
      // A save point may have begun one of its own while the keys came.
      await server.untilIdle('rdb_bgsave_in_progress');
      const seen = await pinger.during(async () => {
        await server.client.ask('BGSAVE');
        await sleep(watchedMs);
      });
      outside.add(side, seen[side === 'ours' ? 0 : 1]!, seen[2]!);
      await server.untilIdle('rdb_bgsave_in_progress');
      inside[side].push(Number(await server.client.info('latest_fork_usec')) / 1000);
    });
  }
  await pinger.stop();
  await discardBoth(servers);
  await idle.discard();
  const keys = data.keys.toLocaleString('en');
  return [
    {
      measurement: 'fork',
      name: `fork at ${keys} keys (latest_fork_usec)`,
      unit: 'ms',
      better: 'less',
      ...inside,
      target: { value: 0.5 },
      notes: [],
    },
    ...outside.figures('fork', 'longest stall around that fork'),
  ];
}
