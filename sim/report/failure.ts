/** A failed run, explained: the broken property, the bounds, the first difference, what was pending, and how to see it again. */
import { propertyNames } from '../oracle/violation.ts';
import type { Violation } from '../oracle/violation.ts';
import { isDiverged } from './reporter.ts';
import type { SeedReport } from './reporter.ts';
import type { Colours } from './colours.ts';
import type { TraceEvent } from '../world/index.ts';
import { clockTime, thousands } from './words.ts';

const ROWS = 12;

export function explainFailure(report: SeedReport, pinned: string, colours: Colours): string {
  const { result } = report;
  const lines = [
    colours.bad(`seed ${result.seed} FAILED`) +
      ` (${result.persistence}, appendfsync ${result.appendfsync}, ${result.profile})`,
  ];
  if (result.fault !== undefined)
    lines.push(`  a fault of the simulator itself: ${result.fault.replaceAll('\n', '\n  ')}`);
  for (const violation of result.violations.slice(0, 3))
    lines.push(...explain(violation, result.startWallMs, colours));
  if (result.violations.length > 3) lines.push(`  and ${result.violations.length - 3} more`);
  if (isDiverged(report)) {
    lines.push(`  ${colours.bad('NONDETERMINISM')} the traces of two runs differ`);
    lines.push(...describeDivergence(report).map((line) => `     ${line}`));
  }
  if (report.file !== undefined) lines.push(`  scenario: ${report.file}`);
  lines.push(`  to see it again: ${colours.strong(replayCommand(report, pinned))}`);
  if (report.file !== undefined && !report.file.endsWith('.shrunk.json'))
    lines.push(
      `  to make it small: ${colours.strong(`npm run sim -- shrink ${report.file}${plantedOf(pinned)}`)}`,
    );
  return lines.join('\n');
}

/** What shows it once more, as it is typed. */
export function replayCommand({ result, file }: SeedReport, pinned: string): string {
  return file === undefined
    ? `npm run sim -- --seed ${result.seed}${pinned}`
    : `npm run sim -- replay ${file}${plantedOf(pinned)}`;
}

function plantedOf(pinned: string): string {
  return / --mutant \S+/.exec(pinned)?.[0] ?? '';
}

/** Both traces, the last event that two runs share, and the first that is another. */
export function describeDivergence({ result, second }: SeedReport): readonly string[] {
  const traces = `${result.trace} and ${second?.trace}`;
  if (second?.divergence === undefined) return [traces];
  const { index, before, first, second: other } = second.divergence;
  const words = (event: TraceEvent | undefined): string =>
    event === undefined ? 'nothing more' : `${clockTime(result.startWallMs + event.atMs)}  ${event.what}`;
  const alike = words(first) === words(other) ? ', in bytes that are not shown' : '';
  return [
    `${traces}; event ${thousands(index + 1)} is the first that differs${alike}`,
    ...(before === undefined ? [] : [`  both, before:  ${words(before)}`]),
    `  first run:     ${words(first)}`,
    `  second run:    ${words(other)}`,
  ];
}

function explain(violation: Violation, startWallMs: number, colours: Colours): string[] {
  const { property, bounds, difference, pending } = violation;
  const lines = [
    `  ${colours.bad(property)} ${propertyNames[property]}`,
    `     at ${clockTime(startWallMs + violation.simMs)}, ${violation.where ?? `life ${violation.generation}`}: ${violation.message}`,
  ];
  if (bounds !== undefined) {
    const k =
      violation.allK === undefined || violation.allK.length === 0 ? 'none' : violation.allK.join(', ');
    lines.push(`     L = ${bounds.lower}, U = ${bounds.upper}, K = ${k}`);
  }
  if (difference !== undefined) {
    lines.push(
      `     first key that differs: ${JSON.stringify(difference.key)} in database ${difference.database}`,
    );
    lines.push(`       expected:  ${difference.expected}`, `       recovered: ${difference.recovered}`);
  }
  if (pending !== undefined && pending.length > 0) {
    lines.push('     pending at the crash:');
    for (const { operation, fate } of pending.slice(0, ROWS))
      lines.push(`       ${fate.padEnd(7)} ${operation}`);
    if (pending.length > ROWS) lines.push(`       and ${pending.length - ROWS} more`);
  }
  return lines;
}
