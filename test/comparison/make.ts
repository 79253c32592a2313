/** The makes of servers that are compared. */
import { execFileSync } from 'node:child_process';
import { bundleServer } from '../e2e/support/server-process.ts';

export interface Make {
  readonly name: 'Redis' | 'lightsout';
  readonly command: readonly string[];
}

export const redis: Make = { name: 'Redis', command: ['redis-server'] };

/** Ours, bundled from the sources into `directory`. */
export function lightsoutIn(directory: string): Make {
  return { name: 'lightsout', command: bundleServer(directory) };
}

/** '7.0.15' */
export function redisVersion(): string {
  const text = execFileSync('redis-server', ['--version'], { encoding: 'utf8' });
  return /v=(\S+)/.exec(text)?.[1] ?? 'unknown';
}
