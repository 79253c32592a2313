/** The three ports on a real machine. */
import type { Host } from '../ports/process.ts';
import { NodeClock } from './clock.ts';
import { NodeDisk } from './disk.ts';
import { NodeProcess } from './process.ts';
import type { NodeProcessOptions } from './process.ts';

export type NodeHostOptions = NodeProcessOptions;

/** Makes the host of a real process. One a process: it holds its signals and the worker that waits for a fork. */
export function nodeHost(options: NodeHostOptions): Host {
  return { clock: new NodeClock(), disk: new NodeDisk(), process: new NodeProcess(options) };
}
