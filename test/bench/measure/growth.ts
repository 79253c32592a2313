/**
 * The longest stall that a client sees while the keyspace grows from nothing to two million keys, as fast as 50 clients
 * with pipelines of 16 can make it. No append-only file: what is looked for is the price of growing.
 */
import { type Bench, alternate } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { requestsASecond } from '../harness/benchmark.ts';
import { Pinger } from '../harness/pinger.ts';
import { Server } from '../harness/server.ts';
import { StallRounds } from '../stalls.ts';

/** So many possible keys that hardly one is drawn twice. */
const keyspace = '2000000000';

export async function measureGrowth(bench: Bench): Promise<Figure[]> {
  const stalls = new StallRounds();
  const idle = await Server.start(bench.redis);
  for (let round = 0; round < bench.plan.rounds; round++) {
    await alternate(bench, round, bench, async (program, side) => {
      const server = await Server.start(program);
      const pinger = await Pinger.start([server], idle);
      const [seen, quiet] = await pinger.during(async () => {
        await requestsASecond(server, 16, bench.plan.manyKeys, ['-r', keyspace, '-t', 'set']);
      });
      stalls.add(side, seen!, quiet!);
      await pinger.stop();
      await server.discard();
    });
  }
  await idle.discard();
  const name = `longest stall while growing to ${bench.plan.manyKeys.toLocaleString('en')} keys`;
  return stalls.figures('growth', name);
}
