/** For people: a story for a single seed, otherwise the failures as they come and a summary that says how hard it tried. */
import { colours } from './colours.ts';
import { explainFailure } from './failure.ts';
import { histogramWords } from './histogram.ts';
import { isDiverged } from './reporter.ts';
import type { Plan, Reporter, Summary, Write } from './reporter.ts';
import { tellStory } from './story.ts';
import { count, duration, thousands } from './words.ts';

export interface LineOptions {
  readonly write: Write;
  readonly colour: boolean;
  /** Only failures, and nothing when there are none. */
  readonly quiet: boolean;
}

export function lineReporter({ write, colour, quiet }: LineOptions): Reporter {
  const c = colours(colour);
  let plan: Plan = { seeds: undefined, single: false, pinned: '' };
  const line = (text: string): void => write(`${text}\n`);
  return {
    begin: (given) => {
      plan = given;
    },
    seed: (report) => {
      const { result } = report;
      const failed = result.verdict === 'fail' || isDiverged(report);
      if (plan.single && !quiet && result.fault === undefined) {
        line(
          `seed ${c.strong(result.seed)}: ${configurationWords(result.persistence, result.appendfsync)}, on a disk that is ${result.profile}`,
        );
        line(tellStory(result, c));
      }
      if (failed) line(explainFailure(report, plan.pinned, c));
      else if (plan.single && !quiet) {
        line(
          `${c.good('passed')} in ${duration(report.wallMs)}: ${count(result.crashes, 'crash', 'crashes')} (${result.crashesWithUnsyncedData} with unsynced data), ${count(result.crashStates, 'crash state')} recovered and judged, ${thousands(result.events)} events, ${duration(result.simMs)} of virtual time`,
        );
        line(c.dim(`trace ${result.trace}`));
      }
    },
    end: (summary) => {
      if (plan.single || (quiet && summary.failed === 0)) return;
      line(summaryWords(summary, plan, c));
    },
  };
}

function configurationWords(persistence: string, appendfsync: string): string {
  if (persistence === 'none') return 'no persistence';
  if (persistence === 'rdb') return 'snapshots only (rdb)';
  const kind = persistence.includes('hybrid')
    ? 'append-only file with RDB base (hybrid)'
    : 'append-only file (aof)';
  return `${kind}${persistence.startsWith('rdb+') ? ' and snapshots' : ''}, appendfsync ${appendfsync}`;
}

function summaryWords(summary: Summary, plan: Plan, c: ReturnType<typeof colours>): string {
  const { seeds, failed, wallMs } = summary;
  const perSecond = wallMs > 0 ? Math.round((seeds * 1000) / wallMs) : 0;
  const verdict =
    failed === 0
      ? c.good(`${count(seeds, 'seed')} passed`)
      : c.bad(`${thousands(failed)} of ${count(seeds, 'seed')} failed`);
  const lines = [
    `${verdict} in ${duration(wallMs)} (${perSecond} a second)${summary.interrupted ? ', interrupted' : ''}`,
    `  ${count(summary.crashes, 'crash', 'crashes')}, ${thousands(summary.crashesWithUnsyncedData)} with unsynced data; ${count(summary.crashStates, 'crash state')} judged, ${thousands(summary.distinctCrashStates)} distinct`,
    `  ${count(summary.commands, 'command')}, ${thousands(summary.events)} events, ${duration(summary.simMs)} of virtual time`,
    `  between what must and what may survive lay ${summary.slack.median} changes in the median; none in ${summary.slack.none} of ${summary.slack.judged}`,
    `    what might survive beyond that (U - L): ${histogramWords(summary.histograms.room)}`,
    `    what did (k - L): ${histogramWords(summary.histograms.kept)}`,
  ];
  if (summary.missed.length > 0) {
    const text = `situations never met: ${summary.missed.join(', ')}`;
    lines.push(summary.coverageCounts ? `  ${c.bad('COVERAGE')} ${text}` : `  ${c.dim(text)}`);
  }
  if (failed > 0)
    lines.push(`  a failed seed alone: ${c.strong(`npm run sim -- --seed SEED${plan.pinned}`)}`);
  return lines.join('\n');
}
