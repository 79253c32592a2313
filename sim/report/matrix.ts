/** The kill matrix as text, as a page of docs/, as JSON. Survivors stand first. */
import type { Quantiles, Row } from '../mutants/matrix.ts';
import { count, duration } from './words.ts';

export interface MatrixAbout {
  readonly bases: number;
  readonly mostSeeds: number;
  readonly budgetMs: number;
  readonly wallMs: number;
  /** Mutants that an interruption has left out. */
  readonly leftOut: number;
}

const heads = ['mutant', 'zoo', 'profile', 'killed by', 'seeds', '95 %', 'seconds', '95 %'] as const;

export function matrixAsText(rows: readonly Row[], about: MatrixAbout): string {
  const cells = rows.map(cellsOf);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < 4 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return `${[line(heads), ...cells.map(line), '', ...summary(rows, about)].join('\n')}\n`;
}

export function matrixAsMarkdown(rows: readonly Row[], about: MatrixAbout): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const bugs = rows.map(({ mutant }) =>
    line([`\`${mutant.id}\``, mutant.zoo ?? '', mutant.title, mutant.story]),
  );
  return `# The kill matrix

Bugs planted in the engine, and what it takes the simulator to find each. *Seeds* and *seconds* (of one core) are the median over ${about.bases} places to begin, beside it the 95th percentile; a chase gives up after ${about.mostSeeds} seeds or ${duration(about.budgetMs)}. Made by \`npm run sim -- mutants --output docs/mutants.md\`.

${[line(heads), line(heads.map((_, column) => (column < 4 ? '---' : '---:'))), ...rows.map((row) => line(cellsOf(row)))].join('\n')}

${summary(rows, about).join('\n')}

## What they are

| mutant | zoo | bug | what happened |
| --- | --- | --- | --- |
${bugs.toSorted().join('\n')}
`;
}

/** One object a line. */
export function matrixAsJson(rows: readonly Row[]): string {
  return rows
    .map(({ mutant, profile, chases, survived, seeds, seconds, kills, unexpected }) => {
      const { id, zoo, survives } = mutant;
      const row = {
        type: 'mutant',
        id,
        zoo,
        profile,
        chases,
        survived,
        survives,
        kills: Object.fromEntries(kills),
        unexpected,
        medianSeeds: finite(seeds.median),
        p95Seeds: finite(seeds.p95),
        medianSeconds: finite(seconds.median),
        p95Seconds: finite(seconds.p95),
      };
      return `${JSON.stringify(row)}\n`;
    })
    .join('');
}

function cellsOf(row: Row): string[] {
  const { mutant, profile, chases, survived, kills, seeds, seconds } = row;
  const killers = kills.map(([property, times]) => `${property} ${times}`).join(', ');
  const alive = survived === 0 ? '' : `${killers === '' ? '' : ', '}alive ${survived} of ${chases}`;
  return [
    mutant.id,
    mutant.zoo ?? '',
    profile,
    killers + alive,
    ...both(seeds, (value) => String(value)),
    ...both(seconds, (value) => value.toFixed(1)),
  ];
}

function both({ median, p95 }: Quantiles, show: (value: number) => string): string[] {
  return [median, p95].map((value) => (Number.isFinite(value) ? show(value) : '–'));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function summary(rows: readonly Row[], about: MatrixAbout): string[] {
  const survivors = rows.filter(({ survived, chases }) => survived === chases);
  const within = rows.filter(({ seconds }) => seconds.median <= 60).length;
  const lines = [
    `${count(rows.length, 'mutant')} from ${count(about.bases, 'place')} to begin, in ${duration(about.wallMs)}: ${within} die within a minute in the median, ${survivors.length} never.`,
  ];
  if (about.leftOut > 0) lines.push(`- interrupted: ${count(about.leftOut, 'mutant')} left out`);
  for (const { mutant } of survivors)
    lines.push(
      `- ${mutant.id} survives${mutant.survives === undefined ? ', and nothing explains it' : `: ${mutant.survives}`}`,
    );
  for (const { mutant, unexpected } of rows)
    if (unexpected.length > 0)
      lines.push(`- ${mutant.id} was killed by ${unexpected.join(', ')}, which its entry does not name`);
  return lines;
}
