/** A figure as the words of one row: the terminal and docs/bench.md show the same. */
import { type Figure, isMet, ratioOf } from '../figure.ts';
import { median, spread } from '../statistics.ts';

export const headings = ['measured', 'unit', 'lightsout', 'Redis', 'ratio', 'target', 'met'] as const;

export function cellsOf(figure: Figure): string[] {
  const ratio = ratioOf(figure);
  const met = isMet(figure);
  return [
    figure.name,
    figure.unit,
    side(figure.ours),
    side(figure.redis),
    ratio === undefined || Number.isNaN(ratio) ? '–' : ratio.toFixed(2),
    target(figure),
    met === undefined ? '' : met ? 'yes' : 'NO',
  ];
}

function side(values: readonly number[]): string {
  const middle = median(values);
  if (Number.isNaN(middle)) return '–';
  return `${short(middle)} ±${((spread(values) / 2) * 100).toFixed(0)}%`;
}

function target({ target: wanted, better }: Figure): string {
  if (wanted === undefined) return '';
  if ('ratio' in wanted) return `ratio >= ${wanted.ratio}`;
  return `${better === 'more' ? '>=' : '<='} ${wanted.value}`;
}

/** Three digits that count, thousands separated. */
function short(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', {
    maximumFractionDigits: digits,
    maximumSignificantDigits: Math.max(3, `${Math.trunc(value)}`.length),
  });
}
