/** The reporters that --reporter names, and where each writes. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { githubReporter } from '../report/github.ts';
import { htmlReporter } from '../report/html.ts';
import { jsonReporter } from '../report/json.ts';
import { junitReporter } from '../report/junit.ts';
import { lineReporter } from '../report/line.ts';
import { progressReporter } from '../report/progress.ts';
import type { Provenance, Reporter, Write } from '../report/reporter.ts';
import { UsageError } from './exit-status.ts';

export const reporterNames = ['line', 'json', 'junit', 'github', 'html'] as const;
export type ReporterName = (typeof reporterNames)[number];

/** What reporters of files write, below --output. */
const fileNames: Readonly<Partial<Record<ReporterName, string>>> = {
  junit: 'junit.xml',
  html: 'report.html',
};

export interface ReporterOptions {
  readonly reporters: readonly ReporterName[];
  readonly quiet: boolean;
  readonly output: string | undefined;
}

/** @throws UsageError where a file has nowhere to go */
export function checkOutput({ reporters, output }: Omit<ReporterOptions, 'quiet'>): void {
  const homeless = reporters.find((name) => output === undefined && fileNames[name] !== undefined);
  if (homeless !== undefined)
    throw new UsageError(
      `--reporter ${homeless}: got no --output, expected --output DIR to write ${fileNames[homeless]} to`,
    );
}

/** Makes them. JSON has standard output for itself: with it, what people read goes to standard error. */
export function makeReporters(options: ReporterOptions, provenance: () => Provenance): Reporter[] {
  const { stdout, stderr, env } = process;
  const names = new Set(options.reporters);
  const prose = names.has('json') ? stderr : stdout;
  const writeProse: Write = (text) => void prose.write(text);
  const fileWriter =
    (name: ReporterName): Write =>
    (text) => {
      mkdirSync(options.output!, { recursive: true });
      writeFileSync(join(options.output!, fileNames[name]!), text);
    };
  const makers: Readonly<Record<ReporterName, () => Reporter>> = {
    line: () =>
      lineReporter({
        write: writeProse,
        colour: prose.isTTY && env['NO_COLOR'] === undefined,
        quiet: options.quiet,
      }),
    json: () => jsonReporter((text) => stdout.write(text), provenance()),
    junit: () => junitReporter(fileWriter('junit')),
    github: () =>
      githubReporter({ write: writeProse, writeSummary: stepSummary(env['GITHUB_STEP_SUMMARY']) }),
    html: () => htmlReporter(fileWriter('html')),
  };
  const reporters = [...names].map((name) => makers[name]());
  if (stderr.isTTY && !options.quiet)
    reporters.unshift(
      progressReporter(
        (text) => stderr.write(text),
        () => performance.now(),
      ),
    );
  return reporters;
}

function stepSummary(path: string | undefined): Write | undefined {
  return path === undefined || path === '' ? undefined : (text) => appendFileSync(path, text);
}
