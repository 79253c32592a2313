import type { Step } from '../../../../sim/scenario/schema.ts';

/** CONFIG SET of what the log is to do, and WATCH: drawn on top of the commands that a scenario has. */
export function isOnTop(step: Step): boolean {
  if (step.kind === 'command') return step.command[0] === 'WATCH';
  return step.kind === 'admin' && /^append(only|fsync)$/.test(step.command[2] ?? '');
}
