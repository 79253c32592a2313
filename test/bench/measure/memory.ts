/** Bytes a key: by how much the process grows when it is fed, divided by the keys. Each round a new process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, alternate, emptyRounds } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { feed } from '../harness/dataset.ts';
import { Server } from '../harness/server.ts';

/** So that buffers of the last requests can be given back. */
const settleMs = 300;

export async function measureMemory(bench: Bench): Promise<Figure[]> {
  const data = bench.dataset(bench.plan.keys);
  const resident = emptyRounds();
  const told = emptyRounds();
  for (let round = 0; round < bench.plan.rounds; round++) {
    await alternate(bench, round, bench, async (program, side) => {
      const server = await Server.start(program);
      const residentBefore = server.residentBytes;
      const toldBefore = await usedMemory(server);
      await feed(server, data);
      await sleep(settleMs);
      resident[side].push((server.residentBytes - residentBefore) / data.keys);
      told[side].push(((await usedMemory(server)) - toldBefore) / data.keys);
      await server.discard();
    });
  }
  const keys = data.keys.toLocaleString('en');
  const common = { measurement: 'memory', unit: 'bytes', better: 'less' } as const;
  return [
    {
      ...common,
      name: `bytes a key at ${keys} keys (growth of RSS)`,
      ...resident,
      target: { ratio: 1 },
      notes: [],
    },
    { ...common, name: `bytes a key at ${keys} keys (used_memory)`, ...told, notes: [] },
  ];
}

async function usedMemory({ client }: Server): Promise<number> {
  return Number(await client.info('used_memory'));
}
