/**
 * SET and GET as redis-benchmark sees them: 50 clients, pipelines of 1 and 16, values of 100 bytes, a million keys,
 * with an append-only file under `everysec`. Both servers run through all rounds; the one that is not asked is idle.
 */
import { type Bench, alternate, discardBoth, emptyRounds, onBoth, startBoth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { OnCoreRounds } from '../on-core.ts';
import { requestsASecond } from '../harness/benchmark.ts';

const keyspace = 1_000_000;
const logged = { appendonly: 'yes', appendfsync: 'everysec', 'auto-aof-rewrite-percentage': '0' };

const cases = [
  { command: 'SET', pipeline: 16 },
  { command: 'GET', pipeline: 16 },
  { command: 'SET', pipeline: 1 },
  { command: 'GET', pipeline: 1 },
] as const;

export async function measureThroughput(bench: Bench): Promise<Figure[]> {
  const { plan } = bench;
  const servers = await startBoth(bench, logged);
  bench.progress('filling both');
  await onBoth(async (side) => {
    for (const command of ['set', 'get'])
      await requestsASecond(servers[side], 16, plan.requests[16] * 2, ['-r', `${keyspace}`, '-t', command]);
  });
  const figures = cases.map((each) => ({ ...each, rates: emptyRounds(), onCore: new OnCoreRounds() }));
  for (let round = 0; round < plan.rounds; round++) {
    for (const { command, pipeline, rates, onCore } of figures) {
      await alternate(bench, round, servers, async (server, side) => {
        const onCoreBefore = server.onCoreMs;
        const words = ['-r', `${keyspace}`, '-t', command.toLowerCase()];
        rates[side].push(await requestsASecond(server, pipeline, plan.requests[pipeline], words));
        onCore.add(side, server.onCoreMs - onCoreBefore);
      });
    }
  }
  await discardBoth(servers);
  return figures.map(({ command, pipeline, rates, onCore }) => ({
    measurement: 'throughput',
    name: `${command}, pipeline ${pipeline}`,
    unit: 'requests/s',
    better: 'more',
    ...rates,
    ...(pipeline === 1 ? {} : { target: { ratio: 0.8 } }),
    notes: [onCore.note(plan.requests[pipeline])],
  }));
}
