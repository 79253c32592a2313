/** docs/bench.md: the figures that the README quotes. */
import type { Figure } from '../figure.ts';
import { type Machine, describeInOneLine } from '../machine.ts';
import { cellsOf, headings } from './cells.ts';

export function renderMarkdown(machine: Machine, rounds: number, figures: readonly Figure[]): string {
  const rows = figures.map((figure) => `| ${cellsOf(figure).join(' | ')} |`);
  const notes = figures.flatMap(({ name, notes: all }) => all.map((note) => `- ${name}: ${note}.`));
  return `# Measured

Written by \`npm run bench -- --write\`; do not edit.

${describeInOneLine(machine)}.

Median of ${rounds} rounds, ± half the distance between the best and the worst. Both servers run in the same minutes on the same
machine, in turns, with the same directives. The ratio is the median of the rounds' ratios; above 1 lightsout is the better one.

| ${headings.join(' | ')} |
|${headings.map((_, column) => (column < 2 ? '---' : '---:')).join('|')}|
${rows.join('\n')}
${notes.length === 0 ? '' : `\n${notes.join('\n')}\n`}`;
}
