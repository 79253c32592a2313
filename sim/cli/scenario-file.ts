/** Scenarios as files: what --output writes and `replay` reads. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../scenario/result.ts';
import { FormError, isObject, list, refuse, shape, text, whole } from '../scenario/check.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Scenario } from '../scenario/schema.ts';
import { hex32 } from '../draws/hash.ts';
import type { Milestones } from '../world/index.ts';
import { UsageError } from './exit-status.ts';

/** What a scenario gave when it was recorded. */
export interface Recorded {
  readonly trace: string;
  readonly violations: readonly string[];
  /** Of the trace. Missing in files of earlier versions. */
  readonly milestones?: Milestones;
}

export interface ScenarioFile {
  readonly scenario: Scenario;
  readonly recorded: Recorded | undefined;
}

/** Writes a failed run's scenario with its choices, and returns the path. */
export function writeScenarioFile(
  directory: string,
  scenario: Scenario,
  result: RunResult,
  name = `seed-${scenario.seed}`,
): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${name}.json`);
  const content = {
    lightsout: 'scenario',
    recorded: {
      trace: result.trace,
      violations: result.violations.map(({ property }) => property),
      ...(result.milestones === undefined ? {} : { milestones: written(result.milestones) }),
    },
    scenario: { ...scenario, choices: result.choices ?? scenario.choices },
  };
  writeFileSync(path, `${JSON.stringify(content, undefined, 1)}\n`);
  return path;
}

/** Reads a scenario: a file that --output wrote, or a bare scenario. @throws UsageError */
export function readScenarioFile(path: string): ScenarioFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `${path}: got ${error instanceof SyntaxError ? 'what is no JSON' : (error as Error).message}, expected a scenario as --output writes it`,
    );
  }
  try {
    if (!isObject(content) || content['lightsout'] === undefined)
      return { scenario: parseScenario(content), recorded: undefined };
    const recorded =
      content['recorded'] === undefined
        ? undefined
        : (shape({ trace: text, violations: list(text), 'milestones?': milestones })(
            content['recorded'],
            'recorded',
          ) as unknown as Recorded);
    return { scenario: parseScenario(content['scenario']), recorded };
  } catch (error) {
    if (error instanceof FormError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

/** Milestones as a file has them: all marks in one line, eight hexadecimal digits each. */
function written({ every, marks }: Milestones): { readonly every: number; readonly marks: string } {
  return { every, marks: marks.map(hex32).join('') };
}

function milestones(value: unknown, what: string): Milestones {
  const { every, marks } = shape({ every: whole(1), marks: text })(value, what) as ReturnType<typeof written>;
  if (!/^([0-9a-f]{8})*$/.test(marks)) refuse(`${what}.marks`, marks, 'eight hexadecimal digits for each');
  return { every, marks: (marks.match(/.{8}/g) ?? []).map((mark) => Number.parseInt(mark, 16)) };
}
