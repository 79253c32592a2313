/**
 * A visitor of a run: shown every instant of the main line, between two events, while the engine starts and while it
 * serves. It may look, clone and crash copies; what it does must leave the run as it was.
 */
import type { Stage } from './stage.ts';

export interface Visitor {
  /** An event of the main line is over, with all that it set off. */
  visit(stage: Stage): void;
  /** The history of this life is about to be cut at what a recovery gave, or the run is over: the time to judge. */
  settle(stage: Stage): Promise<void>;
}
