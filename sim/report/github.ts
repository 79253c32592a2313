/** GitHub's workflows: an annotation for each failure, and a page for the summary of the step. */
import { propertyNames } from '../oracle/violation.ts';
import { colours } from './colours.ts';
import { explainFailure } from './failure.ts';
import { isDiverged } from './reporter.ts';
import type { Plan, Reporter, SeedReport, Summary, Write } from './reporter.ts';
import { totalsOf } from './totals.ts';
import { count, thousands } from './words.ts';

/** GitHub shows ten annotations of a kind in a step, and the rest nowhere. */
const MOST_ANNOTATIONS = 9;
const MOST_EXPLAINED = 20;

export interface GithubOptions {
  /** The log of the step, which the runner reads commands from. */
  readonly write: Write;
  /** The step's summary, in Markdown; undefined outside of a workflow. */
  readonly writeSummary: Write | undefined;
}

export function githubReporter({ write, writeSummary }: GithubOptions): Reporter {
  const plain = colours(false);
  const explained: string[] = [];
  let failures = 0;
  let plan: Plan = { seeds: undefined, single: false, pinned: '' };
  const annotate = (title: string, text: string): void =>
    write(`::error title=${escapeProperty(title)}::${escapeData(text)}\n`);
  return {
    begin: (given) => {
      plan = given;
    },
    seed: (report) => {
      if (report.result.verdict === 'pass' && !isDiverged(report)) return;
      failures++;
      const text = explainFailure(report, plan.pinned, plain);
      if (failures <= MOST_ANNOTATIONS) annotate(titleOf(report), text);
      if (failures <= MOST_EXPLAINED) explained.push(text);
    },
    end: (summary) => {
      if (failures > MOST_ANNOTATIONS)
        annotate('sim', `and ${count(failures - MOST_ANNOTATIONS, 'more failed seed')}`);
      if (summary.coverageCounts && summary.missed.length > 0)
        annotate('COVERAGE', `situations never met: ${summary.missed.join(', ')}`);
      writeSummary?.(pageOf(summary, explained, failures));
    },
  };
}

function titleOf(report: SeedReport): string {
  const { result } = report;
  const [first] = result.violations;
  if (result.fault !== undefined) return `seed ${result.seed}: a fault of the simulator`;
  if (first === undefined) return `seed ${result.seed}: nondeterminism`;
  return `seed ${result.seed}: ${first.property} ${propertyNames[first.property]}`;
}

function pageOf(summary: Summary, explained: readonly string[], failures: number): string {
  const { seeds, missed } = summary;
  const verdict =
    failures === 0
      ? `${count(seeds, 'seed')} passed`
      : `${thousands(failures)} of ${count(seeds, 'seed')} failed`;
  const met = missed.length === 0 ? 'none' : missed.join(', ');
  const rows = [...totalsOf(summary), ['situations never met', met] as const];
  const more = failures > explained.length ? [`and ${thousands(failures - explained.length)} more`, ''] : [];
  return [
    `### sim: ${verdict}${summary.interrupted ? ', interrupted' : ''}`,
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    ...explained.flatMap((text) => [...fenced(text), '']),
    ...more,
    '',
  ].join('\n');
}

/** A block of code behind a fence that is longer than any in the text. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, text, fence];
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
