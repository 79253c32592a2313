/** The reporters for machines and for the browser: nothing that an engine says can leave its place in them. */
import { expect, test } from 'vitest';
import { githubReporter } from '../../../../sim/report/github.ts';
import { htmlReporter } from '../../../../sim/report/html.ts';
import { junitReporter } from '../../../../sim/report/junit.ts';
import type { Reporter, SeedReport, Write } from '../../../../sim/report/reporter.ts';
import { Totals } from '../../../../sim/report/summary.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';

const hostile = '</pre><script>alert("1")</script>\u0000\ud800&amp;%0A::error::\n```\n]]>';

const passed: SeedReport = {
  result: await runScenario(generateScenario(1, { commands: 12, generations: 1 })),
  wallMs: 12,
  second: undefined,
  file: undefined,
};

const failed: SeedReport = {
  ...passed,
  result: {
    ...passed.result,
    seed: '17',
    verdict: 'fail',
    violations: [
      {
        property: 'P2',
        message: hostile,
        generation: 1,
        simMs: 5,
        bounds: { lower: 3, upper: 9, only: undefined, because: 'so it is' },
        allK: [1, 2],
        difference: { database: 0, key: hostile, expected: 'string "a"', recovered: hostile },
        pending: [{ operation: `append ${hostile}`, fate: 'dropped' }],
      },
    ],
  },
};

const event = { atMs: 7, what: 'reply OK 1', mark: 1 };
const diverged: SeedReport = {
  ...passed,
  result: { ...passed.result, seed: '18' },
  second: {
    trace: 'ffff',
    divergence: { index: 4, before: event, first: event, second: { ...event, what: 'reply NO 1' } },
  },
};

function told(make: (write: Write) => Reporter, reports: readonly SeedReport[]): string {
  let text = '';
  const reporter = make((more) => void (text += more));
  const totals = new Totals();
  reporter.begin({ seeds: reports.length, single: false, pinned: ' --profile xfs' });
  for (const report of reports) {
    totals.add(report);
    reporter.seed(report);
  }
  reporter.end(totals.summary({ wallMs: 1500, filtered: false, interrupted: false }));
  return text;
}

/** Every element is closed in its turn, and no text holds a bare < or an & that begins nothing. */
function expectWellFormed(text: string, empty: readonly string[]): void {
  const open: string[] = [];
  const rest = text.replaceAll(
    /<(\/?)([a-z0-9]+)((?: [a-z]+="[^"<]*")*)\s*(\/?)>/g,
    (_, closing: string, name: string, _attributes: string, closed: string) => {
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (closed === '' && !empty.includes(name)) open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(
    rest.replace('<!doctype html>', '').replace('<?xml version="1.0" encoding="UTF-8"?>', ''),
  ).not.toMatch(/<|&(?!(?:amp|lt|gt|quot|#39);)/);
  expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u);
}

test('html: one page without script, with bounds, difference and pending operations', () => {
  const page = told(htmlReporter, [passed, failed, diverged]);
  expectWellFormed(page, ['meta']);
  expect(page).not.toContain('<script');
  expect(page).not.toMatch(/src=|href=|https?:/);
  expect(page).toContain('2 of 3 seeds failed');
  expect(page).toContain('L = 3, U = 9, K = 1, 2');
  expect(page).toContain('<td>dropped</td>');
  expect(page).toContain('npm run sim -- --seed 17 --profile xfs');
  expect(page).toContain('event 5 is the first that differs');
  expect(page).toContain('power-loss');
});

test('junit: a case for each configuration, each failure, and COVERAGE', () => {
  const xml = told(junitReporter, [passed, passed, failed, diverged]);
  expectWellFormed(xml, []);
  expect(xml).toContain('tests="4" failures="1" errors="1" skipped="1" time="1.500"');
  expect(xml).toMatch(/name="[a-z+]+, appendfsync [a-z]+: 2 seeds" time="0\.024"/);
  expect(xml).toContain('<failure type="P2"');
  expect(xml).toContain('<error message="nondeterminism">');
});

test('github: one command a line, whatever the text holds, and a page for the step', () => {
  let page = '';
  const log = told(
    (write) => githubReporter({ write, writeSummary: (text) => void (page += text) }),
    [passed, failed, diverged, ...Array.from({ length: 20 }, () => failed)],
  );
  const lines = log.trimEnd().split('\n');
  expect(lines).toHaveLength(10);
  for (const line of lines) expect(line).toMatch(/^::error title=[^:,]+::/);
  expect(lines[0]).toContain('seed 17%3A P2 DUR-ALWAYS%3A');
  expect(lines[0]).toContain('%250A%3A%3Aerror'.replaceAll('%3A', ':'));
  expect(lines.at(-1)).toBe('::error title=sim::and 13 more failed seeds');
  expect(page).toContain('### sim: 22 of 23 seeds failed');
  expect(page.match(/^`{4}text$/gm)).toHaveLength(19);
  expect(page).toContain('and 2 more');
  expect(told((write) => githubReporter({ write, writeSummary: undefined }), [passed])).toBe('');
});
