/** What `replay --strict` says of a run that is another than the recorded one: up to where it was the same, and what it did then. */
import { loadEngine } from '../mutants/bundle.ts';
import { clockTime, count } from '../report/words.ts';
import { runScenario } from '../scenario/run.ts';
import type { Scenario } from '../scenario/schema.ts';
import { leftMilestones } from '../world/index.ts';
import type { Milestones, TraceEvent } from '../world/index.ts';
import { mutantOf } from './planted.ts';

const MOST_EVENTS = 20;

/** Lines to be added to the complaint; empty where the file has no milestones. Runs the scenario once more. */
export async function explainCourse(
  scenario: Scenario,
  milestones: Milestones | undefined,
  mutant: string | undefined,
): Promise<string> {
  if (milestones === undefined) return '';
  let events: readonly TraceEvent[] = [];
  await runScenario(scenario, {
    onTrace: (recorded) => void (events = recorded),
    ...(mutant === undefined ? {} : { engineModule: await loadEngine(mutantOf(mutant)) }),
  });
  const { from, to } = leftMilestones(events, milestones);
  const told = events.slice(from, Math.min(to, from + MOST_EVENTS));
  const line = ({ atMs, what }: TraceEvent, index: number): string =>
    `  event ${from + index + 1}: ${clockTime(scenario.startWallMs + atMs)}  ${what}`;
  const head =
    told.length === 0
      ? 'it ends there'
      : told.length === 1
        ? 'the first that differs is'
        : 'the first that differs is one of';
  return ['', `  the same for ${count(from, 'event')}; ${head}`, ...told.map(line)].join('\n');
}
