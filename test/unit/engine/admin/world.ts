/** An engine in a simulated world, and clients that talk to it as over a network: what tests of commands need. */
import { childMains, defaultSettings, openEngine } from '../../../../src/index.ts';
import type { Engine, EngineOptions, Settings } from '../../../../src/index.ts';
import { type Reply, ReplyParser } from '../../../../src/resp/index.ts';
import { SimDisk } from '../../../../sim/disk/index.ts';
import { type SimProcess, type World, createWorld } from '../../../../sim/world/index.ts';

export class TestWorld {
  readonly world: World;
  readonly engine: Engine;
  readonly process: SimProcess;

  private constructor(world: World, process: SimProcess, engine: Engine) {
    this.world = world;
    this.process = process;
    this.engine = engine;
  }

  /** Opens an engine on `disk`, which by default holds an empty directory. */
  static async open(
    settings: Partial<Settings> = {},
    disk = emptyDisk(),
    options: EngineOptions = {},
  ): Promise<TestWorld> {
    const world = createWorld({ seed: 'admin', disk, childMains });
    let engine: Engine | undefined;
    let failure: unknown;
    const process = world.machine.spawn(async (host) => {
      try {
        engine = await openEngine(
          host,
          {
            ...defaultSettings(),
            dir: '/data',
            save: [],
            enableDebugCommand: true,
            ...settings,
          },
          options,
        );
      } catch (error) {
        failure = error;
        return 1;
      }
      return new Promise<number>(() => undefined);
    });
    await world.run({ until: () => engine !== undefined || failure !== undefined });
    if (engine === undefined) throw failure;
    return new TestWorld(world, process, engine);
  }

  /** @param address as CLIENT LIST shows it */
  connect(address = '127.0.0.1:1'): TestClient {
    return new TestClient(this, address);
  }

  /** Lets virtual time pass. */
  async pass(ms: number): Promise<void> {
    await this.world.run({ untilMs: this.world.scheduler.nowMs + ms });
  }

  /** The text of one field of INFO. */
  async info(field: string): Promise<string | undefined> {
    const text = String(await this.connect().call('INFO'));
    return new RegExp(`^${field}:(.*)\r$`, 'm').exec(text)?.[1];
  }
}

export class TestClient {
  isClosed = false;
  /** What has come and was not asked for by `call`. */
  readonly replies: Plain[] = [];
  readonly #world: TestWorld;
  readonly #parser = new ReplyParser();
  readonly #session;

  constructor(world: TestWorld, address: string) {
    this.#world = world;
    const transport = {
      send: (bytes: Uint8Array) => {
        this.#parser.push(bytes);
        this.replies.push(...this.#parser.all().map(plain));
      },
      close: () => {
        this.isClosed = true;
      },
    };
    let session: ReturnType<Engine['connect']> | undefined;
    world.process.enter(() => {
      session = world.engine.connect(transport, address);
    });
    this.#session = session!;
  }

  /** Sends commands in one piece and does not wait. */
  send(...commands: readonly (readonly (string | number)[])[]): void {
    const bytes = Buffer.concat(commands.map((words) => Buffer.from(encode(words), 'latin1')));
    this.#world.process.enter(() => this.#session.feed(bytes));
  }

  /** Bytes as they are. */
  feed(bytes: string): void {
    this.#world.process.enter(() => this.#session.feed(Buffer.from(bytes, 'latin1')));
  }

  /** Sends one command and gives its reply. */
  async call(...words: readonly (string | number)[]): Promise<Plain> {
    this.send(words);
    await this.#world.world.run({
      until: () => this.replies.length > 0,
      untilMs: this.#world.world.scheduler.nowMs + 60_000,
    });
    if (this.replies.length !== 1) throw new Error(`${words.join(' ')}: ${this.replies.length} replies`);
    return this.replies.pop()!;
  }
}

/** Errors begin with '-', nil is null, maps and sets are arrays. */
export type Plain = string | number | null | Plain[];

function plain(reply: Reply): Plain {
  switch (reply.type) {
    case 'nil':
      return null;
    case 'error':
      return `-${reply.text}`;
    case 'simple':
    case 'bignumber':
      return reply.text;
    case 'integer':
    case 'double':
      return Number(reply.value);
    case 'boolean':
      return reply.value ? 1 : 0;
    case 'bulk':
    case 'verbatim':
      return Buffer.from(reply.bytes).toString('latin1');
    case 'map':
      return reply.entries.flatMap(([key, value]) => [plain(key), plain(value)]);
    default:
      return reply.items.map(plain);
  }
}

function encode(words: readonly (string | number)[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${String(word).length}\r\n${word}\r\n`).join('')}`;
}

function emptyDisk(): SimDisk {
  const disk = new SimDisk();
  disk.mkdir('/data');
  return disk;
}
