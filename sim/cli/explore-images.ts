/**
 * Crash images as real directories: what `explore --images DIR` writes, so that any server can be started on them and judged.
 *
 * `DIR/seed-S/life-N/states.json` has the states of the history by index: what each database holds, key by key. Beside it
 * stands a directory for each distinct image, with the files as the crash left them, and `NAME.json`, which says what kind
 * of crash it was, the wall time, and which of the states it must give: one from `lower` to `upper`, and of `only` where
 * that stands there. Texts are latin1: a character is a byte.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from '../disk/index.ts';
import type { ExploredLife } from '../explore/explorer.ts';
import type { ImageEntry } from '../explore/image.ts';
import type { Snapshot } from '../oracle/model/state.ts';
import type { Scenario } from '../scenario/schema.ts';
import { DATA_DIRECTORY } from '../scenario/server.ts';

interface Demand {
  lower: number;
  upper: number;
  only: readonly number[] | undefined;
  /** The profiles that allow it. */
  readonly profiles: Set<string>;
  readonly firstEvent: number;
}

/** Writes all images of a life, and returns how many there were. */
export function writeImages(directory: string, scenario: Scenario, life: ExploredLife): number {
  const demands = demandsOf(life);
  const place = join(
    directory,
    `seed-${scenario.seed.replaceAll(/[^\w.-]+/g, '-')}`,
    `life-${life.generation}`,
  );
  mkdirSync(place, { recursive: true });
  const { base, states } = life.history();
  writeFileSync(join(place, 'states.json'), `${JSON.stringify({ base, states: states.map(describe) })}\n`);
  const { persistence, appendfsync, settings } = scenario;
  let number = 0;
  for (const [image, { lower, upper, only, profiles, firstEvent }] of demands) {
    const name = `image-${String(++number).padStart(5, '0')}`;
    for (const [path, bytes] of filesOf(image.disk)) {
      const to = join(place, name, path.slice(DATA_DIRECTORY.length));
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, bytes);
    }
    mkdirSync(join(place, name), { recursive: true });
    const about = {
      lightsout: 'image',
      seed: scenario.seed,
      kind: image.kind,
      profiles: [...profiles],
      event: firstEvent,
      wallMs: image.wallMs,
      persistence,
      appendfsync,
      settings,
      lower,
      upper,
      only,
      recovered: life.allK.get(image.id),
    };
    writeFileSync(join(place, `${name}.json`), `${JSON.stringify(about)}\n`);
  }
  return number;
}

/** What every instant that could have left an image demands of it, taken together. */
function demandsOf({ sightings }: ExploredLife): ReadonlyMap<ImageEntry, Demand> {
  const demands = new Map<ImageEntry, Demand>();
  for (const { event, bounds, families } of sightings) {
    for (const { kind, profile, images } of families) {
      const { lower, upper, only } = bounds[kind];
      for (const image of images) {
        const demand = demands.get(image);
        if (demand === undefined) {
          demands.set(image, { lower, upper, only, profiles: new Set([profile.name]), firstEvent: event });
          continue;
        }
        demand.lower = Math.max(demand.lower, lower);
        demand.upper = Math.min(demand.upper, upper);
        demand.only =
          demand.only === undefined || only === undefined
            ? only
            : demand.only.filter((k) => only.includes(k));
        demand.profiles.add(profile.name);
      }
    }
  }
  return demands;
}

function describe(snapshot: Snapshot): object[] {
  return snapshot.map((keys) =>
    Object.fromEntries(
      [...keys].map(([key, { type, value, expireAtMs }]) => [key, { type, value: plain(value), expireAtMs }]),
    ),
  );
}

/** Lists, sets and maps as arrays, and whatever holds such things likewise. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) || value instanceof Set || value instanceof Map) return [...value].map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
