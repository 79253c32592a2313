/**
 * SimDisk beside memfs, operation by operation in the same process, a round of each by turns; and the bare world: events a
 * second of a scheduler whose only process writes to a disk.
 *
 * Both are called synchronously, as the doors of SimDisk call it. What SimDisk keeps of the past (each version of a page and
 * of a name, until a sync makes one durable) is in its time: a stretch of 256 operations ends with the sync that lets it go.
 * memfs keeps the newest bytes only, and its fsync does nothing; its stat fills in all that Node's has, ours a kind and a size.
 */
import { SimDisk, syncEverything } from '../../../sim/disk/index.ts';
import { createWorld } from '../../../sim/world/index.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';

const wantedEvents = 500_000;
/** Operations between two clean-ups. */
const stretch = 256;
const stretchesOfRound = 150;
const payload = new Uint8Array(100).fill(0x61);

/** One operation on one kind of disk: `run` does a stretch of it, `tidy` takes back what would pile up. */
interface Subject {
  readonly run: (count: number) => void;
  readonly tidy?: () => void;
}

interface Contest {
  readonly name: string;
  readonly ours: Subject;
  readonly other: Subject;
}

/** As much of memfs as is measured. Its types come with it, and it need not be there to check ours. */
interface Memfs {
  mkdirSync(path: string): void;
  openSync(path: string, flags: string): number;
  closeSync(fd: number): void;
  writeSync(fd: number, bytes: Uint8Array): number;
  fsyncSync(fd: number): void;
  ftruncateSync(fd: number, sizeBytes: number): void;
  statSync(path: string): unknown;
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
}

export async function measureDisk({ plan, progress }: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  const contests = makeContests(await newMemfs());
  for (const contest of contests) {
    progress(`warming up: ${contest.name}`);
    for (const subject of [contest.ours, contest.other]) nanosecondsOf(subject, stretchesOfRound);
    const rounds = { ours: [] as number[], other: [] as number[] };
    for (let round = 0; round < plan.rounds; round++) {
      progress(`${contest.name}, round ${round + 1} of ${plan.rounds}`);
      for (const side of round % 2 === 0 ? (['ours', 'other'] as const) : (['other', 'ours'] as const))
        rounds[side].push(nanosecondsOf(contest[side], stretchesOfRound));
    }
    const times = rounds.other.map((other, round) => other / rounds.ours[round]!);
    figures.push({
      measurement: 'disk',
      name: `SimDisk: ${contest.name}`,
      unit: 'ns',
      better: 'less',
      ours: rounds.ours,
      redis: [],
      target: { value: Math.round(median(rounds.other)) },
      notes: [`memfs ${median(rounds.other).toFixed(0)} ns, ${median(times).toFixed(2)} times ours`],
    });
  }
  progress('events of the bare world');
  await eventsASecond(plan.simulatorMs);
  const events: number[] = [];
  for (let round = 0; round < plan.rounds; round++) events.push(await eventsASecond(plan.simulatorMs));
  figures.push({
    measurement: 'disk',
    name: 'events of the bare world',
    unit: '1/s',
    better: 'more',
    ours: events,
    redis: [],
    target: { value: wantedEvents },
    notes: ['by the processor time of the process: one tenant that appends 100 bytes, four times, and syncs'],
  });
  return figures;
}

/** @throws Error where memfs is not installed */
async function newMemfs(): Promise<Memfs> {
  const name: string = 'memfs';
  let module: { readonly createFsFromVolume: (volume: unknown) => Memfs; readonly Volume: new () => unknown };
  try {
    module = (await import(name)) as typeof module;
  } catch (error) {
    throw new Error('disk: memfs is not installed, expected the one of package.json: npm ci', {
      cause: error,
    });
  }
  return module.createFsFromVolume(new module.Volume());
}

