/** One instant of a run: what a crash there and then may leave. */
import type { CrashKind } from '../oracle/bounds.ts';
import type { Profile } from '../disk/index.ts';
import type { Stage } from '../scenario/stage.ts';
import type { ExploreLimits } from './image.ts';
import { walkStates } from './states.ts';
import type { CrashState, Walk } from './states.ts';

/** Walks the states that a crash of the stage's disk may leave now, under the keys that a replay of it would ask for. */
export function walkInstant(
  stage: Stage,
  kind: CrashKind,
  profile: Profile,
  limits: Pick<ExploreLimits, 'mostStates' | 'samples'>,
  visit: (state: CrashState) => boolean | void,
): Walk {
  const { machine, choices, scheduler } = stage.world;
  const { mostStates, samples } = limits;
  const prefix = kind === 'power' ? machine.nextCrash : machine.nextEnd;
  const sampleSeed = `${stage.scenario.seed}/${scheduler.events}`;
  return walkStates(
    machine.disk,
    kind,
    profile,
    { prefix, basis: choices, sampleSeed, mostStates, samples },
    visit,
  );
}
