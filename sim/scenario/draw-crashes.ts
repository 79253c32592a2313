/**
 * When the lights go out, and how.
 *
 * Most moments are aimed: a crash somewhere hits a bug that lives for a millisecond once in a thousand runs. Some crashes
 * come in twos, an *aftershock*: a kill that leaves something only the page cache has, and soon after the restart a loss of
 * power, before anything else has made it durable.
 */
import type { Stream } from '../draws/random.ts';
import type { CrashKind, Persistence } from '../oracle/bounds.ts';
import { logOf } from './schema.ts';
import type { CrashPlan, Moment, RecoveryCrash } from './schema.ts';

/** How a generation ends, but for the step behind which that is looked for. */
export interface CrashOfGeneration {
  readonly kind: CrashKind;
  readonly when: Moment;
  /** The share of the steps that come before. */
  readonly late: number;
}

export class Crashes {
  readonly #draw: Stream;
  readonly #killsOnly: boolean;
  /** The last crash was the first of two. */
  #isFollowed = false;

  constructor(draw: Stream, profile: string) {
    this.#draw = draw;
    this.#killsOnly = profile === 'proc-kill';
  }

  /** The crash that ends the next generation. */
  next(persistence: Persistence): CrashOfGeneration {
    const draw = this.#draw;
    const { appendonly } = logOf(persistence);
    const isAftershock = this.#isFollowed;
    this.#isFollowed = draw.chance(0.12) && !isAftershock && !this.#killsOnly;
    const kind = this.#kind();
    const late = Math.max(draw.float(), draw.float(), draw.float());
    const when = this.#moment(persistence);
    const afterMs = draw.pick([0, 1, 5, 20]);
    const soon: readonly Moment[] = [
      { at: 'time', afterMs },
      { at: 'reply', ordinal: 1 },
      { at: 'write', ordinal: 1 },
      { at: 'sync', ordinal: 1, permille: 500 },
    ];
    const first: readonly Moment[] = appendonly
      ? [
          { at: 'writing', ordinal: 1 },
          { at: 'writing', ordinal: 2 },
          { at: 'write', ordinal: 1 },
          { at: 'rename', ordinal: 1 },
        ]
      : [{ at: 'rename', ordinal: 1 }];
    const [aftershock, shock] = [draw.pick(soon), draw.pick(first)];
    if (isAftershock) return { kind: 'power', when: aftershock, late: 0 };
    return this.#isFollowed ? { kind: 'kill', when: shock, late } : { kind, when, late };
  }

  /** Crashes inside the recovery that begins generation `index`. */
  insideRecovery(index: number): RecoveryCrash[] {
    const draw = this.#draw;
    const crashes: RecoveryCrash[] = [];
    let probability = index === 0 ? 0.06 : 0.2;
    while (crashes.length < 3 && draw.chance(probability)) {
      crashes.push({ kind: this.#kind(), operation: draw.range(1, 30) });
      probability = 0.3;
    }
    return crashes;
  }

  #kind(): CrashKind {
    const power = this.#draw.chance(0.7);
    return power && !this.#killsOnly ? 'power' : 'kill';
  }

  #moment(persistence: Persistence): Moment {
    const draw = this.#draw;
    const { rdb, appendonly } = logOf(persistence);
    const which = draw.weighted([
      10,
      8,
      18,
      appendonly ? 14 : 6,
      22,
      12,
      rdb || appendonly ? 12 : 1,
      rdb ? 8 : 3,
      appendonly ? (this.#killsOnly ? 70 : 14) : 0,
      appendonly ? 12 : 0,
    ]);
    const ordinal = draw.pick([1, 1, 1, 2, 3, 5]);
    const afterMs = draw.pick([0, 0, 1, 20, 400, 1500, 4000]);
    const permille = draw.range(0, 1000);
    const operations = draw.range(1, 8);
    const replies = draw.pick([0, 1, 1, 1, 2]);
    switch (which) {
      case 0:
        return { at: 'end', afterMs };
      case 1:
        return { at: 'time', afterMs };
      case 2:
        return { at: 'reply', ordinal };
      case 3:
        return { at: 'write', ordinal };
      case 4:
        return { at: 'sync', ordinal, permille };
      case 5:
        return { at: 'rename', ordinal };
      case 6:
        return { at: 'child', operations };
      case 7:
        return { at: 'saved', ordinal: 1 };
      case 8:
        return { at: 'writing', ordinal };
      default:
        return { at: 'switched', replies };
    }
  }
}

/** The plan for a generation of so many steps. */
export function planCrash({ kind, when, late }: CrashOfGeneration, steps: number): CrashPlan {
  return { kind, armedAfterSteps: Math.floor(late * (steps + 1)), when };
}
