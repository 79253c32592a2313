/** The latency models that a scenario can name: how fast the disk is, and how it misbehaves without failing. */
import type { FaultPlan, LatencyOptions } from '../disk/index.ts';

export interface LatencyModel {
  readonly about: string;
  readonly latency: LatencyOptions;
  readonly faults?: FaultPlan;
  readonly timerLateness: number;
}

export const latencyModels: ReadonlyMap<string, LatencyModel> = new Map([
  ['usual', { about: 'a sync takes 0.1 to 20 ms', latency: {}, timerLateness: 1 }],
  [
    'passing',
    {
      about: 'as usual, and writes do not wait for a sync of their file',
      latency: { writesPassSyncs: true },
      timerLateness: 1,
    },
  ],
  ['fast', { about: 'ten times as fast', latency: { scale: 0.1 }, timerLateness: 0 }],
  [
    'slow',
    {
      about: 'syncs twenty times as slow',
      latency: { syncScale: 20, writesPassSyncs: true },
      timerLateness: 1,
    },
  ],
  [
    'explored',
    {
      about: 'as passing, and every operation stays in flight until it is over',
      latency: { writesPassSyncs: true, staysInFlight: true },
      timerLateness: 0,
    },
  ],
  [
    'explored-failing',
    {
      about: 'as explored, and writes are short and syncs fail where a recorded choice says so',
      latency: { writesPassSyncs: true, staysInFlight: true },
      faults: { shortWriteChance: 0, syncErrorChance: 0 },
      timerLateness: 0,
    },
  ],
  [
    'stuttering',
    {
      about: 'some syncs take three seconds, some writes are short, timers are late',
      latency: {},
      faults: { slowSyncChance: 0.04, slowSyncMs: 3000, shortWriteChance: 0.05 },
      timerLateness: 4,
    },
  ],
]);
