/**
 * JUnit's XML, as build servers read it. A sweep has too many seeds for a test case each: those that passed are one case
 * for each configuration that was drawn, every failure is a case of its own, and COVERAGE is one.
 */
import { colours } from './colours.ts';
import { explainFailure } from './failure.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { isDiverged } from './reporter.ts';
import type { Plan, Reporter, SeedReport, Summary, Write } from './reporter.ts';
import { count } from './words.ts';

/** More failures than these are only counted. */
const MOST_FAILURES = 1000;

interface Group {
  readonly profile: string;
  readonly configuration: string;
  seeds: number;
  wallMs: number;
}

export function junitReporter(write: Write): Reporter {
  const plain = colours(false);
  const groups = new Map<string, Group>();
  const failures: { readonly report: SeedReport; readonly text: string }[] = [];
  let plan: Plan = { seeds: undefined, single: false, pinned: '' };
  return {
    begin: (given) => {
      plan = given;
    },
    seed: (report) => {
      const { result, wallMs } = report;
      if (result.verdict === 'fail' || isDiverged(report)) {
        if (failures.length < MOST_FAILURES)
          failures.push({ report, text: explainFailure(report, plan.pinned, plain) });
        return;
      }
      const configuration = `${result.persistence}, appendfsync ${result.appendfsync}`;
      const key = `${result.profile}/${configuration}`;
      const group = groups.get(key) ?? { profile: result.profile, configuration, seeds: 0, wallMs: 0 };
      group.seeds++;
      group.wallMs += wallMs;
      groups.set(key, group);
    },
    end: (summary) => {
      const passed = [...groups]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(
          ([, { profile, configuration, seeds, wallMs }]) =>
            markup`  <testcase classname="${profile}" name="${configuration}: ${count(seeds, 'seed')}" time="${seconds(wallMs)}"/>\n`,
        );
      const failed = failures.map(({ report, text }) => failedCase(report, text));
      const cases = [...passed, ...failed, coverageCase(summary)];
      const errors = failures.filter(({ report }) => isError(report)).length;
      const broken = failures.length - errors + (isUncovered(summary) ? 1 : 0);
      write(
        `<?xml version="1.0" encoding="UTF-8"?>\n${
          markup`<testsuites>\n<testsuite name="sim" tests="${cases.length}" failures="${broken}" errors="${errors}" skipped="${summary.coverageCounts ? 0 : 1}" time="${seconds(summary.wallMs)}">\n${cases}</testsuite>\n</testsuites>\n`
            .text
        }`,
      );
    },
  };
}

/** A fault of the simulator and nondeterminism are errors; a broken law is a failure. */
function isError(report: SeedReport): boolean {
  return report.result.fault !== undefined || isDiverged(report);
}

function failedCase(report: SeedReport, text: string): Markup {
  const { result, wallMs } = report;
  const head = markup`  <testcase classname="${result.profile}" name="seed ${result.seed}" time="${seconds(wallMs)}">\n`;
  if (isError(report)) {
    const message = result.fault === undefined ? 'nondeterminism' : 'a fault of the simulator itself';
    return markup`${head}    <error message="${message}">${text}</error>\n  </testcase>\n`;
  }
  const [first] = result.violations;
  return markup`${head}    <failure type="${first?.property ?? ''}" message="${first?.message ?? ''}">${text}</failure>\n  </testcase>\n`;
}

function isUncovered(summary: Summary): boolean {
  return summary.coverageCounts && summary.missed.length > 0;
}

function coverageCase(summary: Summary): Markup {
  const missed = `never met: ${summary.missed.join(', ')}`;
  if (!summary.coverageCounts)
    return markup`  <testcase classname="sweep" name="COVERAGE"><skipped message="too few seeds, or seeds that were chosen"/></testcase>\n`;
  if (summary.missed.length === 0) return markup`  <testcase classname="sweep" name="COVERAGE"/>\n`;
  return markup`  <testcase classname="sweep" name="COVERAGE"><failure type="COVERAGE" message="${missed}"/></testcase>\n`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
