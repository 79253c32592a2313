/**
 * Judging a life that was explored: every distinct image recovered once, and each held against what was promised at every
 * instant that could have left it.
 */
import { weaker } from '../oracle/bounds.ts';
import type { Bounds, CrashKind } from '../oracle/bounds.ts';
import { checkPrefix, fingerprintOf } from '../oracle/prefix.ts';
import type { Difference } from '../oracle/prefix.ts';
import type { Property } from '../oracle/violation.ts';
import type { Profile } from '../disk/index.ts';
import type { Stage } from '../scenario/stage.ts';
import { imageId } from './image.ts';
import type { ExploreLimits, ImageEntry, Sighting } from './image.ts';
import { hashText } from '../draws/index.ts';
import { recoverAll } from './recover.ts';
import type { Recovery } from './recover.ts';
import { walkStates } from './states.ts';

/** A state that breaks a promise, and the instant that could have left it. */
export interface Finding {
  readonly property: Property;
  readonly message: string;
  readonly kind: CrashKind;
  readonly profile: Profile;
  readonly event: number;
  readonly generation: number;
  readonly serving: boolean;
  readonly simMs: number;
  readonly image: string;
  /** Where the power failed once more inside the recovery: which of its operations, and what that left. */
  readonly inside: { readonly operation: number; readonly image: string } | undefined;
  readonly bounds: Bounds;
  readonly allK: readonly number[];
  readonly difference: Difference | undefined;
}

/** What an image came to. */
interface Judged {
  readonly recovery: Recovery;
  readonly print: number;
  /** The indices of the history whose state it gave. */
  readonly allK: readonly number[];
  /** What crashes inside its recovery left. */
  readonly inside: readonly {
    readonly entry: ImageEntry;
    readonly profile: Profile;
    readonly operation: number;
  }[];
}

export interface JudgedLife {
  readonly findings: readonly Finding[];
  readonly recoveries: number;
  /** The indices of the history whose state each image gave. */
  readonly allK: ReadonlyMap<string, readonly number[]>;
  /** States walked inside recoveries. */
  readonly states: number;
  readonly distinct: number;
}

/** No more findings than that of one life, one kind of crash and one profile: more say nothing new. */
const MOST_FINDINGS = 8;

export async function judgeLife(
  stage: Stage,
  images: readonly ImageEntry[],
  sightings: readonly Sighting[],
  limits: ExploreLimits & { readonly profiles: readonly Profile[] },
): Promise<JudgedLife> {
  const known = new Map<string, Judged>();
  const counts = { recoveries: 0, states: 0 };
  let row = images;
  for (let depth = 0; row.length > 0; depth++) {
    const next = new Map<string, ImageEntry>();
    const judged = await recoverRow(stage, row, depth, limits, counts);
    for (const [i, entry] of row.entries()) known.set(entry.id, judged[i]!);
    for (const { inside } of judged)
      for (const { entry } of inside) if (!known.has(entry.id)) next.set(entry.id, entry);
    row = [...next.values()];
  }
  const court = new Court(stage, known);
  for (const sighting of sightings) court.hear(sighting);
  const allK = new Map([...known].map(([id, judged]) => [id, judged.allK]));
  return { findings: court.findings, allK, ...counts, distinct: known.size };
}

/** Recovers images, and walks what crashes inside their recoveries leave where that is asked for. */
async function recoverRow(
  stage: Stage,
  row: readonly ImageEntry[],
  depth: number,
  limits: ExploreLimits & { readonly profiles: readonly Profile[] },
  counts: { recoveries: number; states: number },
): Promise<Judged[]> {
  const { history, scenario, module } = stage;
  const prints = new Map<number, readonly number[]>();
  const printsAt = (wallMs: number): readonly number[] => {
    let found = prints.get(wallMs);
    if (found === undefined) prints.set(wallMs, (found = history.fingerprints(wallMs)));
    return found;
  };
  const inside = row.map(() => new Map<string, Judged['inside'][number]>());
  const losing = limits.profiles.filter(({ losesPower }) => losesPower);
  const isAskedAgain = askAgain(limits.again);
  const recovered = await recoverAll(
    row.map((entry, i) => {
      let operation = 0;
      const before = (disk: ImageEntry['disk']): void => {
        operation++;
        for (const profile of losing) {
          const options = {
            prefix: 'inside',
            basis: stage.world.choices,
            sampleSeed: `${entry.id}/${operation}`,
            mostStates: limits.mostStates,
            samples: limits.samples,
          };
          const walk = walkStates(disk, 'power', profile, options, (state) => {
            const id = imageId(state.disk, 'power');
            if (inside[i]!.has(id)) return;
            const left: ImageEntry = { id, disk: state.disk, kind: 'power', wallMs: entry.wallMs };
            inside[i]!.set(id, { entry: left, profile, operation });
          });
          counts.states += walk.states;
        }
      };
      const again = (log: readonly string[]): boolean => isAskedAgain(entry, log);
      const { disk, wallMs } = entry;
      return { disk, wallMs, again, life: depth + 1, ...(depth < limits.depth ? { before } : {}) };
    }),
    { scenario, module, again: limits.again > 0 ? losing[0] : undefined },
  );
  counts.recoveries += recovered.length;
  return recovered.map((recovery, i) => {
    const found = { recovery, inside: [...inside[i]!.values()] };
    if (!recovery.ok) return { ...found, print: Number.NaN, allK: [] };
    if (scenario.persistence === 'none') {
      const isEmpty = recovery.snapshot.every(({ size }) => size === 0);
      return { ...found, print: 0, allK: isEmpty ? [0] : [] };
    }
    const print = fingerprintOf(history, recovery.snapshot, recovery.wallMs);
    const allK: number[] = [];
    for (const [k, other] of printsAt(recovery.wallMs).entries())
      if (other === print) allK.push(history.base + k);
    return { ...found, print, allK };
  });
}

