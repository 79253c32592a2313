/** The table on standard output. */
import type { Figure } from '../figure.ts';
import { cellsOf, headings } from './cells.ts';

export function renderTable(figures: readonly Figure[]): string {
  const rows = [[...headings], ...figures.map(cellsOf)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines: string[] = [];
  for (const [index, row] of rows.entries()) {
    lines.push(
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  '),
    );
    for (const note of figures[index - 1]?.notes ?? []) lines.push(`    ${note}`);
  }
  return lines.join('\n');
}
