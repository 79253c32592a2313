/**
 * Loading at start: from the start of the process until PING is answered with PONG and all keys are there, so the start
 * of the program (Node's: some 50 ms) counts as well. Each side loads what it wrote itself; a second figure has
 * lightsout load the very file of Redis. Files come from the page cache. The server's own figure is in the notes.
 */
import { type Bench, alternate, emptyRounds, onBoth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { feed } from '../harness/dataset.ts';
import { type Both, type Directives, Server } from '../harness/server.ts';
import { median } from '../statistics.ts';

interface Kind {
  readonly name: string;
  readonly directives: Directives;
  /** Brings all data to the disk. */
  readonly persist: (server: Server) => Promise<void>;
}

const rdb: Kind = {
  name: 'RDB',
  directives: {},
  async persist({ client }) {
    await client.ask('SAVE');
  },
};

const aof: Kind = {
  name: 'AOF',
  directives: { appendonly: 'yes', appendfsync: 'everysec', 'auto-aof-rewrite-percentage': '0' },
  persist: () => Promise.resolve(),
};

export const measureRdbLoad = (bench: Bench): Promise<Figure[]> => measureLoad(bench, rdb);
export const measureAofLoad = (bench: Bench): Promise<Figure[]> => measureLoad(bench, aof);

async function measureLoad(bench: Bench, kind: Kind): Promise<Figure[]> {
  const data = bench.dataset(bench.plan.keys);
  bench.progress(`writing the ${kind.name} of both`);
  const writers = await onBoth(async (side) => {
    const server = await Server.start(bench[side], kind.directives);
    await feed(server, data);
    await kind.persist(server);
    // Not SIGKILL: under everysec Redis answers before it writes, when an fsync is under way.
    await server.end('SIGTERM');
    return server;
  });
  const own = emptyRounds();
  const told = emptyRounds();
  const foreign = emptyRounds();
  for (let round = 0; round < bench.plan.rounds; round++) {
    await alternate(bench, round, writers, async (writer, side) => {
      const server = await load(writer, kind, writer.directory, data.keys);
      own[side].push(server.startMs);
      told[side].push(toldSeconds(server) * 1000);
    });
    const { startMs } = await load(writers.ours, kind, writers.redis.directory, data.keys);
    foreign.ours.push(startMs);
    foreign.redis.push(own.redis.at(-1)!);
  }
  await onBoth((side) => writers[side].discard());
  const measurement = `${kind.name.toLowerCase()}-load`;
  const common = { measurement, unit: 'ms', better: 'less', target: { ratio: 1 } } as const;
  const name = `${kind.name} load of ${data.keys.toLocaleString('en')} keys`;
  return [
    { ...common, name, ...own, notes: [tell(told)] },
    { ...common, name: `${name}, Redis's file`, ...foreign, notes: [] },
  ];
}

async function load(writer: Server, { directives }: Kind, directory: string, keys: number): Promise<Server> {
  const server = await Server.start(writer.side, directives, directory);
  const count = await server.client.count();
  await server.end('SIGKILL');
  if (count !== keys)
    throw new Error(`${writer.side.name} loaded ${count} keys of ${directory}, expected ${keys}`);
  return server;
}

/** The load time that the server wrote to its log; NaN where it told none. */
function toldSeconds({ log }: Server): number {
  return Number(/DB loaded (?:from (?:disk|append only file):|in) ([\d.]+) seconds/.exec(log)?.[1]);
}

function tell(told: Both<number[]>): string {
  const [ours, redis] = [told.ours, told.redis].map((values) => median(values).toFixed(0));
  return `by their own logs: lightsout ${ours} ms, Redis ${redis} ms`;
}
