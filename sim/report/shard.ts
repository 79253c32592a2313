/** What the JSON reporter wrote, read back: the results of a shard, checked member by member. */
import { appendfsyncs, persistences } from '../scenario/schema.ts';
import {
  flag,
  FormError,
  integer,
  isObject,
  list,
  number,
  oneOf,
  record,
  refuse,
  shape,
  text,
  whole,
} from '../scenario/check.ts';
import type { Check } from '../scenario/check.ts';
import { propertyNames } from '../oracle/violation.ts';
import type { Property } from '../oracle/violation.ts';
import type { RunResult } from '../scenario/result.ts';
import type { Divergence } from '../world/index.ts';
import type { Provenance, SeedReport, Summary } from './reporter.ts';

export interface Shard {
  /** In the order of the file. */
  readonly reports: readonly SeedReport[];
  readonly summary: Summary;
  readonly provenance: Provenance;
}

const count = whole(0);
const time = number(-Infinity);

const violation = shape({
  property: oneOf(...(Object.keys(propertyNames) as Property[])),
  message: text,
  generation: count,
  simMs: time,
  'bounds?': shape({ lower: integer, upper: integer, 'only?': list(integer), because: text }),
  'allK?': list(integer),
  'difference?': shape({ database: count, key: text, expected: text, recovered: text }),
  'pending?': list(shape({ operation: text, fate: text })),
  'where?': text,
});

const event = shape({ atMs: time, what: text, mark: count });

const seedLine = shape({
  type: oneOf('seed'),
  seed: text,
  verdict: oneOf('pass', 'fail'),
  trace: text,
  profile: text,
  persistence: oneOf(...persistences),
  appendfsync: oneOf(...appendfsyncs),
  commands: count,
  crashes: count,
  crashStates: count,
  distinctCrashStates: count,
  events: count,
  simMs: time,
  wallMs: time,
  violations: list(violation),
  'startWallMs?': time,
  'fault?': text,
  'secondTrace?': text,
  'divergence?': shape({ index: count, 'before?': event, 'first?': event, 'second?': event }),
  'file?': text,
});

const buckets = list(shape({ from: count, times: count }));
const pair: Check<readonly number[]> = (value, what) => {
  const numbers = list(count)(value, what);
  return numbers.length === 2 ? numbers : refuse(what, value, 'a number and how often it came');
};

const summaryLine = shape({
  type: oneOf('summary'),
  seeds: count,
  failed: count,
  faults: count,
  diverged: count,
  crashes: count,
  crashesWithUnsyncedData: count,
  crashStates: count,
  distinctCrashStates: count,
  commands: count,
  events: count,
  simMs: time,
  wallMs: time,
  situations: record(count),
  missed: list(text),
  histograms: shape({ room: buckets, kept: buckets }),
  slack: shape({ judged: count, none: count, median: count, counts: list(pair) }),
  interrupted: flag,
  provenance: shape({ source: text, pinned: text, filtered: flag, shard: text }),
});

/**
 * Reads a shard.
 *
 * @throws FormError that names the line, where the text is none, or ends before its summary
 */
export function readShard(content: string): Shard {
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map((line, index) => parseLine(line, index));
  const last = values.at(-1);
  if (!isObject(last) || last['type'] !== 'summary')
    return refuse('the last line', last, 'a summary; without it the run was not finished');
  const { type: _, provenance, ...summary } = summaryLine(last, `line ${lines.length}`);
  const reports = values.slice(0, -1).map((value, index) => reportOf(value, `line ${index + 1}`));
  if (reports.length !== summary['seeds'])
    refuse(`line ${lines.length}.seeds`, summary['seeds'], `${reports.length}, as there are lines of seeds`);
  return {
    reports,
    summary: { ...summary, coverageCounts: false } as unknown as Summary,
    provenance: provenance as Provenance,
  };
}

function parseLine(line: string, index: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormError(`line ${index + 1}`, line, 'a JSON object, as --json writes it');
  }
}

/** What a seed's line says, as the report that it was made from; what it leaves out only a summary counts. */
function reportOf(value: unknown, what: string): SeedReport {
  const { type: _, wallMs, file, secondTrace, divergence, ...result } = seedLine(value, what);
  return {
    result: {
      crashesWithUnsyncedData: 0,
      situations: {},
      slack: [],
      kept: [],
      story: [],
      startWallMs: 0,
      choices: undefined,
      milestones: undefined,
      fault: undefined,
      ...result,
    } as unknown as RunResult,
    wallMs: wallMs as number,
    file: file as string | undefined,
    second:
      secondTrace === undefined
        ? undefined
        : { trace: secondTrace as string, divergence: divergence as Divergence | undefined },
  };
}
