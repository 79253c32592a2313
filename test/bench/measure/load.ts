/**
 * Loading at start: from the start of the process until PING is answered with PONG and all keys are there, so the start
 * of the program (Node's: some 50 ms) counts as well. Each side loads what it wrote itself; a second figure has
 * lightsout load the very file of Redis. Files come from the page cache. The server's own figure is in the notes.
 */
import { type Bench, alternate, emptyRounds, onBoth } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { OnCoreRounds } from '../on-core.ts';
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
  const [ownOnCore, foreignOnCore] = [new OnCoreRounds(), new OnCoreRounds()];
  const foreign = emptyRounds();
  for (let round = 0; round < bench.plan.rounds; round++) {
    await alternate(bench, round, writers, async (writer, side) => {
      const loaded = await load(writer, kind, writer.directory, data.keys);
      own[side].push(loaded.startMs);
      told[side].push(loaded.toldMs);
      ownOnCore.add(side, loaded.onCoreMs);
      if (side === 'redis') {
        foreign.redis.push(loaded.startMs);
        foreignOnCore.add(side, loaded.onCoreMs);
      }
    });
    const loaded = await load(writers.ours, kind, writers.redis.directory, data.keys);
    foreign.ours.push(loaded.startMs);
    foreignOnCore.add('ours', loaded.onCoreMs);
  }
  await onBoth((side) => writers[side].discard());
  const measurement = `${kind.name.toLowerCase()}-load`;
  const common = { measurement, unit: 'ms', better: 'less', target: { ratio: 1 } } as const;
  const name = `${kind.name} load of ${data.keys.toLocaleString('en')} keys`;
  return [
    { ...common, name, ...own, notes: [tell(told), ownOnCore.note()] },
    { ...common, name: `${name}, Redis's file`, ...foreign, notes: [foreignOnCore.note()] },
  ];
}

interface Loaded {
  readonly startMs: number;
  readonly onCoreMs: number;
  /** What the server wrote to its log; NaN where it told nothing. */
  readonly toldMs: number;
}

async function load(
  { side }: Server,
  { directives }: Kind,
  directory: string,
  keys: number,
): Promise<Loaded> {
  const server = await Server.start(side, directives, directory);
  const { startMs, onCoreMs } = server;
  const count = await server.client.count();
  await server.end('SIGKILL');
  if (count !== keys) throw new Error(`${side.name} loaded ${count} keys of ${directory}, expected ${keys}`);
  const told = /DB loaded (?:from (?:disk|append only file):|in) ([\d.]+) seconds/.exec(server.log)?.[1];
  return { startMs, onCoreMs, toldMs: Number(told) * 1000 };
}

function tell(told: Both<number[]>): string {
  const [ours, redis] = [told.ours, told.redis].map((values) => median(values).toFixed(0));
  return `by their own logs: lightsout ${ours} ms, Redis ${redis} ms`;
}
