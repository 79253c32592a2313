/** What one generation's work is made of: shared by those who do it and those who judge it. */
import type { History } from '../oracle/history.ts';
import type { Property } from '../oracle/violation.ts';
import type { World } from '../world/index.ts';
import type { Adversity } from './adversity.ts';
import type { LogCadence } from './log-cadence.ts';
import type { LogSwitch } from './log-switch.ts';
import type { LogWatch } from './log-watch.ts';
import type { SaveWatch } from './save-watch.ts';
import type { Generation, Scenario } from './schema.ts';
import type { Server } from './server.ts';
import type { SituationCounter } from './situations.ts';

export interface ServiceOptions {
  readonly world: World;
  readonly server: Server;
  readonly history: History;
  readonly watch: LogWatch;
  readonly savePoints: SaveWatch;
  readonly cadence: LogCadence;
  readonly logSwitch: LogSwitch;
  readonly scenario: Scenario;
  readonly generation: Generation;
  readonly situations: SituationCounter;
  readonly adversity: Adversity;
  /** How long a unit may wait for its sync under everysec until writes are refused. */
  readonly mostUnsyncedMs: number;
  report(property: Property, message: string): void;
}
