/**
 * What crashes may leave of a recorded server's directory, and what a server that starts on it must give: states of the
 * workload from `lower` to `upper`.
 */
import { fingerprint, filesOf } from '../../sim/disk/index.ts';
import type { CrashKind, Profile, SimDisk } from '../../sim/disk/index.ts';
import { SeededChoices, Stream } from '../../sim/draws/index.ts';
import { walkStates } from '../../sim/explore/states.ts';
import { ReplyParser } from '../../src/resp/index.ts';
import { BEGIN } from './record.ts';
import type { Recording } from './record.ts';
import { DATA, replay } from './replay.ts';
import type { Step } from './workload.ts';

export interface CrashImage {
  /** Contents by path, relative to the server's directory. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly kind: CrashKind;
  readonly profile: string;
  /** What was in flight, or about to be, where the most was promised. */
  operation: string;
  /** At least so many units must be there. */
  lower: number;
  /** At most so many may be. */
  upper: number;
  /** If there: only so many units exactly, one of these. */
  only: readonly number[] | undefined;
}

export interface GatherOptions {
  readonly kind: CrashKind;
  readonly profile: Profile;
  readonly seed: string;
  /** States drawn at an operation where there are too many to walk all. */
  readonly samples: number;
}

/** What `everysec` may lose. The second that it is named after, and the second that a sync may wait and take. */
const WINDOW_S = 2;
const MOST_STATES = 24;

/** The distinct images of all crashes at all operations. */
export function gather(recording: Recording, options: GatherOptions): CrashImage[] {
  const { kind, profile, seed, samples } = options;
  const progress = new Progress(recording);
  const found = new Map<string, CrashImage>();
  const basis = new SeededChoices(seed);
  let ordinal = 0;
  const look = (disk: SimDisk, operation: string, timeS: number): void => {
    if (profile.cheat !== undefined) disk.cheat ??= profile.cheat(basis);
    const demand = progress.demand(kind, timeS);
    const walk = {
      prefix: `crash ${++ordinal}`,
      basis,
      sampleSeed: `${seed}/${ordinal}`,
      mostStates: MOST_STATES,
      samples,
    };
    walkStates(disk, kind, profile, walk, ({ disk: left }) => {
      const id = fingerprint(left);
      const known = found.get(id);
      if (known === undefined) {
        const files = [...filesOf(left)].map(([at, bytes]) => [at.slice(DATA.length + 1), bytes] as const);
        found.set(id, { files: new Map(files), kind, profile: profile.name, operation, ...demand });
        return;
      }
      if (demand.lower > known.lower) known.operation = operation;
      known.lower = Math.max(known.lower, demand.lower);
      known.upper = Math.min(known.upper, demand.upper);
      if (known.only !== undefined) known.only = known.only.filter((k) => demand.only!.includes(k));
    });
  };
  replay(recording.calls, recording.directory, {
    look: ({ disk, operation, timeS }) => look(disk, operation, timeS),
    sent: (socket, bytes, timeS) => progress.sent(socket, bytes, timeS),
  });
  if (progress.acknowledged !== recording.steps.length)
    throw new Error(
      `the trace shows ${progress.acknowledged} of ${recording.steps.length} units acknowledged: it is not whole`,
    );
  return [...found.values()];
}

/** A sample of images that has something of each kind of operation: operations take turns. */
export function sampleOf(images: readonly CrashImage[], count: number, seed: string): CrashImage[] {
  const draws = new Stream(seed, 'sample');
  const byOperation = new Map<string, CrashImage[]>();
  for (const image of images) {
    const row = byOperation.get(image.operation);
    if (row === undefined) byOperation.set(image.operation, [image]);
    else row.push(image);
  }
  const rows = [...byOperation.values()];
  const sample: CrashImage[] = [];
  while (sample.length < count && rows.length > 0) {
    for (let i = 0; i < rows.length && sample.length < count; i++) {
      const row = rows[i]!;
      sample.push(...row.splice(draws.int(row.length), 1));
      if (row.length === 0) rows.splice(i--, 1);
    }
  }
  return sample;
}

/** An answer that the workload waits for. */
interface Mark {
  /** How many replies there are by then. */
  readonly replies: number;
  readonly kind: 'unit' | 'save';
  /** How many units there are by then. */
  readonly units: number;
}

/** How far the workload has come, by the replies that have left. */
class Progress {
  /** Units whose replies have all left. */
  acknowledged = 0;
  readonly #recording: Recording;
  readonly #marks: readonly Mark[];
  readonly #parsers = new Map<object, ReplyParser>();
  readonly #acknowledgedAtS: number[] = [];
  #socket: object | undefined;
  #replies = 0;
  #passed = 0;
  #saved = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#marks = marksOf(recording.steps);
  }

  sent(socket: object, bytes: Buffer, timeS: number): void {
    let parser = this.#parsers.get(socket);
    if (parser === undefined) this.#parsers.set(socket, (parser = new ReplyParser()));
    parser.push(bytes);
    for (const reply of parser.all()) {
      if (reply.type === 'bulk' && Buffer.from(reply.bytes).toString('latin1') === BEGIN) {
        this.#socket = socket;
      } else if (socket === this.#socket) {
        this.#replies++;
        this.#pass(timeS);
      }
    }
  }

  /** What a crash at this time must leave. */
  demand(kind: CrashKind, timeS: number): Pick<CrashImage, 'lower' | 'upper' | 'only'> {
    const { promise } = this.#recording.configuration;
    const next = this.#marks[this.#passed];
    if (promise === 'save') {
      const only = next?.kind === 'save' ? [this.#saved, next.units] : [this.#saved];
      return { lower: this.#saved, upper: only.at(-1)!, only };
    }
    const upper = this.acknowledged + (next?.kind === 'unit' ? 1 : 0);
    const lower =
      promise === 'everysec' && kind === 'power'
        ? this.#acknowledgedAtS.filter((atS) => atS <= timeS - WINDOW_S).length
        : this.acknowledged;
    return { lower, upper, only: undefined };
  }

  #pass(timeS: number): void {
    for (let mark = this.#marks[this.#passed]; mark !== undefined; mark = this.#marks[this.#passed]) {
      if (mark.replies > this.#replies) return;
      this.#passed++;
      if (mark.kind === 'save') {
        this.#saved = mark.units;
      } else {
        this.acknowledged++;
        this.#acknowledgedAtS.push(timeS);
      }
    }
  }
}

function marksOf(steps: readonly Step[]): Mark[] {
  const marks: Mark[] = [];
  let replies = 0;
  for (const [i, { unit, admin }] of steps.entries()) {
    replies += unit.length;
    marks.push({ replies, kind: 'unit', units: i + 1 });
    if (admin?.[0] === 'SAVE') marks.push({ replies: ++replies, kind: 'save', units: i + 1 });
  }
  return marks;
}
