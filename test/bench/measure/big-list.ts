/**
 * What one list of a GiB costs: the longest stall that a client sees while it is saved beside the work and while it is
 * changed here and there, and the memory that a save and a load take above the data.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, alternate, emptyRounds } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { Pinger } from '../harness/pinger.ts';
import { Server } from '../harness/server.ts';
import { StallRounds } from '../stalls.ts';

const elementBytes = 1024;
const elementsACommand = 512;
const commands = 2048;
const mib = 1024 * 1024;
const mostAboveMib = 64;
const longestAllowedMs = 50;

export async function measureBigList(bench: Bench): Promise<Figure[]> {
  const saved = new StallRounds(longestAllowedMs);
  const edited = new StallRounds(longestAllowedMs);
  const whileSaving = emptyRounds();
  const whileLoading = emptyRounds();
  const idle = await Server.start(bench.redis);
  for (let round = 0; round < bench.plan.rounds; round++) {
    await alternate(bench, round, bench, async (program, side) => {
      const server = await Server.start(program);
      await fill(server);
      const pinger = await Pinger.start([server], idle);
      const before = server.residentBytes;
      const peak = new Peak(server);
      const [seen, quiet] = await pinger.during(async () => {
        await server.client.ask('BGSAVE');
        await server.untilIdle('rdb_bgsave_in_progress');
      });
      whileSaving[side].push((peak.end() - before) / mib);
      saved.add(side, seen!, quiet!);
      const [seenLater, quietLater] = await pinger.during(() => edit(server));
      edited.add(side, seenLater!, quietLater!);
      await pinger.stop();
      await server.client.ask('SAVE');
      const fileBytes = statSync(join(server.directory, 'dump.rdb')).size;
      if (fileBytes < mib) throw new Error(`the dump of a GiB has ${fileBytes} bytes`);
      await server.end('SIGKILL');
      const again = await Server.start(program, {}, server.directory);
      // The list is a little shorter by now; what a fresh process holds more than the grown one is the load's.
      whileLoading[side].push((again.peakResidentBytes - before) / mib);
      await again.discard();
    });
  }
  await idle.discard();
  const common = {
    measurement: 'big-list',
    unit: 'MiB',
    better: 'less',
    target: { value: mostAboveMib },
  } as const;
  return [
    ...saved.figures('big-list', 'longest stall while a list of 1 GiB is saved beside the work'),
    ...edited.figures('big-list', 'longest stall while elements of a list of 1 GiB are changed'),
    {
      ...common,
      name: 'memory above the data while it is saved (growth of RSS; of Redis without the child)',
      ...whileSaving,
      notes: [],
    },
    { ...common, name: 'memory above the data while it is loaded (peak of RSS)', ...whileLoading, notes: [] },
  ];
}

async function fill(server: Server): Promise<void> {
  const element = 'x'.repeat(elementBytes - 8);
  for (let i = 0; i < commands; i++) {
    const elements = Array.from(
      { length: elementsACommand },
      (_, j) => `${element}${String(i * elementsACommand + j).padStart(8, '0')}`,
    );
    await server.client.ask('RPUSH', 'list', ...elements);
  }
}

/** Both ends, the middle, a range, and the name. */
async function edit(server: Server): Promise<void> {
  const { client } = server;
  for (let i = 0; i < 50; i++) {
    await client.ask('LSET', 'list', `${i * 20_000}`, `changed ${i}`);
    await client.ask('LRANGE', 'list', `${i * 20_000}`, `${i * 20_000 + 5}`);
    await client.ask('LPUSH', 'list', 'first');
    await client.ask('RPOP', 'list');
  }
  await client.ask('RENAME', 'list', 'renamed');
  await client.ask('LTRIM', 'renamed', '1000', '-1000');
}

/** The most that a server's memory grew to while this looked, each few milliseconds. */
class Peak {
  readonly #server: Server;
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(server: Server) {
    this.#server = server;
    this.#timer = setInterval(() => this.#look(), 5);
  }

  end(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#bytes;
  }

  #look(): void {
    this.#bytes = Math.max(this.#bytes, this.#server.residentBytes);
  }
}
