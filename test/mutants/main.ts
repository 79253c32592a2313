/**
 * Hunts mutants and prints the table, until `npm run sim -- mutants` does:
 *
 *     node --import tsx test/mutants/main.ts [--only ID[,ID]] [--seeds A..B] [--jobs N] [--clean] [--null] [--profile NAME]
 *
 * Without --seeds each is hunted over the three ranges. --clean runs the clean engine in each mutant's place instead, and
 * must find nothing; --profile hunts under another profile than the mutant's first.
 */
import { parseArgs } from 'node:util';
import { mutants } from '../../sim/mutants/catalogue/index.ts';
import { huntingGrounds } from '../../sim/mutants/hunt.ts';
import type { Hunt, SeedRange } from '../../sim/mutants/hunt.ts';
import { nullEngines } from '../../sim/mutants/null-engines.ts';
import { hunters } from './pool.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    profile: { type: 'string' },
    clean: { type: 'boolean', default: false },
    null: { type: 'boolean', default: false },
    messages: { type: 'boolean', default: false },
  },
});

const only = values.only?.split(',');
const ranges = values.seeds === undefined ? huntingGrounds : [rangeOf(values.seeds)];
const kind = values.clean ? 'clean' : values.null ? 'null' : 'mutant';
const all: readonly string[] = values.null ? nullEngines.map(({ id }) => id) : mutants.map(({ id }) => id);
const ids = only ?? all;
const pool = hunters(Number(values.jobs));

await Promise.all(
  ids.map(async (id) => {
    const profile = values.profile === undefined ? {} : { profile: values.profile };
    const hunts = await Promise.all(ranges.map((range) => pool.send({ kind, id, range, ...profile }))).catch(
      (error: unknown) => String(error),
    );
    if (typeof hunts === 'string') {
      console.log(`${id.padEnd(44)} ERROR ${hunts.slice(0, 300)}`);
      return;
    }
    const kills = mutants.find((mutant) => mutant.id === id)?.kills ?? [];
    const unexpected = hunts.some(
      ({ kill }) => kill !== undefined && kind === 'mutant' && !kills.includes(kill.violation.property),
    );
    console.log(`${id.padEnd(44)} ${hunts.map(fate).join('  ')}${unexpected ? '  (not as expected)' : ''}`);
    if (values.messages)
      for (const { kill } of hunts)
        if (kill !== undefined) console.log(`    ${kill.seed}: ${kill.violation.message.slice(0, 400)}`);
  }),
);
await pool.close();

function fate({ range, seeds, kill }: Hunt): string {
  const text =
    kill === undefined ? `alive after ${seeds}` : `${seeds} (${kill.seed}, ${kill.violation.property})`;
  return `${range.first}: ${text}`.padEnd(26);
}

function rangeOf(text: string): SeedRange {
  const match = /^(\d+)\.\.(\d+)$/.exec(text);
  if (match === null) throw new Error(`--seeds: got '${text}', expected A..B`);
  return { first: Number(match[1]), last: Number(match[2]) };
}
