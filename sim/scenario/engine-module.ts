/**
 * The engine as the simulator sees it: a module with these exports. The default is src/index.ts itself; mutants and null
 * engines are other modules of the same shape.
 */
import type { ChildMain, Host } from '../../src/ports/process.ts';
import type { defaultSettings, openEngine, Settings, Tuning } from '../../src/index.ts';

export type { Settings, Tuning };

/** One client's connection inside the engine. */
export interface EngineSession {
  feed(bytes: Uint8Array): void;
  end(): void;
}

export interface OpenedEngine {
  connect(transport: { send(bytes: Uint8Array): void; close(): void }): EngineSession;
  /**
   * Why a write would be refused now. The oracle asks before each command, since the reply comes later than what it
   * depends on: an engine that says so here and then executes the command, or the other way round, answers wrongly.
   */
  writeRefusal?(): string | undefined;
  readonly isShuttingDown?: boolean;
  readonly keyspace?: { memory(): { readonly usedBytes: number } };
}

/** What a write would be answered now, if it would be refused. */
export function refusalOf(engine: OpenedEngine): string | undefined {
  return engine.isShuttingDown === true ? 'ERR The server is shutting down' : engine.writeRefusal?.();
}

/** The log takes nothing now: while that lasts, reads tell of what nobody has promised. So it is on the way to a shutdown, too. */
export function logIsStuck(engine: OpenedEngine): boolean {
  return engine.writeRefusal?.()?.startsWith('MISCONF Errors writing') === true;
}

export interface EngineModule {
  openEngine(
    host: Host,
    settings: Settings,
    options?: Parameters<typeof openEngine>[2],
  ): Promise<OpenedEngine>;
  readonly childMains: ReadonlyMap<string, ChildMain>;
  readonly defaultSettings: typeof defaultSettings;
  /** True where the log is kept in a form that is not Redis's: then nobody reads the files (P8, P9, P15). */
  readonly hasFormOfItsOwn?: boolean;
}
