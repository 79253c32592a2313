/**
 * The fork: for how long BGSAVE stops the loop of a server that holds two million keys and is otherwise idle. Inside,
 * by `latest_fork_usec` of INFO; from outside, as the longest answer to a PING a millisecond around the fork.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, alternate, discardBoth, emptyRounds, onBoth, startBoth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { feed } from '../harness/dataset.ts';
import { Pinger } from '../harness/pinger.ts';

/** How long the PINGs go on after the fork. */
const watchedMs = 150;

export async function measureFork(bench: Bench): Promise<Figure[]> {
  const data = bench.dataset(bench.plan.manyKeys);
  const servers = await startBoth(bench, {});
  bench.progress('feeding both');
  await onBoth((side) => feed(servers[side], data));
  const pinger = await Pinger.start([servers.ours.port, servers.redis.port]);
  const inside = emptyRounds();
  const outside = emptyRounds();
  for (let round = 0; round < bench.plan.rounds; round++) {
    await alternate(bench, round, servers, async (server, side) => {
      const seen = await pinger.during(async () => {
        await server.client.ask('BGSAVE');
        await sleep(watchedMs);
      });
      outside[side].push(seen[side === 'ours' ? 0 : 1]!.longestMs);
      await server.untilIdle('rdb_bgsave_in_progress');
      inside[side].push(Number(await server.client.info('latest_fork_usec')) / 1000);
    });
  }
  await pinger.stop();
  await discardBoth(servers);
  const keys = data.keys.toLocaleString('en');
  const common = { measurement: 'fork', unit: 'ms', better: 'less', notes: [] } as const;
  return [
    { ...common, name: `fork at ${keys} keys (latest_fork_usec)`, ...inside, target: { value: 0.5 } },
    { ...common, name: `longest stall around that fork`, ...outside, target: { value: 20 } },
  ];
}
