/** SAVE: from the command to its +OK, so encoding, compression, checksum, file and fsync. */
import { type Bench, alternate, discardBoth, emptyRounds, onBoth, startBoth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { OnCoreRounds } from '../on-core.ts';
import { feed } from '../harness/dataset.ts';

export async function measureSave(bench: Bench): Promise<Figure[]> {
  const data = bench.dataset(bench.plan.keys);
  const servers = await startBoth(bench, {});
  bench.progress('feeding both');
  await onBoth((side) => feed(servers[side], data));
  const times = emptyRounds();
  const onCore = new OnCoreRounds();
  for (let round = 0; round < bench.plan.rounds; round++) {
    await alternate(bench, round, servers, async (server, side) => {
      const onCoreBefore = server.onCoreMs;
      const startedAt = performance.now();
      await server.client.ask('SAVE');
      times[side].push(performance.now() - startedAt);
      onCore.add(side, server.onCoreMs - onCoreBefore);
    });
  }
  await discardBoth(servers);
  const name = `SAVE of ${data.keys.toLocaleString('en')} keys`;
  return [
    {
      measurement: 'save',
      name,
      unit: 'ms',
      better: 'less',
      ...times,
      target: { ratio: 1 },
      notes: [onCore.note()],
    },
  ];
}
