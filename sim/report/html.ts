/**
 * One page that needs nothing beside itself, no script either: what failed, with bounds and pending operations, what the
 * sweep met and never met, and how much room there was between what must and what may survive.
 */
import { propertyNames } from '../oracle/violation.ts';
import type { Violation } from '../oracle/violation.ts';
import { rangeWords } from './histogram.ts';
import type { Bucket } from './histogram.ts';
import { describeDivergence, replayCommand } from './failure.ts';
import { style } from './html-style.ts';
import { markup, Markup } from './markup.ts';
import { isDiverged } from './reporter.ts';
import type { Plan, Reporter, SeedReport, Summary, Write } from './reporter.ts';
import { totalsOf } from './totals.ts';
import { clockTime, count, thousands } from './words.ts';

/** More failures than these are only counted. */
const MOST_FAILURES = 200;

export function htmlReporter(write: Write): Reporter {
  const failed: SeedReport[] = [];
  let failures = 0;
  let plan: Plan = { seeds: undefined, single: false, pinned: '' };
  return {
    begin: (given) => {
      plan = given;
    },
    seed: (report) => {
      if (report.result.verdict === 'pass' && !isDiverged(report)) return;
      failures++;
      if (failed.length < MOST_FAILURES) failed.push(report);
    },
    end: (summary) => write(pageOf(summary, failed, failures, plan).text),
  };
}

function pageOf(summary: Summary, failed: readonly SeedReport[], failures: number, plan: Plan): Markup {
  const seeds = count(summary.seeds, 'seed');
  const verdict = failures === 0 ? `${seeds} passed` : `${thousands(failures)} of ${seeds} failed`;
  const uncovered = summary.coverageCounts && summary.missed.length > 0;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>sim: ${verdict}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<h1 class="${failures === 0 && !uncovered ? 'good' : 'bad'}">${verdict}${summary.interrupted ? ', interrupted' : ''}</h1>
${pinnedLine(plan)}${totals(summary)}
${failed.map((report) => failure(report, plan))}${failures > failed.length ? markup`<p>and ${thousands(failures - failed.length)} more</p>\n` : ''}<h2>Room between what must and what may survive</h2>
${histogram('U − L, at every judged crash state', summary.histograms.room)}
${histogram('k − L: what did survive beyond what had to', summary.histograms.kept)}
<h2>Situations</h2>
${situations(summary)}
</body>
</html>
`;
}

function pinnedLine({ pinned }: Plan): Markup | '' {
  return pinned === '' ? '' : markup`<p>pinned: <code>${pinned.trim()}</code></p>\n`;
}

function totals(summary: Summary): Markup {
  return markup`<table>${totalsOf(summary).map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>`;
}

function failure(report: SeedReport, plan: Plan): Markup {
  const { result } = report;
  const fault =
    result.fault === undefined
      ? ''
      : markup`<p>A fault of the simulator itself:</p><pre>${result.fault}</pre>`;
  const divergence = isDiverged(report)
    ? markup`<p class="bad">Nondeterminism: the traces of two runs differ.</p><pre>${describeDivergence(report).join('\n')}</pre>`
    : '';
  return markup`<section>
<h2>seed ${result.seed}</h2>
<p>${result.persistence}, appendfsync ${result.appendfsync}, ${result.profile}; trace <code>${result.trace}</code></p>
${fault}${divergence}${result.violations.map((violation) => violated(violation, result.startWallMs))}<p>To see it again: <code>${replayCommand(report, plan.pinned)}</code></p>
</section>
`;
}

function violated(violation: Violation, startWallMs: number): Markup {
  const { property, message, bounds, allK, difference, pending = [], where, generation } = violation;
  const k = allK === undefined || allK.length === 0 ? 'none' : allK.join(', ');
  return markup`<h3>${property} ${propertyNames[property]}</h3>
<p>${clockTime(startWallMs + violation.simMs)}, ${where ?? `life ${generation}`}: ${message}</p>
${bounds === undefined ? '' : markup`<p>L = ${bounds.lower}, U = ${bounds.upper}, K = ${k}</p>\n`}${
    difference === undefined
      ? ''
      : markup`<table><caption>first key that differs: <code>${JSON.stringify(difference.key)}</code> in database ${difference.database}</caption><tr><th scope="row">expected</th><td><code>${difference.expected}</code></td></tr><tr><th scope="row">recovered</th><td><code>${difference.recovered}</code></td></tr></table>\n`
  }${
    pending.length === 0
      ? ''
      : markup`<details open="open"><summary>${count(pending.length, 'operation')} pending at the crash</summary><table><tr><th>fate</th><th>operation</th></tr>${pending.map(({ fate, operation }) => markup`<tr><td>${fate}</td><td><code>${operation}</code></td></tr>`)}</table></details>\n`
  }`;
}

function histogram(title: string, buckets: readonly Bucket[]): Markup {
  const total = buckets.reduce((sum, { times }) => sum + times, 0);
  const most = Math.max(1, ...buckets.map(({ times }) => times));
  const row = ({ from, times }: Bucket): Markup =>
    markup`<tr><th scope="row">${rangeWords(from)}</th><td>${thousands(times)}</td><td class="bar"><span style="width:${((times * 100) / most).toFixed(1)}%"></span></td></tr>`;
  return markup`<table class="histogram"><caption>${title} (${thousands(total)})</caption>${buckets.map(row)}</table>`;
}

function situations({ situations: counts, missed, coverageCounts }: Summary): Markup {
  const rows = Object.entries(counts).map(
    ([name, times]) =>
      markup`<tr${new Markup(times === 0 ? ' class="missed"' : '')}><th scope="row">${name}</th><td>${thousands(times)}</td></tr>`,
  );
  const verdict = missed.length === 0 ? 'Every one was met.' : `Never met: ${missed.join(', ')}.`;
  return markup`<p class="${missed.length > 0 && coverageCounts ? 'bad' : ''}">${coverageCounts ? 'COVERAGE: ' : ''}${verdict}</p>
<table>${rows}</table>`;
}
