/** The table on standard output, measurement by measurement as they end. */
import type { Figure } from '../figure.ts';
import { cellsOf, headings } from './cells.ts';

const widths = [47, 10, 16, 16, 6, 12, 4];

export function renderHeadings(): string {
  return renderRow([...headings]);
}

/** Rows, each with its notes below. */
export function renderFigures(figures: readonly Figure[]): string {
  return figures
    .flatMap((figure) => [renderRow(cellsOf(figure)), ...figure.notes.map((note) => `    ${note}`)])
    .join('\n');
}

function renderRow(cells: readonly string[]): string {
  const padded = cells.map((cell, column) =>
    column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
  );
  return padded.join(' ').trimEnd();
}