function makeContests(memfs: Memfs): Contest[] {
  const disk = new SimDisk();
  disk.mkdir('/data');
  memfs.mkdirSync('/data');
  disk.close(disk.open('/data/still', { write: true, create: true }));
  memfs.closeSync(memfs.openSync('/data/still', 'w'));
  syncEverything(disk);
  const tidyNames = (): void => syncEverything(disk);
  const log = disk.open('/data/log', { write: true, create: true, append: true });
  const fd = memfs.openSync('/data/log', 'a');
  const cut = (): void => {
    disk.truncate(log, 0);
    disk.syncEnd(log.inode, disk.syncBegin(log));
  };
  const cutOther = (): void => memfs.ftruncateSync(fd, 0);
  return [
    {
      name: 'append of 100 B',
      ours: { run: (count) => repeat(count, () => disk.write(log, payload)), tidy: cut },
      other: { run: (count) => repeat(count, () => memfs.writeSync(fd, payload)), tidy: cutOther },
    },
    {
      name: 'append of 100 B and fsync',
      ours: {
        run: (count) =>
          repeat(count, () => {
            disk.write(log, payload);
            disk.syncEnd(log.inode, disk.syncBegin(log));
          }),
        tidy: cut,
      },
      other: {
        run: (count) =>
          repeat(count, () => {
            memfs.writeSync(fd, payload);
            memfs.fsyncSync(fd);
          }),
        tidy: cutOther,
      },
    },
    {
      name: 'fsync of nothing new',
      ours: { run: (count) => repeat(count, () => disk.syncEnd(log.inode, disk.syncBegin(log))) },
      other: { run: (count) => repeat(count, () => memfs.fsyncSync(fd)) },
    },
    {
      name: 'open and close',
      ours: { run: (count) => repeat(count, () => disk.close(disk.open('/data/still', { read: true }))) },
      other: { run: (count) => repeat(count, () => memfs.closeSync(memfs.openSync('/data/still', 'r'))) },
    },
    {
      name: 'stat',
      ours: { run: (count) => repeat(count, () => disk.stat('/data/still')) },
      other: { run: (count) => repeat(count, () => memfs.statSync('/data/still')) },
    },
    {
      name: 'rename',
      ours: {
        run: (count) =>
          repeat(count >> 1, () => {
            disk.rename('/data/still', '/data/moved');
            disk.rename('/data/moved', '/data/still');
          }),
        tidy: tidyNames,
      },
      other: {
        run: (count) =>
          repeat(count >> 1, () => {
            memfs.renameSync('/data/still', '/data/moved');
            memfs.renameSync('/data/moved', '/data/still');
          }),
      },
    },
    {
      name: 'create and unlink',
      ours: {
        run: (count) =>
          repeat(count, () => {
            disk.close(disk.open('/data/new', { write: true, create: true }));
            disk.unlink('/data/new');
          }),
        tidy: tidyNames,
      },
      other: {
        run: (count) =>
          repeat(count, () => {
            memfs.closeSync(memfs.openSync('/data/new', 'w'));
            memfs.unlinkSync('/data/new');
          }),
      },
    },
  ];
}

function repeat(count: number, run: () => void): void {
  for (let i = 0; i < count; i++) run();
}

/** Processor time of one operation, tidying included. */
function nanosecondsOf({ run, tidy }: Subject, stretches: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < stretches; i++) {
    run(stretch);
    tidy?.();
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (stretches * stretch);
}

/** A world in which one process appends and syncs for as long as it may: no engine, no clients. */
async function eventsASecond(lengthMs: number): Promise<number> {
  const world = createWorld({ seed: 1, budgetEvents: Infinity });
  const startedAt = performance.now();
  world.machine.spawn(async ({ disk }) => {
    await disk.mkdir('/data');
    const file = await disk.open('/data/log', { write: true, create: true, append: true });
    const append = (left: number): void =>
      left === 0 ? file.datasync(() => append(4)) : file.write(payload, () => append(left - 1));
    append(4);
    return new Promise<number>(() => {});
  });
  const before = process.cpuUsage();
  await world.run({
    until: () => world.scheduler.events % 1024 === 0 && performance.now() - startedAt > lengthMs,
  });
  const { user, system } = process.cpuUsage(before);
  return (world.scheduler.events / (user + system)) * 1e6;
}
