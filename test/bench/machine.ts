/** Where and of what the figures are: without that they say nothing. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
  readonly commit: string;
  /** Runnable processes before the bench began: what others did on this machine. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  const dirty = output('git', ['status', '--porcelain', '--', 'src', 'sim']) === '' ? '' : ' with changes';
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `Linux ${release()}`,
    node: process.version,
    redis: /v=(\S+)/.exec(output('redis-server', ['--version']))?.[1] ?? 'none',
    commit: output('git', ['rev-parse', '--short=10', 'HEAD']) + dirty,
    loadBefore: loadavg()[0]!,
  };
}

export function describeInOneLine(machine: Machine): string {
  const { date, processor, cores, memoryGib, system, node, redis, commit, loadBefore } = machine;
  return `${date} UTC, commit ${commit}, Node ${node}, Redis ${redis}, ${cores} cores ${processor}, ${memoryGib} GiB, ${system}, load before ${loadBefore.toFixed(1)}`;
}

/** What a program prints; empty where it fails. */
function output(program: string, words: string[]): string {
  try {
    return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
