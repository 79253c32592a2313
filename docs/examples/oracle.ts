/**
 * The oracle on somebody else's engine: a store of counters with a log of its own, under every crash.
 * `npx tsx docs/examples/oracle.ts`.
 *
 * The oracle is told what was executed and what a client has seen. It says by itself what must have survived, and whether
 * what a recovery gives is a state that ever was. `everyCrash` makes the crashes; any other source of them would do.
 */
import { pathToFileURL } from 'node:url';
import type { Disk, File, Host } from 'lightsout';
import { boundsNow, checkPrefix, History, LogTimes, ModelClient, NO_EXPIRY_MS } from 'lightsout/oracle';
import type { Bounds, Snapshot } from 'lightsout/oracle';
import { everyCrash } from 'lightsout/sim';

/** Counters, and a log with one line an increment: the name and a checksum over the line's place and name. */
class Counters {
  readonly values = new Map<string, number>();
  readonly file: File;
  #lines = 0;

  constructor(file: File) {
    this.file = file;
  }

  static async open(disk: Disk): Promise<File> {
    const file = await disk.open('/log', { read: true, write: true, create: true, append: true });
    await (await disk.openDir('/')).sync();
    return file;
  }

  /** Resolves when the increment is durable. */
  async increment(name: string): Promise<void> {
    await this.log(name);
    await sync(this.file);
  }

  async log(name: string): Promise<void> {
    const line = `${name} ${checksum(`${this.#lines} ${name}`)}\n`;
    this.apply(name);
    await write(this.file, line);
  }

  apply(name: string): void {
    this.values.set(name, (this.values.get(name) ?? 0) + 1);
    this.#lines++;
  }

  /** Replays the log up to the first line that is not whole. */
  async load(text: string): Promise<void> {
    for (const line of text.split('\n')) {
      const [name, sum] = line.split(' ');
      if (name === undefined || sum !== checksum(`${this.#lines} ${name}`)) return;
      this.apply(name);
    }
  }
}

/** Answers when the log is written, and leaves the rest to the system: what a power failure takes back, a client has been told. */
class HastyCounters extends Counters {
  override increment(name: string): Promise<void> {
    return this.log(name);
  }
}

/** Believes every line that looks like one: half a name is a name, too. */
class SloppyCounters extends Counters {
  override async load(text: string): Promise<void> {
    for (const line of text.split('\n')) {
      const name = line.split(' ')[0]!;
      if (/^[a-z]+$/.test(name)) this.apply(name);
    }
  }
}

const work = ['visits', 'errors', 'visits', 'visits', 'errors'];

/** Runs the work, tells the oracle, and has it judge what every crash leaves. */
export function tryCounters(Engine: typeof Counters): ReturnType<typeof everyCrash> {
  const history = new History(1);
  const model = new ModelClient(history.state);
  const promises = { persistence: 'aof', appendfsync: 'always', cronPeriodMs: 100 } as const;
  const atOnce = { lower: 0, upper: 1, only: undefined, because: 'nothing was promised yet' };
  return everyCrash<Snapshot, Bounds>({
    async workload({ disk }: Host, acknowledge) {
      const engine = new Engine(await Engine.open(disk));
      for (const name of work) {
        const command = ['INCR', name];
        model.execute(command, 0);
        const unit = history.commit({ atMs: 0, client: 0, command, commands: 1 })!;
        await engine.increment(name);
        history.observe(unit.index, 0);
        acknowledge(boundsNow(history, new LogTimes(), promises, 'power', 0));
      }
    },
    async recover({ disk }: Host) {
      const engine = new Engine(await Engine.open(disk));
      await engine.load(await readAll(disk, '/log'));
      const records = [...engine.values].map(
        ([name, value]) =>
          [name, { type: 'string', value: String(value), expireAtMs: NO_EXPIRY_MS }] as const,
      );
      return [new Map(records)];
    },
    check(found, acknowledged) {
      const bounds = acknowledged.at(-1) ?? atOnce;
      // The unit after the last one that was answered may be there as well.
      const verdict = checkPrefix(history, found, 0, {
        ...bounds,
        upper: Math.min(acknowledged.length + 1, history.executed),
      });
      if (verdict.ok) return undefined;
      const { difference } = verdict;
      const what =
        verdict.broken === 'prefix'
          ? 'it recovers a state that never was'
          : `it recovers S_${verdict.allK.join(', S_')}, and S_${bounds.lower} was promised (${bounds.because})`;
      return difference === undefined
        ? what
        : `${what}: ${difference.key} is ${difference.recovered}, expected ${difference.expected}`;
    },
  });
}

export const engines = { Counters, HastyCounters, SloppyCounters };

function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'latin1')) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function write(file: File, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    file.write(Buffer.from(text, 'latin1'), (error) => (error === undefined ? resolve() : reject(error)));
  });
}

function sync(file: File): Promise<void> {
  return new Promise((resolve, reject) => {
    file.sync((error) => (error === undefined ? resolve() : reject(error)));
  });
}

async function readAll(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, { read: true });
  const bytes = new Uint8Array((await disk.stat(path)).sizeBytes);
  const count = await file.read(bytes, 0);
  return Buffer.from(bytes.subarray(0, count)).toString('latin1');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, engine] of Object.entries(engines)) {
    const { states, distinct, complete, failures } = await tryCounters(engine);
    console.log(
      `${name}: ${states} crash states${complete ? ', all there are' : ''}, ${distinct} distinct: ${failures.length} problems`,
    );
    for (const { problem, kind } of failures.slice(0, 3))
      console.log(`  ${kind === 'power' ? 'the power fails' : 'it is killed'}: ${problem}`);
  }
}
