/**
 * The explorer: a visitor of a run that at every instant walks the states a crash could leave, and has each distinct one
 * recovered once.
 *
 * An instant is what lies between two events. What changed neither the disk nor what is promised is no new one. Where the
 * disk is as it was and more is promised, the same images are held against the new bounds: an image that stays equal while
 * L grows is what a missing sync looks like. Recoveries wait until the life is over, when the whole history is known.
 */
import type { Snapshot } from '../oracle/model/state.ts';
import type { Bounds, CrashKind } from '../oracle/bounds.ts';
import { weaker } from '../oracle/bounds.ts';
import type { Profile, SimDisk } from '../disk/index.ts';
import type { Stage } from '../scenario/stage.ts';
import type { Visitor } from '../scenario/visitor.ts';
import { defaultLimits, imageId } from './image.ts';
import type { ExploreLimits, Family, ImageEntry, Sighting } from './image.ts';
import { walkInstant } from './instant.ts';
import { judgeLife } from './judge.ts';
import type { Finding } from './judge.ts';
import { Signatures } from './signature.ts';

export interface ExploreCounts {
  /** Instants with another disk or other promises than the one before. */
  instants: number;
  /** Of them, those whose states were all walked, of either kind of crash and under every profile. */
  complete: number;
  /** How often a walk was cut short, by kind of crash and profile: 'power xfs'. */
  readonly cut: Record<string, number>;
  states: number;
  distinct: number;
  recoveries: number;
}

/** A life that was explored and judged. */
export interface ExploredLife {
  readonly generation: number;
  readonly sightings: readonly Sighting[];
  /** The indices of the history whose state each image gave. */
  readonly allK: ReadonlyMap<string, readonly number[]>;
  /** The states S_base … of this life. */
  history(): { readonly base: number; readonly states: readonly Snapshot[] };
}

export class Explorer implements Visitor {
  readonly counts: ExploreCounts = {
    instants: 0,
    complete: 0,
    cut: {},
    states: 0,
    distinct: 0,
    recoveries: 0,
  };
  readonly findings: Finding[] = [];
  readonly #profiles: readonly Profile[];
  readonly #limits: ExploreLimits;
  readonly #signatures = new Signatures();
  #images = new Map<string, ImageEntry>();
  #families = new Map<string, { readonly families: readonly Family[]; readonly complete: boolean }>();
  #sightings: Sighting[] = [];
  #last = '';

  readonly #keep: ((life: ExploredLife) => void) | undefined;

  constructor(
    profiles: readonly Profile[],
    limits: ExploreLimits = defaultLimits,
    keep?: (life: ExploredLife) => void,
  ) {
    this.#keep = keep;
    this.#profiles = profiles;
    this.#limits = limits;
  }

  visit(stage: Stage): void {
    if (stage.generation < this.#limits.fromGeneration) return;
    const { machine, scheduler } = stage.world;
    const signature = this.#signatures.of(machine.disk);
    const bounds = { kill: boundsAt(stage, 'kill'), power: boundsAt(stage, 'power') };
    const state = `${signature}|${told(bounds.kill)}|${told(bounds.power)}`;
    if (state === this.#last) return;
    this.#last = state;
    let known = this.#families.get(signature);
    if (known === undefined) {
      known = this.#walk(stage);
      this.#families.set(signature, known);
    }
    this.counts.instants++;
    if (known.complete) this.counts.complete++;
    this.#sightings.push({
      event: scheduler.events,
      generation: stage.generation,
      serving: stage.watch.serving,
      simMs: scheduler.nowMs,
      bounds,
      families: known.families,
    });
  }

  async settle(stage: Stage): Promise<void> {
    const images = [...this.#images.values()];
    const sightings = this.#sightings;
    this.#images = new Map();
    this.#families = new Map();
    this.#sightings = [];
    this.#last = '';
    const judged = await judgeLife(stage, images, sightings, { ...this.#limits, profiles: this.#profiles });
    this.counts.recoveries += judged.recoveries;
    this.counts.states += judged.states;
    this.counts.distinct += judged.distinct;
    this.findings.push(...judged.findings);
    if (sightings.length === 0) return;
    const { history } = stage;
    this.#keep?.({
      generation: stage.generation,
      sightings,
      allK: judged.allK,
      history: () => {
        const indices = Array.from(
          { length: history.executed - history.base + 1 },
          (_, i) => history.base + i,
        );
        return { base: history.base, states: indices.map((index) => history.snapshotAt(index)) };
      },
    });
  }

  /** Walks what a crash of either kind may leave now. */
  #walk(stage: Stage): { readonly families: readonly Family[]; readonly complete: boolean } {
    const families: Family[] = [];
    let complete = true;
    const wanted: readonly { readonly kind: CrashKind; readonly profile: Profile }[] = [
      { kind: 'kill', profile: this.#profiles[0]! },
      ...this.#profiles
        .filter(({ losesPower }) => losesPower)
        .map((profile) => ({ kind: 'power', profile }) as const),
    ];
    for (const { kind, profile } of wanted) {
      const images = new Set<ImageEntry>();
      const walk = walkInstant(stage, kind, profile, this.#limits, (state) => {
        images.add(this.#entry(state.disk, kind, stage.wallMs));
      });
      this.counts.states += walk.states;
      if (!walk.complete) {
        complete = false;
        const name = `${kind} ${profile.name}`;
        this.counts.cut[name] = (this.counts.cut[name] ?? 0) + 1;
      }
      families.push({ kind, profile, images });
    }
    return { families, complete };
  }

  #entry(disk: SimDisk, kind: CrashKind, wallMs: number): ImageEntry {
    const id = imageId(disk, kind);
    let entry = this.#images.get(id);
    if (entry === undefined) {
      entry = { id, disk, kind, wallMs };
      this.#images.set(id, entry);
    }
    return entry;
  }
}

/** What a crash must leave, at this instant, of what was promised. */
function boundsAt(stage: Stage, kind: CrashKind): Bounds {
  const { fall, watch } = stage;
  if (fall === undefined || watch.serving) return stage.bounds(kind);
  return fall.lostPower || kind === 'power' ? weaker(fall.power, fall.kill) : fall.kill;
}

function told({ lower, upper, only }: Bounds): string {
  return `${lower} ${upper} ${only?.join(',') ?? ''}`;
}
