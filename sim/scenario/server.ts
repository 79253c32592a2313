/**
 * One life of the engine inside a world: from the start of its process to the end of it.
 *
 * Starting it is the recovery. What comes of it is one of: it serves, it refuses (an error for people, a violation under
 * an honest profile), or it was still at it when the lights went out.
 */
import type { Host } from '../../src/ports/process.ts';
import type { ManifestPlace } from '../oracle/manifest-resolves.ts';
import type { SimProcess, World } from '../world/index.ts';
import type { EngineModule, OpenedEngine, Settings } from './engine-module.ts';
import { sharedLua } from './lua.ts';
import { watchHost } from './observer.ts';
import type { Watcher } from './observer.ts';
import { logOf } from './schema.ts';
import type { Scenario } from './schema.ts';

/** The directory of all persistence files. */
export const DATA_DIRECTORY = '/data';

export const manifestPlace: ManifestPlace = {
  directory: DATA_DIRECTORY,
  logDirectory: 'appendonlydir',
  manifest: 'appendonly.aof.manifest',
};

export class Server {
  readonly process: SimProcess;
  engine: OpenedEngine | undefined;
  /** Why it does not serve, when it refused. */
  refusal: string | undefined;
  /** What it said, newest last. */
  readonly log: string[] = [];

  /** Settles when it serves or has refused; never when it dies before. */
  readonly settled: Promise<void>;

  constructor(world: World, module: EngineModule, scenario: Scenario, watcher: Watcher | undefined) {
    let settle: () => void = () => {};
    this.settled = new Promise((resolve) => {
      settle = resolve;
    });
    this.process = world.machine.spawn(async (host) => {
      try {
        const seen = watcher === undefined ? host : watchHost(host, watcher);
        const engine = await this.#open(module, scenario, seen);
        this.engine = engine;
        if (scenario.faults?.memory !== undefined)
          this.process.residentBytes = () => engine.keyspace?.memory().usedBytes ?? 0;
      } catch (error) {
        this.refusal = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        settle();
        return 1;
      }
      settle();
      return new Promise<number>(() => {});
    }, 'engine');
  }

  get alive(): boolean {
    return this.process.alive;
  }

  get wallMs(): number {
    return this.process.host.clock.wallMs();
  }

  #open(module: EngineModule, scenario: Scenario, host: Host): Promise<OpenedEngine> {
    return module.openEngine(host, settingsOf(module, scenario), {
      tuning: scenario.tuning,
      scripts: sharedLua,
      log: (level: string, text: string) => this.log.push(`${level}: ${text}`),
    });
  }
}

/** The engine's settings in a scenario. */
export function settingsOf(module: EngineModule, scenario: Scenario): Settings {
  const { appendonly, preamble } = logOf(scenario.persistence);
  const {
    save,
    autoAofRewritePercentage,
    autoAofRewriteMinSizeBytes,
    rdbcompression,
    activeExpire,
    hz,
    databases,
    aofChecksum,
    recover,
  } = scenario.settings;
  return {
    ...module.defaultSettings(),
    dir: DATA_DIRECTORY,
    save,
    rdbcompression,
    appendonly,
    appendfsync: scenario.appendfsync,
    autoAofRewritePercentage,
    autoAofRewriteMinSizeBytes,
    aofUseRdbPreamble: preamble,
    aofChecksum,
    databases,
    hz,
    activeExpire,
    ...(recover === undefined ? {} : { recover }),
  };
}
