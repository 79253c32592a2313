/** All measurements, in the order of the report. */
import type { Measurement } from './bench.ts';
import { measureAnnotations } from './measure/annotations.ts';
import { measureBigList } from './measure/big-list.ts';
import { measureChild } from './measure/child.ts';
import { measureDisk } from './measure/disk.ts';
import { measureExplore } from './measure/explore.ts';
import { measureFork } from './measure/fork.ts';
import { measureGrowth } from './measure/growth.ts';
import { measureAofLoad, measureRdbLoad } from './measure/load.ts';
import { measureMemory } from './measure/memory.ts';
import { measureSave } from './measure/save.ts';
import { measureSimulator } from './measure/simulator.ts';
import { measureThroughput } from './measure/throughput.ts';

export const measurements: readonly Measurement[] = [
  { name: 'throughput', run: measureThroughput },
  { name: 'annotations', run: measureAnnotations },
  { name: 'save', run: measureSave },
  { name: 'rdb-load', run: measureRdbLoad },
  { name: 'aof-load', run: measureAofLoad },
  { name: 'fork', run: measureFork },
  { name: 'growth', run: measureGrowth },
  { name: 'child', run: measureChild },
  { name: 'memory', run: measureMemory },
  { name: 'big-list', run: measureBigList },
  { name: 'disk', run: measureDisk },
  { name: 'simulator', run: measureSimulator },
  { name: 'explore', run: measureExplore },
];
