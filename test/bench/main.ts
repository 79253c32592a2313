/**
 * What is fast, measured against what is real: `npm run bench -- --help`.
 *
 * Redis's own server runs beside ours, in turns, in the same minutes. Ends with 0 when everything was measured, whether
 * the targets are met or not (noise is no failure); 1 when something could not be measured; 2 on a bad option.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Bench } from './bench.ts';
import { buildIfStale } from './build.ts';
import type { Figure } from './figure.ts';
import { type Dataset, writeDataset } from './harness/dataset.ts';
import { makeScratch } from './harness/server.ts';
import { describeInOneLine, describeMachine } from './machine.ts';
import { measurements } from './measurements.ts';
import { parseOptions, usage } from './options.ts';
import { makePlan } from './plan.ts';
import { renderMarkdown } from './report/markdown.ts';
import { renderFigures, renderHeadings } from './report/terminal.ts';

const defaultServer = 'dist/src/server/main.js';

async function main(): Promise<number> {
  const names = measurements.map(({ name }) => name);
  let options;
  try {
    options = parseOptions(process.argv.slice(2), names);
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`);
    return 2;
  }
  if (options === 'help') {
    console.log(`${usage}\n\nMeasurements: ${names.join(', ')}`);
    return 0;
  }
  const machine = describeMachine();
  if (machine.redis === 'none') {
    console.error(
      'bench: found no redis-server on PATH, expected the one to compare with (apt-get install redis-server)',
    );
    return 2;
  }
  if (options.ours.includes(defaultServer)) buildIfStale();

  const plan = makePlan(options);
  const scratch = makeScratch();
  const datasets = new Map<number, Dataset>();
  let at = '';
  const progress = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${at}: ${text}`);
  };
  const bench: Bench = {
    plan,
    scratch,
    progress,
    ours: { name: 'lightsout', command: options.ours },
    redis: { name: 'redis', command: ['redis-server'] },
    dataset(keys) {
      const data = datasets.get(keys) ?? writeDataset(scratch, keys, plan.seed);
      datasets.set(keys, data);
      return data;
    },
  };

  console.log(describeInOneLine(machine));
  console.log(`median of ${plan.rounds} rounds ± half the distance of the best from the worst\n`);
  console.log(renderHeadings());
  const figures: Figure[] = [];
  let failures = 0;
  for (const { name, run } of measurements) {
    if (options.only.length > 0 && !options.only.includes(name)) continue;
    at = name;
    const startedAt = performance.now();
    try {
      const measured = await run(bench);
      progress(`${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
      console.log(renderFigures(measured));
      figures.push(...measured);
    } catch (error) {
      failures++;
      console.error(`bench: ${name}: ${(error as Error).message}`);
    }
  }
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ machine, plan, figures }, undefined, 2)}\n`);
  if (options.write) {
    mkdirSync('docs', { recursive: true });
    writeFileSync('docs/bench.md', renderMarkdown(machine, plan.rounds, figures));
  }
  return failures === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exit(await main());
