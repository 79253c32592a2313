/**
 * The states that one crash may leave, one after the other.
 *
 * Few enough, and they are all: an odometer walks every combination of the crash's choices. Otherwise the corners first,
 * then samples, and it is said that there are more.
 */
import { crash } from '../disk/index.ts';
import type { CrashKind, CrashReport, Profile, SimDisk } from '../disk/index.ts';
import { Odometer, SeededChoices } from '../draws/index.ts';
import type { Choices } from '../draws/index.ts';
import { cornersOf, RuledChoices } from './corners.ts';

export interface StateOptions {
  /** Begins the keys of the choices. */
  readonly prefix: string;
  /** Where noise comes from, so that a replay finds the same; and the seed of the samples. */
  readonly basis: Pick<Choices, 'uniform' | 'noise'>;
  readonly sampleSeed: string;
  /** All states are walked where there are at most so many. */
  readonly mostStates: number;
  /** States drawn where there are more, beside the corners. */
  readonly samples: number;
}

export interface CrashState {
  readonly disk: SimDisk;
  readonly report: CrashReport;
  /** The choices that led here: what a scenario needs to come here again. */
  record(): Record<string, number>;
}

/** How much of what a crash may leave was walked. */
export interface Walk {
  readonly states: number;
  /** True when that were all. */
  readonly complete: boolean;
}

/** Shows every state, or the corners and samples of them, to `visit`; `false` from it ends the walk. */
export function walkStates(
  disk: SimDisk,
  kind: CrashKind,
  profile: Profile,
  options: StateOptions,
  visit: (state: CrashState) => boolean | void,
): Walk {
  const { prefix, basis, mostStates } = options;
  let states = 0;
  let stopped = false;
  const show = (choices: Choices & { record(): Record<string, number> }): boolean => {
    const { disk: left, report } = crash(disk, kind, profile, choices, { prefix });
    states++;
    stopped = visit({ disk: left, report, record: () => choices.record() }) === false;
    return !stopped;
  };

  const odometer = new BasedOdometer(basis);
  if (!show(odometer)) return { states, complete: false };
  if (odometer.product <= mostStates) {
    let more = odometer.next();
    while (more && states < mostStates * 2 && show(odometer)) more = odometer.next();
    if (!more || stopped) return { states, complete: !more };
  }

  const whole = new RuledChoices(() => 0, basis);
  crash(disk, kind, profile, whole, { prefix });
  const bare = new RuledChoices(({ matter, count }) => (matter === 'hole' ? 0 : count - 1), basis);
  crash(disk, kind, profile, bare, { prefix });
  for (const { answer } of cornersOf(disk, [...whole.asked.values()], [...bare.asked.values()]))
    if (!show(new RuledChoices(answer, basis))) return { states, complete: false };
  for (let i = 0; i < options.samples; i++)
    if (!show(new BasedSamples(`${options.sampleSeed}/${i}`, basis))) break;
  return { states, complete: false };
}

/** An odometer whose noise is the world's. */
class BasedOdometer extends Odometer {
  /** How many combinations there are, as far as the first pass tells. */
  product = 1;
  readonly #basis: Pick<Choices, 'uniform' | 'noise'>;
  readonly #seen = new Set<string>();

  constructor(basis: Pick<Choices, 'uniform' | 'noise'>) {
    super();
    this.#basis = basis;
  }

  override choose(key: string, count: number): number {
    if (this.passes === 1 && !this.#seen.has(key)) {
      this.#seen.add(key);
      this.product *= count;
    }
    return super.choose(key, count);
  }

  override noise(key: string, bytes: Uint8Array, start: number, end: number): void {
    this.#basis.noise(key, bytes, start, end);
  }
}

/** Drawn choices whose noise is the world's. */
class BasedSamples extends SeededChoices {
  readonly #basis: Pick<Choices, 'uniform' | 'noise'>;

  constructor(seed: string, basis: Pick<Choices, 'uniform' | 'noise'>) {
    super(seed);
    this.#basis = basis;
  }

  override noise(key: string, bytes: Uint8Array, start: number, end: number): void {
    this.#basis.noise(key, bytes, start, end);
  }
}
