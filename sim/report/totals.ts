import type { Summary } from './reporter.ts';
import { duration, thousands } from './words.ts';

/** What a sweep came to, as names and values for people: the rows of a page. */
export function totalsOf(summary: Summary): readonly (readonly [name: string, value: string])[] {
  return [
    ['time', duration(summary.wallMs)],
    ['virtual time', duration(summary.simMs)],
    [
      'crashes',
      `${thousands(summary.crashes)}, ${thousands(summary.crashesWithUnsyncedData)} with unsynced data`,
    ],
    [
      'crash states',
      `${thousands(summary.crashStates)} judged, ${thousands(summary.distinctCrashStates)} distinct`,
    ],
    ['commands', thousands(summary.commands)],
    ['events', thousands(summary.events)],
  ];
}
