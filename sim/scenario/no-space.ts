/** What a full disk had no room for, as situations that a sweep must meet. */
import type { Situation } from './situations.ts';

/** True for the errors of a full disk and of a quota that is used up. */
export function isNoSpace(error: unknown): boolean {
  const { code } = error as { readonly code?: string };
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** The situation in which a write to that file found no room. */
export function noSpaceFor(path: string): Situation {
  if (path.endsWith('.incr.aof')) return 'no-space-for-the-log';
  if (path.endsWith('.manifest')) return 'no-space-for-the-manifest';
  return path.endsWith('.rdb') ? 'no-space-for-a-dump' : 'no-space-for-a-base';
}
