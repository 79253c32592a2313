/**
 * What the annotations of the log cost: the same SETs of 100 bytes by 50 clients, once with `aof-checksum yes` and once with
 * `no`, in turns. Time of the server's main thread on a core is compared, round by round: what the disk and the neighbours
 * do is in neither.
 */
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { requestsASecond } from '../harness/benchmark.ts';
import { Server } from '../harness/server.ts';
import { median } from '../statistics.ts';

const logged = { appendonly: 'yes', appendfsync: 'everysec', 'auto-aof-rewrite-percentage': '0' };
const words = ['-r', '1000000', '-t', 'set'];
const settings = ['yes', 'no'] as const;

export async function measureAnnotations(bench: Bench): Promise<Figure[]> {
  const { plan } = bench;
  const start = (setting: string) => Server.start(bench.ours, { ...logged, 'aof-checksum': setting });
  const servers = { yes: await start('yes'), no: await start('no') };
  bench.progress('filling both');
  for (const setting of settings) await requestsASecond(servers[setting], 16, plan.requests[16] * 2, words);
  const cases = ([16, 1] as const).map((pipeline) => ({
    pipeline,
    onCoreMs: { yes: [] as number[], no: [] as number[] },
  }));
  for (let round = 0; round < plan.rounds; round++) {
    for (const { pipeline, onCoreMs } of cases) {
      for (const setting of round % 2 === 0 ? settings : settings.toReversed()) {
        bench.progress(`round ${round + 1} of ${plan.rounds}, aof-checksum ${setting}`);
        const before = servers[setting].onCoreMs;
        await requestsASecond(servers[setting], pipeline, plan.requests[pipeline], words);
        onCoreMs[setting].push(servers[setting].onCoreMs - before);
      }
    }
  }
  for (const setting of settings) await servers[setting].discard();
  return cases.map(({ pipeline, onCoreMs: { yes, no } }) => ({
    measurement: 'annotations',
    name: `SET with annotations, pipeline ${pipeline}`,
    unit: 'times without',
    better: 'less',
    ours: yes.map((withMs, round) => withMs / no[round]!),
    redis: [],
    target: { value: 1.05 },
    notes: [
      `on a core for ${plan.requests[pipeline].toLocaleString('en')} requests: ${median(yes).toFixed(0)} ms with aof-checksum yes, ${median(no).toFixed(0)} ms with no.`,
    ],
  }));
}
