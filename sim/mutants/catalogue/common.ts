/** Words that many mutants share. */
import type { MutantNeeds } from '../mutant.ts';

/** Profiles that lose power, strictest first. */
export const strict: readonly string[] = ['posix-strict'];
/** Power loss or kills alone: the bug shows under either. */
export const any: readonly string[] = ['posix-strict', 'proc-kill'];
/** Kills alone. */
export const kills: readonly string[] = ['proc-kill'];

/** Any scenario with a log. */
export const log: MutantNeeds = { persistences: ['aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'] };
export const logAlways: MutantNeeds = { ...log, appendfsyncs: ['always'] };
export const logEverysec: MutantNeeds = { ...log, appendfsyncs: ['everysec'] };
/** Scenarios whose recovery reads dump.rdb. */
export const dump: MutantNeeds = { persistences: ['rdb'] };
/** A log that syntax alone must protect. */
export const plainLog: MutantNeeds = { ...log, aofChecksum: false };
