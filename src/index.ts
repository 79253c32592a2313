/**
 * lightsout: a Redis-compatible persistence engine over injected Clock, Disk and Process.
 *
 * The engine alone, without a machine to run on: `lightsout/node` brings the ports of a real one, `lightsout/sim` those of
 * a simulated one.
 */
import { Engine, type EngineOptions } from './engine/engine.ts';
import type { Settings } from './engine/config/settings.ts';
import type { Host } from './ports/process.ts';

export { type ConfigFault, configOptions, Configurator } from './engine/config/table.ts';
export type { ConfigOption } from './engine/config/option.ts';
export type { Engine, EngineOptions } from './engine/engine.ts';
export type { Log, LogLevel } from './engine/log.ts';
export { childMains } from './engine/saving/save-file.ts';
export type { Session, Transport } from './engine/clients/session.ts';
export {
  type AppendFsync,
  defaultSettings,
  type SavePoint,
  type Settings,
} from './engine/config/settings.ts';
export type { ShutdownHow } from './engine/shutdown.ts';
export { productionTuning, type Tuning } from './engine/config/tuning.ts';
export { type ErrorCode, isLightsoutError, LightsoutError } from './errors.ts';
export type { Clock, Timer } from './ports/clock.ts';
export type { Applied, Dir, Disk, DiskError, File, Lock, OpenFlags, Room, Stat } from './ports/disk.ts';
export type {
  Child,
  ChildMain,
  ExitStatus,
  ForkError,
  Frozen,
  Host,
  Json,
  Process,
  Signal,
} from './ports/process.ts';

/**
 * Takes the lock of `settings.dir`, recovers what is there and resolves to an engine that serves.
 *
 * @throws LightsoutError LOCKED where another process owns the directory; CORRUPT where a file is damaged, naming it and
 * the offset, with nothing on the disk changed; CONFIG; IO
 */
export function openEngine(host: Host, settings: Settings, options: EngineOptions = {}): Promise<Engine> {
  return Engine.open(host, settings, options);
}
