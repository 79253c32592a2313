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
}

export interface EngineModule {
  openEngine(
    host: Host,
    settings: Settings,
    options?: Parameters<typeof openEngine>[2],
  ): Promise<OpenedEngine>;
  readonly childMains: ReadonlyMap<string, ChildMain>;
  readonly defaultSettings: typeof defaultSettings;
}