/**
 * Of which images a second recovery is asked: of all that a kill has left, where the page cache may hold what the next loss
 * of power takes; of one in `oneIn` of the others, by its id; and of the first whose recovery says something new, numbers
 * aside. Two recoveries of durable images that log the same took the same path.
 */
function askAgain(oneIn: number): (entry: ImageEntry, log: readonly string[]) => boolean {
  const kinds = new Set<string>();
  return ({ id, kind }, log) => {
    if (kind === 'kill') return true;
    const said = log.map((line) => line.replaceAll(/\d+/g, '#')).join('\n');
    const isNew = !kinds.has(said);
    kinds.add(said);
    return isNew || hashText(id, 0x2545f491) % oneIn === 0;
  };
}

/** Holds what images came to against what was promised. */
class Court {
  readonly findings: Finding[] = [];
  readonly #stage: Stage;
  readonly #known: ReadonlyMap<string, Judged>;
  readonly #heard = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(stage: Stage, known: ReadonlyMap<string, Judged>) {
    this.#stage = stage;
    this.#known = known;
  }

  hear(sighting: Sighting): void {
    for (const { kind, profile, images } of sighting.families) {
      for (const entry of images) {
        const judged = this.#known.get(entry.id)!;
        const about = { sighting, kind, profile, image: entry.id };
        this.#judge(judged, sighting.bounds[kind], { ...about, inside: undefined });
        for (const { entry: left, profile: under, operation } of judged.inside) {
          if (under !== profile) continue;
          const then = this.#known.get(left.id)!;
          const inside = { operation, image: left.id };
          if (kind === 'kill') {
            const bounds = weaker(sighting.bounds.power, sighting.bounds.kill);
            this.#judge(then, bounds, { ...about, inside });
          } else {
            this.#compare(judged, then, sighting.bounds.power, { ...about, inside });
          }
        }
      }
    }
  }

  #judge({ recovery, allK }: Judged, bounds: Bounds, about: About): void {
    if (!recovery.ok) {
      this.#find(recovery.property, recovery.why, bounds, allK, about);
      return;
    }
    const { lower, upper, only } = bounds;
    if (allK.some((k) => k >= lower && k <= upper && (only === undefined || only.includes(k)))) return;
    const k = allK.length === 0 ? 'no prefix of the history' : `S_${allK.join(', S_')}`;
    const reach = only === undefined ? `S_${lower} to S_${upper}` : `one of S_${only.join(', S_')}`;
    const verdict = checkPrefix(this.#stage.history, recovery.snapshot, recovery.wallMs, bounds);
    this.#find(
      this.#propertyOf(allK.length === 0, about.kind),
      `recovered ${k}, expected ${reach}: ${bounds.because}`,
      bounds,
      allK,
      about,
      verdict.ok ? undefined : verdict.difference,
    );
  }

  /** P11: a crash inside a recovery changes nothing of what recovery gives. */
  #compare(whole: Judged, cut: Judged, bounds: Bounds, about: About): void {
    if (!whole.recovery.ok) return;
    if (!cut.recovery.ok) {
      this.#find(cut.recovery.property, cut.recovery.why, bounds, cut.allK, about);
    } else if (cut.print !== whole.print && this.#stage.scenario.persistence !== 'none') {
      const message = `a recovery that was cut short changed what recovery gives: ${states(cut.allK)}, without the cut ${states(whole.allK)}`;
      this.#find('P11', message, bounds, cut.allK, about);
    }
  }

  #find(
    property: Property,
    message: string,
    bounds: Bounds,
    allK: readonly number[],
    about: About,
    difference?: Difference,
  ): void {
    const { sighting, kind, profile, image, inside } = about;
    // The first instant that could have left it says enough.
    const same = `${property} ${kind} ${profile.name} ${message}`;
    const court = `${kind} ${profile.name}`;
    const count = this.#counts.get(court) ?? 0;
    if (this.#heard.has(same) || count >= MOST_FINDINGS) return;
    this.#heard.add(same);
    this.#counts.set(court, count + 1);
    const { event, generation, serving, simMs } = sighting;
    this.findings.push({
      property,
      message,
      kind,
      profile,
      event,
      generation,
      serving,
      simMs,
      image,
      inside,
      bounds,
      allK,
      difference,
    });
  }

  #propertyOf(isNoPrefix: boolean, kind: CrashKind): Property {
    const { persistence, appendfsync } = this.#stage.scenario;
    if (persistence === 'none') return 'P7';
    if (persistence === 'rdb') return 'P5';
    if (isNoPrefix) return 'P1';
    if (appendfsync === 'always') return 'P2';
    return kind === 'kill' ? 'P4' : 'P3';
  }
}

interface About {
  readonly sighting: Sighting;
  readonly kind: CrashKind;
  readonly profile: Profile;
  readonly image: string;
  readonly inside: Finding['inside'];
}

function states(allK: readonly number[]): string {
  return allK.length === 0 ? 'no prefix of the history' : `S_${allK.join(', S_')}`;
}
