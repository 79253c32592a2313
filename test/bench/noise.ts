/** What the machine itself did to a measurement of stalls. */
import { median } from './statistics.ts';

export function noiseNote(idleMs: readonly number[]): string {
  const worst = Math.max(...idleMs);
  return `an idle redis-server, asked in the same milliseconds: ${median(idleMs).toFixed(1)} ms, at worst ${worst.toFixed(1)} ms`;
}
