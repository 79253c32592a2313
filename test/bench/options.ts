/** The command line of the bench. */
import { parseArgs } from 'node:util';

export interface Options {
  /** Names of measurements; empty for all. */
  readonly only: readonly string[];
  readonly quick: boolean;
  /** Where to write the figures as JSON. */
  readonly json: string | undefined;
  /** Write docs/bench.md. */
  readonly write: boolean;
  /** Rounds of each measurement; undefined for those of the plan. */
  readonly rounds: number | undefined;
  /** Program and first arguments of our side. */
  readonly ours: readonly string[];
  /** Seed of the values and of the simulated scenarios. */
  readonly seed: string;
}

export const usage = `npm run bench -- [options]
  --only NAME[,NAME]  only these measurements
  --quick             fewer rounds and keys: under 90 seconds, to see that it runs, not to be quoted
  --rounds N          rounds of each measurement (default 5, with --quick 1)
  --json FILE         all values of all rounds
  --write             write docs/bench.md, from which the README quotes
  --seed S            seed of values and scenarios (default 1)
  --ours COMMAND      what to measure instead of "node dist/src/server/main.js"; takes --directive value arguments`;

/** @throws Error whose message is one line: what, got, expected */
export function parseOptions(args: readonly string[], measurements: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seed: { type: 'string', default: '1' },
      ours: { type: 'string', default: 'node dist/src/server/main.js' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const only = values.only?.split(',') ?? [];
  const unknown = only.find((name) => !measurements.includes(name));
  if (unknown !== undefined)
    throw new Error(`--only: got "${unknown}", expected one of ${measurements.join(', ')}`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds: got "${values.rounds}", expected a whole number above 0`);
  const { quick, json, write, seed } = values;
  return { only, quick, json, write, rounds, ours: values.ours.split(' '), seed };
}
