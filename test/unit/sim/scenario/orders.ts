import type { Step } from '../../../../sim/scenario/schema.ts';

/** CONFIG SET of what the log is to do: drawn on top of the commands that a scenario has. */
export function isAskedOfTheLog(step: Step): boolean {
  return step.kind === 'admin' && /^append(only|fsync)$/.test(step.command[2] ?? '');
}
